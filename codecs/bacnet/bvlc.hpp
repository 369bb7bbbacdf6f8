// BACnet Virtual Link Control: NPDUs over UDP (Annex J). One message is one datagram; its length field covers all of
// it.
#pragma once

#include "codecs/bacnet/tag.hpp"

#include <array>
#include <string>
#include <string_view>
#include <variant>

namespace meterctl::codecs::bacnet {

inline constexpr std::uint16_t default_udp_port = 47808; ///< BAC0h
inline constexpr std::uint8_t bvlc_type = 0x81;
inline constexpr std::size_t bvlc_header = 4;
inline constexpr std::size_t max_bvlc_message = 1497 + 10 + 4; ///< the longest NPDU, forwarded

enum class BvlcFunction : std::uint8_t {
    result = 0,
    write_broadcast_distribution_table = 1,
    read_broadcast_distribution_table = 2,
    read_broadcast_distribution_table_ack = 3,
    forwarded_npdu = 4,
    register_foreign_device = 5,
    read_foreign_device_table = 6,
    read_foreign_device_table_ack = 7,
    delete_foreign_device_table_entry = 8,
    distribute_broadcast_to_network = 9,
    original_unicast_npdu = 10,
    original_broadcast_npdu = 11,
    secure_bvll = 12,
};
/// "original-unicast-npdu"; empty where the number is no function.
std::string_view function_text(std::uint8_t function);

struct IpEndpoint {
    std::array<std::uint8_t, 4> address{};
    std::uint16_t port = default_udp_port;
    /// "192.168.0.254:47808"
    [[nodiscard]] std::string text() const;
    friend bool operator==(const IpEndpoint&, const IpEndpoint&) = default;
};

struct BvlcResult {
    std::uint16_t code = 0; ///< 0: done
    friend bool operator==(const BvlcResult&, const BvlcResult&) = default;
};
/// "register-foreign-device-nak"; empty where the number is none.
std::string_view result_text(std::uint16_t code);

struct BroadcastEntry {
    IpEndpoint peer;
    std::array<std::uint8_t, 4> mask{};
    friend bool operator==(const BroadcastEntry&, const BroadcastEntry&) = default;
};
/// Write, and the answer to Read.
struct BroadcastTable {
    bool ack = false;
    std::vector<BroadcastEntry> entries;
    friend bool operator==(const BroadcastTable&, const BroadcastTable&) = default;
};
/// Reads either table.
struct ReadTable {
    bool foreign_devices = false;
    friend bool operator==(const ReadTable&, const ReadTable&) = default;
};
struct RegisterForeignDevice {
    std::uint16_t time_to_live = 0; ///< seconds
    friend bool operator==(const RegisterForeignDevice&, const RegisterForeignDevice&) = default;
};
struct ForeignDevice {
    IpEndpoint peer;
    std::uint16_t time_to_live = 0;
    std::uint16_t remaining = 0; ///< seconds until the entry goes
    friend bool operator==(const ForeignDevice&, const ForeignDevice&) = default;
};
struct ForeignDeviceTable {
    std::vector<ForeignDevice> entries;
    friend bool operator==(const ForeignDeviceTable&, const ForeignDeviceTable&) = default;
};
struct DeleteForeignDevice {
    IpEndpoint peer;
    friend bool operator==(const DeleteForeignDevice&, const DeleteForeignDevice&) = default;
};
/// Original unicast, original broadcast, distribute broadcast.
struct CarriedNpdu {
    BvlcFunction function = BvlcFunction::original_unicast_npdu;
    Bytes npdu;
    friend bool operator==(const CarriedNpdu&, const CarriedNpdu&) = default;
};
struct ForwardedNpdu {
    IpEndpoint origin; ///< the true sender
    Bytes npdu;
    friend bool operator==(const ForwardedNpdu&, const ForwardedNpdu&) = default;
};
/// Secure-BVLL, and functions without a struct.
struct OtherBvlc {
    std::uint8_t function = static_cast<std::uint8_t>(BvlcFunction::secure_bvll);
    Bytes octets;
    friend bool operator==(const OtherBvlc&, const OtherBvlc&) = default;
};

using Bvlc = std::variant<CarriedNpdu, ForwardedNpdu, BvlcResult, BroadcastTable, ReadTable, RegisterForeignDevice,
                          ForeignDeviceTable, DeleteForeignDevice, OtherBvlc>;

/// A whole datagram. Untrusted, with the offset, where the type is not 81h, the length is not the datagram's, or the
/// function's own octets are too few or too many.
Result<Bvlc> decode_bvlc(ByteView datagram);
Bytes encode(const Bvlc& message);

} // namespace meterctl::codecs::bacnet
