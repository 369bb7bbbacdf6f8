#include "codecs/dlms/date_time.hpp"

#include <array>
#include <chrono>
#include <fmt/format.h>

namespace meterctl::codecs::dlms {
namespace {

constexpr std::uint8_t any = CosemTime::any;
constexpr int least_deviation = -840, most_deviation = 840;

constexpr std::array<std::string_view, 8> weekdays{"",         "Monday", "Tuesday",  "Wednesday",
                                                   "Thursday", "Friday", "Saturday", "Sunday"};
constexpr std::array<std::string_view, 13> months{"",        "January",  "February", "March",  "April",
                                                  "May",     "June",     "July",     "August", "September",
                                                  "October", "November", "December"};

struct StatusBit {
    std::uint8_t mask;
    std::string_view flag, text;
};
constexpr std::array status_bits{
    StatusBit{clock_status::invalid, "clock_invalid", "invalid"},
    StatusBit{clock_status::doubtful, "clock_doubtful", "doubtful"},
    StatusBit{clock_status::different_base, "clock_base", "different clock base"},
    StatusBit{clock_status::invalid_status, "clock_status_invalid", "invalid clock status"},
    StatusBit{clock_status::summer_time, "summer_time", "summer time"},
};

void read_date_fields(ByteReader& reader, CosemTime& time) {
    time.year = reader.u16be();
    time.month = reader.u8();
    time.day = reader.u8();
    time.weekday = reader.u8();
}

void read_time_fields(ByteReader& reader, CosemTime& time) {
    time.hour = reader.u8();
    time.minute = reader.u8();
    time.second = reader.u8();
    time.hundredths = reader.u8();
}

void write_date_fields(ByteWriter& writer, const CosemTime& time) {
    writer.u16be(time.year).u8(time.month).u8(time.day).u8(time.weekday);
}

void write_time_fields(ByteWriter& writer, const CosemTime& time) {
    writer.u8(time.hour).u8(time.minute).u8(time.second).u8(time.hundredths);
}

bool between(std::uint8_t value, std::uint8_t low, std::uint8_t high) {
    return value == any || (value >= low && value <= high);
}

bool special_month(std::uint8_t month) {
    return month == CosemTime::dst_begin || month == CosemTime::dst_end;
}

bool special_day(std::uint8_t day) {
    return day == CosemTime::last_day || day == CosemTime::last_but_one;
}

bool plain(std::uint8_t value) {
    return value != any;
}

/// A day that its month does not have; with an open year, February has 29.
bool no_such_day(const CosemTime& time) {
    const bool given = plain(time.day) && !special_day(time.day) && plain(time.month) && !special_month(time.month);
    if (!given) { return false; }
    const std::chrono::year year(time.year == CosemTime::any_year ? 2000 : time.year);
    return !std::chrono::year_month_day(year, std::chrono::month(time.month), std::chrono::day(time.day)).ok();
}

bool date_valid(const CosemTime& time) {
    const bool month = between(time.month, 1, 12) || special_month(time.month);
    const bool day = between(time.day, 1, 31) || special_day(time.day);
    return month && day && !no_such_day(time);
}

bool time_valid(const CosemTime& time) {
    return between(time.hour, 0, 23) && between(time.minute, 0, 59) && between(time.second, 0, 59);
}

bool deviation_given(const CosemTime& time) {
    return time.deviation >= least_deviation && time.deviation <= most_deviation;
}

std::optional<int> field(std::uint8_t value) {
    return plain(value) ? std::optional<int>(value) : std::nullopt;
}

void set_date(DateTime& into, const CosemTime& time) {
    if (time.year != CosemTime::any_year) { into.year = time.year; }
    if (!special_month(time.month)) { into.month = field(time.month); }
    if (!special_day(time.day)) { into.day = field(time.day); }
    if (time.weekday >= 1 && time.weekday <= 7) { into.weekday = time.weekday; }
}

void set_time(DateTime& into, const CosemTime& time) {
    constexpr int ms_per_hundredth = 10;
    into.hour = field(time.hour);
    into.minute = field(time.minute);
    into.second = field(time.second);
    if (time.hundredths <= 99) { into.millisecond = time.hundredths * ms_per_hundredth; }
}

std::string two_digits(std::uint8_t value) {
    return plain(value) ? fmt::format("{:02}", value) : std::string("*");
}

std::string day_words(const CosemTime& time) {
    const bool with_weekday = time.weekday >= 1 && time.weekday <= 7;
    const auto weekday = with_weekday ? weekdays.at(time.weekday) : std::string_view("day");
    if (time.day == CosemTime::last_day) { return fmt::format("last {}", weekday); }
    if (time.day == CosemTime::last_but_one) { return fmt::format("last {} but one", weekday); }
    if (!with_weekday) { return {}; }
    return plain(time.day) ? fmt::format("{} on or after day {}", weekday, time.day) : fmt::format("every {}", weekday);
}

/// What a DateTime has no place for: summer time's ends, last days, weekdays of no particular date.
std::string rule_text(const CosemTime& time) {
    if (time.month == CosemTime::dst_begin) { return "begin of summer time"; }
    if (time.month == CosemTime::dst_end) { return "end of summer time"; }
    const bool dated = time.year != CosemTime::any_year && plain(time.month) && plain(time.day);
    if (dated && !special_day(time.day)) { return {}; }
    auto text = day_words(time);
    if (text.empty()) { return {}; }
    return text + (plain(time.month) ? fmt::format(" of {}", months.at(time.month)) : " of every month");
}

void add_status_flags(std::vector<std::string>& flags, std::uint8_t status) {
    if (status == clock_status::not_specified) { return; }
    for (const auto& bit : status_bits) {
        if ((status & bit.mask) != 0) { flags.emplace_back(bit.flag); }
    }
}

ShownTime none(std::string flag, std::string text = {}) {
    return {Value{}, {std::move(flag)}, std::move(text)};
}

std::string fields_text(const CosemTime& time) {
    return fmt::format("{}-{}-{} {}:{}:{}", time.year, time.month, time.day, time.hour, time.minute, time.second);
}

} // namespace

std::optional<CosemTime> decode_date_time(ByteView octets) {
    if (octets.size() != date_time_octets) { return std::nullopt; }
    ByteReader reader(octets);
    CosemTime time;
    read_date_fields(reader, time);
    read_time_fields(reader, time);
    time.deviation = static_cast<std::int16_t>(reader.u16be());
    time.status = reader.u8();
    return time;
}

std::optional<CosemTime> decode_date(ByteView octets) {
    if (octets.size() != date_octets) { return std::nullopt; }
    ByteReader reader(octets);
    CosemTime time;
    read_date_fields(reader, time);
    return time;
}

std::optional<CosemTime> decode_time(ByteView octets) {
    if (octets.size() != time_octets) { return std::nullopt; }
    ByteReader reader(octets);
    CosemTime time;
    read_time_fields(reader, time);
    return time;
}

Bytes encode_date_time(const CosemTime& time) {
    ByteWriter writer;
    write_date_fields(writer, time);
    write_time_fields(writer, time);
    writer.u16be(static_cast<std::uint16_t>(time.deviation)).u8(time.status);
    return writer.take();
}

Bytes encode_date(const CosemTime& time) {
    ByteWriter writer;
    write_date_fields(writer, time);
    return writer.take();
}

Bytes encode_time(const CosemTime& time) {
    ByteWriter writer;
    write_time_fields(writer, time);
    return writer.take();
}

ShownTime show_date_time(const CosemTime& time) {
    if (!date_valid(time) || !time_valid(time)) { return none("invalid_date", fields_text(time)); }
    DateTime shown;
    set_date(shown, time);
    set_time(shown, time);
    auto rule = rule_text(time);
    const DateTime open;
    if (shown == open && rule.empty()) { return none("not_available"); }
    ShownTime out;
    if (deviation_given(time)) {
        shown.utc_offset_minutes = -time.deviation;
    } else {
        out.flags.emplace_back("local_time");
    }
    const bool all = shown.year && shown.month && shown.day && shown.hour && shown.minute && shown.second;
    if (!all) { out.flags.emplace_back("unspecified_fields"); }
    add_status_flags(out.flags, time.status);
    out.value = shown;
    out.text = std::move(rule);
    return out;
}

ShownTime show_date(const CosemTime& time) {
    if (!date_valid(time)) { return none("invalid_date", fields_text(time)); }
    DateTime shown;
    set_date(shown, time);
    auto rule = rule_text(time);
    const DateTime open;
    if (shown == open && rule.empty()) { return none("not_available"); }
    ShownTime out{shown, {}, std::move(rule)};
    if (!shown.year || !shown.month || !shown.day) { out.flags.emplace_back("unspecified_fields"); }
    return out;
}

ShownTime show_time(const CosemTime& time) {
    if (!time_valid(time)) { return none("invalid_date", fields_text(time)); }
    const bool open = !plain(time.hour) && !plain(time.minute) && !plain(time.second);
    if (open) { return none("not_available"); }
    auto text = two_digits(time.hour) + ':' + two_digits(time.minute) + ':' + two_digits(time.second);
    if (time.hundredths <= 99 && time.hundredths > 0) { text += '.' + two_digits(time.hundredths); }
    ShownTime out{std::move(text), {}, {}};
    if (!plain(time.hour) || !plain(time.minute) || !plain(time.second)) {
        out.flags.emplace_back("unspecified_fields");
    }
    return out;
}

std::optional<CosemTime> parse_time(std::string_view text) {
    // A date makes a date-time of it, which is read already.
    const auto whole = DateTime::parse("2000-01-01T" + std::string(text));
    if (!whole || whole->utc_offset_minutes) { return std::nullopt; }
    auto time = to_cosem(*whole, clock_status::not_specified);
    time.year = CosemTime::any_year;
    time.month = time.day = any;
    return time;
}

CosemTime to_cosem(const DateTime& time, std::uint8_t status) {
    const auto octet = [](std::optional<int> value) { return static_cast<std::uint8_t>(value.value_or(any)); };
    CosemTime out;
    if (time.year) { out.year = static_cast<std::uint16_t>(*time.year); }
    out.month = octet(time.month);
    out.day = octet(time.day);
    out.weekday = octet(time.weekday);
    out.hour = octet(time.hour);
    out.minute = octet(time.minute);
    out.second = octet(time.second);
    if (time.millisecond) { out.hundredths = static_cast<std::uint8_t>(*time.millisecond / 10); }
    if (time.utc_offset_minutes) { out.deviation = static_cast<std::int16_t>(-*time.utc_offset_minutes); }
    out.status = status;
    return out;
}

std::string clock_status_text(std::uint8_t status) {
    if (status == clock_status::not_specified) { return "not specified"; }
    std::string text;
    for (const auto& bit : status_bits) {
        if ((status & bit.mask) == 0) { continue; }
        if (!text.empty()) { text += ", "; }
        text += bit.text;
    }
    return text;
}

bool looks_like_date_time(ByteView octets) {
    const auto time = decode_date_time(octets);
    if (!time) { return false; }
    constexpr int first_year = 1970, last_year = 2199;
    const bool year = time->year == CosemTime::any_year || (time->year >= first_year && time->year <= last_year);
    const bool deviation = deviation_given(*time) || time->deviation == CosemTime::any_deviation;
    return year && deviation && date_valid(*time) && time_valid(*time) && between(time->weekday, 0, 7) &&
           between(time->hundredths, 0, 99);
}

std::optional<CosemTime> date_time_of(const Data& data) {
    const auto* const octets = data.octets();
    const bool fits = data.type == Type::date_time || data.type == Type::octet_string;
    return fits && octets != nullptr ? decode_date_time(*octets) : std::nullopt;
}

} // namespace meterctl::codecs::dlms
