#include "codecs/bacnet/apdu.hpp"

#include "codecs/bacnet/parameters.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>

namespace meterctl::codecs::bacnet {
namespace {

constexpr std::uint8_t segmented_bit = 0x08, more_bit = 0x04, accepted_bit = 0x02;
constexpr std::uint8_t negative_bit = 0x02, server_bit = 0x01;

constexpr std::array<std::uint16_t, 6> sizes{50, 128, 206, 480, 1024, 1476};
constexpr std::array<std::string_view, 8> segment_counts{"unspecified", "2",  "4",  "8",
                                                         "16",          "32", "64", "more-than-64"};

Bytes rest_of(ByteReader& reader) {
    const auto view = reader.rest();
    return {view.begin(), view.end()};
}

std::optional<Segment> read_segment(ByteReader& reader, std::uint8_t flags) {
    if ((flags & segmented_bit) == 0) { return std::nullopt; }
    Segment segment;
    segment.more_follows = (flags & more_bit) != 0;
    segment.sequence = reader.u8();
    segment.window = reader.u8();
    return segment;
}

void write_segment(ByteWriter& writer, const std::optional<Segment>& segment) {
    if (segment) { writer.u8(segment->sequence).u8(segment->window); }
}

unsigned segment_flags(const std::optional<Segment>& segment) {
    return segment ? segmented_bit | (segment->more_follows ? more_bit : 0U) : 0U;
}

Apdu read_confirmed(ByteReader& reader, std::uint8_t flags) {
    ConfirmedRequest pdu;
    const auto limits = reader.u8();
    pdu.segmented_answer_accepted = (flags & accepted_bit) != 0;
    pdu.max_segments = (limits >> 4U) & 0x07U;
    pdu.max_apdu = max_apdu_of(limits & 0x0FU);
    pdu.invoke_id = reader.u8();
    pdu.segment = read_segment(reader, flags);
    pdu.service = reader.u8();
    pdu.data = rest_of(reader);
    return pdu;
}

Apdu read_unconfirmed(ByteReader& reader, std::uint8_t /*flags*/) {
    UnconfirmedRequest pdu;
    pdu.service = reader.u8();
    pdu.data = rest_of(reader);
    return pdu;
}

Apdu read_simple_ack(ByteReader& reader, std::uint8_t /*flags*/) {
    SimpleAck pdu;
    pdu.invoke_id = reader.u8();
    pdu.service = reader.u8();
    return pdu;
}

Apdu read_complex_ack(ByteReader& reader, std::uint8_t flags) {
    ComplexAck pdu;
    pdu.invoke_id = reader.u8();
    pdu.segment = read_segment(reader, flags);
    pdu.service = reader.u8();
    pdu.data = rest_of(reader);
    return pdu;
}

Apdu read_segment_ack(ByteReader& reader, std::uint8_t flags) {
    SegmentAck pdu;
    pdu.negative = (flags & negative_bit) != 0;
    pdu.server = (flags & server_bit) != 0;
    pdu.invoke_id = reader.u8();
    pdu.sequence = reader.u8();
    pdu.window = reader.u8();
    return pdu;
}

/// Class and code stand first, or inside the constructed first parameter of services whose errors carry more.
void read_class_and_code(ErrorPdu& pdu) {
    ParameterReader outer(pdu.data);
    const bool nested = outer.next_is(std::uint8_t{0});
    auto inner = nested ? outer.constructed_at(0) : ParameterReader(pdu.data);
    const auto error_class = inner.application<Enumerated>();
    const auto error_code = inner.application<Enumerated>();
    if (inner.failed()) { return; }
    pdu.error_class = error_class.value;
    pdu.error_code = error_code.value;
    if (!nested && inner.at_end()) { pdu.data.clear(); }
}

Apdu read_error(ByteReader& reader, std::uint8_t /*flags*/) {
    ErrorPdu pdu;
    pdu.invoke_id = reader.u8();
    pdu.service = reader.u8();
    pdu.data = rest_of(reader);
    read_class_and_code(pdu);
    return pdu;
}

Apdu read_reject(ByteReader& reader, std::uint8_t /*flags*/) {
    RejectPdu pdu;
    pdu.invoke_id = reader.u8();
    pdu.reason = reader.u8();
    return pdu;
}

Apdu read_abort(ByteReader& reader, std::uint8_t flags) {
    AbortPdu pdu;
    pdu.server = (flags & server_bit) != 0;
    pdu.invoke_id = reader.u8();
    pdu.reason = reader.u8();
    return pdu;
}

/// By type.
constexpr std::array<Apdu (*)(ByteReader&, std::uint8_t), 8> readers{
    read_confirmed,   read_unconfirmed, read_simple_ack, read_complex_ack,
    read_segment_ack, read_error,       read_reject,     read_abort};

std::uint8_t first_octet(PduType type, unsigned flags = 0) {
    return static_cast<std::uint8_t>((static_cast<unsigned>(type) << 4U) | flags);
}

struct Writer {
    ByteWriter& writer;

