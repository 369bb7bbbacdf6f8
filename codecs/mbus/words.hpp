// The words that a record's name is made of, and its OBIS code. Inside the codec only.
#pragma once

#include "codecs/mbus/record.hpp"
#include "src/core/obis.hpp"

namespace meterctl::codecs::mbus {

struct Words {
    std::string_view base;      ///< "active_energy", "volume"; views a table, or `made`
    std::string made;           ///< a base that no table has: "cust_id", "vif_fb06"
    std::string_view direction; ///< "import", "export", "net", "total", "q1"; of energy
    std::string_view phase;     ///< "l1", "l1_l2", "n"
    std::string others;         ///< "_lower_limit", "_m8100": each with its underscore
};

Words words_of(const Record& record, std::uint8_t medium);

/// Where the standard has one for the current value.
std::optional<Obis> obis_of(const Record& record, const Words& words, std::uint8_t medium);

/// Of storage number 0, measured, of the meter as a whole.
bool is_current_value(const Record& record);

} // namespace meterctl::codecs::mbus
