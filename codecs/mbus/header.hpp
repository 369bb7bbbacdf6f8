// Reads DIB and VIB, and says what they make of a record's data. Inside the codec only.
#pragma once

#include "codecs/mbus/record.hpp"

namespace meterctl::codecs::mbus {

/// Why octets are no record; texts of static storage.
struct Fault {
    std::string_view what, code;
};

/// Reads DIF and DIFEs at the reader's place.
std::optional<Fault> read_dib(ByteReader& reader, Dib& dib);

/// Octets of the data at the front of `rest`, an LVAR included; nullopt where the LVAR is missing or stands for
/// nothing.
std::optional<std::size_t> data_octets(Coding coding, ByteView rest);

/// Reads VIF, VIFEs and a plain-text unit at the reader's place. The text stands behind VIF and VIFEs by the standard,
/// between VIF and VIFEs in many meters: taken is the order in which text and data fit.
std::optional<Fault> read_vib(ByteReader& reader, Coding coding, Sender sender, Vib& vib);

/// What VIF and VIFEs together say of the data.
struct Meaning {
    Content content = Content::raw;
    Unit unit = Unit::none;
    int exponent = 0;
    std::int64_t factor = 1;
    bool packed = false;         ///< several values in one: octets
    std::string_view no_value{}; ///< the flag that says why there is none
    std::string_view flag{};     ///< of a value that can be given
};
Meaning meaning_of(const Vib& vib);

} // namespace meterctl::codecs::mbus
