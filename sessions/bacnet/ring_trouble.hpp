// Why a station does not get to speak on an MS/TP line, from what was heard there. ASHRAE 135, clause 9.5.6.
#pragma once

#include "sessions/bacnet/ring_ear.hpp"

namespace meterctl::sessions::bacnet {

/// Octets, and no frame; `at`: the rate at which frames are heard, where one was found.
Error only_noise(const std::string& where, const std::optional<transports::LineSettings>& own,
                 const std::optional<transports::LineSettings>& at);
/// The station waited for its token in vain.
Error not_admitted(const RingEar& ear, std::uint8_t station, const std::string& where);
/// It was in the ring, and the token comes no more.
Error token_gone(const RingEar& ear, std::uint8_t station, const std::string& where);
/// Somebody else has our address.
Error address_taken(std::uint8_t station, const std::string& where);
/// The address that the user chose was heard before anything was sent.
Error address_in_use(const RingEar& ear, std::uint8_t station, const std::string& where);

} // namespace meterctl::sessions::bacnet
