#include "codecs/bacnet/apdu_fields.hpp"
#include "src/core/hex.hpp"

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

/// Fields that stand one behind the other.
class Row {
public:
    Row(std::size_t base, std::vector<Field>& fields) : at_(base), fields_(fields) {}
    void add(std::string_view name, Value value, std::size_t octets, std::string text = {}) {
        if (octets == 0) { return; }
        fields_.push_back({std::string(name), std::move(value), std::move(text), at_, octets, {}});
        at_ += octets;
    }

private:
    std::size_t at_;
    std::vector<Field>& fields_;
};

std::string network_text(std::uint16_t network) {
    return network == global_broadcast ? "all networks" : std::string();
}

void message_fields(const Npdu& npdu, std::size_t base, PduFields& out) {
    const auto name = names::text(names::network_messages, *npdu.message, proprietary_message);
    out.summary = name;
    const auto decoded = decode_message(*npdu.message, npdu.data);
    if (!decoded) {
        out.error = octets_error(decoded.error().what, base, decoded.error().code);
        Row(base, out.fields).add("octets", npdu.data, npdu.data.size());
        return;
    }
    Row row(base, out.fields);
    const auto network = [&](std::uint16_t number) {
        row.add("network", std::uint64_t{number}, 2, network_text(number));
        out.summary += fmt::format(" {}", number);
    };
    if (const auto* const list = std::get_if<NetworkList>(&*decoded)) {
        for (const auto one : list->networks) { network(one); }
    } else if (const auto* const router = std::get_if<CouldBeRouter>(&*decoded)) {
        network(router->network);
        row.add("performance", std::uint64_t{router->performance}, 1);
    } else if (const auto* const reject = std::get_if<RejectMessage>(&*decoded)) {
        row.add("reason", std::uint64_t{reject->reason}, 1, std::string(reject_reason_text(reject->reason)));
        network(reject->network);
        out.summary += ": " + std::string(reject_reason_text(reject->reason));
    } else if (const auto* const opened = std::get_if<EstablishConnection>(&*decoded)) {
        network(opened->network);
        row.add("minutes", std::uint64_t{opened->minutes}, 1);
    } else if (const auto* const closed = std::get_if<DisconnectConnection>(&*decoded)) {
        network(closed->network);
    } else if (const auto* const number = std::get_if<NetworkNumber>(&*decoded)) {
        network(number->network);
        row.add("configured", number->configured, 1);
    } else {
        row.add("octets", npdu.data, npdu.data.size());
    }
}

} // namespace

PduFields npdu_fields(ByteView npdu, const Npdu& decoded, std::size_t base) {
    PduFields out;
    Row row(base, out.fields);
    row.add("version", std::uint64_t{npdu[0]}, 1);
    row.add("control", std::uint64_t{npdu[1]}, 1, control_text(decoded));
    const auto address = [&](const NetworkAddress& one, std::string_view network, std::string_view octets) {
        row.add(network, std::uint64_t{one.network}, 2, network_text(one.network));
        row.add(std::string(octets) + "_length", std::uint64_t{one.address.size()}, 1,
                one.address.empty() ? "all stations" : "");
        row.add(octets, one.address, one.address.size());
    };
    if (decoded.destination) { address(*decoded.destination, "destination_network", "destination_address"); }
    if (decoded.source) { address(*decoded.source, "source_network", "source_address"); }
    if (decoded.destination) { row.add("hop_count", std::uint64_t{decoded.hop_count}, 1); }
    if (!decoded.message) { return out; }
    row.add("message_type", std::uint64_t{*decoded.message}, 1,
            names::text(names::network_messages, *decoded.message, proprietary_message));
    if (decoded.vendor) { row.add("vendor", std::uint64_t{*decoded.vendor}, 2); }
    message_fields(decoded, base + header_octets(decoded), out);
    return out;
}

} // namespace meterctl::codecs::bacnet
