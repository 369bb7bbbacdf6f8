// How long a PDU is, told from its first octets: what an RTU receiver needs before it can trust a checksum.
// MODBUS Application Protocol V1.1b3, clause 6.
#pragma once

#include "codecs/modbus/pdu.hpp"

namespace meterctl::codecs::modbus {

struct Extent {
    enum class Kind {
        need,       ///< at least `octets` are needed to tell
        known,      ///< the PDU has `octets`
        unknown,    ///< the function does not say how long it is
        implausible ///< no such PDU: a count outside the limits
    };
    Kind kind = Kind::unknown;
    std::size_t octets = 0;
};

/// Of a request that begins with these octets.
Extent request_extent(ByteView prefix);

/// Of an answer that begins with these octets; exceptions are known to have two. The request, where given, tells the
/// length of what has none of its own (function 8).
Extent response_extent(ByteView prefix, const Request* request = nullptr);

} // namespace meterctl::codecs::modbus