    void operator()(const ConfirmedRequest& pdu) const {
        const unsigned flags = segment_flags(pdu.segment) | (pdu.segmented_answer_accepted ? accepted_bit : 0U);
        writer.u8(first_octet(PduType::confirmed_request, flags));
        writer.u8(static_cast<std::uint8_t>((pdu.max_segments << 4U) | max_apdu_code(pdu.max_apdu)));
        writer.u8(pdu.invoke_id);
        write_segment(writer, pdu.segment);
        writer.u8(pdu.service).bytes(pdu.data);
    }
    void operator()(const UnconfirmedRequest& pdu) const {
        writer.u8(first_octet(PduType::unconfirmed_request)).u8(pdu.service).bytes(pdu.data);
    }
    void operator()(const SimpleAck& pdu) const {
        writer.u8(first_octet(PduType::simple_ack)).u8(pdu.invoke_id).u8(pdu.service);
    }
    void operator()(const ComplexAck& pdu) const {
        writer.u8(first_octet(PduType::complex_ack, segment_flags(pdu.segment))).u8(pdu.invoke_id);
        write_segment(writer, pdu.segment);
        writer.u8(pdu.service).bytes(pdu.data);
    }
    void operator()(const SegmentAck& pdu) const {
        const unsigned flags = (pdu.negative ? negative_bit : 0U) | (pdu.server ? server_bit : 0U);
        writer.u8(first_octet(PduType::segment_ack, flags)).u8(pdu.invoke_id).u8(pdu.sequence).u8(pdu.window);
    }
    void operator()(const ErrorPdu& pdu) const {
        writer.u8(first_octet(PduType::error)).u8(pdu.invoke_id).u8(pdu.service);
        if (!pdu.data.empty()) {
            writer.bytes(pdu.data);
            return;
        }
        write_application(writer, Enumerated{pdu.error_class});
        write_application(writer, Enumerated{pdu.error_code});
    }
    void operator()(const RejectPdu& pdu) const {
        writer.u8(first_octet(PduType::reject)).u8(pdu.invoke_id).u8(pdu.reason);
    }
    void operator()(const AbortPdu& pdu) const {
        writer.u8(first_octet(PduType::abort, pdu.server ? server_bit : 0U)).u8(pdu.invoke_id).u8(pdu.reason);
    }
};

} // namespace

Result<Apdu> decode_apdu(ByteView octets) {
    if (octets.empty()) { return tl::unexpected(octets_error("no APDU", 0, "bacnet.apdu")); }
    ByteReader reader(octets);
    const auto first = reader.u8();
    const std::size_t type = first >> 4U;
    if (type >= readers.size()) {
        return tl::unexpected(octets_error(fmt::format("the reserved PDU type {}", type), 0, "bacnet.apdu"));
    }
    auto apdu = readers[type](reader, first & 0x0FU);
    if (reader.failed()) {
        return tl::unexpected(octets_error("an APDU cut in its header", octets.size(), "bacnet.apdu"));
    }
    if (!reader.at_end()) {
        return tl::unexpected(octets_error("octets behind the APDU", reader.offset(), "bacnet.apdu"));
    }
    return apdu;
}

Bytes encode(const Apdu& apdu) {
    ByteWriter writer;
    std::visit(Writer{writer}, apdu);
    return writer.take();
}

std::uint16_t max_apdu_of(std::uint8_t code) {
    return sizes[code < sizes.size() ? code : 0];
}

std::uint8_t max_apdu_code(std::uint16_t octets) {
    const auto above = std::ranges::upper_bound(sizes, octets);
    return static_cast<std::uint8_t>(above == sizes.begin() ? 0 : above - sizes.begin() - 1);
}

std::string_view max_segments_text(std::uint8_t code) {
    return segment_counts[code & 0x07U];
}

} // namespace meterctl::codecs::bacnet
