// HDLC addresses of DLMS/COSEM: seven bits an octet, the lowest bit 1 in the last one. A client's takes one octet; a
// server's one (the logical device), two (logical, physical) or four (14 bits each). IEC 62056-46, clause 6.4.2.
#pragma once

#include "src/core/bytes.hpp"
#include "src/core/error.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace meterctl::codecs::dlms::hdlc {

struct Address {
    std::uint16_t logical = 1;               ///< the upper HDLC address: a client's SAP, a server's logical device
    std::optional<std::uint16_t> physical{}; ///< the lower HDLC address; none where the address has one octet
    std::uint8_t size = 1;                   ///< octets: 1, 2 or 4
    friend bool operator==(const Address&, const Address&) = default;
};

inline constexpr std::uint16_t no_station = 0;
inline constexpr std::uint16_t all_stations_short = 0x7F;   ///< of an address with seven bits
inline constexpr std::uint16_t all_stations_long = 0x3FFF;  ///< and with 14
inline constexpr std::uint16_t calling_device_short = 0x7E; ///< whoever raised an alarm
inline constexpr std::uint16_t calling_device_long = 0x3FFE;
inline constexpr std::uint16_t last_short = 0x7F;
inline constexpr std::uint16_t last_long = 0x3FFF;

/// A client's address.
Address client_address(std::uint16_t sap);
/// A server's, in `size` octets; 0: as few as it takes. Usage error where it does not fit.
Result<Address> server_address(std::uint16_t logical, std::optional<std::uint16_t> physical, unsigned size = 0);

/// Of one whose numbers fit its size.
Bytes encode(const Address& address);
/// The address at the front, of which `size` octets are taken. Untrusted where none ends there: three octets, or more
/// than four.
Result<Address> decode_address(ByteView octets);

/// Of a physical address, or a logical one without physical address.
bool is_broadcast(const Address& address);
/// Whether `heard` can be the device that was spoken to at `asked`: meters write their address in one octet, two or
/// four as they please, and one that was asked as "all" answers with its own.
bool answers_for(const Address& heard, const Address& asked);

/// "1", "1/17", "1/17 (4 octets)"
std::string text(const Address& address);

} // namespace meterctl::codecs::dlms::hdlc
