// Load profiles and log books, `P.01` and `P.98`: a header `P.01(time)(status)(period)(channels)(id)(unit)...`, then
// rows of values alone `(0.123)(0.000)`, a new header wherever time or status changes.
#pragma once

#include "codecs/iec62056_21/data_set.hpp"
#include "src/core/datetime.hpp"
#include "src/core/unit.hpp"
#include "src/core/value.hpp"

#include <span>

namespace meterctl::codecs::iec62056_21 {

struct ProfileColumn {
    std::string id; ///< "1.5", "1-1:1.29.0"
    std::string unit_text;
    Unit unit = Unit::none;
};

struct ProfileRow {
    std::optional<DateTime> time; ///< none where the header's could not be read
    std::string status;           ///< of the header, hex digits as sent; the following rows of one header have none
    std::vector<Value> values;    ///< one a column; null with a dash or nothing sent
};

struct ProfileBlock {
    std::string id;                         ///< "P.01"
    std::optional<std::int64_t> period_min; ///< minutes; 0 or none in a log book
    std::vector<ProfileColumn> columns;
    std::vector<ProfileRow> rows;
    std::vector<Error> errors; ///< rows of a wrong width, headers that could not be read
};

/// Whether a data set opens a profile: its id is P.NN, or A-B:P.NN.
bool opens_profile(const DataSet& set);
/// The profile at the front of `sets`: its header, the rows behind it, and headers of the same id that carry it on.
/// `taken` is set to the number of sets it is made of. Usage: opens_profile(sets.front()).
ProfileBlock parse_profile(std::span<const DataSet> sets, std::size_t& taken);
/// Columns and rows as one value: {"period_min":15,"columns":[...],"rows":[...]}.
Value to_value(const ProfileBlock& profile);

} // namespace meterctl::codecs::iec62056_21
