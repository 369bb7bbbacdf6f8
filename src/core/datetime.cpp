#include "src/core/datetime.hpp"

#include <array>
#include <charconv>
#include <fmt/format.h>

namespace meterctl {

namespace {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;
using std::chrono::sys_days;
using std::chrono::year_month_day;

/// At least `width` digits behind `lead`.
void append(std::string& text, std::string_view lead, std::optional<int> value, std::size_t width) {
    text += lead;
    if (!value) {
        text += '*';
        return;
    }
    const fmt::format_int digits(*value < 0 ? -*value : *value);
    if (*value < 0) { text += '-'; }
    text.append(width > digits.size() ? width - digits.size() : 0, '0').append(digits.data(), digits.size());
}

std::string offset_text(int offset) {
    if (offset == 0) { return "Z"; }
    const int size = offset < 0 ? -offset : offset;
    return fmt::format("{}{:02}:{:02}", offset < 0 ? '-' : '+', size / 60, size % 60);
}

year_month_day date_of(const DateTime& time) {
    return {std::chrono::year(*time.year), std::chrono::month(static_cast<unsigned>(*time.month)),
            std::chrono::day(static_cast<unsigned>(*time.day))};
}

bool within(std::optional<int> value, int low, int high) {
    return value && *value >= low && *value <= high;
}

/// Consumes `width` digits and, before them, the `lead` character where one is asked for.
bool take_number(std::string_view& text, char lead, std::size_t width, std::optional<int>& into) {
    if (lead != '\0') {
        if (text.empty() || text[0] != lead) { return false; }
        text.remove_prefix(1);
    }
    if (text.size() < width || text.substr(0, width).find_first_not_of("0123456789") != std::string_view::npos) {
        return false;
    }
    int value = 0;
    std::from_chars(text.data(), text.data() + width, value);
    into = value;
    text.remove_prefix(width);
    return true;
}

/// ".25" -> 250; digits past the third are dropped, as the field holds milliseconds.
bool take_fraction(std::string_view& text, std::optional<int>& into) {
    if (text.empty() || text[0] != '.') { return true; }
    text.remove_prefix(1);
    int value = 0;
    std::size_t count = 0;
    for (; count < text.size() && text[count] >= '0' && text[count] <= '9'; ++count) {
        if (count < 3) { value = value * 10 + (text[count] - '0'); }
    }
    if (count == 0) { return false; }
    for (std::size_t digit = count; digit < 3; ++digit) { value *= 10; }
    text.remove_prefix(count);
    into = value;
    return true;
}

bool take_offset(std::string_view& text, std::optional<int>& into) {
    if (text.empty()) { return true; }
    if (text == "Z" || text == "z") {
        text = {};
        into = 0;
        return true;
    }
    const char sign = text[0];
    std::optional<int> hour;
    std::optional<int> minute;
    if ((sign != '+' && sign != '-') || !take_number(text, sign, 2, hour) || !take_number(text, ':', 2, minute)) {
        return false;
    }
    if (*hour > 23 || *minute > 59) { return false; }
    into = (sign == '-' ? -1 : 1) * (*hour * 60 + *minute);
    return true;
}

bool take_time(std::string_view& text, DateTime& time) {
    if (text.empty()) { return true; }
    if (text[0] != 'T' && text[0] != 't' && text[0] != ' ') { return false; }
    if (!take_number(text, text[0], 2, time.hour) || !take_number(text, ':', 2, time.minute)) { return false; }
    if (text.starts_with(':')) {
        if (!take_number(text, ':', 2, time.second)) { return false; }
    } else {
        time.second = 0;
    }
    return take_fraction(text, time.millisecond) && take_offset(text, time.utc_offset_minutes) && time.complete();
}

bool take_date(std::string_view& text, DateTime& time) {
    return take_number(text, '\0', 4, time.year) && take_number(text, '-', 2, time.month) &&
           take_number(text, '-', 2, time.day) && date_of(time).ok();
}

} // namespace

std::string DateTime::to_string() const {
    constexpr std::size_t longest = 35;
    std::string text;
    text.reserve(longest);
    append(text, "", year, 4);
    append(text, "-", month, 2);
    append(text, "-", day, 2);
    if (!hour && !minute && !second) { return text; }
    append(text, "T", hour, 2);
    append(text, ":", minute, 2);
    append(text, ":", second, 2);
    if (millisecond && *millisecond != 0) { text += fmt::format(".{:03}", *millisecond); }
    if (utc_offset_minutes) { text += offset_text(*utc_offset_minutes); }
    return text;
}

bool DateTime::complete() const {
    if (!year || !within(month, 1, 12) || !within(day, 1, 31) || !date_of(*this).ok()) { return false; }
    return within(hour, 0, 23) && within(minute, 0, 59) && within(second, 0, 60);
}

DateTime DateTime::from_utc(std::chrono::system_clock::time_point time) {
    const auto whole = std::chrono::floor<milliseconds>(time);
    const auto midnight = std::chrono::floor<days>(whole);
    const year_month_day date(midnight);
    const std::chrono::hh_mm_ss clock(whole - midnight);
    DateTime result;
    result.year = static_cast<int>(date.year());
    result.month = static_cast<int>(static_cast<unsigned>(date.month()));
    result.day = static_cast<int>(static_cast<unsigned>(date.day()));
    result.hour = static_cast<int>(clock.hours().count());
    result.minute = static_cast<int>(clock.minutes().count());
    result.second = static_cast<int>(clock.seconds().count());
    const auto fraction = static_cast<int>(clock.subseconds().count());
    if (fraction != 0) { result.millisecond = fraction; }
    result.utc_offset_minutes = 0;
    return result;
}

Result<DateTime> DateTime::parse(std::string_view text) {
    DateTime time;
    std::string_view rest = text;
    if (!take_date(rest, time) || !take_time(rest, time) || !rest.empty()) {
        return fail(Category::usage, fmt::format("'{}' is no date and time", text), {},
                    {"the form 2026-11-21T02:15:00Z, with Z, an offset such as +01:00, or neither"});
    }
    return time;
}

std::optional<std::chrono::system_clock::time_point> DateTime::to_utc() const {
    constexpr int first_year = 1678, last_year = 2261; // the clock's nanoseconds hold no others
    if (!complete() || !utc_offset_minutes || *year < first_year || *year > last_year) { return std::nullopt; }
    return sys_days(date_of(*this)) + hours(*hour) + minutes(*minute) + seconds(*second) +
           milliseconds(millisecond.value_or(0)) - minutes(*utc_offset_minutes);
}

} // namespace meterctl
