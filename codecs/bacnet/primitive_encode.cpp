#include "codecs/bacnet/primitive.hpp"

#include <algorithm>
#include <bit>

namespace meterctl::codecs::bacnet {
namespace {

void write_octets(ByteWriter& writer, std::uint64_t value, unsigned octets) {
    for (unsigned left = octets; left > 0; --left) { writer.u8(static_cast<std::uint8_t>(value >> (8U * (left - 1)))); }
}

/// The fewest octets, at least one.
void write_shortest(ByteWriter& writer, std::uint64_t value) {
    const auto bits = static_cast<unsigned>(std::bit_width(value));
    write_octets(writer, value, std::max(1U, (bits + 7) / 8));
}

/// The fewest octets that still show the sign.
void write_shortest(ByteWriter& writer, std::int64_t value) {
    const auto bits = static_cast<unsigned>(std::bit_width(static_cast<std::uint64_t>(value < 0 ? ~value : value)));
    write_octets(writer, static_cast<std::uint64_t>(value), bits / 8 + 1);
}

struct Content {
    ByteWriter& writer;

    void operator()(const Null&) const {}
    void operator()(bool value) const { writer.u8(value ? 1 : 0); }
    void operator()(std::uint64_t value) const { write_shortest(writer, value); }
    void operator()(std::int64_t value) const { write_shortest(writer, value); }
    void operator()(float value) const { writer.u32be(std::bit_cast<std::uint32_t>(value)); }
    void operator()(double value) const { writer.u64be(std::bit_cast<std::uint64_t>(value)); }
    void operator()(const Bytes& value) const { writer.bytes(value); }
    void operator()(const CharacterString& value) const { writer.u8(value.character_set).bytes(value.octets); }
    void operator()(const BitString& value) const {
        const auto octets = (value.bits.size() + 7) / 8;
        writer.u8(static_cast<std::uint8_t>(8 * octets - value.bits.size()));
        for (std::size_t at = 0; at < octets; ++at) {
            unsigned octet = 0;
            for (std::size_t bit = 0; bit < 8; ++bit) { octet = (octet << 1U) | (value.test(8 * at + bit) ? 1U : 0U); }
            writer.u8(static_cast<std::uint8_t>(octet));
        }
    }
    void operator()(Enumerated value) const { write_shortest(writer, std::uint64_t{value.value}); }
    void operator()(const Date& value) const { writer.u8(value.year).u8(value.month).u8(value.day).u8(value.weekday); }
    void operator()(const Time& value) const {
        writer.u8(value.hour).u8(value.minute).u8(value.second).u8(value.hundredths);
    }
    void operator()(ObjectId value) const { writer.u32be(packed(value)); }
};

void write_content(ByteWriter& writer, Tag tag, const Primitive& value) {
    ByteWriter content;
    std::visit(Content{content}, value);
    tag.length = static_cast<std::uint32_t>(content.size());
    write_tag(writer, tag);
    writer.bytes(content.view());
}

} // namespace

Application type_of(const Primitive& value) {
    return static_cast<Application>(value.index());
}

void write_application(ByteWriter& writer, const Primitive& value) {
    const Tag tag{Tag::Kind::application, static_cast<std::uint8_t>(value.index()), 0};
    if (const auto* const truth = std::get_if<bool>(&value)) {
        return write_tag(writer, {tag.kind, tag.number, *truth ? 1U : 0U});
    }
    write_content(writer, tag, value);
}

void write_context(ByteWriter& writer, std::uint8_t number, const Primitive& value) {
    write_content(writer, {Tag::Kind::context, number, 0}, value);
}

Bytes encode_primitive(const Primitive& value) {
    ByteWriter writer;
    write_application(writer, value);
    return writer.take();
}

} // namespace meterctl::codecs::bacnet
