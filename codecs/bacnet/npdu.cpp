#include "codecs/bacnet/npdu.hpp"

#include <fmt/format.h>

namespace meterctl::codecs::bacnet {
namespace {

constexpr std::uint8_t version = 1;
constexpr std::uint8_t message_bit = 0x80, destination_bit = 0x20, source_bit = 0x08, reply_bit = 0x04;
constexpr std::uint8_t priority_bits = 0x03;
constexpr std::uint8_t first_proprietary_message = 128;

Error npdu_error(std::string what, std::size_t offset) {
    return octets_error(std::move(what), offset, "bacnet.npdu");
}

NetworkAddress read_address(ByteReader& reader) {
    NetworkAddress address;
    address.network = reader.u16be();
    const auto octets = reader.take(reader.u8());
    address.address.assign(octets.begin(), octets.end());
    return address;
}

void write_address(ByteWriter& writer, const NetworkAddress& address) {
    writer.u16be(address.network).u8(static_cast<std::uint8_t>(address.address.size())).bytes(address.address);
}

} // namespace

Result<Npdu> decode_npdu(ByteView octets) {
    ByteReader reader(octets);
    if (const auto given = reader.u8(); given != version || reader.failed()) {
        return tl::unexpected(reader.failed()
                                  ? npdu_error("no NPDU", 0)
                                  : npdu_error(fmt::format("protocol version {}, only 1 is known", given), 0));
    }
    const auto control = reader.u8();
    Npdu npdu;
    npdu.expecting_reply = (control & reply_bit) != 0;
    npdu.priority = control & priority_bits;
    if ((control & destination_bit) != 0) { npdu.destination = read_address(reader); }
    if ((control & source_bit) != 0) {
        const auto at = reader.offset();
        npdu.source = read_address(reader);
        const bool broadcast = npdu.source->network == global_broadcast || npdu.source->address.empty();
        if (broadcast && !reader.failed()) { return tl::unexpected(npdu_error("the source is a broadcast", at)); }
    }
    if (npdu.destination) { npdu.hop_count = reader.u8(); }
    if ((control & message_bit) != 0) {
        npdu.message = reader.u8();
        if (*npdu.message >= first_proprietary_message) { npdu.vendor = reader.u16be(); }
    }
    if (reader.failed()) { return tl::unexpected(npdu_error("an NPDU cut in its header", octets.size())); }
    const auto data = reader.rest();
    npdu.data.assign(data.begin(), data.end());
    return npdu;
}

Bytes encode(const Npdu& npdu) {
    ByteWriter writer;
    const unsigned control = (npdu.message ? message_bit : 0U) | (npdu.destination ? destination_bit : 0U) |
                             (npdu.source ? source_bit : 0U) | (npdu.expecting_reply ? reply_bit : 0U) |
                             (npdu.priority & priority_bits);
    writer.u8(version).u8(static_cast<std::uint8_t>(control));
    if (npdu.destination) { write_address(writer, *npdu.destination); }
    if (npdu.source) { write_address(writer, *npdu.source); }
    if (npdu.destination) { writer.u8(npdu.hop_count); }
    if (npdu.message) {
        writer.u8(*npdu.message);
        if (*npdu.message >= first_proprietary_message) { writer.u16be(npdu.vendor.value_or(0)); }
    }
    return writer.bytes(npdu.data).take();
}

std::size_t header_octets(const Npdu& npdu) {
    std::size_t octets = 2;
    if (npdu.destination) { octets += 3 + npdu.destination->address.size() + 1; }
    if (npdu.source) { octets += 3 + npdu.source->address.size(); }
    if (npdu.message) { octets += npdu.vendor ? 3U : 1U; }
    return octets;
}

} // namespace meterctl::codecs::bacnet
