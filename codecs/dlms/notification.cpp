#include "codecs/dlms/notification.hpp"

#include "codecs/dlms/data_value.hpp"
#include "codecs/dlms/length.hpp"
#include "codecs/dlms/obis.hpp"
#include "codecs/dlms/selection.hpp"

namespace meterctl::codecs::dlms {
namespace {

constexpr std::uint8_t last_medium = 15;

/// A push setup, whose own name says which of them pushes: no value follows it.
bool is_push_setup(const Obis& name) {
    constexpr std::uint8_t c = 25, d = 9;
    return name.a == 0 && name.c == c && name.d == d;
}

/// A logical name rather than any six octets.
std::optional<Obis> name_in(const Data& data) {
    const auto name = logical_name_of(data);
    return name && name->a <= last_medium && !is_push_setup(*name) ? name : std::nullopt;
}

/// {class, logical name, attribute}, as packed bodies are given.
std::optional<CaptureObject> descriptor_in(const Data& data) {
    constexpr std::size_t members = 3;
    if (data.type != Type::structure || data.items()->size() != members) { return std::nullopt; }
    const auto name = name_in(*data.at(1));
    const bool typed = data.at(0)->type == Type::long_unsigned && data.at(2)->type == Type::integer;
    if (!typed || !name) { return std::nullopt; }
    return CaptureObject{static_cast<std::uint16_t>(*data.at(0)->whole()), *name,
                         static_cast<std::int8_t>(*data.at(2)->whole()), 0};
}

/// The list itself first, then a value for each of its elements; the list may name itself, or not.
bool take_listed(const std::vector<Data>& items, std::vector<PushedValue>& out) {
    if (items.empty()) { return false; }
    const auto objects = object_list(items.front());
    if (!objects) { return false; }
    const bool names_itself = objects->size() == items.size();
    if (!names_itself && objects->size() + 1 != items.size()) { return false; }
    for (std::size_t index = 1; index < items.size(); ++index) {
        const auto& object = (*objects)[names_itself ? index : index - 1];
        out.push_back({object.class_id, object.logical_name, object.attribute, items[index], std::nullopt});
    }
    return true;
}

void take(const std::vector<Data>& items, std::vector<PushedValue>& out);

/// Pairs of a name and a value, behind which a scaler_unit may stand.
void take_pairs(const std::vector<Data>& items, std::vector<PushedValue>& out) {
    for (std::size_t index = 0; index < items.size();) {
        const auto& item = items[index];
        const auto object = descriptor_in(item);
        const auto name = object ? std::optional(object->logical_name) : name_in(item);
        if (!name || index + 1 >= items.size()) {
            if (const auto* const nested = item.items(); nested != nullptr && !object) { take(*nested, out); }
            ++index;
            continue;
        }
        PushedValue one{object ? object->class_id : std::uint16_t{0}, *name,
                        object ? object->attribute : std::int8_t{2}, items[index + 1], std::nullopt};
        index += 2;
        if (index < items.size()) { one.scaling = scaler_unit_of(items[index]); }
        if (one.scaling) { ++index; }
        out.push_back(std::move(one));
    }
}

void take(const std::vector<Data>& items, std::vector<PushedValue>& out) {
    if (!take_listed(items, out)) { take_pairs(items, out); }
}

Data placed(Data data, std::size_t from, std::size_t to) {
    data.offset = static_cast<std::uint32_t>(from);
    data.length = static_cast<std::uint32_t>(to - from);
    return data;
}

/// Class, logical name and attribute, which stand at `at` without tags.
Data packed_object(ByteReader& reader) {
    const auto at = reader.offset();
    auto class_id = placed(Data::long_unsigned(reader.u16be()), at, at + 2);
    auto name = placed(Data::octet_string(reader.take(obis_octets)), at + 2, at + 2 + obis_octets);
    auto attribute =
        placed(Data::integer(static_cast<std::int8_t>(reader.u8())), at + 2 + obis_octets, reader.offset());
    return placed(Data::structure({std::move(class_id), std::move(name), std::move(attribute)}), at, reader.offset());
}

} // namespace

std::optional<std::vector<CaptureObject>> object_list(const Data& data) {
    const auto* const items = data.items();
    if (data.type == Type::structure || items == nullptr || items->empty()) { return std::nullopt; }
    std::vector<CaptureObject> objects;
    objects.reserve(items->size());
    for (const auto& item : *items) {
        const auto object = capture_object_of(item);
        if (!object) { return std::nullopt; }
        objects.push_back(*object);
    }
    return objects;
}

std::vector<PushedValue> pushed_values(const Data& body) {
    std::vector<PushedValue> out;
    if (const auto* const items = body.items()) { take(*items, out); }
    return out;
}

std::vector<PushedValue> pushed_values(const Data& body, std::span<const std::vector<CaptureObject>> lists) {
    std::vector<PushedValue> out;
    const auto* const items = body.items();
    if (items == nullptr) { return out; }
    const std::vector<CaptureObject>* only = nullptr;
    for (const auto& list : lists) {
        if (list.size() != items->size()) { continue; }
        if (only != nullptr && *only != list) { return out; }
        only = &list;
    }
    for (std::size_t index = 0; only != nullptr && index < items->size(); ++index) {
        const auto& object = (*only)[index];
        const bool whole = object.data_index == 0;
        if (whole) { out.push_back({object.class_id, object.logical_name, object.attribute, (*items)[index], {}}); }
    }
    return out;
}

std::optional<Data> packed_body(ByteView octets) {
    constexpr auto structure = static_cast<std::uint8_t>(Type::structure),
                   array = static_cast<std::uint8_t>(Type::array),
                   enumerated = static_cast<std::uint8_t>(Type::enumerated);
    constexpr std::size_t least = 12;
    ByteReader reader(octets);
    const bool head = reader.u8() == structure && reader.u8() == 2 && reader.u8() == enumerated;
    const auto kind = reader.u8();
    if (!head || reader.u8() != array) { return std::nullopt; }
    const auto count = read_length(reader);
    if (!count || *count > reader.remaining() / least) { return std::nullopt; }
    const auto array_at = reader.offset();
    std::vector<Data> rows;
    for (std::uint32_t index = 0; index < *count; ++index) {
        const auto at = reader.offset();
        if (reader.u8() != structure || reader.u8() != 2) { return std::nullopt; }
        auto object = packed_object(reader);
        if (reader.failed()) { return std::nullopt; }
        auto value = read_data(reader);
        if (!value) { return std::nullopt; }
        rows.push_back(placed(Data::structure({std::move(object), std::move(*value)}), at, reader.offset()));
    }
    if (!reader.at_end()) { return std::nullopt; }
    auto kind_data = placed(Data::enumerated(kind), 2, 4);
    auto list = placed(Data::array(std::move(rows)), array_at, octets.size());
    return placed(Data::structure({std::move(kind_data), std::move(list)}), 0, octets.size());
}

} // namespace meterctl::codecs::dlms
