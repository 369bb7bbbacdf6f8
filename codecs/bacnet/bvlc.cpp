#include "codecs/bacnet/bvlc.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace meterctl::codecs::bacnet {
namespace {

using Function = BvlcFunction;

constexpr std::array<std::string_view, 13> functions{"bvlc-result",
                                                     "write-bdt",
                                                     "read-bdt",
                                                     "read-bdt-ack",
                                                     "forwarded-npdu",
                                                     "register-foreign-device",
                                                     "read-fdt",
                                                     "read-fdt-ack",
                                                     "delete-fdt-entry",
                                                     "distribute-broadcast",
                                                     "original-unicast-npdu",
                                                     "original-broadcast-npdu",
                                                     "secure-bvll"};

struct ResultName {
    std::uint16_t code;
    std::string_view text;
};
constexpr std::array results{
    ResultName{0x00, "successful-completion"},
    ResultName{0x10, "write-bdt-nak"},
    ResultName{0x20, "read-bdt-nak"},
    ResultName{0x30, "register-foreign-device-nak"},
    ResultName{0x40, "read-fdt-nak"},
    ResultName{0x50, "delete-fdt-entry-nak"},
    ResultName{0x60, "distribute-broadcast-nak"},
};

Error bvlc_error(std::string what, std::size_t offset) {
    return octets_error(std::move(what), offset, "bacnet.bvlc");
}

std::array<std::uint8_t, 4> read_four(ByteReader& reader) {
    std::array<std::uint8_t, 4> octets{};
    std::ranges::generate(octets, [&] { return reader.u8(); });
    return octets;
}

IpEndpoint read_endpoint(ByteReader& reader) {
    IpEndpoint peer;
    peer.address = read_four(reader);
    peer.port = reader.u16be();
    return peer;
}

Bytes rest_of(ByteReader& reader) {
    const auto view = reader.rest();
    return {view.begin(), view.end()};
}

Bvlc read_broadcast_table(ByteReader& reader, bool ack) {
    BroadcastTable table;
    table.ack = ack;
    while (!reader.at_end()) {
        BroadcastEntry entry;
        entry.peer = read_endpoint(reader);
        entry.mask = read_four(reader);
        table.entries.push_back(entry);
    }
    return table;
}

Bvlc read_foreign_devices(ByteReader& reader) {
    ForeignDeviceTable table;
    while (!reader.at_end()) {
        ForeignDevice entry;
        entry.peer = read_endpoint(reader);
        entry.time_to_live = reader.u16be();
        entry.remaining = reader.u16be();
        table.entries.push_back(entry);
    }
    return table;
}

Bvlc read_message(Function function, ByteReader& reader) {
    switch (function) {
    case Function::result:
        return BvlcResult{reader.u16be()};
    case Function::write_broadcast_distribution_table:
    case Function::read_broadcast_distribution_table_ack:
        return read_broadcast_table(reader, function == Function::read_broadcast_distribution_table_ack);
    case Function::read_broadcast_distribution_table:
    case Function::read_foreign_device_table:
        return ReadTable{function == Function::read_foreign_device_table};
    case Function::register_foreign_device:
        return RegisterForeignDevice{reader.u16be()};
    case Function::read_foreign_device_table_ack:
        return read_foreign_devices(reader);
    case Function::delete_foreign_device_table_entry:
        return DeleteForeignDevice{read_endpoint(reader)};
    case Function::forwarded_npdu: {
        const auto origin = read_endpoint(reader);
        return ForwardedNpdu{origin, rest_of(reader)};
    }
    case Function::distribute_broadcast_to_network:
    case Function::original_unicast_npdu:
    case Function::original_broadcast_npdu:
        return CarriedNpdu{function, rest_of(reader)};
    default:
        return OtherBvlc{static_cast<std::uint8_t>(function), rest_of(reader)};
    }
}

struct MessageWriter {
    ByteWriter& writer;

    Function operator()(const CarriedNpdu& message) const {
        writer.bytes(message.npdu);
        return message.function;
    }
    Function operator()(const ForwardedNpdu& message) const {
        endpoint(message.origin);
        writer.bytes(message.npdu);
        return Function::forwarded_npdu;
    }
    Function operator()(const BvlcResult& message) const {
        writer.u16be(message.code);
        return Function::result;
    }
    Function operator()(const BroadcastTable& message) const {
        for (const auto& entry : message.entries) {
            endpoint(entry.peer);
            writer.bytes(entry.mask);
        }
        return message.ack ? Function::read_broadcast_distribution_table_ack
                           : Function::write_broadcast_distribution_table;
    }
    Function operator()(const ReadTable& message) const {
        return message.foreign_devices ? Function::read_foreign_device_table
                                       : Function::read_broadcast_distribution_table;
    }
    Function operator()(const RegisterForeignDevice& message) const {
        writer.u16be(message.time_to_live);
        return Function::register_foreign_device;
    }
    Function operator()(const ForeignDeviceTable& message) const {
        for (const auto& entry : message.entries) {
            endpoint(entry.peer);
            writer.u16be(entry.time_to_live).u16be(entry.remaining);
        }
        return Function::read_foreign_device_table_ack;
    }
    Function operator()(const DeleteForeignDevice& message) const {
        endpoint(message.peer);
        return Function::delete_foreign_device_table_entry;
    }
    Function operator()(const OtherBvlc& message) const {
        writer.bytes(message.octets);
        return static_cast<Function>(message.function);
    }
    void endpoint(const IpEndpoint& peer) const { writer.bytes(peer.address).u16be(peer.port); }
};

} // namespace

std::string_view function_text(std::uint8_t function) {
    return function < functions.size() ? functions[function] : std::string_view();
}

std::string_view result_text(std::uint16_t code) {
    const auto found = std::ranges::find(results, code, &ResultName::code);
    return found == results.end() ? std::string_view() : found->text;
}

std::string IpEndpoint::text() const {
    return fmt::format("{}.{}.{}.{}:{}", address[0], address[1], address[2], address[3], port);
}

Result<Bvlc> decode_bvlc(ByteView datagram) {
    ByteReader reader(datagram);
    if (const auto type = reader.u8(); type != bvlc_type) {
        return tl::unexpected(bvlc_error(fmt::format("type {:02X}h, BACnet/IP has 81h", type), 0));
    }
    const auto function = static_cast<Function>(reader.u8());
    const auto length = reader.u16be();
    if (reader.failed()) { return tl::unexpected(bvlc_error("a BVLC header cut at the end", datagram.size())); }
    if (length != datagram.size()) {
        return tl::unexpected(bvlc_error(fmt::format("length {} but {} octets", length, datagram.size()), 2));
    }
    auto message = read_message(function, reader);
    if (reader.failed()) { return tl::unexpected(bvlc_error("a BVLC message cut at the end", datagram.size())); }
    if (!reader.at_end()) { return tl::unexpected(bvlc_error("octets behind the BVLC message", reader.offset())); }
    return message;
}

Bytes encode(const Bvlc& message) {
    ByteWriter body;
    const auto function = std::visit(MessageWriter{body}, message);
    ByteWriter writer;
    writer.u8(bvlc_type).u8(static_cast<std::uint8_t>(function));
    writer.u16be(static_cast<std::uint16_t>(bvlc_header + body.size()));
    return writer.bytes(body.view()).take();
}

} // namespace meterctl::codecs::bacnet
