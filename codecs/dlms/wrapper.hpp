// The wrapper that carries APDUs on TCP and UDP: version 1, the wrapper ports of both sides, the length. Over TCP one
// may come in many reads, and many in one; a datagram holds one. IEC 62056-47, clause 5.
#pragma once

#include "src/core/bytes.hpp"
#include "src/core/error.hpp"

#include <cstdint>
#include <optional>
#include <string_view>

namespace meterctl::codecs::dlms::wrapper {

inline constexpr std::uint16_t default_port = 4059;
inline constexpr std::uint16_t version = 1;
inline constexpr std::size_t header_octets = 8;
inline constexpr std::size_t max_apdu = 0xFFFF;

struct Header {
    std::uint16_t version = wrapper::version;
    std::uint16_t source = 0; ///< wPort: the SAP
    std::uint16_t destination = 0;
    std::uint16_t length = 0; ///< octets of the APDU
};

/// `apdu` of 1 to 65535 octets.
Bytes encode(std::uint16_t source, std::uint16_t destination, ByteView apdu);
/// Of at least eight octets.
Header read_header(ByteView octets);
/// Why no APDU follows such a header: "version 2", "length 0"; empty where one may.
std::string_view fault(const Header& header);

/// What the octets at the front of a stream are.
struct Step {
    enum class Kind : std::uint8_t {
        need_more, ///< at least `octets` more are needed
        frame,     ///< header and APDU take `octets`
        skip,      ///< nothing begins here: one octet
    };
    Kind kind = Kind::need_more;
    std::size_t octets = 0;
};
Step next_frame(ByteView buffer);

} // namespace meterctl::codecs::dlms::wrapper
