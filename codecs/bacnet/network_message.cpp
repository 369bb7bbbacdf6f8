#include "codecs/bacnet/npdu.hpp"

#include <array>

namespace meterctl::codecs::bacnet {
namespace {

constexpr std::array<std::string_view, 7> reject_reasons{
    "other error",
    "the network cannot be reached",
    "the network is busy",
    "unknown network message",
    "the message is too long for the network",
    "the source is not authenticated",
    "the address is too long",
};

MessageData read_networks(ByteReader& reader) {
    NetworkList list;
    while (!reader.at_end()) { list.networks.push_back(reader.u16be()); }
    return list;
}

MessageData read_table(ByteReader& reader) {
    RoutingTable table;
    for (auto count = reader.u8(); count > 0 && !reader.failed(); --count) {
        RoutingEntry entry;
        entry.network = reader.u16be();
        entry.port = reader.u8();
        const auto information = reader.take(reader.u8());
        entry.information.assign(information.begin(), information.end());
        table.entries.push_back(std::move(entry));
    }
    return table;
}

MessageData read_message(std::uint8_t message, ByteReader& reader) {
    switch (static_cast<NetworkMessage>(message)) {
    case NetworkMessage::who_is_router:
    case NetworkMessage::i_am_router:
    case NetworkMessage::router_busy:
    case NetworkMessage::router_available:
        return read_networks(reader);
    case NetworkMessage::i_could_be_router: {
        const auto network = reader.u16be();
        return CouldBeRouter{network, reader.u8()};
    }
    case NetworkMessage::reject: {
        const auto reason = reader.u8();
        return RejectMessage{reason, reader.u16be()};
    }
    case NetworkMessage::initialize_routing_table:
    case NetworkMessage::initialize_routing_table_ack:
        return reader.at_end() ? MessageData(RoutingTable{}) : read_table(reader);
    case NetworkMessage::establish_connection: {
        const auto network = reader.u16be();
        return EstablishConnection{network, reader.u8()};
    }
    case NetworkMessage::disconnect:
        return DisconnectConnection{reader.u16be()};
    case NetworkMessage::network_number_is: {
        const auto network = reader.u16be();
        return NetworkNumber{network, reader.u8() != 0};
    }
    default: {
        const auto rest = reader.rest();
        return OtherMessage{{rest.begin(), rest.end()}};
    }
    }
}

struct MessageWriter {
    ByteWriter& writer;

    void operator()(const NetworkList& message) const {
        for (const auto network : message.networks) { writer.u16be(network); }
    }
    void operator()(const CouldBeRouter& message) const { writer.u16be(message.network).u8(message.performance); }
    void operator()(const RejectMessage& message) const { writer.u8(message.reason).u16be(message.network); }
    void operator()(const RoutingTable& message) const {
        writer.u8(static_cast<std::uint8_t>(message.entries.size()));
        for (const auto& entry : message.entries) {
            writer.u16be(entry.network).u8(entry.port);
            writer.u8(static_cast<std::uint8_t>(entry.information.size())).bytes(entry.information);
        }
    }
    void operator()(const EstablishConnection& message) const { writer.u16be(message.network).u8(message.minutes); }
    void operator()(const DisconnectConnection& message) const { writer.u16be(message.network); }
    void operator()(const NetworkNumber& message) const {
        writer.u16be(message.network).u8(message.configured ? 1 : 0);
    }
    void operator()(const OtherMessage& message) const { writer.bytes(message.octets); }
};

} // namespace

Result<MessageData> decode_message(std::uint8_t message, ByteView data) {
    ByteReader reader(data);
    auto read = read_message(message, reader);
    if (reader.failed()) {
        return tl::unexpected(octets_error("a network message cut at the end", data.size(), "bacnet.npdu"));
    }
    if (!reader.at_end()) {
        return tl::unexpected(octets_error("octets behind the network message", reader.offset(), "bacnet.npdu"));
    }
    return read;
}

Bytes encode(const MessageData& message) {
    ByteWriter writer;
    std::visit(MessageWriter{writer}, message);
    return writer.take();
}

std::string_view reject_reason_text(std::uint8_t reason) {
    return reason < reject_reasons.size() ? reject_reasons[reason] : std::string_view();
}

} // namespace meterctl::codecs::bacnet
