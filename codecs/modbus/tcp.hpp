// TCP framing: the MBAP header (transaction, protocol 0, length, unit), then the PDU without checksum.
// MODBUS Messaging on TCP/IP Implementation Guide V1.0b, clause 3.1.3.
#pragma once

#include "codecs/decoder.hpp"
#include "codecs/modbus/framing.hpp"
#include "codecs/modbus/pdu.hpp"

#include <optional>

namespace meterctl::codecs::modbus::tcp {

inline constexpr std::size_t header_octets = 7; ///< with the unit
inline constexpr std::size_t max_frame = 260;

struct Header {
    std::uint16_t transaction = 0;
    std::uint16_t protocol = 0;
    std::uint16_t length = 0; ///< of unit and PDU: 2 to 254
    std::uint8_t unit = 0;
};

Bytes encode(std::uint16_t transaction, std::uint8_t unit, ByteView pdu);

/// What is wrong with a header of which the first six octets are there: "protocol identifier 1", "length below 2",
/// "length above 254"; empty when nothing is.
std::string header_fault(ByteView octets);

struct Frame {
    Header header;
    ByteView pdu;
};
/// A whole frame. Untrusted where the header is wrong or the length differs from its own.
Result<Frame> decode(ByteView frame);

/// The client's receiver. Answers with other transactions (late ones), other units, and PDUs that do not answer
/// `request` are skipped by name, and waiting goes on. After a broken header the rest of the buffer is skipped: the
/// stream has lost its frames and the connection is to be opened anew (`why` begins with "broken: ").
Step next_answer(ByteView buffer, std::uint16_t transaction, std::uint8_t unit, const Request& request,
                 codecs::Counters& counters);

/// The server's receiver.
Step next_request(ByteView buffer, codecs::Counters& counters);

} // namespace meterctl::codecs::modbus::tcp
