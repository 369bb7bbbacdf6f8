#include "codecs/iec62056_21/telegram.hpp"

#include "src/core/crc.hpp"

#include <algorithm>
#include <charconv>
#include <fmt/format.h>

namespace meterctl::codecs::iec62056_21 {
namespace {

constexpr std::size_t crc_digits = 4;

bool is_hex(std::uint8_t octet) {
    return (octet >= '0' && octet <= '9') || (octet >= 'A' && octet <= 'F') || (octet >= 'a' && octet <= 'f');
}

std::size_t at(ByteView buffer, auto where) {
    return static_cast<std::size_t>(where - buffer.begin());
}

/// The '!' that begins a line; the end where there is none.
std::size_t end_mark(ByteView buffer) {
    for (std::size_t i = 1; i < buffer.size(); ++i) {
        if (buffer[i] == '!' && buffer[i - 1] == lf) { return i; }
    }
    return buffer.size();
}

/// A line that begins with '/' before the end mark: the telegram was cut, and another begins.
std::size_t next_start(ByteView buffer) {
    for (std::size_t i = 1; i < buffer.size(); ++i) {
        if (buffer[i] == '/' && buffer[i - 1] == lf) { return i; }
    }
    return buffer.size();
}

Step skip(std::size_t octets, std::string why, Counters& counters) {
    counters.skipped_octets += octets;
    return {Step::Kind::skip, octets, std::move(why), false};
}

/// The digits and the line end behind the mark; need_more while they can still come.
Step behind_mark(ByteView buffer, std::size_t mark, bool silent, Counters& counters) {
    auto end = mark + 1;
    while (end < buffer.size() && end <= mark + crc_digits && is_hex(buffer[end])) { ++end; }
    const bool open = end == buffer.size() || (end + 1 == buffer.size() && buffer[end] == cr);
    if (open && !silent) { return {Step::Kind::need_more, 1, {}, false}; }
    if (end < buffer.size() && buffer[end] == cr) { ++end; }
    if (end < buffer.size() && buffer[end] == lf) { ++end; }
    ++counters.frames;
    return {Step::Kind::frame, end, {}, false};
}

/// Three letters, a character and a text. Some meters send control characters in it, and the CRC is over them.
std::optional<Identification> identify(ByteView line) {
    constexpr std::size_t head = 5;
    std::string text(line.begin(), line.end());
    while (text.ends_with('\n') || text.ends_with('\r')) { text.pop_back(); }
    const auto letter = [](char one) { return (one >= 'A' && one <= 'Z') || (one >= 'a' && one <= 'z'); };
    const bool fits = text.size() >= head && text.size() <= head + max_identification && text[0] == '/' &&
                      std::all_of(text.begin() + 1, text.begin() + 4, letter);
    return fits ? std::optional(Identification{text.substr(1, 3), text[4], text.substr(head)}) : std::nullopt;
}

/// With CR LF for each LF that has no CR before it.
Bytes restored(ByteView octets) {
    Bytes out;
    out.reserve(octets.size() + octets.size() / 16);
    for (std::size_t i = 0; i < octets.size(); ++i) {
        if (octets[i] == lf && (i == 0 || octets[i - 1] != cr)) { out.push_back(cr); }
        out.push_back(octets[i]);
    }
    return out;
}

void check(Telegram& telegram, ByteView octets) {
    const auto covered = octets.first(telegram.mark + 1);
    const std::string digits(octets.begin() + static_cast<std::ptrdiff_t>(telegram.mark) + 1, octets.end());
    const auto [end, problem] = std::from_chars(digits.data(), digits.data() + digits.size(), telegram.sent, 16);
    if (problem != std::errc{} || end == digits.data()) { return; }
    telegram.computed = crc16_arc(covered);
    telegram.check = Telegram::Check::wrong;
    if (telegram.computed == telegram.sent) {
        telegram.check = Telegram::Check::good;
    } else if (crc16_x25(covered) == telegram.sent) {
        telegram.check = Telegram::Check::good_x25;
    } else if (crc16_arc(restored(covered)) == telegram.sent) {
        telegram.check = Telegram::Check::good_restored;
    }
}

} // namespace

Step next_telegram(ByteView buffer, bool silent, Counters& counters) {
    if (buffer.empty()) { return {Step::Kind::need_more, 1, {}, false}; }
    if (buffer.front() != '/') { return skip(at(buffer, std::ranges::find(buffer, '/')), "no telegram", counters); }
    const auto mark = end_mark(buffer);
    const auto next = next_start(buffer.first(mark));
    if (next < mark) {
        ++counters.bad_lengths;
        return skip(next, "a telegram without its end", counters);
    }
    if (mark < buffer.size() && mark < max_telegram) {
        if (decode_telegram(buffer.first(mark + 1))) { return behind_mark(buffer, mark, silent, counters); }
        ++counters.bad_headers;
        return skip(1, "no identification", counters);
    }
    if (buffer.size() >= max_telegram || silent) {
        ++counters.bad_lengths;
        return skip(buffer.size(), "a telegram without its end", counters);
    }
    return {Step::Kind::need_more, 1, {}, false};
}

Result<Telegram> decode_telegram(ByteView octets) {
    const auto line = at(octets, std::ranges::find(octets, lf)) + 1;
    if (line > octets.size()) {
        return fail(Category::untrusted, "no line end behind the identification", "offset 0", {}, "dsmr.shape");
    }
    auto identification = identify(octets.first(line));
    if (!identification) { return fail(Category::untrusted, "no identification", "offset 0", {}, "dsmr.shape"); }
    Telegram telegram;
    telegram.mark = end_mark(octets);
    if (telegram.mark == octets.size()) {
        return fail(Category::untrusted, "no '!' at the beginning of a line", fmt::format("offset {}", octets.size()),
                    {}, "dsmr.incomplete");
    }
    telegram.identification = std::move(*identification);
    telegram.data_offset = line;
    const std::string text(octets.begin() + static_cast<std::ptrdiff_t>(line),
                           octets.begin() + static_cast<std::ptrdiff_t>(telegram.mark));
    telegram.data = parse_block(text);
    telegram.data.end_mark = true;
    check(telegram, octets);
    return telegram;
}

} // namespace meterctl::codecs::iec62056_21
