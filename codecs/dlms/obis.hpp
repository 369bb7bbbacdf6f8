// Logical names: the six octets of an OBIS code (IEC 62056-6-1).
#pragma once

#include "codecs/dlms/data.hpp"
#include "src/core/obis.hpp"

namespace meterctl::codecs::dlms {

inline constexpr std::size_t obis_octets = 6;

/// Of six octets; the caller has counted them.
Obis obis_from(ByteView six);
/// Of an octet-string of six octets; nullopt for others.
std::optional<Obis> logical_name_of(const Data& data);

void write_obis(ByteWriter& writer, const Obis& obis);
Data to_data(const Obis& obis);

/// "1-0:1.8.0.255", and our name for it behind it where it has one: "1-0:1.8.0.255 active_energy_import".
std::string obis_text(const Obis& obis);

} // namespace meterctl::codecs::dlms
