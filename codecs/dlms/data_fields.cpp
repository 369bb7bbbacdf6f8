#include "codecs/dlms/data_fields.hpp"

#include "codecs/dlms/data_value.hpp"
#include "codecs/dlms/obis.hpp"

#include <fmt/format.h>

namespace meterctl::codecs::dlms {
namespace {

constexpr std::uint8_t last_medium = 15; ///< group A of an OBIS code

std::string octets_meaning(const Data& data) {
    const auto& octets = *data.octets();
    if (octets.size() == obis_octets && octets[0] <= last_medium) { return obis_text(obis_from(octets)); }
    if (looks_like_date_time(octets)) {
        const auto time = show_date_time(*decode_date_time(octets));
        return time.text.empty() ? time.value.to_string() : time.text;
    }
    return printable(octets) ? fmt::format("\"{}\"", data.text()) : std::string{};
}

void add_words(std::string& text, std::string_view words) {
    if (words.empty()) { return; }
    if (!text.empty()) { text += ", "; }
    text += words;
}

std::string scaling_text(ScalerUnit scaling) {
    const auto& row = unit_row(scaling.unit);
    return fmt::format("x 10^{} {}", scaling.scaler, row.symbol.empty() ? "(no unit)" : row.symbol);
}

std::string meaning(const Data& data) {
    std::string text(type_name(data.type));
    if (const auto* const items = data.items()) {
        text += fmt::format(" of {}", items->size());
        if (const auto scaling = scaler_unit_of(data)) { add_words(text, scaling_text(*scaling)); }
        return text;
    }
    if (data.type == Type::octet_string) {
        add_words(text, octets_meaning(data));
        return text;
    }
    const auto shown = to_value(data);
    add_words(text, shown.text);
    for (const auto& flag : shown.flags) {
        if (!data.is_null()) { add_words(text, flag); }
    }
    return text;
}

Value field_value(const Data& data) {
    return data.items() != nullptr ? Value{} : to_value(data, std::nullopt, OctetsAs::octets).value;
}

} // namespace

Field data_field(std::string_view name, const Data& data, std::size_t base) {
    Field field{std::string(name), field_value(data), meaning(data), base + data.offset, data.length, {}};
    const auto* const items = data.items();
    if (items == nullptr) { return field; }
    const bool is_scaling = scaler_unit_of(data).has_value();
    field.children.reserve(items->size());
    for (const auto& item : *items) {
        auto child = data_field(data.type == Type::structure ? "member" : "element", item, base);
        if (is_scaling) { child.name = field.children.empty() ? "scaler" : "unit"; }
        if (child.name == "unit") { add_words(child.text, unit_row(static_cast<std::uint8_t>(*item.whole())).symbol); }
        field.children.push_back(std::move(child));
    }
    return field;
}

} // namespace meterctl::codecs::dlms
