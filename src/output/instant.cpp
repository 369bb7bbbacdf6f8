#include "src/output/instant.hpp"

#include <cstdint>
#include <string>

namespace meterctl::output {

namespace {

/// With zeros in front, at least `width` digits; then `behind`. A frame has one time, and captures have many frames.
void append_digits(std::string& text, std::int64_t number, std::size_t width, char behind) {
    const std::string digits = std::to_string(number);
    if (digits.size() < width) { text.append(width - digits.size(), '0'); }
    text += digits;
    text += behind;
}

} // namespace

std::string instant_text(std::chrono::nanoseconds since_epoch) {
    using std::chrono::floor;
    const auto day = floor<std::chrono::days>(since_epoch);
    const std::chrono::year_month_day date{std::chrono::sys_days(day)};
    const std::chrono::hh_mm_ss time(floor<std::chrono::seconds>(since_epoch - day));
    const auto fraction = (since_epoch - floor<std::chrono::seconds>(since_epoch)).count();
    const bool whole_microseconds = fraction % 1000 == 0;
    std::string text;
    append_digits(text, static_cast<int>(date.year()), 4, '-');
    append_digits(text, static_cast<unsigned>(date.month()), 2, '-');
    append_digits(text, static_cast<unsigned>(date.day()), 2, 'T');
    append_digits(text, time.hours().count(), 2, ':');
    append_digits(text, time.minutes().count(), 2, ':');
    append_digits(text, time.seconds().count(), 2, '.');
    append_digits(text, whole_microseconds ? fraction / 1000 : fraction, whole_microseconds ? 6 : 9, 'Z');
    return text;
}

} // namespace meterctl::output
