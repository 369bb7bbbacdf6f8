#include "codecs/pulse/edge_time.hpp"

#include "src/core/datetime.hpp"
#include "src/core/text.hpp"

#include <array>
#include <cmath>
#include <limits>

namespace meterctl::codecs::pulse {

namespace {

using std::chrono::nanoseconds;

struct UnitRow {
    std::string_view word;
    int exponent;
};
constexpr std::array units{
    UnitRow{"s", 9},          UnitRow{"sec", 9},          UnitRow{"second", 9},      UnitRow{"seconds", 9},
    UnitRow{"ms", 6},         UnitRow{"msec", 6},         UnitRow{"millisecond", 6}, UnitRow{"milliseconds", 6},
    UnitRow{"us", 3},         UnitRow{"\xC2\xB5s", 3},    UnitRow{"\xCE\xBCs", 3},   UnitRow{"microsecond", 3},
    UnitRow{"usec", 3},       UnitRow{"microseconds", 3}, UnitRow{"ns", 0},          UnitRow{"nsec", 0},
    UnitRow{"nanosecond", 0}, UnitRow{"nanoseconds", 0},  UnitRow{"ps", -3},         UnitRow{"picoseconds", -3},
    UnitRow{"fs", -6},        UnitRow{"femtoseconds", -6}};

constexpr Int128 most = std::numeric_limits<nanoseconds::rep>::max();

std::optional<nanoseconds> in_range(Int128 value) {
    if (value > most || value < -most) { return std::nullopt; }
    return nanoseconds(static_cast<nanoseconds::rep>(value));
}

std::optional<nanoseconds> of_samples(const Decimal& number, double rate) {
    const long double time = static_cast<long double>(number.to_double()) * 1e9L / rate;
    if (!std::isfinite(time) || std::abs(time) >= 9.2e18L) { return std::nullopt; }
    return nanoseconds(std::llroundl(time));
}

/// "2026-11-21 02:15:00.25+01:00" without its fraction, which is `fraction` then.
std::string whole_seconds(std::string_view text, Decimal& fraction) {
    std::string whole(text);
    if (whole.size() > 10 && whole[10] == ' ') { whole[10] = 'T'; }
    const auto point = whole.find_first_of(".,");
    if (point == std::string::npos) { return whole; }
    const auto end = whole.find_first_not_of("0123456789", point + 1);
    const std::size_t length = (end == std::string::npos ? whole.size() : end) - point;
    fraction = Decimal::parse("0." + whole.substr(point + 1, length - 1)).value_or(Decimal());
    whole.erase(point, length);
    return whole;
}

std::optional<nanoseconds> parse_date(std::string_view text) {
    Decimal fraction;
    auto date = DateTime::parse(whole_seconds(text, fraction));
    if (!date || !date->complete()) { return std::nullopt; }
    // Only differences count, so a time without an offset is as good as any.
    if (!date->utc_offset_minutes) { date->utc_offset_minutes = 0; }
    const auto utc = date->to_utc();
    const auto behind = scaled_time(fraction, TimeScale());
    if (!utc || !behind) { return std::nullopt; }
    return std::chrono::duration_cast<nanoseconds>(utc->time_since_epoch()) + *behind;
}

} // namespace

std::optional<nanoseconds> scaled_time(const Decimal& number, const TimeScale& scale) {
    if (scale.rate > 0) { return of_samples(number, scale.rate); }
    Int128 value = number.mantissa;
    std::int64_t exponent = std::int64_t{number.exponent} + scale.exponent;
    for (; exponent > 0 && value != 0; --exponent) {
        if (value > most || value < -most) { return std::nullopt; }
        value *= 10;
    }
    Int128 last = 0;
    for (; exponent < 0 && (value != 0 || last != 0); ++exponent) {
        last = value % 10;
        value /= 10;
    }
    if (last >= 5) { ++value; }
    if (last <= -5) { --value; }
    return in_range(value);
}

std::optional<nanoseconds> parse_time(std::string_view text, const TimeScale& scale) {
    if (const auto number = Decimal::parse(text)) { return scaled_time(*number, scale); }
    return parse_date(text);
}

std::optional<int> unit_exponent(std::string_view word) {
    for (const auto& row : units) {
        if (row.word == to_lower(word)) { return row.exponent; }
    }
    return std::nullopt;
}

} // namespace meterctl::codecs::pulse
