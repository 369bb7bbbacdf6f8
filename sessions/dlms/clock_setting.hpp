// Setting a meter's clock: the time that is meant, in the meter's own zone, and what it shows afterwards.
#pragma once

#include "codecs/dlms/clock_zone.hpp"
#include "codecs/dlms/point.hpp"
#include "sessions/dlms/reader.hpp"

namespace meterctl::sessions::dlms {

/// The time of a clock, class 8, attribute 2: the only value that moves on by itself.
bool is_clock_time(const codecs::dlms::PointAddress& address);

/// How far a meter's clock may have gone between writing and reading back.
inline constexpr std::chrono::seconds clock_moves{30};

/// nullopt where the meter does not say it, or may not.
Task<Result<std::optional<codecs::dlms::ClockZone>>> clock_zone(Reader& reader, codecs::dlms::PointAddress clock);

/// What is written for `wanted`, the text "now" or a DateTime. An instant is turned to the meter's zone, and a local
/// time gets its deviation there; `before`, what the meter's clock shows, stands for a zone that is not known. Rejected
/// where neither tells which local time is meant.
Result<codecs::dlms::Data> clock_data(const Value& wanted, const std::optional<codecs::dlms::ClockZone>& zone,
                                      const std::optional<codecs::dlms::CosemTime>& before,
                                      std::chrono::system_clock::time_point now);

/// Seconds that a clock's reading is behind `now`, for what shifts it; nullopt where its zone is not known.
std::optional<std::int64_t> clock_behind(const DateTime& shown, const std::optional<codecs::dlms::ClockZone>& zone,
                                         std::chrono::system_clock::time_point now);

} // namespace meterctl::sessions::dlms
