#include "codecs/dlms/data.hpp"

#include "codecs/dlms/length.hpp"
#include "codecs/dlms/type_description.hpp"

#include <bit>

namespace meterctl::codecs::dlms {
namespace {

std::uint64_t bits_of(const Data::Content& content) {
    if (const auto* const value = std::get_if<std::int64_t>(&content)) { return static_cast<std::uint64_t>(*value); }
    if (const auto* const value = std::get_if<std::uint64_t>(&content)) { return *value; }
    if (const auto* const value = std::get_if<bool>(&content)) { return *value ? 1 : 0; }
    if (const auto* const value = std::get_if<float>(&content)) { return std::bit_cast<std::uint32_t>(*value); }
    if (const auto* const value = std::get_if<double>(&content)) { return std::bit_cast<std::uint64_t>(*value); }
    return 0;
}

void write_string(ByteWriter& writer, const Data& data) {
    const auto* const octets = data.octets();
    const Bytes none;
    const auto& bytes = octets != nullptr ? *octets : none;
    write_length(writer, data.type == Type::bit_string ? bytes.size() * 8 - data.unused_bits : bytes.size());
    writer.bytes(bytes);
}

void write_content(ByteWriter& writer, const Data& data, bool tagged);

void write_items(ByteWriter& writer, const Data& data, bool tagged) {
    const auto* const items = data.items();
    if (tagged) { write_length(writer, items != nullptr ? items->size() : 0); }
    if (items == nullptr) { return; }
    for (const auto& item : *items) {
        if (tagged) {
            write_data(writer, item);
        } else {
            write_content(writer, item, false);
        }
    }
}

/// What stands behind the tag.
void write_content(ByteWriter& writer, const Data& data, bool tagged) {
    const auto bits = bits_of(data.content);
    switch (data.type) {
    case Type::null_data:
    case Type::dont_care:
    case Type::compact_array:
        return;
    case Type::array:
    case Type::structure:
        return write_items(writer, data, tagged);
    case Type::boolean:
    case Type::bcd:
    case Type::integer:
    case Type::unsigned_integer:
    case Type::enumerated:
    case Type::delta_integer:
    case Type::delta_unsigned:
        writer.u8(static_cast<std::uint8_t>(bits));
        return;
    case Type::long_signed:
    case Type::long_unsigned:
    case Type::delta_long:
    case Type::delta_long_unsigned:
        writer.u16be(static_cast<std::uint16_t>(bits));
        return;
    case Type::double_long:
    case Type::double_long_unsigned:
    case Type::delta_double_long:
    case Type::delta_double_long_unsigned:
    case Type::float32:
        writer.u32be(static_cast<std::uint32_t>(bits));
        return;
    case Type::long64:
    case Type::long64_unsigned:
    case Type::float64:
        writer.u64be(bits);
        return;
    case Type::date_time:
    case Type::date:
    case Type::time:
        if (const auto* const octets = data.octets()) { writer.bytes(*octets); }
        return;
    case Type::bit_string:
    case Type::octet_string:
    case Type::visible_string:
    case Type::utf8_string:
        return write_string(writer, data);
    }
}

/// The type that all elements have; nullopt where they differ.
std::optional<TypeDescription> common_description(const std::vector<Data>& items) {
    if (items.empty()) { return TypeDescription{}; }
    auto common = description_of(items.front());
    for (const auto& item : items) {
        if (!common || description_of(item) != common) { return std::nullopt; }
    }
    return common;
}

void write_compact(ByteWriter& writer, const std::vector<Data>& items) {
    const auto description = common_description(items);
    ByteWriter contents;
    if (description) {
        for (const auto& item : items) { write_content(contents, item, false); }
    }
    const bool countless = contents.size() == 0 && !items.empty();
    if (!description || countless) {
        writer.u8(static_cast<std::uint8_t>(Type::array));
        write_length(writer, items.size());
        for (const auto& item : items) { write_data(writer, item); }
        return;
    }
    writer.u8(static_cast<std::uint8_t>(Type::compact_array));
    write_type_description(writer, *description);
    write_octets(writer, contents.view());
}

} // namespace

void write_data(ByteWriter& writer, const Data& data) {
    if (data.type == Type::compact_array) {
        const auto* const items = data.items();
        return write_compact(writer, items != nullptr ? *items : std::vector<Data>{});
    }
    writer.u8(static_cast<std::uint8_t>(data.type));
    write_content(writer, data, true);
}

Bytes encode(const Data& data) {
    ByteWriter writer;
    write_data(writer, data);
    return writer.take();
}

} // namespace meterctl::codecs::dlms
