#include "codecs/dlms/acse.hpp"
#include "codecs/dlms/acse_elements.hpp"
#include "codecs/dlms/data_value.hpp"
#include "codecs/dlms/length.hpp"
#include "codecs/dlms/names.hpp"
#include "src/core/hex.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>

namespace meterctl::codecs::dlms {
namespace {

/// What the content of an element is.
enum class Content : std::uint8_t { octets, text, identifier, integer, result, diagnostic, reason, nested };

struct Row {
    std::uint8_t apdu; ///< 0: any
    std::uint8_t tag;
    std::string_view name;
    Content content;
};

constexpr std::array rows{
    Row{acse_tag::rlrq, acse_tag::reason, "reason", Content::reason},
    Row{acse_tag::rlre, acse_tag::reason, "reason", Content::reason},
    Row{0, acse_tag::protocol_version, "protocol_version", Content::octets},
    Row{0, acse_tag::context_name, "application_context_name", Content::identifier},
    Row{acse_tag::aare, acse_tag::result, "result", Content::result},
    Row{acse_tag::aare, acse_tag::diagnostic, "result_source_diagnostic", Content::diagnostic},
    Row{acse_tag::aare, acse_tag::responding_ap_title, "responding_ap_title", Content::octets},
    Row{acse_tag::aare, 0xA5, "responding_ae_qualifier", Content::octets},
    Row{acse_tag::aare, 0xA6, "responding_ap_invocation_id", Content::integer},
    Row{acse_tag::aare, 0xA7, "responding_ae_invocation_id", Content::integer},
    Row{acse_tag::aare, acse_tag::responder_requirements, "responder_acse_requirements", Content::octets},
    Row{acse_tag::aare, acse_tag::responder_mechanism, "mechanism_name", Content::identifier},
    Row{acse_tag::aare, acse_tag::responder_authentication, "responding_authentication_value", Content::text},
    Row{acse_tag::aarq, 0xA2, "called_ap_title", Content::octets},
    Row{acse_tag::aarq, 0xA3, "called_ae_qualifier", Content::octets},
    Row{acse_tag::aarq, 0xA4, "called_ap_invocation_id", Content::integer},
    Row{acse_tag::aarq, 0xA5, "called_ae_invocation_id", Content::integer},
    Row{acse_tag::aarq, acse_tag::calling_ap_title, "calling_ap_title", Content::octets},
    Row{acse_tag::aarq, acse_tag::calling_ae_qualifier, "calling_ae_qualifier", Content::octets},
    Row{acse_tag::aarq, 0xA8, "calling_ap_invocation_id", Content::integer},
    Row{acse_tag::aarq, acse_tag::calling_ae_invocation_id, "calling_ae_invocation_id", Content::integer},
    Row{acse_tag::aarq, acse_tag::sender_requirements, "sender_acse_requirements", Content::octets},
    Row{acse_tag::aarq, acse_tag::sender_mechanism, "mechanism_name", Content::identifier},
    Row{acse_tag::aarq, acse_tag::sender_authentication, "calling_authentication_value", Content::text},
    Row{0, 0xBD, "implementation_information", Content::octets},
    Row{0, acse_tag::user_information, "user_information", Content::nested},
};

constexpr Row unknown{0, 0, "element", Content::octets};

const Row& row_of(std::uint8_t apdu, std::uint8_t tag) {
    const auto* const row = std::ranges::find_if(
        rows, [&](const Row& one) { return one.tag == tag && (one.apdu == 0 || one.apdu == apdu); });
    return row == rows.end() ? unknown : *row;
}

constexpr bool is_constructed(std::uint8_t tag) {
    return (tag & 0x20U) != 0;
}

/// What is inside, where there is one element inside.
ByteView innermost(const AcseElement& element) {
    if (!is_constructed(element.tag)) { return element.content; }
    const auto one = inner(element);
    return one ? one->content : element.content;
}

/// Context names have the arc 1, mechanisms 2.
std::string identifier_text(ByteView octets) {
    constexpr std::size_t size = 7;
    if (octets.size() != size) { return {}; }
    const auto number = octets[size - 1];
    const auto name = octets[size - 2] == 1 ? context_text(number) : mechanism_text(number);
    return name_or_number(name, number);
}

std::string diagnostic_text(const AcseElement& element) {
    const auto choice = inner(element);
    const auto number = choice ? inner_integer(*choice) : std::nullopt;
    if (!number) { return {}; }
    const auto value = static_cast<std::uint8_t>(*number);
    constexpr std::uint8_t provider = 0xA2;
    return choice->tag == provider
               ? fmt::format("acse-service-provider: {}", name_or_number(provider_diagnostic_name(value), value))
               : fmt::format("acse-service-user: {}", name_or_number(user_diagnostic_name(value), value));
}

void explain(Field& field, const Row& row, std::uint8_t apdu, const AcseElement& element) {
    const auto octets = innermost(element);
    field.value = Bytes(octets.begin(), octets.end());
    const auto last = octets.empty() ? std::uint8_t{0} : octets.back();
    switch (row.content) {
    case Content::identifier:
        field.text = identifier_text(octets);
        return;
    case Content::text:
        if (printable(octets)) { field.text = fmt::format("\"{}\"", std::string(octets.begin(), octets.end())); }
        return;
    case Content::integer:
    case Content::result:
        if (const auto number = inner_integer(element)) { field.value = std::uint64_t{*number}; }
        if (row.content == Content::result) { field.text = name_or_number(association_result_name(last), last); }
        return;
    case Content::diagnostic:
        field.text = diagnostic_text(element);
        if (const auto choice = inner(element)) {
            if (const auto number = inner_integer(*choice)) { field.value = std::uint64_t{*number}; }
        }
        return;
    case Content::reason:
        field.value = std::uint64_t{last};
        field.text = apdu == acse_tag::rlrq ? release_request_reason_name(last) : release_response_reason_name(last);
        return;
    case Content::octets:
        if (row.name == unknown.name) { field.text = fmt::format("tag {:02X}", element.tag); }
        return;
    case Content::nested:
        return;
    }
}

std::string summary_of(ByteView apdu) {
    if (apdu[0] == acse_tag::aarq) {
        const auto aarq = decode_aarq(apdu);
        if (!aarq) { return "AARQ"; }
        const auto mechanism = aarq->mechanism.value_or(0);
        return fmt::format("AARQ {}, {}", name_or_number(context_text(aarq->context), aarq->context),
                           name_or_number(mechanism_text(mechanism), mechanism));
    }
    if (apdu[0] != acse_tag::aare) { return apdu[0] == acse_tag::rlrq ? "RLRQ" : "RLRE"; }
    const auto aare = decode_aare(apdu);
    if (!aare) { return "AARE"; }
    auto text = fmt::format("AARE {}", name_or_number(association_result_name(aare->result), aare->result));
    const auto name = aare->source == DiagnosticSource::service_user ? user_diagnostic_name(aare->diagnostic)
                                                                     : provider_diagnostic_name(aare->diagnostic);
    if (aare->diagnostic != 0) { text += ", " + name_or_number(name, aare->diagnostic); }
    return text;
}

std::optional<Error> error_of(ByteView apdu, const AcseElements& elements, std::size_t base) {
    const auto tag = apdu[0];
    std::optional<Error> error;
    if (tag == acse_tag::aarq) {
        if (auto one = decode_aarq(apdu); !one) { error = std::move(one.error()); }
    } else if (tag == acse_tag::aare) {
        if (auto one = decode_aare(apdu); !one) { error = std::move(one.error()); }
    }
    if (!error && !elements.lengths_valid) {
        error = octets_error("a length that does not fit the octets", base + elements.wrong_at, "dlms.acse");
    } else if (error && base > 0) {
        error->where = fmt::format("byte offset {}", base + elements.wrong_at);
    }
    return error;
}

} // namespace

AcseFields acse_fields(ByteView apdu, std::size_t base) {
    AcseFields out;
    const auto elements = acse_elements(apdu);
    const auto tag = apdu.front();
    const auto head = elements.elements.empty() ? apdu.size() : elements.elements.front().offset;
    out.fields.push_back({"tag", std::uint64_t{tag}, summary_of(apdu).substr(0, 4), base, 1, {}});
    if (head > 1) {
        const auto claimed = ByteReader(apdu.subspan(1, head - 1)).rest();
        ByteReader reader(claimed);
        out.fields.push_back({"length", std::uint64_t{read_length(reader).value_or(0)}, {}, base + 1, head - 1, {}});
    }
    for (const auto& element : elements.elements) {
        const auto& row = row_of(tag, element.tag);
        const auto length = element.content_offset - element.offset + element.content.size();
        Field field{std::string(row.name), Value{}, {}, base + element.offset, length, {}};
        explain(field, row, tag, element);
        // The first is what counts, as it does for who decodes the APDU; a second one has its octets shown.
        if (row.content == Content::nested && elements.find(element.tag) == &element) {
            const auto nested = nested_elements(element);
            if (!nested.elements.empty()) { out.user_information = nested.elements.front(); }
        }
        out.fields.push_back(std::move(field));
    }
    out.summary = summary_of(apdu);
    out.error = error_of(apdu, elements, base);
    return out;
}

} // namespace meterctl::codecs::dlms
