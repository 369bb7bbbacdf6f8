// The objects of a virtual meter: one for each logical name that its definition's points are in.
#include "codecs/dlms/classes.hpp"
#include "codecs/dlms/point.hpp"
#include "codecs/dlms/shape.hpp"
#include "simulators/dlms_meter.hpp"
#include "src/core/text.hpp"

#include <algorithm>
#include <array>

namespace meterctl::simulators {

namespace dlms = codecs::dlms;
using dlms::Data;

namespace {

constexpr std::uint16_t register_class = 3, demand_class = 5;

bool is_register(std::uint16_t class_id) {
    return class_id >= register_class && class_id <= demand_class;
}

/// Nothing, of this shape: 0, an empty list, no octets.
Data empty_of(const dlms::Shape& shape) {
    using Kind = dlms::Shape::Kind;
    switch (shape.kind) {
    case Kind::array:
        return Data::array({});
    case Kind::structure: {
        std::vector<Data> parts;
        parts.reserve(shape.members.size());
        for (const auto& member : shape.members) { parts.push_back(empty_of(member.shape)); }
        return Data::structure(std::move(parts));
    }
    case Kind::date_time:
    case Kind::pattern:
        return Data::octet_string(dlms::encode_date_time({}));
    case Kind::date:
        return Data::octet_string(dlms::encode_date({}));
    case Kind::time:
        return Data::octet_string(dlms::encode_time({}));
    case Kind::logical_name:
        return dlms::to_data(Obis{0, 0, 0, 0, 0, 255});
    case Kind::text:
        return Data::octet_string({});
    case Kind::any:
        return Data::unsigned_integer(0);
    case Kind::plain:
        break;
    }
    switch (shape.type) {
    case dlms::Type::octet_string:
        return Data::octet_string({});
    case dlms::Type::visible_string:
        return Data::visible_string("");
    case dlms::Type::bit_string:
        return Data::bit_string({}, 0);
    case dlms::Type::boolean:
        return Data::boolean(false);
    default:
        break;
    }
    const auto zero = dlms::from_value(Value(std::int64_t{0}), shape.type);
    return zero ? *zero : Data::null();
}

dlms::Shape shape_of(std::string_view type) {
    const auto shape = dlms::parse_shape(type);
    return shape ? *shape : dlms::Shape{};
}

/// What every client may read: its own association, and the log of counters, which is not the meter's.
const std::array<std::pair<std::uint16_t, Obis>, 2> everybodys{
    {{15, Obis{0, 0, 40, 0, 0, 255}}, {1, Obis{0, 0, 128, 43, 1, 255}}}};

/// Glob with * and ?, as the lists of clients have it.
bool matches(std::string_view pattern, std::string_view name) {
    if (pattern.empty()) { return name.empty(); }
    if (pattern.front() == '*') {
        return matches(pattern.substr(1), name) || (!name.empty() && matches(pattern, name.substr(1)));
    }
    return !name.empty() && (pattern.front() == '?' || pattern.front() == name.front()) &&
           matches(pattern.substr(1), name.substr(1));
}

/// Made of several attributes, each of which has its own point.
bool is_composed(const catalogue::Point& point) {
    return point.type == "calendar";
}

bool listed(const std::vector<std::string>& patterns, std::string_view name, std::string_view group) {
    return std::ranges::any_of(patterns,
                               [&](const std::string& pattern) { return pattern == group || matches(pattern, name); });
}

} // namespace

Result<void> DlmsMeter::add_objects() {
    for (const catalogue::Point& point : meter_.points) {
        if (is_composed(point)) { continue; }
        if (auto added = add_point(point); !added) { return added; }
    }
    return {};
}

Result<void> DlmsMeter::add_point(const catalogue::Point& point) {
    const auto address = dlms::parse_point_address(point.address);
    if (!address) { return tl::unexpected(address.error()); }
    DlmsObject& object = model_.add(address->class_id, address->logical_name);
    if (const auto* const known = dlms::find_class(address->class_id)) {
        constexpr std::uint16_t association = 15, security = 64;
        object.version = address->class_id == association ? 1 : address->class_id == security ? 1 : known->version;
    }
    if (point.method || !address->path.empty()) { return {}; }
    const bool made = point.simulate.empty() || !point.simulate.starts_with('=');
    const bool measured =
        made && measure_.value(point.simulate.empty() ? point.name : point.simulate, load_, clock(), demand_period());
    const bool timed = point.name.ends_with("_time") && measure_.maximum(point.name.substr(0, point.name.size() - 5));
    if (measured || timed || point.name.starts_with("last_month_")) {
        add_measured(object, address->index, point);
        return {};
    }
    auto value = first_value(point);
    if (!value) { return tl::unexpected(value.error()); }
    object.hold(address->index, std::move(*value));
    if (is_register(address->class_id) && point.unit != meterctl::Unit::none) {
        const auto form = dlms_form(point);
        const auto index = dlms::scaler_unit_address(*address);
        if (index) { object.hold(index->index, dlms::to_data(dlms::ScalerUnit{0, form.scaling.unit})); }
    }
    return {};
}

/// What a point that nothing measures holds at first: its constant, or nothing of its type.
Result<Data> DlmsMeter::first_value(const catalogue::Point& point) const {
    const auto address = dlms::parse_point_address(point.address).value();
    const auto* const known = dlms::find_class(address.class_id);
    const auto* const attribute = known == nullptr ? nullptr : dlms::find_attribute(*known, address.index);
    const std::string_view type = !point.type.empty()    ? std::string_view(point.type)
                                  : attribute != nullptr ? attribute->type
                                                         : std::string_view("any");
    auto shape = shape_of(type);
    if (!point.simulate.starts_with('=')) { return empty_of(shape); }
    const std::string text = point.simulate.substr(1);
    const auto number = Decimal::parse(text);
    const Value value = number ? Value(*number) : Value(text);
    if (shape.kind == dlms::Shape::Kind::any) {
        shape = shape_of(number ? "double-long-unsigned" : "text");
        if (!point.bits.empty()) { shape = shape_of("unsigned"); }
    }
    if (shape.kind == dlms::Shape::Kind::text) { return dlms::shaped_data(Value(text), shape); }
    const auto raw = number ? number->divided_by(point.scale) : std::nullopt;
    auto data = dlms::shaped_data(raw ? Value(*raw) : value, shape);
    if (!data) { data.error().where = point.name; }
    return data;
}

void DlmsMeter::add_measured(DlmsObject& object, std::int8_t index, const catalogue::Point& point) {
    const bool history = point.name.starts_with("last_month_") || point.name.starts_with("max_");
    object.make(index, [this, &point, history] {
        if (history) { ensure_history(); }
        return value_of(point, now_scene());
    });
    const auto address = dlms::parse_point_address(point.address).value();
    const auto scaling = dlms::scaler_unit_address(address);
    if (scaling) { object.hold(scaling->index, dlms::to_data(dlms_form(point).scaling)); }
}

Data DlmsMeter::value_of(const catalogue::Point& point, const DlmsScene& scene) const {
    const std::string& name = point.simulate.empty() || point.simulate.starts_with('=') ? point.name : point.simulate;
    if (name == "clock") { return Data::octet_string(dlms_time(scene.time, deviation_, 0)); }
    if (name == "load_profile_1_status" || name == "load_profile_2_status") {
        return Data::unsigned_integer(scene.status);
    }
    if (name.starts_with("last_month_")) {
        const auto kept = last_month_.find(name.substr(11));
        if (kept != last_month_.end()) { return kept->second; }
        return point.type == "date-time" ? Data::octet_string(dlms::encode_date_time({}))
                                         : dlms_number(0, dlms_form(point));
    }
    if (name.ends_with("_time")) {
        const auto* const highest = scene.measure.maximum(std::string_view(name).substr(0, name.size() - 5));
        if (highest != nullptr) { return Data::octet_string(dlms_time(highest->time, deviation_, 0)); }
    }
    const auto value = scene.measure.value(name, scene.load, scene.time, demand_period());
    if (!value) {
        const auto address = dlms::parse_point_address(point.address);
        const auto* const object = address ? model_.find(address->class_id, address->logical_name) : nullptr;
        return object == nullptr ? Data::null() : object->held(address->index);
    }
    if (name == "tariff") {
        const auto digit = static_cast<std::uint8_t>('0' + static_cast<int>(*value));
        return Data::octet_string(Bytes{digit});
    }
    double ahead = 0;
    if (scene.registers != nullptr) {
        const auto found = scene.registers->find(name);
        if (found != scene.registers->end()) { ahead = found->second; }
    }
    return dlms_number(*value + ahead, dlms_form(point));
}

/// The attributes of its class that no point names: registers need their scaler, clients look at all of them.
void DlmsMeter::complete(DlmsObject& object) {
    const auto* const known = dlms::find_class(object.class_id);
    if (known == nullptr) { return; }
    for (const dlms::Attribute& attribute : known->attributes) {
        constexpr std::uint16_t push = 40, answer = 28, association = 15;
        const bool newer = (object.class_id == push && attribute.index > 7) ||
                           (object.class_id == answer && attribute.index > 6) ||
                           (object.class_id == association && attribute.index > 9);
        if (newer || object.attributes.contains(attribute.index)) { continue; }
        object.hold(attribute.index, empty_of(shape_of(attribute.type)));
    }
}

/// Who may do what: by the clients' lists, for what a point names; what none names goes with the object.
void DlmsMeter::grant() {
    for (auto& [key, object] : model_.objects()) { complete(object); }
    for (const auto& [class_id, name] : everybodys) {
        auto* const object = model_.find(class_id, name);
        for (std::int8_t index = 1; object != nullptr && index <= 9; ++index) {
            const auto attribute = object->attributes.find(index);
            if (attribute != object->attributes.end()) { attribute->second.readers = ~DlmsParties{0}; }
        }
    }
    for (std::size_t party = 0; party < meter_.clients.size(); ++party) {
        const catalogue::Client& client = meter_.clients[party];
        const DlmsParties bit = party_bit(party);
        const bool all = client.reads.empty() && client.writes.empty();
        const auto reads = [&](std::string_view name, std::string_view group) {
            return all || listed(client.reads, name, group);
        };
        for (auto& [key, object] : model_.objects()) {
            for (auto& [index, attribute] : object.attributes) {
                if (reads("*", "*")) { attribute.readers |= bit; }
            }
            for (auto& [index, method] : object.methods) {
                if (all || listed(client.writes, "*", "*")) { method.users |= bit; }
            }
        }
        for (const catalogue::Point& point : meter_.points) {
            const auto address = dlms::parse_point_address(point.address);
            auto* const object = address ? model_.find(address->class_id, address->logical_name) : nullptr;
            if (object == nullptr || point.method || !address->path.empty() || is_composed(point)) { continue; }
            const auto attribute = object->attributes.find(address->index);
            if (attribute == object->attributes.end()) { continue; }
            if (reads(point.name, point.group)) {
                attribute->second.readers |= bit;
                object->attributes[1].readers |= bit;
                const auto scaling = dlms::scaler_unit_address(*address);
                if (scaling) { object->attributes[scaling->index].readers |= bit; }
            } else {
                attribute->second.readers &= ~bit;
            }
            const bool writes = all || listed(client.writes, point.name, point.group);
            if (writes && point.access != catalogue::Access::read) { attribute->second.writers |= bit; }
        }
    }
}

} // namespace meterctl::simulators
