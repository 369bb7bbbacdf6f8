// The parameters of a service as named fields, as far as its octets go.
#pragma once

#include "codecs/bacnet/syntax.hpp"
#include "codecs/decoder.hpp"

namespace meterctl::codecs::bacnet {

struct ServiceFields {
    std::vector<Field> fields;
    std::string summary; ///< "analog-input:11 is 230.5"
    std::optional<Error> error;
};

/// `base`: where the octets stand in the frame. `keeps` false: only the summary is wanted, and fields are left out.
ServiceFields service_fields(ByteView octets, Syntax syntax, std::size_t base, bool keeps = true);

} // namespace meterctl::codecs::bacnet
