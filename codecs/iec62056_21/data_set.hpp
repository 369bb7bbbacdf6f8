// The data block of a readout, or of an answer in programming mode, by the grammar of IEC 62056-21 clause 6.6 and
// annex A: data lines of data sets `id(value*unit)`, with any number of bracketed groups; an empty id carries on the
// data set before, as the rows of a load profile do.
#pragma once

#include "src/core/error.hpp"
#include "src/core/obis.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace meterctl::codecs::iec62056_21 {

/// One bracketed group. Leading zeros, signs and blanks are the meter's.
struct Group {
    std::string value;
    std::string unit; ///< behind '*'
    bool has_unit = false;
    std::size_t offset = 0; ///< of its '(' in the block
    std::size_t length = 0; ///< with both brackets
    friend bool operator==(const Group&, const Group&) = default;
};

struct DataSet {
    std::string id; ///< "1-0:1.8.0*255", "1.8.0", "F.F", "P.01"; empty: belongs to the one before
    std::vector<Group> groups;
    std::size_t offset = 0; ///< in the block
    std::size_t length = 0;
    friend bool operator==(const DataSet&, const DataSet&) = default;
};

/// Text that is no data set: a line of the maker's own, or damage.
struct OtherText {
    std::string text;
    std::size_t offset = 0;
    friend bool operator==(const OtherText&, const OtherText&) = default;
};

struct DataBlock {
    std::vector<DataSet> sets;
    std::vector<OtherText> others;
    bool end_mark = false; ///< '!' came
};

/// Never fails: what is no data set is kept as text, and the data sets around it stay.
DataBlock parse_block(std::string_view block);

/// Written back as it came: `id(value*unit)(value)`.
std::string to_text(const DataSet& set);

/// An id taken apart.
struct DataId {
    std::optional<Obis>
        obis;         ///< reduced ids with A=1, B=0; none where a part is no number (but C and F letters, below)
    std::string stem; ///< the id without its billing period: "1.8.1"
    /// The billing period of `*NN` or `&NN` (a reset by hand), as sent: "01"; empty: the present one (or `*255`).
    std::string period;
    bool manual_reset = false; ///< `&`
};
/// Letters C, F, L and P stand for 96, 97, 98 and 99 (IEC 62056-61).
DataId parse_id(std::string_view id);
/// True where two ids name the same: "1-0:1.8.0*255" and "1.8.0", "0-0:C.1.0" and "C.1.0".
bool same_id(std::string_view a, std::string_view b);

} // namespace meterctl::codecs::iec62056_21
