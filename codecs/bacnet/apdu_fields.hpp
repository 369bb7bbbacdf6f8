// An APDU or an NPDU header as named fields.
#pragma once

#include "codecs/bacnet/npdu.hpp"
#include "codecs/bacnet/service_fields.hpp"

namespace meterctl::codecs::bacnet {

struct PduFields {
    std::vector<Field> fields;
    Direction direction = Direction::unknown;
    std::string summary;
    std::optional<Error> error;
};

/// As far as the octets go. `keeps` false: the parameters of the service are left out.
PduFields apdu_fields(ByteView apdu, std::size_t base, bool keeps = true);

/// The header, and a network message's own octets. The APDU is not shown.
PduFields npdu_fields(ByteView npdu, const Npdu& decoded, std::size_t base);

} // namespace meterctl::codecs::bacnet
