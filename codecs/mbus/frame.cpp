#include "codecs/mbus/frame.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>

namespace meterctl::codecs::mbus {
namespace {

constexpr std::size_t long_overhead = 6; ///< both starts, both lengths, checksum and stop
constexpr std::size_t header_octets = 4;
constexpr std::uint8_t shortest_length = 3; ///< C, A and CI

struct ControlName {
    std::uint8_t control; ///< without FCB, FCV, ACD and DFC
    std::string_view name;
};

constexpr std::array control_names{
    ControlName{0x40, "SND_NKE"}, ControlName{0x43, "SND_UD"},  ControlName{0x44, "SND_NR"},
    ControlName{0x46, "SND_IR"},  ControlName{0x47, "ACC_NR"},  ControlName{0x48, "ACC_DMD"},
    ControlName{0x49, "REQ_SKE"}, ControlName{0x4A, "REQ_UD1"}, ControlName{0x4B, "REQ_UD2"},
    ControlName{0x00, "ACK"},     ControlName{0x01, "NACK"},    ControlName{0x06, "CNF_IR"},
    ControlName{0x08, "RSP_UD"},  ControlName{0x09, "NACK"},    ControlName{0x0B, "RSP_SKE"},
};

tl::unexpected<Error> untrusted(std::string what, std::size_t offset, std::string code) {
    return fail(Category::untrusted, std::move(what), fmt::format("octet {}", offset), {}, "mbus." + std::move(code));
}

Result<Frame> decode_short(ByteView octets) {
    if (octets.size() != short_octets) {
        return untrusted(fmt::format("a short frame has 5 octets, not {}", octets.size()), 0, "length");
    }
    if (octets[4] != stop_octet) {
        return untrusted(fmt::format("the stop octet is {:02X}, not 16", octets[4]), 4, "stop");
    }
    if (const auto sum = checksum(octets.subspan(1, 2)); octets[3] != sum) {
        return untrusted(fmt::format("the checksum is {:02X} where {:02X} would be right", octets[3], sum), 3,
                         "checksum");
    }
    return Frame{FrameKind::short_frame, octets[1], octets[2], 0, {}};
}

Result<Frame> decode_long(ByteView octets) {
    const auto size = octets.size();
    if (size < header_octets) { return untrusted(fmt::format("incomplete: {} octets", size), size, "length"); }
    if (octets[1] != octets[2]) {
        return untrusted(fmt::format("the two lengths differ: {} and {}", octets[1], octets[2]), 1, "length");
    }
    if (octets[3] != long_start) {
        return untrusted(fmt::format("the second start octet is {:02X}, not 68", octets[3]), 3, "start");
    }
    if (octets[1] < shortest_length) {
        return untrusted(fmt::format("a length of {} leaves no room for C, A and CI", octets[1]), 1, "length");
    }
    if (size != octets[1] + long_overhead) {
        return untrusted(fmt::format("{} octets where the length says {}", size, octets[1] + long_overhead), 1,
                         "length");
    }
    if (octets[size - 1] != stop_octet) {
        return untrusted(fmt::format("the stop octet is {:02X}, not 16", octets[size - 1]), size - 1, "stop");
    }
    const auto body = octets.subspan(header_octets, octets[1]);
    if (const auto sum = checksum(body); octets[size - 2] != sum) {
        return untrusted(fmt::format("the checksum is {:02X} where {:02X} would be right", octets[size - 2], sum),
                         size - 2, "checksum");
    }
    const auto kind = body.size() == shortest_length ? FrameKind::control_frame : FrameKind::long_frame;
    return Frame{kind, body[0], body[1], body[2], body.subspan(3)};
}

bool good_short(ByteView octets) {
    return octets[4] == stop_octet && octets[3] == checksum(octets.subspan(1, 2));
}

bool good_long(ByteView octets) {
    const auto size = octets.size();
    return octets[size - 1] == stop_octet && octets[size - 2] == checksum(octets.subspan(header_octets, octets[1]));
}

/// Whether the octets, as far as they are there, are the head of a long frame.
bool long_head(ByteView octets) {
    if (octets[0] != long_start) { return false; }
    if (octets.size() > 1 && octets[1] < shortest_length) { return false; }
    if (octets.size() > 2 && octets[2] != octets[1]) { return false; }
    return octets.size() < header_octets || octets[3] == long_start;
}

/// Whether a short frame stands here, or could once its missing octets come.
bool short_head(ByteView octets) {
    if (octets[0] != short_start) { return false; }
    if (octets.size() > 3 && octets[3] != checksum(octets.subspan(1, 2))) { return false; }
    return octets.size() < short_octets || octets[4] == stop_octet;
}

/// Whether a short frame stands here, good or damaged.
bool short_shape(ByteView octets) {
    return octets[0] == short_start && (octets.size() < short_octets || octets[4] == stop_octet);
}

/// The first place behind the front where a frame may start, an ack not among them; `octets.size()` where nowhere.
std::size_t next_head(ByteView octets) {
    for (std::size_t at = 1; at < octets.size(); ++at) {
        const auto rest = octets.subspan(at);
        if (long_head(rest) || short_head(rest)) { return at; }
    }
    return octets.size();
}

/// Octets that are no part of any frame, up to where one may start.
std::size_t noise(ByteView buffer) {
    for (std::size_t at = 1; at < buffer.size(); ++at) {
        const auto rest = buffer.subspan(at);
        if (rest[0] == ack_octet || long_head(rest) || short_shape(rest)) { return at; }
    }
    return buffer.size();
}

Step frame_of(std::size_t octets, Counters& counters) {
    ++counters.frames;
    return {Step::Kind::frame, octets, {}};
}

Step skip_of(std::size_t octets, std::string_view why, Counters& counters) {
    counters.skipped_octets += octets;
    return {Step::Kind::skip, octets, why};
}

/// More octets are awaited, unless none come.
Step unfinished(ByteView buffer, std::size_t missing, bool silent, Counters& counters) {
    if (!silent) { return {Step::Kind::need_more, missing, {}}; }
    ++counters.bad_lengths;
    return skip_of(next_head(buffer), "incomplete", counters);
}

Step long_step(ByteView buffer, bool silent, Counters& counters) {
    if (buffer.size() < header_octets) { return unfinished(buffer, header_octets - buffer.size(), silent, counters); }
    const std::size_t octets = buffer[1] + long_overhead;
    if (buffer.size() < octets) { return unfinished(buffer, octets - buffer.size(), silent, counters); }
    const auto frame = buffer.first(octets);
    if (good_long(frame)) { return frame_of(octets, counters); }
    if (frame.back() == stop_octet) {
        ++counters.crc_errors;
        return skip_of(octets, "checksum", counters);
    }
    ++counters.bad_lengths;
    return skip_of(next_head(frame), "length", counters);
}

Step short_step(ByteView buffer, bool silent, Counters& counters) {
    if (buffer.size() < short_octets) { return unfinished(buffer, short_octets - buffer.size(), silent, counters); }
    if (good_short(buffer.first(short_octets))) { return frame_of(short_octets, counters); }
    ++counters.crc_errors;
    return skip_of(short_octets, "checksum", counters);
}

} // namespace

std::uint8_t checksum(ByteView octets) {
    unsigned sum = 0;
    for (const auto octet : octets) { sum += octet; }
    return static_cast<std::uint8_t>(sum);
}

Bytes encode_ack() {
    return {ack_octet};
}

Bytes encode_short(std::uint8_t control, std::uint8_t address) {
    const std::array body{control, address};
    return {short_start, control, address, checksum(body), stop_octet};
}

Result<Bytes> encode_long(std::uint8_t control, std::uint8_t address, std::uint8_t ci, ByteView data) {
    if (data.size() > max_data) {
        return fail(Category::usage, fmt::format("{} octets of data do not fit into a frame of M-Bus", data.size()), {},
                    {fmt::format("send at most {}", max_data)}, "mbus.length");
    }
    const auto length = static_cast<std::uint8_t>(data.size() + shortest_length);
    ByteWriter writer;
    writer.u8(long_start).u8(length).u8(length).u8(long_start).u8(control).u8(address).u8(ci).bytes(data);
    writer.u8(checksum(writer.view().subspan(header_octets))).u8(stop_octet);
    return writer.take();
}

Result<Frame> decode(ByteView octets) {
    if (octets.empty()) { return untrusted("no octets", 0, "length"); }
    if (octets[0] == long_start) { return decode_long(octets); }
    if (octets[0] == short_start) { return decode_short(octets); }
    if (octets[0] != ack_octet) {
        return untrusted(fmt::format("{:02X} starts no frame of M-Bus", octets[0]), 0, "start");
    }
    if (octets.size() != 1) { return untrusted("octets behind an ack", 1, "length"); }
    return Frame{};
}

bool is_request(std::uint8_t control) {
    return (control & control::from_master) != 0;
}

std::string_view control_name(std::uint8_t control) {
    const auto bare = static_cast<std::uint8_t>(control & ~(control::fcb | control::fcv));
    const auto row = std::ranges::find(control_names, bare, &ControlName::control);
    return row == control_names.end() ? std::string_view() : row->name;
}

std::string control_text(std::uint8_t control) {
    const auto name = control_name(control);
    std::string text = name.empty() ? fmt::format("C {:02X}", control) : std::string(name);
    if (is_request(control)) {
        if ((control & control::fcv) != 0) { text += (control & control::fcb) != 0 ? ", FCB 1" : ", FCB 0"; }
        return text;
    }
    if ((control & control::acd) != 0) { text += ", ACD"; }
    if ((control & control::dfc) != 0) { text += ", DFC"; }
    return text;
}

Step next_frame(ByteView buffer, bool silent, Counters& counters) {
    if (buffer.empty()) { return {Step::Kind::need_more, 1, {}}; }
    if (buffer[0] == ack_octet) { return frame_of(1, counters); }
    if (long_head(buffer)) { return long_step(buffer, silent, counters); }
    if (short_shape(buffer)) { return short_step(buffer, silent, counters); }
    ++counters.bad_headers;
    return skip_of(noise(buffer), "no frame", counters);
}

} // namespace meterctl::codecs::mbus
