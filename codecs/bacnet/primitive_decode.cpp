#include "codecs/bacnet/primitive.hpp"

#include <array>
#include <bit>
#include <fmt/format.h>

namespace meterctl::codecs::bacnet {
namespace {

tl::unexpected<Error> wrong(std::string_view type, std::size_t length) {
    return fail(Category::untrusted, fmt::format("{} of {} octets", type, length), {}, {}, "bacnet.value");
}

std::uint64_t big_endian(ByteView content) {
    std::uint64_t value = 0;
    for (const auto octet : content) { value = (value << 8U) | octet; }
    return value;
}

Result<Primitive> null_of(ByteView content) {
    if (!content.empty()) { return wrong("a null", content.size()); }
    return Primitive(Null{});
}

Result<Primitive> boolean_of(ByteView content) {
    if (content.size() != 1) { return wrong("a boolean", content.size()); }
    return Primitive(content[0] != 0);
}

Result<Primitive> unsigned_of(ByteView content) {
    if (content.empty() || content.size() > 8) { return wrong("an unsigned number", content.size()); }
    return Primitive(big_endian(content));
}

Result<Primitive> signed_of(ByteView content) {
    if (content.empty() || content.size() > 8) { return wrong("a signed number", content.size()); }
    const auto unused = 64U - 8U * static_cast<unsigned>(content.size());
    return Primitive(static_cast<std::int64_t>(big_endian(content) << unused) >> unused);
}

Result<Primitive> real_of(ByteView content) {
    if (content.size() != 4) { return wrong("a real number", content.size()); }
    return Primitive(std::bit_cast<float>(static_cast<std::uint32_t>(big_endian(content))));
}

Result<Primitive> double_of(ByteView content) {
    if (content.size() != 8) { return wrong("a double", content.size()); }
    return Primitive(std::bit_cast<double>(big_endian(content)));
}

Result<Primitive> octets_of(ByteView content) {
    return Primitive(Bytes(content.begin(), content.end()));
}

Result<Primitive> text_of(ByteView content) {
    if (content.empty()) { return wrong("a character string", 0); }
    CharacterString text;
    text.character_set = content[0];
    text.octets.assign(content.begin() + 1, content.end());
    return Primitive(std::move(text));
}

Result<Primitive> bits_of(ByteView content) {
    if (content.empty()) { return wrong("a bit string", 0); }
    const unsigned unused = content[0];
    const auto octets = content.subspan(1);
    if (unused > 7 || (octets.empty() && unused != 0)) {
        return fail(Category::untrusted, fmt::format("a bit string with {} unused bits", unused), {}, {},
                    "bacnet.value");
    }
    BitString string;
    const std::size_t count = 8 * octets.size() - unused;
    string.bits.reserve(count);
    for (std::size_t bit = 0; bit < count; ++bit) {
        string.bits.push_back((octets[bit / 8] & (0x80U >> (bit % 8))) != 0);
    }
    return Primitive(std::move(string));
}

Result<Primitive> enumerated_of(ByteView content) {
    if (content.empty() || content.size() > 4) { return wrong("an enumeration", content.size()); }
    return Primitive(Enumerated{static_cast<std::uint32_t>(big_endian(content))});
}

Result<Primitive> date_of(ByteView content) {
    if (content.size() != 4) { return wrong("a date", content.size()); }
    return Primitive(Date{content[0], content[1], content[2], content[3]});
}

Result<Primitive> time_of(ByteView content) {
    if (content.size() != 4) { return wrong("a time", content.size()); }
    return Primitive(Time{content[0], content[1], content[2], content[3]});
}

Result<Primitive> object_of(ByteView content) {
    if (content.size() != 4) { return wrong("an object identifier", content.size()); }
    return Primitive(object_id(static_cast<std::uint32_t>(big_endian(content))));
}

/// By application tag.
constexpr std::array<Result<Primitive> (*)(ByteView), 13> readers{
    null_of, boolean_of, unsigned_of,   signed_of, real_of, double_of, octets_of,
    text_of, bits_of,    enumerated_of, date_of,   time_of, object_of};

} // namespace

Result<Primitive> decode_content(Application type, ByteView content) {
    return readers.at(static_cast<std::size_t>(type))(content);
}

Result<Primitive> decode_application(const Element& element) {
    if (element.tag.kind != Tag::Kind::application || element.tag.number >= readers.size()) {
        return tl::unexpected(octets_error("no application tag of a known type", element.offset, "bacnet.value"));
    }
    if (element.tag.is(Application::boolean)) { return Primitive(element.tag.length != 0); }
    auto value = readers[element.tag.number](element.content);
    if (!value) { return tl::unexpected(octets_error(value.error().what, element.offset, value.error().code)); }
    return value;
}

Result<std::vector<Primitive>> decode_primitives(ByteView octets) {
    const auto elements = all_elements(octets);
    if (!elements) { return tl::unexpected(elements.error()); }
    std::vector<Primitive> values;
    values.reserve(elements->size());
    for (const auto& element : *elements) {
        auto value = decode_application(element);
        if (!value) { return tl::unexpected(value.error()); }
        values.push_back(std::move(*value));
    }
    return values;
}

} // namespace meterctl::codecs::bacnet
