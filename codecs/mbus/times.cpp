#include "codecs/mbus/times.hpp"

#include <fmt/format.h>

namespace meterctl::codecs::mbus {
namespace {

constexpr int every_month = 15, every_year = 127, every_hour = 31, every_minute = 63;
constexpr int last_of_2000 = 80; ///< years of two digits above this one are of the century before
constexpr std::size_t type_g = 2, type_j = 3, type_f = 4, type_i = 6;

int bits_of(std::uint64_t bits, unsigned first, unsigned count) {
    return static_cast<int>((bits >> first) & ((1ULL << count) - 1U));
}

std::uint64_t to_bits(int value, unsigned first) {
    return static_cast<std::uint64_t>(static_cast<unsigned>(value)) << first;
}

/// The fields as sent.
struct Fields {
    int year = 0, month = 0, day = 0;
    int hundred_years = 0; ///< since 1900, of type F; 0 where not told
    std::optional<int> hour, minute, second;
    int weekday = 0;
    bool invalid = false, summer = false;
};

void read_date(std::uint64_t bits, unsigned first, Fields& fields) {
    fields.day = bits_of(bits, first, 5);
    fields.month = bits_of(bits, first + 8, 4);
    fields.year = bits_of(bits, first + 5, 3) | (bits_of(bits, first + 12, 4) << 3U);
}

Fields read(std::uint64_t bits, std::size_t octets) {
    Fields fields;
    if (octets == type_g) {
        read_date(bits, 0, fields);
        fields.invalid = bits == 0xFFFF;
        return fields;
    }
    const unsigned seconds = octets == type_f ? 0 : 8; // types I and J begin with an octet of seconds
    fields.minute = bits_of(bits, seconds, 6);
    fields.hour = bits_of(bits, seconds + 8, 5);
    fields.second = seconds == 0 ? 0 : bits_of(bits, 0, 6);
    if (octets == type_j) { return fields; }
    fields.invalid = bits_of(bits, seconds + 7, 1) != 0;
    read_date(bits, seconds + 16, fields);
    if (octets == type_f) {
        fields.hundred_years = bits_of(bits, 13, 2);
        fields.summer = bits_of(bits, 15, 1) != 0;
    } else {
        fields.summer = bits_of(bits, 6, 1) != 0;
        fields.weekday = bits_of(bits, 21, 3);
    }
    return fields;
}

int full_year(const Fields& fields) {
    if (fields.hundred_years != 0) { return 1900 + 100 * fields.hundred_years + fields.year; }
    return fields.year <= last_of_2000 ? 2000 + fields.year : 1900 + fields.year;
}

std::optional<int> unless(int value, int wildcard) {
    return value == wildcard ? std::nullopt : std::optional(value);
}
std::optional<int> unless(std::optional<int> value, int wildcard) {
    return value ? unless(*value, wildcard) : std::nullopt;
}

std::string clock_text(const Fields& fields) {
    return fmt::format("{:02}:{:02}:{:02}", *fields.hour, *fields.minute, *fields.second);
}

std::string text_of(const Fields& fields) {
    auto text = fmt::format("{:04}-{:02}-{:02}", full_year(fields), fields.month, fields.day);
    return fields.hour ? text + "T" + clock_text(fields) : text;
}

/// What is given is a date, and a time of it.
bool possible(const DateTime& time, bool with_clock) {
    auto filled = time;
    filled.year = time.year.value_or(2000); // a leap year: every year's 29 February is one
    filled.month = time.month.value_or(1);
    filled.day = time.day.value_or(1);
    filled.hour = with_clock ? time.hour.value_or(0) : 0;
    filled.minute = with_clock ? time.minute.value_or(0) : 0;
    filled.second = with_clock ? time.second.value_or(0) : 0;
    return filled.complete();
}

TimedValue clock_value(const Fields& fields) {
    if (*fields.hour > 23 || *fields.minute > 59 || *fields.second > 59) {
        return {Value{}, {"invalid_date"}, clock_text(fields)};
    }
    return {Value(clock_text(fields)), {"local_time"}, {}};
}

std::optional<std::uint64_t> date_bits(const DateTime& time, bool hundreds) {
    const int last = hundreds ? 2000 + 99 : 2000 + last_of_2000;
    if (!time.year || !time.month || !time.day || *time.year < 2000 || *time.year > last) { return std::nullopt; }
    if (!possible(time, false)) { return std::nullopt; }
    const int year = *time.year % 100;
    return to_bits(*time.day, 0) | to_bits(year & 7, 5) | to_bits(*time.month, 8) | to_bits(year >> 3, 12);
}

std::optional<std::uint64_t> clock_bits(const Value& value) {
    const auto* const text = value.get<std::string>();
    const auto parsed = text != nullptr ? DateTime::parse("2000-01-01T" + *text) : Result<DateTime>(DateTime{});
    const auto* const time = value.get<DateTime>();
    const DateTime given = time != nullptr ? *time : parsed.value_or(DateTime{});
    if (!given.hour || !given.minute || !given.second) { return std::nullopt; }
    return to_bits(*given.second, 0) | to_bits(*given.minute, 8) | to_bits(*given.hour, 16);
}

} // namespace

std::optional<TimedValue> decode_time(std::uint64_t bits, std::size_t octets) {
    if (octets != type_g && octets != type_j && octets != type_f && octets != type_i) { return std::nullopt; }
    const auto fields = read(bits, octets);
    if (octets == type_j) { return clock_value(fields); }
    DateTime time;
    if (fields.year != every_year) { time.year = full_year(fields); }
    time.month = unless(fields.month, every_month);
    time.day = unless(fields.day, 0);
    time.hour = unless(fields.hour, every_hour);
    time.minute = unless(fields.minute, every_minute);
    time.second = unless(fields.second, every_minute);
    const bool clock = octets != type_g;
    const bool two_digits = fields.year < 100 || fields.year == every_year;
    if (fields.invalid || !two_digits || !possible(time, clock)) {
        const bool none = octets == type_g && fields.invalid;
        return TimedValue{Value{}, {"invalid_date"}, none ? std::string() : text_of(fields)};
    }
    if (fields.weekday != 0) { time.weekday = fields.weekday; }
    TimedValue result{Value{}, {}, {}};
    if (clock) { result.flags.emplace_back("local_time"); }
    if (fields.summer) { result.flags.emplace_back("summer_time"); }
    const bool open = !time.year || !time.month || !time.day || (clock && (!time.hour || !time.minute || !time.second));
    if (open) { result.flags.emplace_back("unspecified_fields"); }
    result.value = Value(std::move(time));
    return result;
}

std::optional<std::uint64_t> encode_time(const Value& value, std::size_t octets) {
    if (octets == type_j) { return value.is_null() ? std::optional<std::uint64_t>(0xFFFFFF) : clock_bits(value); }
    if (octets == type_g && value.is_null()) { return 0xFFFF; }
    if (octets == type_f && value.is_null()) { return 0x80; }
    if (octets == type_i && value.is_null()) { return 0x8000; }
    const auto* const time = value.get<DateTime>();
    if (time == nullptr || (octets != type_g && octets != type_f && octets != type_i)) { return std::nullopt; }
    const auto date = date_bits(*time, octets == type_f);
    if (!date || octets == type_g) { return date; }
    if (!time->complete()) { return std::nullopt; }
    if (octets == type_f) {
        const int hundreds = (*time->year - 1900) / 100;
        return (*date << 16U) | to_bits(*time->minute, 0) | to_bits(*time->hour, 8) | to_bits(hundreds, 13);
    }
    return (*date << 24U) | to_bits(*time->second, 0) | to_bits(*time->minute, 8) | to_bits(*time->hour, 16) |
           to_bits(time->weekday.value_or(0), 21);
}

} // namespace meterctl::codecs::mbus
