#include "codecs/bacnet/apdu_fields.hpp"

#include <array>
#include <fmt/format.h>
#include <iterator>

namespace meterctl::codecs::bacnet {
namespace {

constexpr std::uint32_t proprietary_service = 128, proprietary_reason = 64;

constexpr std::array<std::string_view, 8> type_texts{
    "confirmed-request", "unconfirmed-request", "simple-ack", "complex-ack", "segment-ack", "error", "reject", "abort"};

/// Reads the header octet by octet.
class HeaderReader {
public:
    HeaderReader(ByteView apdu, std::size_t base, std::vector<Field>& fields)
        : reader_(apdu), base_(base), fields_(fields) {}

    std::uint8_t u8(std::string_view name, std::string text = {}) {
        const auto at = reader_.offset();
        const auto value = reader_.u8();
        if (!reader_.failed()) {
            fields_.push_back({std::string(name), std::uint64_t{value}, std::move(text), base_ + at, 1, {}});
        }
        return value;
    }
    std::uint8_t named(std::string_view name, names::Table table, std::uint32_t proprietary) {
        return u8(name, names::text(table, reader_.peek(), proprietary));
    }
    [[nodiscard]] std::uint8_t peek() const { return reader_.peek(); }
    [[nodiscard]] std::size_t offset() const { return reader_.offset(); }

private:
    ByteReader reader_;
    std::size_t base_;
    std::vector<Field>& fields_;
};

std::string flags_text(PduType type, std::uint8_t first) {
    std::string text(type_texts.at(static_cast<std::size_t>(type)));
    const bool can_segment = type == PduType::confirmed_request || type == PduType::complex_ack;
    if (can_segment && (first & 0x08U) != 0) {
        text += (first & 0x04U) != 0 ? ", segmented, more follow" : ", segmented, last";
    }
    if (type == PduType::confirmed_request && (first & 0x02U) != 0) { text += ", segmented answer accepted"; }
    if (type == PduType::segment_ack && (first & 0x02U) != 0) { text += ", negative"; }
    const bool tells_side = type == PduType::segment_ack || type == PduType::abort;
    if (tells_side) { text += (first & 0x01U) != 0 ? ", by the server" : ", by the client"; }
    return text;
}

void read_segment(HeaderReader& reader, std::uint8_t first, std::string& summary) {
    if ((first & 0x08U) == 0) { return; }
    summary += fmt::format(" segment {}", reader.u8("sequence"));
    reader.u8("window");
}

void read_limits(HeaderReader& reader) {
    const auto limits = reader.peek();
    reader.u8("limits", fmt::format("segments {}, APDU of {} octets", max_segments_text((limits >> 4U) & 0x07U),
                                    max_apdu_of(limits & 0x0FU)));
}

struct Header {
    PduType type = PduType::confirmed_request;
    std::uint8_t first = 0, service = 0;
    std::string service_text;
};

void read_header(HeaderReader& reader, Header& header, std::string& summary) {
    const auto confirmed = [&] {
        header.service_text = names::text(names::confirmed_services, reader.peek(), proprietary_service);
        header.service = reader.named("service", names::confirmed_services, proprietary_service);
    };
    switch (header.type) {
    case PduType::confirmed_request:
        read_limits(reader);
        reader.u8("invoke_id");
        read_segment(reader, header.first, summary);
        return confirmed();
    case PduType::unconfirmed_request:
        header.service_text = names::text(names::unconfirmed_services, reader.peek(), proprietary_service);
        header.service = reader.named("service", names::unconfirmed_services, proprietary_service);
        return;
    case PduType::complex_ack:
        reader.u8("invoke_id");
        read_segment(reader, header.first, summary);
        return confirmed();
    case PduType::simple_ack:
    case PduType::error:
        reader.u8("invoke_id");
        return confirmed();
    case PduType::segment_ack: {
        reader.u8("invoke_id");
        summary = fmt::format("segment {} acknowledged", reader.u8("sequence"));
        reader.u8("window");
        return;
    }
    case PduType::reject:
        reader.u8("invoke_id");
        summary = "rejected: " + names::text(names::reject_reasons, reader.peek(), proprietary_reason);
        reader.u8("reason", names::text(names::reject_reasons, reader.peek(), proprietary_reason));
        return;
    case PduType::abort:
        reader.u8("invoke_id");
        summary = "aborted: " + names::text(names::abort_reasons, reader.peek(), proprietary_reason);
        reader.u8("reason", names::text(names::abort_reasons, reader.peek(), proprietary_reason));
        return;
    }
}

Syntax syntax_for(const Header& header) {
    switch (header.type) {
    case PduType::confirmed_request:
        return syntax_of(Message::confirmed_request, header.service);
    case PduType::unconfirmed_request:
        return syntax_of(Message::unconfirmed_request, header.service);
    case PduType::complex_ack:
        return syntax_of(Message::complex_ack, header.service);
    default:
        return syntax_of(Message::error, header.service);
    }
}

Direction direction_of(PduType type, std::uint8_t first) {
    switch (type) {
    case PduType::confirmed_request:
    case PduType::unconfirmed_request:
        return Direction::request;
    case PduType::segment_ack:
    case PduType::abort:
        return (first & 0x01U) != 0 ? Direction::response : Direction::request;
    default:
        return Direction::response;
    }
}

void read_service(ByteView data, const Header& header, std::size_t base, bool keeps, PduFields& out) {
    const bool segmented =
        header.type != PduType::unconfirmed_request && header.type != PduType::error && (header.first & 0x08U) != 0;
    if (segmented) {
        if (!data.empty()) {
            out.fields.push_back({"segment_data", Bytes(data.begin(), data.end()), {}, base, data.size(), {}});
        }
        return;
    }
    auto shown = service_fields(data, syntax_for(header), base, keeps);
    out.fields.insert(out.fields.end(), std::make_move_iterator(shown.fields.begin()),
                      std::make_move_iterator(shown.fields.end()));
    if (!shown.summary.empty()) { out.summary += ": " + shown.summary; }
    out.error = std::move(shown.error);
}

} // namespace

PduFields apdu_fields(ByteView apdu, std::size_t base, bool keeps) {
    PduFields out;
    Header header;
    header.first = apdu.empty() ? std::uint8_t{0} : apdu[0];
    const auto known = decode_apdu(apdu);
    if (apdu.empty() || header.first >> 4U >= type_texts.size()) {
        out.error = octets_error(known.error().what, base, known.error().code);
        out.summary = "no APDU";
        if (!apdu.empty()) {
            out.fields.push_back({"octets", Bytes(apdu.begin(), apdu.end()), {}, base, apdu.size(), {}});
        }
        return out;
    }
    header.type = static_cast<PduType>(header.first >> 4U);
    constexpr std::size_t most_header_fields = 6;
    out.fields.reserve(most_header_fields);
    HeaderReader reader(apdu, base, out.fields);
    reader.u8("pdu_type", flags_text(header.type, header.first));
    std::string kind;
    read_header(reader, header, kind);
    out.direction = direction_of(header.type, header.first);
    const bool has_service = !header.service_text.empty();
    out.summary = has_service ? header.service_text + kind : kind;
    if (header.type == PduType::simple_ack) { out.summary += " done"; }
    if (header.type == PduType::error) { out.summary += " refused"; }
    if (!known) {
        out.error = octets_error(known.error().what, base + reader.offset(), known.error().code);
        const auto rest = apdu.subspan(reader.offset());
        if (!rest.empty()) {
            out.fields.push_back(
                {"excess", Bytes(rest.begin(), rest.end()), {}, base + reader.offset(), rest.size(), {}});
        }
        return out;
    }
    const bool has_data = header.type <= PduType::unconfirmed_request || header.type == PduType::complex_ack ||
                          header.type == PduType::error;
    if (has_data) { read_service(apdu.subspan(reader.offset()), header, base + reader.offset(), keeps, out); }
    return out;
}

} // namespace meterctl::codecs::bacnet
