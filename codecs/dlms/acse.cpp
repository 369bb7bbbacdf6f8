#include "codecs/dlms/acse.hpp"

#include "codecs/dlms/acse_elements.hpp"
#include "codecs/dlms/data.hpp"
#include "codecs/dlms/length.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>

namespace meterctl::codecs::dlms {
namespace {

/// 2.16.756.5.8, below which 1 is the context names and 2 the mechanism names.
constexpr std::array<std::uint8_t, 5> dlms_arc{0x60, 0x85, 0x74, 0x05, 0x08};
constexpr std::uint8_t context_arc = 1, mechanism_arc = 2;
constexpr std::uint8_t object_identifier = 0x06, octet_string = 0x04, integer = 0x02, char_string = 0x80;

Error acse_error(std::string what, std::size_t at) {
    return octets_error(std::move(what), at, "dlms.acse");
}

/// The last number of an object identifier below dlms_arc.arc.
std::optional<std::uint8_t> number_below(ByteView identifier, std::uint8_t arc) {
    const bool fits = identifier.size() == dlms_arc.size() + 2 &&
                      std::equal(dlms_arc.begin(), dlms_arc.end(), identifier.begin()) &&
                      identifier[dlms_arc.size()] == arc;
    return fits ? std::optional(identifier.back()) : std::nullopt;
}

/// Reads elements into the members of an APDU, and keeps the first failure.
class Taker {
public:
    Taker(ByteView apdu, std::uint8_t tag, bool forgiving) : elements_(acse_elements(apdu)) {
        if (apdu.empty() || apdu[0] != tag) {
            error = acse_error("another APDU than the one expected", 0);
        } else if (!forgiving && !elements_.lengths_valid) {
            error = acse_error("a length that does not fit the octets", elements_.wrong_at);
        }
    }

    [[nodiscard]] bool lengths_valid() const { return elements_.lengths_valid; }

    void context(std::uint8_t& into) {
        const auto* const element = elements_.find(acse_tag::context_name);
        const auto name = element != nullptr ? inner(*element) : std::nullopt;
        const auto number = name ? number_below(name->content, context_arc) : std::nullopt;
        if (number) {
            into = *number;
        } else {
            failed("no application context name of DLMS", element);
        }
    }

    void mechanism(std::uint8_t tag, std::optional<std::uint8_t>& into) {
        const auto* const element = elements_.find(tag);
        if (element == nullptr) { return; }
        into = number_below(element->content, mechanism_arc);
        if (!into) { failed("a mechanism name that is none of DLMS", element); }
    }

    void octets(std::uint8_t tag, std::optional<Bytes>& into) {
        const auto* const element = elements_.find(tag);
        if (element == nullptr) { return; }
        const auto content = inner(*element);
        if (content) {
            into = Bytes(content->content.begin(), content->content.end());
        } else {
            failed("an element without octets", element);
        }
    }

    /// An octet-string that may end early where the lengths are wrong.
    void user_information(std::optional<Bytes>& into) {
        const auto* const element = elements_.find(acse_tag::user_information);
        if (element == nullptr) { return; }
        const auto nested = nested_elements(*element);
        if (nested.elements.empty()) { return failed("user information without octets", element); }
        if (!nested.lengths_valid && elements_.lengths_valid) {
            failed("user information longer than its element", element);
        }
        const auto& content = nested.elements.front().content;
        into = Bytes(content.begin(), content.end());
    }

    std::optional<std::uint32_t> integer_of(std::uint8_t tag) {
        const auto* const element = elements_.find(tag);
        if (element == nullptr) { return std::nullopt; }
        const auto value = inner_integer(*element);
        if (!value) { failed("an integer of another form", element); }
        return value;
    }

    void reason(std::optional<std::uint8_t>& into) {
        const auto* const element = elements_.find(acse_tag::reason);
        if (element != nullptr && !element->content.empty()) { into = element->content.back(); }
    }

