// The data records of a virtual M-Bus meter: a header (DIF, DIFE, VIF, VIFE) as it goes over the line, and where its
// value comes from. EN 13757-3, clause 6.
#pragma once

#include "simulators/load_model.hpp"
#include "src/core/bytes.hpp"
#include "src/core/datetime.hpp"
#include "src/core/error.hpp"

#include <optional>
#include <string>

namespace meterctl::simulators {

struct MbusRecord {
    Bytes header;
    std::string group;                ///< of the definition's point; selects by readout
    std::optional<Quantity> quantity; ///< of the load model
    double constant = 0;              ///< in the base unit of the VIF: Wh, J, m3, W, degree C ...
    double per_hour = 0;              ///< what is added to it every hour
    bool clock = false;               ///< the meter's own time, as type F or I by its length
    Bytes fixed;                      ///< the data itself, where it is neither number nor time
};

/// Where a header ends: its DIF, DIFEs, VIF and VIFEs, with the text of a plain-text VIF. 0 where it does not.
std::size_t header_octets(ByteView record);
/// Octets of data that the DIF promises; nullopt for variable length and special functions.
std::optional<std::size_t> data_octets(std::uint8_t dif);

/// The data behind the header: `value` in the base unit of its VIF, rounded down to the VIF's step for counters
/// (energy, volume, mass) and to the nearest one else. All digits F (BCD) or the invalid number where it does not fit.
Bytes encode_value(ByteView header, double value);
/// The time as type F (4 octets: to the minute) or type I (6 octets: to the second). EN 13757-3, annex A.
Bytes encode_time(std::size_t octets, const DateTime& time);
/// The time that such data hold; nullopt where it is none.
std::optional<DateTime> decode_time(ByteView data);

} // namespace meterctl::simulators
