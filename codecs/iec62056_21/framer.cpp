#include "codecs/iec62056_21/framer.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace meterctl::codecs::iec62056_21 {
namespace {

constexpr std::size_t max_line = 5 + max_identification + 2;
constexpr std::size_t option_select_size = 6;
constexpr std::size_t inner_starts = 16; ///< looked at inside a block whose check is wrong

Step need(std::size_t octets = 1) {
    return {Step::Kind::need_more, octets, {}, false};
}

Step skip(std::size_t octets, std::string why, Counters& counters) {
    counters.skipped_octets += octets;
    return {Step::Kind::skip, octets, std::move(why), false};
}

Step frame(std::size_t octets, Counters& counters) {
    ++counters.frames;
    return {Step::Kind::frame, octets, {}, false};
}

bool begins_message(std::uint8_t octet) {
    return octet == '/' || octet == soh || octet == stx || octet == ack || octet == nak;
}

/// What cannot stand in data without STX.
bool begins_framed(std::uint8_t octet) {
    return octet != '/' && begins_message(octet);
}

bool printable(std::uint8_t octet) {
    return octet >= ' ' && octet <= '~';
}

bool digit(std::uint8_t octet) {
    return octet >= '0' && octet <= '9';
}

bool ends_block(std::uint8_t octet) {
    return octet == etx || octet == eot;
}

/// Octets of CR LF or LF at the front; 0 where there is neither.
std::size_t line_end(ByteView octets) {
    if (!octets.empty() && octets[0] == lf) { return 1; }
    return octets.size() >= 2 && octets[0] == cr && octets[1] == lf ? 2 : 0;
}

Step next_line(ByteView buffer, const Awaiting& awaiting, Counters& counters) {
    const auto line = buffer.first(std::min(buffer.size(), max_line));
    const auto stop =
        std::find_if_not(line.begin() + 1, line.end(), [](auto one) { return printable(one) && one != '/'; });
    const auto size = static_cast<std::size_t>(stop - line.begin());
    const auto end = line_end(buffer.subspan(size));
    const bool open = size == buffer.size() || (size + 1 == buffer.size() && buffer[size] == cr);
    if (end == 0 && open && size < max_line && !awaiting.silent) { return need(); }
    if (end == 0) {
        ++counters.bad_headers;
        return skip(size, open && awaiting.silent ? "a line without its end" : "no line of text", counters);
    }
    if (const auto message = decode(buffer.first(size + end)); !message) {
        ++counters.bad_headers;
        return skip(size + end, message.error().what, counters);
    }
    return frame(size + end, counters);
}

Step next_acknowledge(ByteView buffer, const Awaiting& awaiting, Counters& counters) {
    if (!awaiting.option_select) { return frame(1, counters); }
    const auto rest = buffer.subspan(1);
    const auto digits = static_cast<std::size_t>(std::find_if_not(rest.begin(), rest.end(), digit) - rest.begin());
    if (digits > 3 || (digits < 3 && digits < rest.size())) { return frame(1, counters); }
    const auto end = digits < rest.size() ? line_end(rest.subspan(digits)) : 0;
    if (end != 0) { return frame(1 + digits + end, counters); }
    const bool open = rest.size() == digits || (rest.size() == digits + 1 && rest[digits] == cr);
    return open && !awaiting.silent ? need(option_select_size - buffer.size()) : frame(1, counters);
}

/// A start inside a damaged block from which the check is right; 0 where there is none.
std::size_t inner_start(ByteView block) {
    const auto sent = block.back();
    std::size_t tried = 0;
    for (std::size_t i = 1; i + 2 < block.size() && tried < inner_starts; ++i) {
        if (block[i] != soh && block[i] != stx) { continue; }
        ++tried;
        if (block_check(block.subspan(i + 1, block.size() - i - 2)) == sent) { return i; }
    }
    return 0;
}

Step without_end(ByteView buffer, const Awaiting& awaiting, Counters& counters) {
    if (buffer.size() >= max_block) {
        ++counters.bad_lengths;
        return skip(buffer.size(), fmt::format("longer than {} octets without its end", max_block), counters);
    }
    if (!awaiting.silent) { return need(); }
    ++counters.bad_lengths;
    return skip(buffer.size(), "a data message without its end", counters);
}

/// `end`: the index of ETX or EOT.
Step checked(ByteView buffer, std::size_t end, const Awaiting& awaiting, Counters& counters) {
    if (end + 1 >= buffer.size()) { return without_end(buffer, awaiting, counters); }
    const auto size = end + 2;
    const auto block = buffer.first(size);
    const auto computed = block_check(block.subspan(1, end));
    if (computed == block.back()) {
        if (take_apart(block)) { return frame(size, counters); }
        ++counters.bad_headers;
        return skip(size, "no command", counters);
    }
    ++counters.crc_errors;
    if (const auto inner = inner_start(block); inner != 0) { return skip(inner, "started anew", counters); }
    auto step = skip(size, fmt::format("block check {:02X}, computed {:02X}", block.back(), computed), counters);
    step.wrong_check = true;
    return step;
}

/// Behind the end mark of a readout that began with STX: `size` octets up to and with its line end. A readout that
/// lost its check, or never had one, looks like one that a damaged octet ended early: it is no message.
Step behind_end_mark(ByteView buffer, std::size_t size, const Awaiting& awaiting, Counters& counters) {
    if (size == buffer.size() && !awaiting.silent) { return need(); }
    if (size < buffer.size() && ends_block(buffer[size])) { return checked(buffer, size, awaiting, counters); }
    ++counters.bad_lengths;
    auto step = skip(size, "no ETX and no block check behind the end mark", counters);
    step.wrong_check = true;
    return step;
}

/// A data message or command, or data without STX where `front` is 0.
Step next_block(ByteView buffer, std::size_t front, const Awaiting& awaiting, Counters& counters) {
    const bool framed = front != 0;
    const bool readout = !framed || buffer.front() == stx;
    for (std::size_t i = front; i < std::min(buffer.size(), max_block); ++i) {
        if (framed && ends_block(buffer[i])) { return checked(buffer, i, awaiting, counters); }
        if (buffer[i] == '/' && i > 0 && buffer[i - 1] == lf) { return skip(i, "started anew", counters); }
        if (!framed && i > 0 && begins_framed(buffer[i])) { return skip(i, "started anew", counters); }
        if (!readout || buffer[i] != '!') { continue; }
        const auto end = line_end(buffer.subspan(i + 1));
        if (end == 0) { continue; }
        if (!framed) { return frame(i + 1 + end, counters); }
        return behind_end_mark(buffer, i + 1 + end, awaiting, counters);
    }
    return without_end(buffer, awaiting, counters);
}

Step next_command(ByteView buffer, const Awaiting& awaiting, Counters& counters) {
    constexpr std::string_view commands = "PWREB";
    constexpr std::size_t head = 3; ///< SOH, command, type
    const bool letter = buffer.size() < 2 || commands.find(static_cast<char>(buffer[1])) != std::string_view::npos;
    if (!letter || (buffer.size() >= head && !digit(buffer[2]))) {
        ++counters.bad_headers;
        return skip(1, "no command", counters);
    }
    if (buffer.size() < head) { return awaiting.silent ? skip(buffer.size(), "no command", counters) : need(); }
    return next_block(buffer, head, awaiting, counters);
}

} // namespace

Step next_message(ByteView buffer, const Awaiting& awaiting, Counters& counters) {
    if (buffer.empty()) { return need(); }
    switch (buffer.front()) {
    case '/':
        return next_line(buffer, awaiting, counters);
    case soh:
        return next_command(buffer, awaiting, counters);
    case stx:
        return next_block(buffer, 1, awaiting, counters);
    case ack:
        return next_acknowledge(buffer, awaiting, counters);
    case nak:
        return frame(1, counters);
    default:
        break;
    }
    const bool text = printable(buffer.front()) || buffer.front() == cr || buffer.front() == lf;
    if (awaiting.plain_data && text) { return next_block(buffer, 0, awaiting, counters); }
    const auto start = std::ranges::find_if(buffer, begins_message);
    return skip(static_cast<std::size_t>(start - buffer.begin()), "noise", counters);
}

} // namespace meterctl::codecs::iec62056_21
