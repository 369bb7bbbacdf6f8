#include "codecs/dlms/obis.hpp"
#include "codecs/dlms/shape.hpp"
#include "codecs/dlms/time_pattern.hpp"
#include "src/core/hex.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace meterctl::codecs::dlms {

namespace {

using Kind = Shape::Kind;

OctetsAs octets_as(Kind kind) {
    switch (kind) {
    case Kind::any:
        return OctetsAs::guess;
    case Kind::text:
        return OctetsAs::text;
    case Kind::date_time:
        return OctetsAs::date_time;
    case Kind::logical_name:
        return OctetsAs::logical_name;
    default:
        return OctetsAs::octets;
    }
}

std::optional<PatternKind> pattern_kind(Kind kind) {
    switch (kind) {
    case Kind::pattern:
        return PatternKind::date_time;
    case Kind::date:
        return PatternKind::date;
    case Kind::time:
        return PatternKind::time;
    default:
        return std::nullopt;
    }
}

/// nullopt where the octets are of another length: then they are shown as they are.
std::optional<CosemTime> pattern_of(ByteView octets, PatternKind kind) {
    switch (kind) {
    case PatternKind::date:
        return decode_date(octets);
    case PatternKind::time:
        return decode_time(octets);
    case PatternKind::date_time:
        break;
    }
    return decode_date_time(octets);
}

/// A null within a list or a structure says by itself that something was left out, as selectors of an object list are.
void merge(std::vector<std::string>& into, const std::vector<std::string>& flags) {
    for (const auto& flag : flags) {
        const bool known = std::ranges::find(into, flag) != into.end();
        if (!known && flag != "not_available") { into.push_back(flag); }
    }
}

DataValue parts_value(const Data& data, const Shape& shape) {
    DataValue out;
    const auto& items = *data.items();
    if (shape.kind == Kind::array) {
        List list;
        list.reserve(items.size());
        for (const Data& item : items) {
            auto part = shaped_value(item, shape.members.front().shape);
            merge(out.flags, part.flags);
            list.push_back(std::move(part.value));
        }
        out.value = std::move(list);
        return out;
    }
    Structure members;
    for (std::size_t at = 0; at < items.size(); ++at) {
        auto part = shaped_value(items[at], shape.members[at].shape);
        merge(out.flags, part.flags);
        const std::string& name = shape.members[at].name;
        members.push_back({name.empty() ? fmt::format("{}", at + 1) : name, std::move(part.value)});
    }
    out.value = std::move(members);
    return out;
}

bool parts_fit(const Data& data, const Shape& shape) {
    if (data.items() == nullptr) { return false; }
    return shape.kind == Kind::array || (shape.kind == Kind::structure && data.items()->size() == shape.members.size());
}

tl::unexpected<Error> rejected(const Value& value, std::string_view why) {
    return fail(Category::rejected, fmt::format("'{}' {}", value.to_string(), why), {}, {}, "dlms.value");
}

Result<Data> time_data(const Value& value, PatternKind kind) {
    const auto* const given = value.get<DateTime>();
    const auto* const text = value.get<std::string>();
    Result<CosemTime> time = given != nullptr ? Result<CosemTime>(to_cosem(*given)) : CosemTime();
    if (given == nullptr) {
        if (text == nullptr) { return rejected(value, "is no time"); }
        time = parse_pattern(*text, kind);
    }
    if (!time) { return rejected(value, "is no time"); }
    switch (kind) {
    case PatternKind::date:
        return Data::octet_string(encode_date(*time));
    case PatternKind::time:
        return Data::octet_string(encode_time(*time));
    case PatternKind::date_time:
        break;
    }
    return Data::octet_string(encode_date_time(*time));
}

/// A whole time: no field open but the deviation.
Result<Data> date_time_data(const Value& value) {
    const auto* const given = value.get<DateTime>();
    const auto parsed = given != nullptr ? Result<DateTime>(*given) : DateTime::parse(value.to_string());
    if (!parsed || !parsed->complete()) { return rejected(value, "is no date and time"); }
    return Data::octet_string(encode_date_time(to_cosem(*parsed)));
}

Result<Data> name_data(const Value& value) {
    const auto obis = Obis::parse(value.to_string());
    if (!obis) { return rejected(value, "is no logical name"); }
    return to_data(*obis);
}

Result<Data> octets_data(const Value& value) {
    if (const auto* const octets = value.get<Bytes>()) { return Data::octet_string(*octets); }
    const auto octets = from_hex(value.to_string());
    if (!octets) { return rejected(value, "is no hex"); }
    return Data::octet_string(*octets);
}

Result<Data> truth_data(const Value& value) {
    if (const auto* const truth = value.get<bool>()) { return Data::boolean(*truth); }
    const auto text = value.to_string();
    if (text == "true" || text == "1") { return Data::boolean(true); }
    if (text == "false" || text == "0") { return Data::boolean(false); }
    return rejected(value, "is neither true nor false");
}

Result<Data> plain_data(const Value& value, Type type, std::int8_t scaler) {
    switch (type) {
    case Type::octet_string:
        return octets_data(value);
    case Type::bit_string:
        return from_value(value.to_string(), type);
    case Type::boolean:
        return truth_data(value);
    case Type::null_data:
        return Data::null();
    case Type::visible_string:
        return Data::visible_string(value.to_string());
    case Type::utf8_string:
        return Data::utf8_string(value.to_string());
    default:
        return from_value(value, type, scaler);
    }
}

tl::unexpected<Error> inside(Error error, std::string_view place) {
    error.where = error.where.empty() ? std::string(place) : fmt::format("{}.{}", place, error.where);
    return tl::unexpected(std::move(error));
}

Result<Data> array_data(const Value& value, const Shape& shape) {
    const auto* const list = value.get<List>();
    if (list == nullptr) { return rejected(value, "is no list"); }
    std::vector<Data> items;
    items.reserve(list->size());
    for (const Value& one : *list) {
        auto item = shaped_data(one, shape.members.front().shape);
        if (!item) { return inside(item.error(), fmt::format("[{}]", items.size() + 1)); }
        items.push_back(std::move(*item));
    }
    return Data::array(std::move(items));
}

/// By name where the value has names, in any order; by position where it is a list.
const Value* member_of(const Value& value, const std::string& name, std::size_t position) {
    if (const auto* const list = value.get<List>()) { return position < list->size() ? &(*list)[position] : nullptr; }
    const auto* const members = value.get<Structure>();
    if (members == nullptr) { return nullptr; }
    const auto wanted = name.empty() ? fmt::format("{}", position + 1) : name;
    const auto found = std::ranges::find(*members, wanted, &NamedValue::name);
    return found == members->end() ? nullptr : &found->value;
}

Result<Data> structure_data(const Value& value, const Shape& shape) {
    const auto* const list = value.get<List>();
    const auto* const members = value.get<Structure>();
    const std::size_t given = list != nullptr ? list->size() : members != nullptr ? members->size() : 0;
    if (given != shape.members.size()) {
        return rejected(value, fmt::format("does not have the {} parts that are needed", shape.members.size()));
    }
    std::vector<Data> items;
    for (std::size_t at = 0; at < shape.members.size(); ++at) {
        const auto& member = shape.members[at];
        const auto* const part = member_of(value, member.name, at);
        if (part == nullptr) { return rejected(value, fmt::format("lacks '{}'", member.name)); }
        auto item = shaped_data(*part, member.shape);
        if (!item) { return inside(item.error(), member.name); }
        items.push_back(std::move(*item));
    }
    return Data::structure(std::move(items));
}

} // namespace

