#include "codecs/iec62056_21/times.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <fmt/format.h>

namespace meterctl::codecs::iec62056_21 {
namespace {

constexpr int this_century = 2000;
constexpr int winter_offset = 60, summer_offset = 120; ///< DSMR's W and S: central European time
constexpr std::string_view separators = "-:. /&T,";

bool is_digit(char one) {
    return one >= '0' && one <= '9';
}

int number(std::string_view digits) {
    int value = 0;
    std::from_chars(digits.data(), digits.data() + digits.size(), value);
    return value;
}

/// A text with separators as digits: parts of two (the year of four or two). Empty where it is not of that shape.
std::string without_separators(std::string_view text, bool& long_year) {
    std::string digits;
    std::size_t part = 0, parts = 0;
    long_year = false;
    const auto end_part = [&]() {
        const bool fits = part == 2 || (parts == 0 && part == 4);
        if (parts == 0 && part == 4) { long_year = true; }
        ++parts;
        part = 0;
        return fits;
    };
    for (const char one : text) {
        if (is_digit(one)) {
            digits += one;
            ++part;
        } else if (separators.find(one) == std::string_view::npos || !end_part()) {
            return {};
        }
    }
    return end_part() ? digits : std::string();
}

/// What is left of `text` after the letter of DSMR; `time` gets its offset. False where there is none.
bool take_season_letter(std::string_view& text, DateTime& time) {
    if (text.empty() || (text.back() != 'W' && text.back() != 'S')) { return false; }
    time.utc_offset_minutes = text.back() == 'W' ? winter_offset : summer_offset;
    text.remove_suffix(1);
    return true;
}

/// VDEW: 0 standard time, 1 summer time, 2 UTC. Only the last one tells the offset.
bool take_season_digit(std::string_view& digits, DateTime& time) {
    if (digits.empty() || digits.front() > '2') { return false; }
    if (digits.front() == '2') { time.utc_offset_minutes = 0; }
    digits.remove_prefix(1);
    return true;
}

bool take_date(std::string_view& digits, DateTime& time, bool long_year) {
    const std::size_t year = long_year ? 4 : 2;
    if (digits.size() < year + 4) { return false; }
    time.year = number(digits.substr(0, year)) + (long_year ? 0 : this_century);
    time.month = number(digits.substr(year, 2));
    time.day = number(digits.substr(year + 2, 2));
    digits.remove_prefix(year + 4);
    const std::chrono::year_month_day date{std::chrono::year(*time.year),
                                           std::chrono::month(static_cast<unsigned>(*time.month)),
                                           std::chrono::day(static_cast<unsigned>(*time.day))};
    return date.ok();
}

/// hhmm or hhmmss, and nothing behind. 24:00 is not a time that a DateTime holds.
bool take_clock(std::string_view digits, DateTime& time) {
    if (digits.size() != 4 && digits.size() != 6) { return false; }
    time.hour = number(digits.substr(0, 2));
    time.minute = number(digits.substr(2, 2));
    time.second = digits.size() == 6 ? number(digits.substr(4, 2)) : 0;
    return *time.hour <= 23 && *time.minute <= 59 && *time.second <= 59;
}

/// The text as digits alone; `long_year` where the year has four. Empty where it has other characters.
std::string digits_of(std::string_view text, bool& long_year) {
    long_year = false;
    if (std::ranges::all_of(text, is_digit)) { return std::string(text); }
    return without_separators(text, long_year);
}

} // namespace

std::optional<DateTime> parse_time(std::string_view text) {
    DateTime time;
    const bool lettered = take_season_letter(text, time);
    bool long_year = false;
    const auto held = digits_of(text, long_year);
    std::string_view digits = held;
    const bool season_digit = !lettered && !long_year && digits.size() % 2 == 1;
    if (season_digit && !take_season_digit(digits, time)) { return std::nullopt; }
    if (!take_date(digits, time, long_year) || !take_clock(digits, time)) { return std::nullopt; }
    return time;
}

std::optional<DateTime> parse_time_of_day(std::string_view text) {
    DateTime time;
    bool long_year = false;
    const auto held = digits_of(text, long_year);
    std::string_view digits = held;
    if (digits.size() % 2 == 1 && !take_season_digit(digits, time)) { return std::nullopt; }
    return take_clock(digits, time) ? std::optional(time) : std::nullopt;
}

std::optional<DateTime> parse_date(std::string_view text) {
    DateTime time;
    bool long_year = false;
    const auto held = digits_of(text, long_year);
    std::string_view digits = held;
    if (!long_year && digits.size() % 2 == 1 && !take_season_digit(digits, time)) { return std::nullopt; }
    if (!take_date(digits, time, long_year) || !digits.empty()) { return std::nullopt; }
    time.utc_offset_minutes.reset();
    return time;
}

std::string time_digits(const DateTime& time, char season) {
    const auto two = [](std::optional<int> value) { return fmt::format("{:02}", value.value_or(0) % 100); };
    std::string text(season == '\0' ? 0 : 1, season);
    for (const auto& field : {time.year, time.month, time.day, time.hour, time.minute, time.second}) {
        text += two(field);
    }
    return text;
}

} // namespace meterctl::codecs::iec62056_21
