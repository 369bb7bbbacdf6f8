#include "codecs/modbus/tcp.hpp"

#include "codecs/modbus/answering.hpp"
#include "codecs/modbus/rtu.hpp"

#include <fmt/format.h>

namespace meterctl::codecs::modbus::tcp {
namespace {

constexpr std::size_t before_length = 6; ///< octets that the length does not count
constexpr unsigned least_length = 2;
constexpr unsigned most_length = 254;

Header header_of(ByteView octets) {
    ByteReader reader(octets);
    Header header;
    header.transaction = reader.u16be();
    header.protocol = reader.u16be();
    header.length = reader.u16be();
    header.unit = reader.u8();
    return header;
}

/// The front of a receive buffer: a whole frame, or the step to be taken instead.
struct Front {
    std::optional<Frame> frame;
    std::size_t octets = 0;
    Step step;
};

Front front_of(ByteView buffer, codecs::Counters& counters) {
    if (buffer.size() < before_length) {
        return {std::nullopt, 0, {Step::Kind::need_more, before_length + least_length - buffer.size(), {}}};
    }
    if (auto fault = header_fault(buffer); !fault.empty()) {
        ++counters.bad_headers;
        if (rtu::decode(buffer)) { fault = "an RTU frame with its CRC, no MBAP header (try framing=rtu)"; }
        return {std::nullopt, 0, skip_of(buffer.size(), "broken: " + fault, counters)};
    }
    const auto header = header_of(buffer);
    const auto octets = before_length + header.length;
    if (buffer.size() < octets) { return {std::nullopt, 0, {Step::Kind::need_more, octets - buffer.size(), {}}}; }
    return {Frame{header, buffer.subspan(header_octets, header.length - 1U)}, octets, {}};
}

} // namespace

Bytes encode(std::uint16_t transaction, std::uint8_t unit, ByteView pdu) {
    const auto length = static_cast<std::uint16_t>(pdu.size() + 1);
    return ByteWriter{}.u16be(transaction).u16be(0).u16be(length).u8(unit).bytes(pdu).take();
}

std::string header_fault(ByteView octets) {
    if (octets.size() < before_length) { return "incomplete"; }
    const auto header = header_of(octets);
    if (header.protocol != 0) { return fmt::format("protocol identifier {}", header.protocol); }
    if (header.length < least_length) { return fmt::format("length below {}", least_length); }
    if (header.length > most_length) { return fmt::format("length above {}", most_length); }
    return {};
}

Result<Frame> decode(ByteView frame) {
    if (auto fault = header_fault(frame); !fault.empty()) {
        return fail(Category::untrusted, std::move(fault), "MBAP header", {}, "modbus.header");
    }
    const auto header = header_of(frame);
    if (frame.size() != before_length + header.length) {
        return fail(Category::untrusted,
                    fmt::format("{} octets where the length says {}", frame.size(), before_length + header.length),
                    "MBAP header", {}, "modbus.length");
    }
    return Frame{header, frame.subspan(header_octets)};
}

Step next_answer(ByteView buffer, std::uint16_t transaction, std::uint8_t unit, const Request& request,
                 codecs::Counters& counters) {
    auto front = front_of(buffer, counters);
    if (!front.frame) { return front.step; }
    const auto& header = front.frame->header;
    if (header.transaction != transaction) {
        auto why = fmt::format("transaction {}, awaited {}", header.transaction, transaction);
        return skip_of(front.octets, std::move(why), counters);
    }
    auto why = why_no_answer({header.unit, front.frame->pdu}, unit, request);
    return why.empty() ? frame_of(front.octets, counters) : skip_of(front.octets, std::move(why), counters);
}

Step next_request(ByteView buffer, codecs::Counters& counters) {
    auto front = front_of(buffer, counters);
    return front.frame ? frame_of(front.octets, counters) : front.step;
}

} // namespace meterctl::codecs::modbus::tcp
