// DateTime: a meter's or the host's time, to RFC 3339. Fields that the source left open stay open.
#pragma once

#include "src/core/error.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace meterctl {

struct DateTime {
    std::optional<int> year, month, day;     ///< month 1-12, day 1-31
    std::optional<int> hour, minute, second; ///< second 0-60
    std::optional<int> millisecond;
    std::optional<int> weekday;            ///< 1 Monday .. 7 Sunday, where given
    std::optional<int> utc_offset_minutes; ///< east of Greenwich positive; unset: local time of unknown zone

    /// "2026-11-21T02:15:00Z", "2026-11-21T03:15:00+01:00", without offset where unknown; open fields as "*".
    [[nodiscard]] std::string to_string() const;
    /// True where every field of date and time down to the second is given and valid.
    [[nodiscard]] bool complete() const;

    static DateTime from_utc(std::chrono::system_clock::time_point time);
    /// RFC 3339, also without offset, also a date alone. Usage error otherwise.
    static Result<DateTime> parse(std::string_view text);
    /// The point in time; nullopt where fields or the offset are open, or the year is before 1678 or after 2261.
    [[nodiscard]] std::optional<std::chrono::system_clock::time_point> to_utc() const;

    friend bool operator==(const DateTime&, const DateTime&) = default;
};

} // namespace meterctl
