#include "codecs/modbus/tcp_stream.hpp"

#include "codecs/modbus/rtu.hpp"
#include "codecs/modbus/tcp.hpp"

#include <fmt/format.h>

namespace meterctl::codecs::modbus {
namespace {

constexpr std::size_t outstanding = 64;
constexpr std::size_t before_length = tcp::header_octets - 1;

std::size_t announced(ByteView octets) {
    return before_length + static_cast<std::size_t>((octets[4] << 8) | octets[5]);
}

std::vector<Field> header_fields(ByteView octets) {
    ByteReader reader(octets);
    std::vector<Field> fields;
    for (const std::string_view name : {"transaction", "protocol", "length"}) {
        const auto offset = reader.offset();
        fields.push_back({std::string(name), Value(std::uint64_t{reader.u16be()}), {}, offset, 2, {}});
    }
    if (!reader.at_end()) { fields.push_back({"unit", Value(std::uint64_t{reader.u8()}), {}, before_length, 1, {}}); }
    return fields;
}

std::uint16_t transaction_of(ByteView octets) {
    return static_cast<std::uint16_t>((octets[0] << 8) | octets[1]);
}

/// Inside a stream, four octets of a header are too little to believe it.
bool believable(ByteView pdu, Direction known) {
    const bool named = decode_request(pdu).has_value() || decode_response(pdu).has_value();
    return named && (known == Direction::response || pdu[0] < exception_flag || pdu.size() == 2);
}

} // namespace

TcpStream::TcpStream(const DecodeOptions& options)
    : LaneStream("modbus-tcp", options, outstanding, tcp::max_frame, Silence::means_nothing) {}

Verdict TcpStream::judge(ByteView rest, Direction known, bool trusted, bool silent) const {
    const auto wait = silent ? Verdict::Kind::no : Verdict::Kind::wait;
    if (rest.size() < before_length) { return {wait, 0}; }
    if (!tcp::header_fault(rest).empty()) { return {Verdict::Kind::no, 0}; }
    const auto octets = announced(rest);
    if (rest.size() < octets) { return {wait, 0}; }
    const auto pdu = rest.subspan(tcp::header_octets, octets - tcp::header_octets);
    return {trusted || believable(pdu, known) ? Verdict::Kind::frame : Verdict::Kind::no, octets};
}

void TcpStream::explain(DecodedFrame& frame, Direction known) {
    const ByteView octets(frame.octets);
    frame.fields = header_fields(octets);
    const Adu adu{octets[before_length], octets.subspan(tcp::header_octets)};
    exchange_.explain(frame, adu, transaction_of(octets), known, {tcp::header_octets, 1});
}

bool TcpStream::explain_damaged(DecodedFrame& frame, Direction known, bool silent) {
    const ByteView octets(frame.octets);
    if (octets.size() < before_length) { return false; }
    if (const auto fault = tcp::header_fault(octets); !fault.empty()) {
        ++counters_.bad_headers;
        const bool rtu = rtu::decode(octets).has_value();
        frame.summary = rtu ? "an RTU frame with its CRC, no MBAP header" : "no MBAP header";
        frame.error = stream_error(fault, "modbus.header");
        if (rtu) { frame.error->hints.emplace_back("decoding it as modbus-rtu"); }
        return true;
    }
    if (!silent) { return false; }
    ++counters_.bad_lengths;
    frame.fields = header_fields(octets);
    const auto total = announced(octets);
    if (octets.size() > tcp::header_octets) {
        const Adu adu{octets[before_length], octets.subspan(tcp::header_octets)};
        exchange_.explain_part(frame, adu, exchange_.direction_of(adu, transaction_of(octets), known),
                               {tcp::header_octets, 1});
    }
    frame.error = stream_error(fmt::format("incomplete: {} of {} octets", octets.size(), total), "modbus.length");
    return true;
}

} // namespace meterctl::codecs::modbus
