#include "codecs/modbus/ascii_stream.hpp"

#include "codecs/modbus/ascii.hpp"
#include "src/core/crc.hpp"

#include <fmt/format.h>

namespace meterctl::codecs::modbus {
namespace {

constexpr Placement pdu_place{3, 2}; ///< after ':' and the address's two digits

Field address_field(std::uint8_t address) {
    return {"address", Value(std::uint64_t{address}), address == 0 ? "broadcast" : "", 1, 2, {}};
}

} // namespace

AsciiStream::AsciiStream(const DecodeOptions& options) : LaneStream("modbus-ascii", options, 1, ascii::max_frame) {}

Verdict AsciiStream::judge(ByteView rest, Direction /*known*/, bool /*trusted*/, bool silent) const {
    if (rest.front() != ':') { return {Verdict::Kind::no, 0}; }
    Counters unused;
    const auto step = ascii::next_frame(rest, unused);
    if (step.kind == Step::Kind::frame) { return {Verdict::Kind::frame, step.octets}; }
    return {step.kind == Step::Kind::need_more && !silent ? Verdict::Kind::wait : Verdict::Kind::no, 0};
}

void AsciiStream::explain(DecodedFrame& frame, Direction known) {
    const auto decoded = ascii::decode(frame.octets);
    if (!decoded) { return; }
    frame.fields.push_back(address_field(decoded->address));
    exchange_.explain(frame, {decoded->address, decoded->pdu}, 0, known, pdu_place);
    const auto offset = pdu_place.base + 2 * decoded->pdu.size();
    auto sum = ByteWriter{}.u8(decoded->address).bytes(decoded->pdu).take();
    frame.fields.push_back({"lrc", Value(std::uint64_t{lrc_modbus(sum)}), "good", offset, 2, {}});
}

bool AsciiStream::explain_damaged(DecodedFrame& frame, Direction /*known*/, bool silent) {
    const ByteView characters(frame.octets);
    Counters found;
    const auto step = ascii::next_frame(characters, found);
    if (step.kind == Step::Kind::need_more && silent) {
        ++counters_.bad_lengths;
        frame.summary = "the beginning of a frame";
        frame.error = stream_error(fmt::format("incomplete: {} characters without the line's end", characters.size()),
                                   "modbus.length");
        return true;
    }
    if (step.kind != Step::Kind::skip || step.octets == 0) { return false; }
    counters_.crc_errors += found.crc_errors;
    counters_.bad_lengths += found.bad_lengths;
    frame.octets.resize(step.octets);
    frame.summary = fmt::format("{} characters that are no frame", step.octets);
    frame.error = stream_error(step.why, found.crc_errors != 0 ? "modbus.crc" : "modbus.noise");
    return true;
}

} // namespace meterctl::codecs::modbus
