#include "codecs/dlms/data_value.hpp"

#include "codecs/dlms/obis.hpp"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>

namespace meterctl::codecs::dlms {
namespace {

std::string bits_text(const Data& data) {
    std::string text;
    const auto* const octets = data.octets();
    if (octets == nullptr) { return text; }
    const auto bits = octets->size() * 8 - data.unused_bits;
    for (std::size_t index = 0; index < bits; ++index) {
        text += (((*octets)[index / 8] >> (7 - index % 8)) & 1U) != 0 ? '1' : '0';
    }
    return text;
}

DataValue shown(ShownTime time) {
    return {std::move(time.value), Unit::none, std::move(time.flags), std::move(time.text)};
}

/// Some meters say with no octets at all that a time is not set.
DataValue no_time(const Bytes& octets) {
    return {Value{}, Unit::none, {octets.empty() ? "not_available" : "invalid_time"}, {}};
}

DataValue octets_value(const Bytes& octets, OctetsAs as) {
    if (as == OctetsAs::guess) {
        if (looks_like_date_time(octets)) {
            as = OctetsAs::date_time;
        } else {
            as = printable(octets) ? OctetsAs::text : OctetsAs::octets;
        }
    }
    if (as == OctetsAs::date_time) {
        const auto time = decode_date_time(octets);
        return time ? shown(show_date_time(*time)) : no_time(octets);
    }
    if (as == OctetsAs::date) {
        const auto time = decode_date(octets);
        return time ? shown(show_date(*time)) : no_time(octets);
    }
    if (as == OctetsAs::time) {
        const auto time = decode_time(octets);
        return time ? shown(show_time(*time)) : no_time(octets);
    }
    if (as == OctetsAs::logical_name && octets.size() == obis_octets) {
        return {obis_from(octets).to_logical_name(), Unit::none, {}, {}};
    }
    if (as == OctetsAs::text) { return {std::string(octets.begin(), octets.end()), Unit::none, {}, {}}; }
    return {octets, Unit::none, {}, {}};
}

DataValue list_value(const Data& data, OctetsAs as) {
    DataValue out;
    const auto& items = *data.items();
    if (data.type == Type::structure) {
        Structure members;
        for (const auto& item : items) {
            members.push_back({fmt::format("{}", members.size() + 1), to_value(item, std::nullopt, as).value});
        }
        out.value = std::move(members);
        return out;
    }
    List elements;
    elements.reserve(items.size());
    for (const auto& item : items) { elements.push_back(to_value(item, std::nullopt, as).value); }
    out.value = std::move(elements);
    return out;
}

template <class Float>
DataValue float_value(Float value) {
    if (std::isnan(value)) { return {Value{}, Unit::none, {"not_a_number"}, {}}; }
    if (std::isinf(value)) { return {Value{}, Unit::none, {"infinite"}, {}}; }
    return {value, Unit::none, {}, {}};
}

DataValue bcd_value(const Data& data) {
    const auto digits = data.whole();
    if (digits) { return {*digits, Unit::none, {}, {}}; }
    return {Value{}, Unit::none, {"invalid_digits"}, {}};
}

DataValue plain_value(const Data& data, OctetsAs as) {
    if (data.items() != nullptr) { return list_value(data, as); }
    switch (data.type) {
    case Type::bcd:
        return bcd_value(data);
    case Type::bit_string:
        return {bits_text(data), Unit::none, {}, {}};
    case Type::visible_string:
    case Type::utf8_string:
        return {std::string(data.text()), Unit::none, {}, {}};
    case Type::date_time:
        return octets_value(*data.octets(), OctetsAs::date_time);
    case Type::date:
        return octets_value(*data.octets(), OctetsAs::date);
    case Type::time:
        return octets_value(*data.octets(), OctetsAs::time);
    case Type::octet_string:
        return octets_value(*data.octets(), as);
    default:
        break;
    }
    if (const auto* const value = std::get_if<bool>(&data.content)) { return {*value, Unit::none, {}, {}}; }
    if (const auto* const value = std::get_if<std::int64_t>(&data.content)) { return {*value, Unit::none, {}, {}}; }
    if (const auto* const value = std::get_if<std::uint64_t>(&data.content)) { return {*value, Unit::none, {}, {}}; }
    if (const auto* const value = std::get_if<float>(&data.content)) { return float_value(*value); }
    if (const auto* const value = std::get_if<double>(&data.content)) { return float_value(*value); }
    return {Value{}, Unit::none, {"not_available"}, {}};
}

void scale(DataValue& shown, ScalerUnit scaling) {
    if (scaling.scaler != 0) {
        shown.value = scaled(shown.value, Decimal{1, scaling.scaler});
        if (shown.value.is_null()) { shown.flags.emplace_back("overflow"); }
    }
    const auto& row = unit_row(scaling.unit);
    if (row.unit) {
        shown.unit = *row.unit;
    } else {
        shown.flags.emplace_back("unknown_unit");
        shown.text = row.symbol.empty() ? fmt::format("unit {}", scaling.unit) : std::string(row.symbol);
    }
}

} // namespace

bool printable(ByteView octets) {
    return !octets.empty() &&
           std::ranges::all_of(octets, [](std::uint8_t octet) { return octet >= 0x20 && octet < 0x7F; });
}

DataValue to_value(const Data& data, std::optional<ScalerUnit> scaling, OctetsAs octets) {
    auto shown = plain_value(data, octets);
    if (scaling && shown.value.number()) { scale(shown, *scaling); }
    return shown;
}

} // namespace meterctl::codecs::dlms
