#include "sessions/modbus/wire.hpp"

#include "codecs/modbus/ascii.hpp"
#include "codecs/modbus/rtu.hpp"
#include "codecs/modbus/tcp.hpp"

#include <array>

namespace meterctl::sessions::modbus {

namespace modbus = codecs::modbus;

namespace {

constexpr std::array<std::string_view, 3> names{"rtu", "tcp", "ascii"};

/// The characters that ASCII framing makes of an RTU frame: two a octet, a checksum shorter by one, colon, CR and LF.
constexpr std::size_t ascii_octets(std::size_t rtu) {
    return 2 * (rtu - 1) + 3;
}

Bytes copy(ByteView octets) {
    return {octets.begin(), octets.end()};
}

} // namespace

Result<Framing> parse_framing(std::string_view name) {
    for (std::size_t i = 0; i < names.size(); ++i) {
        if (names.at(i) == name) { return static_cast<Framing>(i); }
    }
    return fail(Category::usage, "unknown framing '" + std::string(name) + "'", {}, {"framing=rtu, tcp or ascii"});
}

std::string_view framing_name(Framing framing) {
    return names.at(static_cast<std::size_t>(framing));
}

Bytes encode_frame(Framing framing, const Call& call, ByteView pdu) {
    switch (framing) {
    case Framing::tcp:
        return modbus::tcp::encode(call.transaction, call.address, pdu);
    case Framing::ascii:
        return modbus::ascii::encode(call.address, pdu);
    case Framing::rtu:
        break;
    }
    return modbus::rtu::encode(call.address, pdu);
}

modbus::Step next_answer(Framing framing, ByteView buffer, const Call& call, const modbus::Request& request,
                         bool silent, codecs::Counters& counters) {
    modbus::Step step;
    switch (framing) {
    case Framing::rtu:
        return modbus::rtu::next_answer(buffer, call.address, request, silent, counters);
    case Framing::tcp:
        step = modbus::tcp::next_answer(buffer, call.transaction, call.address, request, counters);
        break;
    case Framing::ascii:
        step = modbus::ascii::next_answer(buffer, call.address, request, counters);
        break;
    }
    if (silent && step.kind == modbus::Step::Kind::need_more && !buffer.empty()) {
        return {modbus::Step::Kind::skip, buffer.size(), std::string(incomplete)};
    }
    return step;
}

Result<Bytes> frame_pdu(Framing framing, ByteView frame) {
    switch (framing) {
    case Framing::tcp:
        return modbus::tcp::decode(frame).map([](const modbus::tcp::Frame& whole) { return copy(whole.pdu); });
    case Framing::ascii:
        return modbus::ascii::decode(frame).map([](modbus::ascii::Frame whole) { return std::move(whole.pdu); });
    case Framing::rtu:
        break;
    }
    return modbus::rtu::decode(frame).map([](const modbus::Adu& adu) { return copy(adu.pdu); });
}

std::size_t answer_octets(Framing framing, const modbus::Request& request) {
    const std::size_t rtu = modbus::rtu::expected_answer_octets(request);
    switch (framing) {
    case Framing::tcp:
        return rtu - modbus::rtu::overhead + modbus::tcp::header_octets;
    case Framing::ascii:
        return ascii_octets(rtu);
    case Framing::rtu:
        break;
    }
    return rtu;
}

std::optional<std::uint8_t> frame_address(Framing framing, ByteView frame) {
    if (framing == Framing::rtu) {
        const auto adu = modbus::rtu::decode(frame);
        return adu ? std::optional(adu->address) : std::nullopt;
    }
    if (framing == Framing::ascii) {
        const auto whole = modbus::ascii::decode(frame);
        return whole ? std::optional(whole->address) : std::nullopt;
    }
    const auto whole = modbus::tcp::decode(frame);
    return whole ? std::optional(whole->header.unit) : std::nullopt;
}

} // namespace meterctl::sessions::modbus
