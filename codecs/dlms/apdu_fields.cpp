#include "codecs/dlms/apdu_fields.hpp"

#include "codecs/dlms/apdu_parts.hpp"
#include "codecs/dlms/ciphering.hpp"
#include "codecs/dlms/conversation.hpp"
#include "codecs/dlms/length.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>

namespace meterctl::codecs::dlms {
namespace {

template <auto read>
Apdu read_as(ApduReader& reader) {
    return read(reader);
}

struct Row {
    std::uint8_t tag;
    Direction direction;
    Apdu (*read)(ApduReader& reader);
};

constexpr auto asks = Direction::request, answers = Direction::response, either = Direction::unknown;

constexpr std::array rows{
    Row{apdu_tag::initiate_request, asks, read_as<parts::initiate_request>},
    Row{apdu_tag::initiate_response, answers, read_as<parts::initiate_response>},
    Row{apdu_tag::confirmed_service_error, answers, read_as<parts::confirmed_service_error>},
    Row{apdu_tag::get_request, asks, read_as<parts::get_request>},
    Row{apdu_tag::get_response, answers, read_as<parts::get_response>},
    Row{apdu_tag::set_request, asks, read_as<parts::set_request>},
    Row{apdu_tag::set_response, answers, read_as<parts::set_response>},
    Row{apdu_tag::action_request, asks, read_as<parts::action_request>},
    Row{apdu_tag::action_response, answers, read_as<parts::action_response>},
    Row{apdu_tag::event_notification, answers, read_as<parts::event_notification>},
    Row{apdu_tag::data_notification, answers, read_as<parts::data_notification>},
    Row{apdu_tag::data_notification_confirm, asks, read_as<parts::data_notification_confirm>},
    Row{apdu_tag::exception_response, answers, read_as<parts::exception_response>},
    Row{apdu_tag::read_request, asks, read_as<parts::read_request>},
    Row{apdu_tag::read_response, answers, read_as<parts::read_response>},
    Row{apdu_tag::write_request, asks, read_as<parts::write_request>},
    Row{apdu_tag::write_response, answers, read_as<parts::write_response>},
    Row{apdu_tag::unconfirmed_write_request, asks, read_as<parts::unconfirmed_write_request>},
    Row{apdu_tag::information_report, answers, read_as<parts::information_report>},
    Row{apdu_tag::access_request, asks, read_as<parts::access_request>},
    Row{apdu_tag::access_response, answers, read_as<parts::access_response>},
    Row{apdu_tag::general_block_transfer, either, read_as<parts::general_block>},
};

const Row* row_of(ByteView apdu) {
    if (apdu.empty()) { return nullptr; }
    const auto* const row = std::ranges::find(rows, apdu[0], &Row::tag);
    return row == rows.end() ? nullptr : &*row;
}

void show_rest(ApduFields& out, ByteView apdu, std::size_t base) {
    const auto shown = out.fields.empty() ? base : out.fields.back().offset + out.fields.back().length;
    const auto from = shown - base;
    if (from >= apdu.size()) { return; }
    const auto rest = apdu.subspan(from);
    out.fields.push_back({"undecoded", Bytes(rest.begin(), rest.end()), {}, shown, rest.size(), {}});
}

} // namespace

ApduFields apdu_fields(ByteView apdu, std::size_t base) {
    ApduFields out;
    const auto* const row = row_of(apdu);
    if (row == nullptr) {
        const auto what =
            apdu.empty() ? std::string("an APDU without octets") : fmt::format("no APDU begins with {:02X}", apdu[0]);
        out.error = octets_error(what, base, "dlms.unknown_apdu");
        out.summary = "no APDU";
        show_rest(out, apdu, base);
        return out;
    }
    const auto name = apdu_name(row->tag);
    out.direction = row->direction;
    ApduReader reader(apdu, &out.fields, base);
    reader.u8("tag");
    reader.explain(std::string(name));
    auto decoded = row->read(reader);
    if (reader.ok() && reader.remaining() > 0) { reader.fail("octets behind the APDU"); }
    out.error = reader.error();
    if (out.error) {
        out.summary = std::string(name);
        show_rest(out, apdu, base);
        return out;
    }
    out.summary = apdu_summary(decoded);
    out.apdu = std::move(decoded);
    return out;
}

void place_fields(std::span<Field> fields, std::size_t at, std::size_t length) {
    for (auto& field : fields) {
        field.offset = at;
        field.length = length;
        place_fields(field.children, at, length);
    }
}

std::optional<std::size_t> apdu_extent(ByteView octets) {
    if (const auto* const row = row_of(octets)) {
        ApduReader reader(octets);
        reader.u8("tag");
        row->read(reader);
        return reader.ok() ? std::optional(reader.offset()) : std::nullopt;
    }
    constexpr std::uint8_t first_acse = 0x60, last_acse = 0x63;
    const bool acse = !octets.empty() && octets[0] >= first_acse && octets[0] <= last_acse;
    constexpr std::uint8_t general_glo = 0xDB, general_ded = 0xDC;
    const bool titled = !octets.empty() && (octets[0] == general_glo || octets[0] == general_ded);
    const bool own_length = acse || (is_ciphered(octets) && octets[0] <= general_ded);
    if (!own_length) { return std::nullopt; }
    ByteReader reader(octets.subspan(1));
    for (int parts = titled ? 2 : 1; parts > 0; --parts) { // the system title stands before the content
        const auto length = read_length(reader);
        if (!length || *length > reader.remaining()) { return std::nullopt; }
        reader.take(*length);
    }
    return 1 + reader.offset();
}

} // namespace meterctl::codecs::dlms
