// A plain APDU as named fields, with a line that says what it is. What earlier APDUs tell of it is conversation.hpp's.
#pragma once

#include "codecs/decoder.hpp"
#include "codecs/dlms/apdu.hpp"

#include <span>

namespace meterctl::codecs::dlms {

struct ApduFields {
    std::vector<Field> fields;
    std::string summary;
    Direction direction = Direction::unknown;
    std::optional<Error> error;
    std::optional<Apdu> apdu; ///< where it decodes
};

/// Of a plain APDU that is none of ACSE; as far as its octets go. Offsets count from `base`.
ApduFields apdu_fields(ByteView apdu, std::size_t base);

/// "get-request-normal 3:1-0:1.8.0.255:2 active_energy_import".
std::string apdu_summary(const Apdu& apdu);

/// Fields of a message that came in several parts stand where the last part of it stands.
void place_fields(std::span<Field> fields, std::size_t at, std::size_t length);

/// How many octets the APDU at the front has; nullopt where that cannot be told.
std::optional<std::size_t> apdu_extent(ByteView octets);

} // namespace meterctl::codecs::dlms
