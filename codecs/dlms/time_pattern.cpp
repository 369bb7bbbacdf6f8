#include "codecs/dlms/time_pattern.hpp"

#include "src/core/text.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdlib>
#include <fmt/format.h>

namespace meterctl::codecs::dlms {

namespace {

constexpr std::array<std::string_view, 7> weekdays{"mon", "tue", "wed", "thu", "fri", "sat", "sun"};

struct Word {
    std::uint8_t octet;
    std::string_view text;
};
constexpr std::array month_words{Word{CosemTime::any, "*"}, Word{CosemTime::dst_begin, "dst-begin"},
                                 Word{CosemTime::dst_end, "dst-end"}};
constexpr std::array day_words{Word{CosemTime::any, "*"}, Word{CosemTime::last_day, "last"},
                               Word{CosemTime::last_but_one, "last-1"}};
constexpr std::array open_words{Word{CosemTime::any, "*"}};

std::string field_text(std::uint8_t octet, std::span<const Word> words) {
    const auto word = std::ranges::find(words, octet, &Word::octet);
    return word == words.end() ? fmt::format("{:02}", octet) : std::string(word->text);
}

std::string date_part(const CosemTime& time) {
    std::string text = time.year == CosemTime::any_year ? "*" : fmt::format("{:04}", time.year);
    text += "-" + field_text(time.month, month_words) + "-" + field_text(time.day, day_words);
    if (time.weekday >= 1 && time.weekday <= weekdays.size()) {
        text += " " + std::string(weekdays.at(time.weekday - 1U));
    }
    return text;
}

std::string time_part(const CosemTime& time) {
    std::string text = field_text(time.hour, open_words) + ":" + field_text(time.minute, open_words) + ":" +
                       field_text(time.second, open_words);
    const bool tells = time.hundredths != CosemTime::any && time.hundredths != 0;
    return tells ? text + fmt::format(".{:02}", time.hundredths) : text;
}

std::string offset_part(const CosemTime& time) {
    if (time.deviation == CosemTime::any_deviation) { return {}; }
    const int east = -time.deviation;
    return fmt::format(" {}{:02}:{:02}", east < 0 ? '-' : '+', std::abs(east) / 60, std::abs(east) % 60);
}

tl::unexpected<Error> wrong(std::string_view text) {
    return fail(Category::usage, fmt::format("'{}' is no time with open fields", text), {},
                {"*-03-last sun 02:00:00", "2026-12-25", "06:00:00", "*"}, "dlms.time");
}

std::optional<int> number(std::string_view text, int least, int most) {
    int value = 0;
    const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), value);
    const bool whole = problem == std::errc() && end == text.data() + text.size();
    return whole && value >= least && value <= most ? std::optional(value) : std::nullopt;
}

bool read_field(std::string_view text, std::span<const Word> words, int least, int most, std::uint8_t& field) {
    const auto word = std::ranges::find(words, text, &Word::text);
    if (word != words.end()) {
        field = word->octet;
        return true;
    }
    const auto value = number(text, least, most);
    if (value) { field = static_cast<std::uint8_t>(*value); }
    return value.has_value();
}

/// "2026-03-last": the day itself may hold a dash.
bool read_date(std::string_view text, CosemTime& time) {
    const auto first = text.find('-');
    if (first == std::string_view::npos) { return false; }
    const auto rest = text.substr(first + 1);
    std::size_t split = rest.find('-');
    if (rest.starts_with("dst-") && split != std::string_view::npos) { split = rest.find('-', split + 1); }
    if (split == std::string_view::npos) { return false; }
    const auto year = text.substr(0, first);
    const auto value = number(year, 0, 9999);
    if (!value && year != "*") { return false; }
    time.year = value ? static_cast<std::uint16_t>(*value) : CosemTime::any_year;
    return read_field(rest.substr(0, split), month_words, 1, 12, time.month) &&
           read_field(rest.substr(split + 1), day_words, 1, 31, time.day);
}

bool read_time(std::string_view text, CosemTime& time) {
    const auto point = text.find('.');
    const auto parts = split(text.substr(0, point), ':');
    time.hundredths = 0;
    if (point != std::string_view::npos && !read_field(text.substr(point + 1), open_words, 0, 99, time.hundredths)) {
        return false;
    }
    time.second = 0;
    if (parts.size() != 2 && parts.size() != 3) { return false; }
    return read_field(parts[0], open_words, 0, 23, time.hour) && read_field(parts[1], open_words, 0, 59, time.minute) &&
           (parts.size() == 2 || read_field(parts[2], open_words, 0, 59, time.second));
}

bool read_offset(std::string_view text, CosemTime& time) {
    if (text.size() != 6 || text[3] != ':' || (text[0] != '+' && text[0] != '-')) { return false; }
    const auto hours = number(text.substr(1, 2), 0, 14), minutes = number(text.substr(4), 0, 59);
    if (!hours || !minutes) { return false; }
    const int east = *hours * 60 + *minutes;
    time.deviation = static_cast<std::int16_t>(text[0] == '+' ? -east : east);
    return true;
}

bool read_weekday(std::string_view text, CosemTime& time) {
    const auto day = std::ranges::find(weekdays, text);
    if (day == weekdays.end()) { return false; }
    time.weekday = static_cast<std::uint8_t>(day - weekdays.begin() + 1);
    return true;
}

} // namespace

std::string pattern_text(const CosemTime& time, PatternKind kind) {
    const bool open = time.year == CosemTime::any_year && time.month == CosemTime::any && time.day == CosemTime::any &&
                      time.weekday == CosemTime::any && time.hour == CosemTime::any && time.minute == CosemTime::any &&
                      time.second == CosemTime::any;
    if (open) { return "*"; }
    if (kind == PatternKind::date) { return date_part(time); }
    if (kind == PatternKind::time) { return time_part(time); }
    return date_part(time) + " " + time_part(time) + offset_part(time);
}

Result<CosemTime> parse_pattern(std::string_view text, PatternKind kind) {
    CosemTime time;
    if (text == "*") { return time; }
    std::string lower = to_lower(text);
    const bool stamped = lower.size() > 10 && lower[10] == 't'; // 2026-01-01T00:00:00
    if (stamped) { lower[10] = ' '; }
    bool has_date = false, has_time = false;
    for (const auto part : split(lower, ' ')) {
        const bool weekday = read_weekday(part, time);
        if (weekday || part.empty()) { continue; }
        if (has_time && read_offset(part, time)) { continue; }
        const bool clock = part.find(':') != std::string_view::npos;
        if (clock ? has_time || !read_time(part, time) : has_date || !read_date(part, time)) { return wrong(text); }
        (clock ? has_time : has_date) = true;
    }
    if ((kind != PatternKind::time) != has_date || (kind == PatternKind::date && has_time)) { return wrong(text); }
    if (kind == PatternKind::time && !has_time) { return wrong(text); }
    if (kind == PatternKind::date_time && !has_time) { time.hour = time.minute = time.second = time.hundredths = 0; }
    return time;
}

} // namespace meterctl::codecs::dlms
