#include "codecs/dlms/mbus_stream.hpp"

#include "codecs/mbus/frame_fields.hpp"

#include <fmt/format.h>
#include <iterator>

namespace meterctl::codecs::dlms {
namespace {

constexpr std::uint8_t last_ci = 0x1F, number_bits = 0x0F, last_bit = 0x10;
constexpr std::size_t data_at = 7, access_points = 2;
constexpr std::size_t longest_message = std::size_t{1} << 20U;

bool carries_dlms(const mbus::Frame& frame) {
    return frame.kind == mbus::FrameKind::long_frame && frame.ci <= last_ci && frame.data.size() > access_points;
}

Field number(std::string_view name, std::uint8_t value, std::size_t at) {
    return {std::string(name), Value(std::uint64_t{value}), {}, at, 1, {}};
}

} // namespace

MbusStream::MbusStream(const DecodeOptions& options) : FrameStream("dlms-mbus", {}), conversation_(options) {}

Verdict MbusStream::judge(ByteView rest, bool /*joined*/, bool ended) {
    Counters ignored;
    const auto step = mbus::next_frame(rest, ended, ignored);
    if (step.kind == mbus::Step::Kind::need_more) { return {Verdict::Kind::wait, step.octets}; }
    if (step.kind == mbus::Step::Kind::frame) { return {Verdict::Kind::frame, step.octets}; }
    return {step.why == "no frame" ? Verdict::Kind::none : Verdict::Kind::damaged, step.octets};
}

void MbusStream::explain(DecodedFrame& frame, std::size_t /*front*/, bool good) {
    const auto decoded = mbus::decode(frame.octets);
    if (!good || !decoded) {
        frame.error = decoded ? Error{Category::untrusted, "no frame", {}, {}, "mbus.length"} : decoded.error();
        ++(frame.error->code == "mbus.checksum" ? counters_.crc_errors : counters_.bad_lengths);
        frame.summary = "M-Bus: " + frame.error->what;
        frame.fields.push_back({"octets", Value(frame.octets), {}, 0, frame.octets.size(), {}});
        return;
    }
    frame.fields = mbus::frame_fields(frame.octets, *decoded, nullptr);
    frame.summary = mbus::frame_summary(*decoded, nullptr);
    if (carries_dlms(*decoded)) { explain_segment(frame, *decoded); }
}

void MbusStream::explain_segment(DecodedFrame& frame, const mbus::Frame& decoded) {
    auto& fields = frame.fields;
    const std::vector<Field> end(std::make_move_iterator(fields.end() - 2), std::make_move_iterator(fields.end()));
    fields.resize(fields.size() - 3); // checksum, stop, and the data, which are told apart here
    const std::uint8_t segment = decoded.ci & number_bits;
    const bool last = (decoded.ci & last_bit) != 0;
    fields.push_back(number("source_access_point", decoded.data[0], data_at));
    fields.push_back(number("destination_access_point", decoded.data[1], data_at + 1));
    const auto part = decoded.data.subspan(access_points);
    const auto at = data_at + access_points;
    if (segment == 0) { message_ = Message{{}, true, 0}; }
    const bool follows = message_.open && segment == message_.next;
    message_.open = follows && !last && message_.octets.size() < longest_message;
    message_.next = (segment + 1U) & number_bits;
    if (!follows) { frame.summary += ", and the segment before it is missing"; }
    if (follows && last && segment == 0) {
        conversation_.explain(frame, part, at, {frame.direction, decoded.data[1], decoded.data[0]});
    } else {
        fields.push_back({"segment", Bytes(part.begin(), part.end()), {}, at, part.size(), {}});
        if (follows) { message_.octets.insert(message_.octets.end(), part.begin(), part.end()); }
    }
    if (follows && last && segment > 0) {
        const auto before = fields.size();
        conversation_.explain(frame, std::exchange(message_.octets, {}), 0,
                              {frame.direction, decoded.data[1], decoded.data[0]});
        place_fields(std::span(fields).subspan(before), at, part.size());
    }
    std::ranges::copy(end, std::back_inserter(fields));
}

int recognise_mbus(ByteView octets) {
    constexpr std::size_t looked_at = 4096;
    constexpr int whole = 100;
    octets = octets.first(std::min(octets.size(), looked_at));
    const auto total = octets.size();
    std::size_t found = 0;
    Counters ignored;
    while (!octets.empty()) {
        const auto step = mbus::next_frame(octets, true, ignored);
        if (step.kind == mbus::Step::Kind::need_more) { break; }
        if (step.kind == mbus::Step::Kind::frame) {
            const auto frame = mbus::decode(octets.first(step.octets));
            if (frame && carries_dlms(*frame)) { found += step.octets; }
        }
        octets = octets.subspan(step.octets);
    }
    if (found == 0) { return 0; }
    return found == total ? whole : static_cast<int>(found * (whole - 1) / total);
}

} // namespace meterctl::codecs::dlms
