#include "codecs/dlms/initiate.hpp"

#include "codecs/dlms/apdu_parts.hpp"
#include "codecs/dlms/length.hpp"
#include "codecs/dlms/names.hpp"

#include <array>
#include <fmt/format.h>
#include <fmt/ranges.h>

namespace meterctl::codecs::dlms {
namespace {

constexpr unsigned conformance_bits = 24;

constexpr std::array<std::string_view, conformance_bits> features{
    "reserved-0",
    "general-protection",
    "general-block-transfer",
    "read",
    "write",
    "unconfirmed-write",
    "delta-value-encoding",
    "reserved-7",
    "attribute0-supported-with-set",
    "priority-mgmt-supported",
    "attribute0-supported-with-get",
    "block-transfer-with-get-or-read",
    "block-transfer-with-set-or-write",
    "block-transfer-with-action",
    "multiple-references",
    "information-report",
    "data-notification",
    "access",
    "parameterized-access",
    "get",
    "set",
    "selective-access",
    "event-notification",
    "action",
};

constexpr std::uint32_t bit_of(Feature feature) {
    return 1U << (conformance_bits - 1 - static_cast<unsigned>(feature));
}

constexpr std::uint8_t request_tag = 0x01, response_tag = 0x08, error_tag = 0x0E;

/// Behind 5F 1F, which some leave the second octet of out: length, unused bits, three octets.
Conformance read_conformance(ApduReader& reader) {
    constexpr std::uint8_t application_31 = 0x1F, first = 0x5F, length = 4;
    reader.open("proposed");
    bool fits = reader.u8("conformance_tag") == first;
    if (reader.peek() == application_31) { reader.u8("conformance_tag"); }
    fits = fits && reader.u8("length") == length;
    reader.u8("unused_bits");
    const auto octets = reader.fixed("bits", 3);
    if (reader.ok() && !fits) { reader.fail("a conformance block of another form"); }
    Conformance out;
    for (const auto octet : octets) { out.bits = (out.bits << 8U) | octet; }
    reader.explain(fmt::format("{}", fmt::join(out.names(), ", ")));
    reader.close();
    return out;
}

void write_conformance(ByteWriter& writer, Conformance conformance) {
    writer.u8(0x5F).u8(0x1F).u8(4).u32be(conformance.bits & 0xFFFFFFU);
}

std::optional<std::int8_t> read_quality(ApduReader& reader) {
    if (!reader.present("quality_of_service")) { return std::nullopt; }
    return static_cast<std::int8_t>(reader.u8("quality_of_service"));
}

void write_quality(ByteWriter& writer, std::optional<std::int8_t> quality) {
    writer.u8(quality ? 1 : 0);
    if (quality) { writer.u8(static_cast<std::uint8_t>(*quality)); }
}

} // namespace

std::string_view feature_name(Feature feature) {
    const auto index = static_cast<std::size_t>(feature);
    return index < features.size() ? features.at(index) : std::string_view{};
}

bool Conformance::has(Feature feature) const {
    return (bits & bit_of(feature)) != 0;
}

Conformance& Conformance::add(Feature feature) {
    bits |= bit_of(feature);
    return *this;
}

std::vector<std::string_view> Conformance::names() const {
    std::vector<std::string_view> all;
    for (unsigned bit = 0; bit < conformance_bits; ++bit) {
        const auto feature = static_cast<Feature>(bit);
        if (has(feature)) { all.push_back(feature_name(feature)); }
    }
    return all;
}

namespace parts {

InitiateRequest initiate_request(ApduReader& reader) {
    InitiateRequest out;
    if (reader.present("dedicated_key")) { out.dedicated_key = reader.secret("dedicated_key"); }
    if (reader.present("response_allowed")) { out.response_allowed = reader.flag("response_allowed"); }
    out.quality_of_service = read_quality(reader);
    out.version = reader.u8("dlms_version");
    out.conformance = read_conformance(reader);
    out.max_receive_pdu = reader.u16("client_max_receive_pdu_size");
    return out;
}

InitiateResponse initiate_response(ApduReader& reader) {
    InitiateResponse out;
    out.quality_of_service = read_quality(reader);
    out.version = reader.u8("dlms_version");
    out.conformance = read_conformance(reader);
    out.max_receive_pdu = reader.u16("server_max_receive_pdu_size");
    out.vaa_name = reader.u16("vaa_name");
    return out;
}

ConfirmedServiceError confirmed_service_error(ApduReader& reader) {
    ConfirmedServiceError out;
    out.service = reader.u8("service", failed_service_name);
    out.kind = reader.u8("kind", error_kind_name);
    out.value = reader.u8("error");
    reader.explain(error_kind_text(out.kind, out.value));
    return out;
}

} // namespace parts

Result<InitiateRequest> decode_initiate_request(ByteView apdu) {
    return parts::whole(apdu, request_tag, parts::initiate_request);
}

Result<InitiateResponse> decode_initiate_response(ByteView apdu) {
    return parts::whole(apdu, response_tag, parts::initiate_response);
}

Result<ConfirmedServiceError> decode_confirmed_service_error(ByteView apdu) {
    return parts::whole(apdu, error_tag, parts::confirmed_service_error);
}

Bytes encode(const InitiateRequest& apdu) {
    ByteWriter writer;
    writer.u8(request_tag).u8(apdu.dedicated_key.empty() ? 0 : 1);
    if (!apdu.dedicated_key.empty()) { write_octets(writer, apdu.dedicated_key); }
    writer.u8(apdu.response_allowed ? 0 : 1);
    if (!apdu.response_allowed) { writer.u8(0); }
    write_quality(writer, apdu.quality_of_service);
    writer.u8(apdu.version);
    write_conformance(writer, apdu.conformance);
    writer.u16be(apdu.max_receive_pdu);
    return writer.take();
}

Bytes encode(const InitiateResponse& apdu) {
    ByteWriter writer;
    writer.u8(response_tag);
    write_quality(writer, apdu.quality_of_service);
    writer.u8(apdu.version);
    write_conformance(writer, apdu.conformance);
    writer.u16be(apdu.max_receive_pdu).u16be(apdu.vaa_name);
    return writer.take();
}

Bytes encode(const ConfirmedServiceError& apdu) {
    return {error_tag, apdu.service, apdu.kind, apdu.value};
}

} // namespace meterctl::codecs::dlms
