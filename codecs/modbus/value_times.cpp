#include "codecs/modbus/value_times.hpp"

namespace meterctl::codecs::modbus {
namespace {

using Words = std::vector<std::uint16_t>;

constexpr int century = 2000;     ///< years of IEC 870-5-4 count from here
constexpr int packed_year = 1900; ///< years of the packed layout

DateTime local(int year, int month, int day, int hour, int minute, int second) {
    DateTime time;
    time.year = year;
    time.month = month;
    time.day = day;
    time.hour = hour;
    time.minute = minute;
    time.second = second;
    return time;
}

TypedValue checked(DateTime time) {
    if (!time.complete()) { return {Value{}, {"invalid_date"}}; }
    return {Value(std::move(time)), {"local_time"}};
}

int high(std::uint16_t word) {
    return word >> 8;
}
int low(std::uint16_t word) {
    return word & 0xFF;
}
std::uint16_t word_of(int high_octet, int low_octet) {
    return static_cast<std::uint16_t>((high_octet << 8) | low_octet);
}

TypedValue decode_iec870(std::span<const std::uint16_t> words) {
    constexpr unsigned invalid_bit = 0x80;
    if ((words[2] & invalid_bit) != 0) { return {Value{}, {"invalid_date"}}; }
    auto time = local(century + (words[0] & 0x7F), high(words[1]) & 0x0F, low(words[1]) & 0x1F, high(words[2]) & 0x1F,
                      low(words[2]) & 0x3F, words[3] / 1000);
    time.millisecond = words[3] % 1000;
    if (const int weekday = low(words[1]) >> 5; weekday != 0) { time.weekday = weekday; }
    return checked(std::move(time));
}

Words encode_iec870(const DateTime& time) {
    const int day = *time.day | (time.weekday.value_or(0) << 5);
    const int milliseconds = *time.second * 1000 + time.millisecond.value_or(0);
    return {word_of(0, *time.year - century), word_of(*time.month, day), word_of(*time.hour, *time.minute),
            static_cast<std::uint16_t>(milliseconds)};
}

tl::unexpected<Error> refused(std::string what) {
    return fail(Category::rejected, std::move(what), {}, {}, "modbus.value");
}

Result<Words> encode_unix(const Value& value) {
    std::optional<std::int64_t> seconds;
    if (const auto* const time = value.get<DateTime>()) {
        const auto utc = time->to_utc();
        if (!utc) { return refused("this time needs its offset from UTC"); }
        seconds = std::chrono::floor<std::chrono::seconds>(utc->time_since_epoch()).count();
    } else if (const auto number = value.number()) {
        seconds = number->to_int64();
    }
    if (!seconds || *seconds < 0 || *seconds > 0xFFFFFFFFLL) { return refused("no time between 1970 and 2106"); }
    return Words{static_cast<std::uint16_t>(*seconds >> 16), static_cast<std::uint16_t>(*seconds & 0xFFFF)};
}

} // namespace

TypedValue decode_time(Kind kind, std::span<const std::uint16_t> words) {
    switch (kind) {
    case Kind::unix_time: {
        const std::chrono::seconds seconds{(std::int64_t{words[0]} << 16) | words[1]};
        return {Value(DateTime::from_utc(std::chrono::system_clock::time_point(seconds))), {}};
    }
    case Kind::date_registers:
        return checked(local(words[0], words[1], words[2], words[3], words[4], words[5]));
    case Kind::date_packed:
        return checked(local(packed_year + high(words[1]), high(words[0]), low(words[0]), low(words[1]), high(words[2]),
                             low(words[2])));
    default:
        return decode_iec870(words);
    }
}

Result<Words> encode_time(Kind kind, const Value& value) {
    if (kind == Kind::unix_time) { return encode_unix(value); }
    const auto* const time = value.get<DateTime>();
    if (time == nullptr || !time->complete()) { return refused("no complete date and time"); }
    if (kind == Kind::date_registers) {
        Words words;
        for (const auto& field : {time->year, time->month, time->day, time->hour, time->minute, time->second}) {
            words.push_back(static_cast<std::uint16_t>(*field));
        }
        return words;
    }
    const int first_year = kind == Kind::date_packed ? packed_year : century;
    const int last_year = first_year + (kind == Kind::date_packed ? 255 : 127);
    if (*time->year < first_year || *time->year > last_year) { return refused("a year the meter cannot hold"); }
    if (kind == Kind::date_iec870) { return encode_iec870(*time); }
    return Words{word_of(*time->month, *time->day), word_of(*time->year - packed_year, *time->hour),
                 word_of(*time->minute, *time->second)};
}

} // namespace meterctl::codecs::modbus
