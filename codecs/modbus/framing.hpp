// What the three framings share: the step a receiver takes with the octets it has.
#pragma once

#include "src/core/bytes.hpp"

#include <string>

namespace meterctl::codecs::modbus {

/// What the octets at the front of a receive buffer are. The caller removes `octets` of them on frame and skip.
struct Step {
    enum class Kind {
        need_more, ///< no decision yet; at least `octets` more are needed
        frame,     ///< `octets` octets are the frame awaited
        skip       ///< `octets` octets are not; `why` says what they are
    };
    Kind kind = Kind::need_more;
    std::size_t octets = 0;
    std::string why; ///< "crc", "address 2, asked 1", "4 registers, asked 6", "transaction 1, awaited 167"
};

/// An address or unit, and the PDU as a view into the frame it came from.
struct Adu {
    std::uint8_t address = 0;
    ByteView pdu;
};

} // namespace meterctl::codecs::modbus
