// Dates and times: types F (32 bits), G (16), I (48) and J (24). EN 13757-3:2018 annex A.
#pragma once

#include "codecs/mbus/record.hpp"
#include "src/core/datetime.hpp"

namespace meterctl::codecs::mbus {

struct TimedValue {
    Value value; ///< a date-time (of type J: "12:30:42"), open where the meter means every year, day or hour
    std::vector<std::string> flags; ///< "local_time", "summer_time", "unspecified_fields", "invalid_date"
    std::string text;               ///< what was sent, where it is no date
};

/// `octets` as many as the type has: 2, 3, 4 or 6, as a number. Another size is no time: nullopt.
std::optional<TimedValue> decode_time(std::uint64_t bits, std::size_t octets);

/// The bits of a time; of null those that mean none. Nullopt where the type cannot hold it.
std::optional<std::uint64_t> encode_time(const Value& value, std::size_t octets);

} // namespace meterctl::codecs::mbus
