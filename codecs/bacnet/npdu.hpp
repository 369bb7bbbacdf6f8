// Network PDUs (clause 6): the control information that carries an APDU across networks, and the messages that routers
// speak among themselves.
#pragma once

#include "codecs/bacnet/tag.hpp"

#include <variant>

namespace meterctl::codecs::bacnet {

inline constexpr std::uint16_t global_broadcast = 0xFFFF;
inline constexpr std::uint8_t first_hop_count = 255;

/// A station on another network; an empty address is all of them.
struct NetworkAddress {
    std::uint16_t network = 0;
    Bytes address; ///< 1 octet on MS/TP, 6 on BACnet/IP
    friend bool operator==(const NetworkAddress&, const NetworkAddress&) = default;
};

enum class NetworkMessage : std::uint8_t {
    who_is_router = 0,
    i_am_router = 1,
    i_could_be_router = 2,
    reject = 3,
    router_busy = 4,
    router_available = 5,
    initialize_routing_table = 6,
    initialize_routing_table_ack = 7,
    establish_connection = 8,
    disconnect = 9,
    what_is_network_number = 18,
    network_number_is = 19,
};

struct Npdu {
    bool expecting_reply = false;
    std::uint8_t priority = 0; ///< 0 normal, 1 urgent, 2 critical equipment, 3 life safety
    std::optional<NetworkAddress> destination;
    std::optional<NetworkAddress> source;
    std::uint8_t hop_count = first_hop_count; ///< counts only with a destination
    std::optional<std::uint8_t> message;      ///< of the network layer; none: an APDU follows
    std::optional<std::uint16_t> vendor;      ///< of proprietary messages, 128 and above
    Bytes data;                               ///< the APDU, or the message's own octets
    friend bool operator==(const Npdu&, const Npdu&) = default;
};

/// Untrusted, with the offset, where the version is not 1, octets are missing, or a source is a broadcast.
Result<Npdu> decode_npdu(ByteView octets);
Bytes encode(const Npdu& npdu);
/// Octets before the data, of octets that decode_npdu takes.
std::size_t header_octets(const Npdu& npdu);

/// Who-Is-Router-To-Network, I-Am-Router, Router-Busy, Router-Available: their networks; none in a Who-Is: all.
struct NetworkList {
    std::vector<std::uint16_t> networks;
    friend bool operator==(const NetworkList&, const NetworkList&) = default;
};
struct CouldBeRouter {
    std::uint16_t network = 0;
    std::uint8_t performance = 0;
    friend bool operator==(const CouldBeRouter&, const CouldBeRouter&) = default;
};
struct RejectMessage {
    std::uint8_t reason = 0;
    std::uint16_t network = 0;
    friend bool operator==(const RejectMessage&, const RejectMessage&) = default;
};
struct RoutingEntry {
    std::uint16_t network = 0;
    std::uint8_t port = 0;
    Bytes information;
    friend bool operator==(const RoutingEntry&, const RoutingEntry&) = default;
};
/// Initialize-Routing-Table and its Ack.
struct RoutingTable {
    std::vector<RoutingEntry> entries;
    friend bool operator==(const RoutingTable&, const RoutingTable&) = default;
};
struct EstablishConnection {
    std::uint16_t network = 0;
    std::uint8_t minutes = 0; ///< 0: for ever
    friend bool operator==(const EstablishConnection&, const EstablishConnection&) = default;
};
struct DisconnectConnection {
    std::uint16_t network = 0;
    friend bool operator==(const DisconnectConnection&, const DisconnectConnection&) = default;
};
struct NetworkNumber {
    std::uint16_t network = 0;
    bool configured = false; ///< else learned
    friend bool operator==(const NetworkNumber&, const NetworkNumber&) = default;
};
/// Messages of no data, and those without a struct.
struct OtherMessage {
    Bytes octets;
    friend bool operator==(const OtherMessage&, const OtherMessage&) = default;
};

using MessageData = std::variant<NetworkList, CouldBeRouter, RejectMessage, RoutingTable, EstablishConnection,
                                 DisconnectConnection, NetworkNumber, OtherMessage>;
Result<MessageData> decode_message(std::uint8_t message, ByteView data);
Bytes encode(const MessageData& message);

/// "the network cannot be reached", ...; empty where the number has no meaning.
std::string_view reject_reason_text(std::uint8_t reason);

} // namespace meterctl::codecs::bacnet