DataValue shaped_value(const Data& data, const Shape& shape, const std::optional<ScalerUnit>& scaling) {
    if (parts_fit(data, shape)) { return parts_value(data, shape); }
    const auto kind = pattern_kind(shape.kind);
    if (const auto* const octets = data.octets(); kind && octets != nullptr) {
        if (const auto time = pattern_of(*octets, *kind)) {
            return {pattern_text(*time, *kind), meterctl::Unit::none, {}, {}};
        }
    }
    return to_value(data, scaling, octets_as(shape.kind));
}

Result<Data> shaped_data(const Value& value, const Shape& shape, std::int8_t scaler) {
    if (const auto kind = pattern_kind(shape.kind)) { return time_data(value, *kind); }
    switch (shape.kind) {
    case Kind::array:
        return array_data(value, shape);
    case Kind::structure:
        return structure_data(value, shape);
    case Kind::text: {
        const auto text = value.to_string();
        return Data::octet_string(ByteView(reinterpret_cast<const std::uint8_t*>(text.data()), text.size()));
    }
    case Kind::date_time:
        return date_time_data(value);
    case Kind::logical_name:
        return name_data(value);
    case Kind::plain:
        return plain_data(value, shape.type, scaler);
    default:
        break;
    }
    return fail(Category::usage, "nothing says of what type the value is", {}, {}, "dlms.type_unknown");
}

} // namespace meterctl::codecs::dlms
