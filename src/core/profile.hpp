// Profile records: what a meter recorded by itself, record after record (a BACnet trend log, a DLMS profile generic, an
// IEC 62056-21 load profile).
#pragma once

#include "src/core/datetime.hpp"
#include "src/core/obis.hpp"
#include "src/core/unit.hpp"
#include "src/core/value.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace meterctl {

struct ProfileColumn {
    std::string name; ///< snake_case, unlike every other column's
    std::optional<Obis> obis;
    Unit unit = Unit::none;
    std::string address; ///< in the protocol's own terms
    bool coded = false;  ///< its numbers are codes, a status word or an event, and measure nothing
};

/// What is known of a profile before its records come.
struct ProfileHead {
    std::vector<ProfileColumn> columns;
    std::optional<std::chrono::seconds> period; ///< from one record to the next, where it is regular
    std::optional<std::uint64_t> held;          ///< records in the meter now
    std::vector<std::string> notes;             ///< "the meter refuses selective access: all is read"
};

struct ProfileRecord {
    std::optional<std::uint64_t> sequence; ///< the meter's own number of the record, where it counts them
    std::optional<DateTime> time;
    std::string kind = "value";     ///< "value", "status", "failure", "time_change", "event"
    std::vector<Value> values;      ///< one a column; null where the record has none
    std::vector<std::string> flags; ///< "local_time", "clock_invalid", "time_filled", ...
    std::string text;               ///< what a status or an event means
    std::uint64_t same_time = 0;    ///< which of the records of this time it is, where somebody counts them
};

/// Records that should be there and are not.
struct ProfileGap {
    std::optional<std::uint64_t> first; ///< sequence number of the first that is missing
    std::optional<std::uint64_t> count;
    std::optional<DateTime> from, to; ///< of the last record before and the first behind it
    std::string reason;               ///< "buffer overrun: ..."
};

} // namespace meterctl
