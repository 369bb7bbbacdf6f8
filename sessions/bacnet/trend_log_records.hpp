// The records of trend logs as everybody's records: values, statuses, failures, changes of the clock, and what is
// doubtful about their times. ASHRAE 135, clause 12.25.14.
#pragma once

#include "codecs/bacnet/records.hpp"
#include "src/core/profile.hpp"

namespace meterctl::sessions::bacnet {

/// Takes the records of one log in their order.
class TrendRecords {
public:
    /// `clock_reset`: the device says that its clock has lost the time and was not set since. `not_a_number`: the flag
    /// of a NaN; empty: "not_a_number".
    TrendRecords(bool clock_reset, std::string not_a_number)
        : not_a_number_(std::move(not_a_number)), clock_reset_(clock_reset) {}

    /// A clock that lost the time begins in 2000: such a record, those behind it up to the next time change, and, while
    /// the device reports its clock as reset, all before the first time change, have the flag "clock_invalid".
    ProfileRecord take(const codecs::bacnet::LogRecord& record, std::uint64_t sequence);

private:
    std::string not_a_number_;
    bool clock_reset_;
    bool lost_ = false; ///< since a record of the year 2000
};

} // namespace meterctl::sessions::bacnet
