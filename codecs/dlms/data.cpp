#include "codecs/dlms/data.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <limits>

namespace meterctl::codecs::dlms {
namespace {

struct TypeRow {
    Type type;
    std::string_view name;
};

constexpr std::array types{
    TypeRow{Type::null_data, "null-data"},
    TypeRow{Type::array, "array"},
    TypeRow{Type::structure, "structure"},
    TypeRow{Type::boolean, "boolean"},
    TypeRow{Type::bit_string, "bit-string"},
    TypeRow{Type::double_long, "double-long"},
    TypeRow{Type::double_long_unsigned, "double-long-unsigned"},
    TypeRow{Type::octet_string, "octet-string"},
    TypeRow{Type::visible_string, "visible-string"},
    TypeRow{Type::utf8_string, "utf8-string"},
    TypeRow{Type::bcd, "bcd"},
    TypeRow{Type::integer, "integer"},
    TypeRow{Type::long_signed, "long"},
    TypeRow{Type::unsigned_integer, "unsigned"},
    TypeRow{Type::long_unsigned, "long-unsigned"},
    TypeRow{Type::compact_array, "compact-array"},
    TypeRow{Type::long64, "long64"},
    TypeRow{Type::long64_unsigned, "long64-unsigned"},
    TypeRow{Type::enumerated, "enum"},
    TypeRow{Type::float32, "float32"},
    TypeRow{Type::float64, "float64"},
    TypeRow{Type::date_time, "date-time"},
    TypeRow{Type::date, "date"},
    TypeRow{Type::time, "time"},
    TypeRow{Type::delta_integer, "delta-integer"},
    TypeRow{Type::delta_long, "delta-long"},
    TypeRow{Type::delta_double_long, "delta-double-long"},
    TypeRow{Type::delta_unsigned, "delta-unsigned"},
    TypeRow{Type::delta_long_unsigned, "delta-long-unsigned"},
    TypeRow{Type::delta_double_long_unsigned, "delta-double-long-unsigned"},
    TypeRow{Type::dont_care, "dont-care"},
};

Data made(Type type, Data::Content content) {
    Data data;
    data.type = type;
    data.content = std::move(content);
    return data;
}

Data made_signed(Type type, std::int64_t value) {
    return made(type, value);
}

Data made_unsigned(Type type, std::uint64_t value) {
    return made(type, value);
}

Data made_text(Type type, std::string_view text) {
    return made(type, Bytes(text.begin(), text.end()));
}

} // namespace

std::string_view type_name(Type type) {
    const auto* const row = std::ranges::find(types, type, &TypeRow::type);
    return row == types.end() ? std::string_view{} : row->name;
}

std::optional<Type> type_of(std::uint8_t tag) {
    const auto type = static_cast<Type>(tag);
    const auto* const row = std::ranges::find(types, type, &TypeRow::type);
    return row == types.end() ? std::nullopt : std::optional(type);
}

std::optional<Type> type_of(std::string_view name) {
    const auto* const row = std::ranges::find(types, name, &TypeRow::name);
    return row == types.end() ? std::nullopt : std::optional(row->type);
}

const Data* Data::at(std::size_t index) const {
    const auto* const all = items();
    return all != nullptr && index < all->size() ? &(*all)[index] : nullptr;
}

std::string_view Data::text() const {
    const auto* const bytes = octets();
    if (bytes == nullptr) { return {}; }
    return {reinterpret_cast<const char*>(bytes->data()), bytes->size()};
}

std::optional<std::int64_t> Data::whole() const {
    if (const auto* const number = std::get_if<std::int64_t>(&content)) { return *number; }
    if (const auto* const flag = std::get_if<bool>(&content)) { return *flag ? 1 : 0; }
    const auto* const number = std::get_if<std::uint64_t>(&content);
    if (number == nullptr) { return std::nullopt; }
    if (type == Type::bcd) {
        const auto high = static_cast<std::int64_t>(*number >> 4U), low = static_cast<std::int64_t>(*number & 0x0FU);
        return high > 9 || low > 9 ? std::nullopt : std::optional(10 * high + low);
    }
    constexpr auto most = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
    return *number > most ? std::nullopt : std::optional(static_cast<std::int64_t>(*number));
}

Data Data::boolean(bool value) {
    return made(Type::boolean, value);
}
Data Data::integer(std::int8_t value) {
    return made_signed(Type::integer, value);
}
Data Data::long_signed(std::int16_t value) {
    return made_signed(Type::long_signed, value);
}
Data Data::double_long(std::int32_t value) {
    return made_signed(Type::double_long, value);
}
Data Data::long64(std::int64_t value) {
    return made_signed(Type::long64, value);
}
Data Data::unsigned_integer(std::uint8_t value) {
    return made_unsigned(Type::unsigned_integer, value);
}
Data Data::long_unsigned(std::uint16_t value) {
    return made_unsigned(Type::long_unsigned, value);
}
Data Data::double_long_unsigned(std::uint32_t value) {
    return made_unsigned(Type::double_long_unsigned, value);
}
Data Data::long64_unsigned(std::uint64_t value) {
    return made_unsigned(Type::long64_unsigned, value);
}
Data Data::enumerated(std::uint8_t value) {
    return made_unsigned(Type::enumerated, value);
}
Data Data::float32(float value) {
    return made(Type::float32, value);
}
Data Data::float64(double value) {
    return made(Type::float64, value);
}
Data Data::octet_string(ByteView value) {
    return made(Type::octet_string, Bytes(value.begin(), value.end()));
}
Data Data::visible_string(std::string_view value) {
    return made_text(Type::visible_string, value);
}
Data Data::utf8_string(std::string_view value) {
    return made_text(Type::utf8_string, value);
}
Data Data::bit_string(Bytes octets, std::size_t bits) {
    octets.resize((bits + 7) / 8);
    const auto unused = static_cast<std::uint8_t>(octets.size() * 8 - bits);
    if (unused > 0) { octets.back() = static_cast<std::uint8_t>(octets.back() & (0xFFU << unused)); }
    auto data = made(Type::bit_string, std::move(octets));
    data.unused_bits = unused;
    return data;
}
Data Data::array(std::vector<Data> items) {
    return made(Type::array, std::move(items));
}
Data Data::structure(std::vector<Data> items) {
    return made(Type::structure, std::move(items));
}
Data Data::compact_array(std::vector<Data> items) {
    return made(Type::compact_array, std::move(items));
}

Error octets_error(std::string what, std::size_t offset, std::string code) {
    return Error{Category::untrusted, std::move(what), fmt::format("byte offset {}", offset), {}, std::move(code)};
}

} // namespace meterctl::codecs::dlms
