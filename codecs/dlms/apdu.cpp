#include "codecs/dlms/apdu.hpp"

#include "codecs/dlms/apdu_parts.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>

namespace meterctl::codecs::dlms {
namespace {

template <auto read>
Result<Apdu> read_as(ApduReader& reader) {
    return parts::finished(reader, Apdu(read(reader)));
}

struct Row {
    std::uint8_t tag;
    Result<Apdu> (*read)(ApduReader& reader);
};

constexpr std::array rows{
    Row{apdu_tag::initiate_request, read_as<parts::initiate_request>},
    Row{apdu_tag::initiate_response, read_as<parts::initiate_response>},
    Row{apdu_tag::confirmed_service_error, read_as<parts::confirmed_service_error>},
    Row{apdu_tag::get_request, read_as<parts::get_request>},
    Row{apdu_tag::get_response, read_as<parts::get_response>},
    Row{apdu_tag::set_request, read_as<parts::set_request>},
    Row{apdu_tag::set_response, read_as<parts::set_response>},
    Row{apdu_tag::action_request, read_as<parts::action_request>},
    Row{apdu_tag::action_response, read_as<parts::action_response>},
    Row{apdu_tag::event_notification, read_as<parts::event_notification>},
    Row{apdu_tag::data_notification, read_as<parts::data_notification>},
    Row{apdu_tag::data_notification_confirm, read_as<parts::data_notification_confirm>},
    Row{apdu_tag::exception_response, read_as<parts::exception_response>},
    Row{apdu_tag::read_request, read_as<parts::read_request>},
    Row{apdu_tag::read_response, read_as<parts::read_response>},
    Row{apdu_tag::write_request, read_as<parts::write_request>},
    Row{apdu_tag::write_response, read_as<parts::write_response>},
    Row{apdu_tag::unconfirmed_write_request, read_as<parts::unconfirmed_write_request>},
    Row{apdu_tag::information_report, read_as<parts::information_report>},
    Row{apdu_tag::access_request, read_as<parts::access_request>},
    Row{apdu_tag::access_response, read_as<parts::access_response>},
    Row{apdu_tag::general_block_transfer, read_as<parts::general_block>},
};

/// glo-, ded- and general- ciphering.
bool is_ciphered_tag(std::uint8_t tag) {
    const bool low = (tag >= 0x21 && tag <= 0x38) || (tag >= 0x41 && tag <= 0x58);
    const bool services = tag >= 0xC8 && tag <= 0xD7;
    return low || services || (tag >= 0xDB && tag <= 0xDD);
}

template <class T>
Result<Apdu> as_apdu(Result<T> decoded) {
    if (!decoded) { return tl::unexpected(std::move(decoded.error())); }
    return Apdu(std::move(*decoded));
}

} // namespace

Result<Apdu> decode_apdu(ByteView octets) {
    if (octets.empty()) { return tl::unexpected(octets_error("an APDU without octets", 0, "dlms.apdu")); }
    const auto tag = octets[0];
    switch (tag) {
    case apdu_tag::aarq:
        return as_apdu(decode_aarq(octets));
    case apdu_tag::aare:
        return as_apdu(decode_aare(octets));
    case apdu_tag::rlrq:
        return as_apdu(decode_rlrq(octets));
    case apdu_tag::rlre:
        return as_apdu(decode_rlre(octets));
    default:
        break;
    }
    const auto* const row = std::ranges::find(rows, tag, &Row::tag);
    if (row == rows.end()) {
        const bool ciphered = is_ciphered_tag(tag);
        return tl::unexpected(
            octets_error(ciphered ? "a ciphered APDU" : fmt::format("no APDU begins with {:02X}", tag), 0,
                         ciphered ? "dlms.ciphered" : "dlms.unknown_apdu"));
    }
    ApduReader reader(octets);
    reader.u8("tag");
    return row->read(reader);
}

Bytes encode_apdu(const Apdu& apdu) {
    return std::visit([](const auto& one) { return encode(one); }, apdu);
}

} // namespace meterctl::codecs::dlms