    void diagnostic(DiagnosticSource& source, std::uint8_t& value) {
        const auto* const element = elements_.find(acse_tag::diagnostic);
        const auto choice = element != nullptr ? inner(*element) : std::nullopt;
        const auto number = choice ? inner_integer(*choice) : std::nullopt;
        constexpr std::uint8_t user = 0xA1, provider = 0xA2;
        if (!number || (choice->tag != user && choice->tag != provider)) {
            return failed("no diagnostic of a known form", element);
        }
        source = choice->tag == user ? DiagnosticSource::service_user : DiagnosticSource::service_provider;
        value = static_cast<std::uint8_t>(*number);
    }

    void failed(std::string what, const AcseElement* at) {
        if (!error) { error = acse_error(std::move(what), at != nullptr ? at->offset : 0); }
    }

    std::optional<Error> error;

private:
    AcseElements elements_;
};

template <class Apdu>
Result<Apdu> done(Taker& taker, Apdu apdu) {
    if (taker.error) { return tl::unexpected(std::move(*taker.error)); }
    return apdu;
}

void write_element(ByteWriter& writer, std::uint8_t tag, ByteView content) {
    writer.u8(tag);
    write_octets(writer, content);
}

/// An element that holds one other.
void write_nested(ByteWriter& writer, std::uint8_t tag, std::uint8_t inner_tag, ByteView content) {
    ByteWriter inside;
    write_element(inside, inner_tag, content);
    write_element(writer, tag, inside.view());
}

void write_optional(ByteWriter& writer, std::uint8_t tag, std::uint8_t inner_tag, const std::optional<Bytes>& content) {
    if (content) { write_nested(writer, tag, inner_tag, *content); }
}

Bytes identifier(std::uint8_t arc, std::uint8_t number) {
    Bytes octets(dlms_arc.begin(), dlms_arc.end());
    octets.push_back(arc);
    octets.push_back(number);
    return octets;
}

Bytes big_endian(std::uint32_t value) {
    Bytes octets;
    for (unsigned shift = 32; shift > 0; shift -= 8) {
        const auto octet = static_cast<std::uint8_t>(value >> (shift - 8));
        if (octet != 0 || !octets.empty() || shift == 8) { octets.push_back(octet); }
    }
    if (octets.front() >= 0x80) { octets.insert(octets.begin(), std::uint8_t{0}); }
    return octets;
}

/// Requirements, mechanism and authentication value: tags that follow one another differently in AARQ and AARE.
void write_authentication(ByteWriter& writer, std::uint8_t requirements, std::uint8_t mechanism_tag,
                          std::uint8_t value_tag, std::optional<std::uint8_t> mechanism,
                          const std::optional<Bytes>& value) {
    constexpr std::array<std::uint8_t, 2> authentication_bit{0x07, 0x80};
    if (mechanism) {
        write_element(writer, requirements, authentication_bit);
        write_element(writer, mechanism_tag, identifier(mechanism_arc, *mechanism));
    }
    write_optional(writer, value_tag, char_string, value);
}

Bytes whole(std::uint8_t tag, const ByteWriter& content) {
    ByteWriter writer;
    write_element(writer, tag, content.view());
    return writer.take();
}

Bytes encode_release(std::uint8_t tag, std::optional<std::uint8_t> reason, const std::optional<Bytes>& user) {
    ByteWriter writer;
    if (reason) { writer.u8(acse_tag::reason).u8(1).u8(*reason); }
    write_optional(writer, acse_tag::user_information, octet_string, user);
    return whole(tag, writer);
}

} // namespace

Result<Aarq> decode_aarq(ByteView apdu) {
    Taker taker(apdu, acse_tag::aarq, false);
    Aarq out;
    taker.context(out.context);
    taker.octets(acse_tag::calling_ap_title, out.calling_ap_title);
    taker.octets(acse_tag::calling_ae_qualifier, out.calling_ae_qualifier);
    out.calling_ae_invocation_id = taker.integer_of(acse_tag::calling_ae_invocation_id);
    taker.mechanism(acse_tag::sender_mechanism, out.mechanism);
    taker.octets(acse_tag::sender_authentication, out.authentication_value);
    taker.user_information(out.user_information);
    return done(taker, std::move(out));
}

Result<Aare> decode_aare(ByteView apdu) {
    Taker taker(apdu, acse_tag::aare, false);
    Aare out;
    taker.context(out.context);
    const auto result = taker.integer_of(acse_tag::result);
    if (!result) { taker.failed("an AARE without a result", nullptr); }
    out.result = static_cast<std::uint8_t>(result.value_or(0));
    taker.diagnostic(out.source, out.diagnostic);
    taker.octets(acse_tag::responding_ap_title, out.responding_ap_title);
    taker.mechanism(acse_tag::responder_mechanism, out.mechanism);
    taker.octets(acse_tag::responder_authentication, out.authentication_value);
    taker.user_information(out.user_information);
    return done(taker, std::move(out));
}

Result<Rlrq> decode_rlrq(ByteView apdu) {
    Taker taker(apdu, acse_tag::rlrq, false);
    Rlrq out;
    taker.reason(out.reason);
    taker.user_information(out.user_information);
    return done(taker, std::move(out));
}

Result<Rlre> decode_rlre(ByteView apdu) {
    Taker taker(apdu, acse_tag::rlre, true);
    Rlre out;
    out.lengths_valid = taker.lengths_valid();
    taker.reason(out.reason);
    taker.user_information(out.user_information);
    return done(taker, std::move(out));
}

Bytes encode(const Aarq& apdu) {
    ByteWriter writer;
    write_nested(writer, acse_tag::context_name, object_identifier, identifier(context_arc, apdu.context));
    write_optional(writer, acse_tag::calling_ap_title, octet_string, apdu.calling_ap_title);
    write_optional(writer, acse_tag::calling_ae_qualifier, octet_string, apdu.calling_ae_qualifier);
    if (apdu.calling_ae_invocation_id) {
        write_nested(writer, acse_tag::calling_ae_invocation_id, integer, big_endian(*apdu.calling_ae_invocation_id));
    }
    write_authentication(writer, acse_tag::sender_requirements, acse_tag::sender_mechanism,
                         acse_tag::sender_authentication, apdu.mechanism, apdu.authentication_value);
    write_optional(writer, acse_tag::user_information, octet_string, apdu.user_information);
    return whole(acse_tag::aarq, writer);
}

Bytes encode(const Aare& apdu) {
    ByteWriter writer;
    write_nested(writer, acse_tag::context_name, object_identifier, identifier(context_arc, apdu.context));
    write_nested(writer, acse_tag::result, integer, big_endian(apdu.result));
    ByteWriter diagnostic;
    const auto source = static_cast<std::uint8_t>(0xA0U | static_cast<unsigned>(apdu.source));
    write_nested(diagnostic, source, integer, big_endian(apdu.diagnostic));
    write_element(writer, acse_tag::diagnostic, diagnostic.view());
    write_optional(writer, acse_tag::responding_ap_title, octet_string, apdu.responding_ap_title);
    write_authentication(writer, acse_tag::responder_requirements, acse_tag::responder_mechanism,
                         acse_tag::responder_authentication, apdu.mechanism, apdu.authentication_value);
    write_optional(writer, acse_tag::user_information, octet_string, apdu.user_information);
    return whole(acse_tag::aare, writer);
}

Bytes encode(const Rlrq& apdu) {
    return encode_release(acse_tag::rlrq, apdu.reason, apdu.user_information);
}

Bytes encode(const Rlre& apdu) {
    return encode_release(acse_tag::rlre, apdu.reason, apdu.user_information);
}

} // namespace meterctl::codecs::dlms
