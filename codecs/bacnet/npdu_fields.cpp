#include "codecs/bacnet/apdu_fields.hpp"
#include "codecs/bacnet/field_row.hpp"

#include <array>
#include <fmt/format.h>

namespace meterctl::codecs::bacnet {
namespace {

constexpr std::uint32_t proprietary_message = 128;
constexpr std::array<std::string_view, 4> priorities{"normal", "urgent", "critical equipment", "life safety"};

std::string control_text(const Npdu& npdu) {
    std::string text(npdu.message ? "network message" : "APDU");
    if (npdu.expecting_reply) { text += ", expecting a reply"; }
    if (npdu.priority != 0) { text += ", priority " + std::string(priorities[npdu.priority & 3U]); }
    return text;
}

std::string network_text(std::uint16_t network) {
    return network == global_broadcast ? "all networks" : std::string();
}

void message_fields(const Npdu& npdu, std::size_t base, PduFields& out) {
    const auto name = names::text(names::network_messages, *npdu.message, proprietary_message);
    out.summary = name;
    const auto decoded = decode_message(*npdu.message, npdu.data);
    if (!decoded) {
        out.error = octets_error(decoded.error().what, base, decoded.error().code);
        FieldRow(out.fields, base).octets("octets", npdu.data);
        return;
    }
    FieldRow row(out.fields, base);
    const auto network = [&](std::uint16_t number) {
        row.u16("network", number, network_text(number));
        out.summary += fmt::format(" {}", number);
    };
    if (const auto* const list = std::get_if<NetworkList>(&*decoded)) {
        for (const auto one : list->networks) { network(one); }
    } else if (const auto* const router = std::get_if<CouldBeRouter>(&*decoded)) {
        network(router->network);
        row.u8("performance", router->performance);
    } else if (const auto* const reject = std::get_if<RejectMessage>(&*decoded)) {
        row.u8("reason", reject->reason, std::string(reject_reason_text(reject->reason)));
        network(reject->network);
        out.summary += ": " + std::string(reject_reason_text(reject->reason));
    } else if (const auto* const opened = std::get_if<EstablishConnection>(&*decoded)) {
        network(opened->network);
        row.u8("minutes", opened->minutes);
    } else if (const auto* const closed = std::get_if<DisconnectConnection>(&*decoded)) {
        network(closed->network);
    } else if (const auto* const number = std::get_if<NetworkNumber>(&*decoded)) {
        network(number->network);
        row.add("configured", number->configured, 1);
    } else {
        row.octets("octets", npdu.data);
    }
}

} // namespace

PduFields npdu_fields(ByteView npdu, const Npdu& decoded, std::size_t base) {
    PduFields out;
    FieldRow row(out.fields, base);
    row.u8("version", npdu[0]);
    row.u8("control", npdu[1], control_text(decoded));
    const auto address = [&](const NetworkAddress& one, std::string_view network, std::string_view octets) {
        row.u16(network, one.network, network_text(one.network));
        row.add(std::string(octets) + "_length", std::uint64_t{one.address.size()}, 1,
                one.address.empty() ? "all stations" : "");
        row.add(octets, one.address, one.address.size());
    };
    if (decoded.destination) { address(*decoded.destination, "destination_network", "destination_address"); }
    if (decoded.source) { address(*decoded.source, "source_network", "source_address"); }
    if (decoded.destination) { row.u8("hop_count", decoded.hop_count); }
    if (!decoded.message) { return out; }
    row.u8("message_type", *decoded.message,
           names::text(names::network_messages, *decoded.message, proprietary_message));
    if (decoded.vendor) { row.u16("vendor", *decoded.vendor); }
    message_fields(decoded, base + header_octets(decoded), out);
    return out;
}

} // namespace meterctl::codecs::bacnet
