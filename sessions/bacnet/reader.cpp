#include "sessions/bacnet/reader.hpp"

#include "codecs/bacnet/names.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <set>

namespace meterctl::sessions::bacnet {

namespace bacnet = codecs::bacnet;

namespace {

using catalogue::Point;

struct TypeOctets {
    std::string_view type;
    std::size_t octets;
};
constexpr std::array type_octets{
    TypeOctets{"null", 1},  TypeOctets{"boolean", 1}, TypeOctets{"unsigned", 5},     TypeOctets{"signed", 5},
    TypeOctets{"real", 5},  TypeOctets{"double", 10}, TypeOctets{"enumerated", 2},   TypeOctets{"bits", 4},
    TypeOctets{"date", 5},  TypeOctets{"time", 5},    TypeOctets{"datetime", 10},    TypeOctets{"instance", 5},
    TypeOctets{"text", 43}, TypeOctets{"octets", 32}, TypeOctets{"analog-input", 8},
};

/// Types of objects that have a present value: inputs, outputs and values of all kinds.
constexpr std::array<std::uint16_t, 23> valued{0,  1,  2,  3,  4,  5,  13, 14, 19, 23, 24, 39,
                                               40, 41, 42, 43, 44, 45, 46, 47, 48, 49, 50};
/// Those of them whose value has Units.
constexpr std::array<std::uint16_t, 8> measured{0, 1, 2, 23, 24, 45, 46, 48};

template <std::size_t N>
bool is_one_of(const std::array<std::uint16_t, N>& types, std::uint16_t type) {
    return std::ranges::find(types, type) != types.end();
}

Wanted wanted_of(const bacnet::ObjectId& object, std::uint32_t number, std::size_t octets) {
    Wanted wanted;
    wanted.object = object;
    wanted.property.property = number;
    wanted.octets = octets;
    return wanted;
}

std::optional<std::string> text_in(ByteView value) {
    const auto held = bacnet::decode_primitives(value);
    const auto* text = held && held->size() == 1 ? std::get_if<bacnet::CharacterString>(&held->front()) : nullptr;
    return text == nullptr ? std::nullopt : text->text();
}

/// One point with the places of its values among all that is asked for.
struct Asked {
    bacnet::PointAddress address;
    std::size_t value = 0;
    std::optional<std::size_t> units, reliability;
};

bool measures(const bacnet::PointAddress& address) {
    const bool plain = address.property.property == property::present_value;
    return plain && is_one_of(measured, address.object.type);
}

void flag_once(Reading& reading, std::string flag) {
    if (std::ranges::find(reading.flags, flag) == reading.flags.end()) { reading.flags.push_back(std::move(flag)); }
}

PointFailure failure_of(const Point& point, const Error& error) {
    PointFailure failure;
    failure.point = point.name;
    failure.error = error;
    return failure;
}

tl::unexpected<Error> no_object(const Point& point) {
    return fail(Category::refused, "the device has no such object", point.name,
                {"`meterctl read` without points names all"}, "bacnet.no_object");
}

} // namespace

bacnet::ObjectId device_object() {
    bacnet::ObjectId object;
    object.type = bacnet::device_type;
    object.instance = bacnet::any_instance;
    return object;
}

std::string snake_case(std::string_view text) {
    std::string out;
    for (const char c : text) {
        const auto octet = static_cast<unsigned char>(c);
        if (octet >= 0x80) {
            out.push_back(c);
        } else if (std::isalnum(octet) != 0) {
            out.push_back(static_cast<char>(std::tolower(octet)));
        } else if (!out.empty() && out.back() != '_') {
            out.push_back('_');
        }
    }
    while (!out.empty() && out.back() == '_') { out.pop_back(); }
    return out;
}

std::size_t usual_octets(std::string_view type, unsigned length) {
    const auto* row = std::ranges::find(type_octets, type, &TypeOctets::type);
    const std::size_t usual = row == type_octets.end() ? 5 : row->octets;
    constexpr std::size_t text_header = 4;
    return length == 0 ? usual : std::max(usual, length + text_header);
}

std::size_t probable_octets(const Point& point, std::string_view type) {
    constexpr std::size_t text_tag = 3, longer = 4;
    const std::string said = point.simulate.starts_with('=') ? point.simulate.substr(1) : std::string();
    if (type == "text" && point.length == 0 && !said.empty()) { return said.size() + text_tag + longer; }
    if (type != "unsigned") { return usual_octets(type, point.length); }
    const auto constant = Decimal::parse(said);
    const auto most = point.maximum ? point.maximum : constant ? std::optional(*constant) : std::nullopt;
    const auto number = most ? most->to_int64() : std::nullopt;
    if (!number || *number < 0) { return usual_octets(type, point.length); }
    return bacnet::encode_primitive(bacnet::Primitive(static_cast<std::uint64_t>(*number))).size();
}

std::optional<std::uint32_t> enumerated_in(ByteView value) {
    const auto held = bacnet::decode_primitives(value);
    const auto* number = held && held->size() == 1 ? std::get_if<bacnet::Enumerated>(&held->front()) : nullptr;
    return number == nullptr ? std::nullopt : std::optional(number->value);
}

Task<Result<std::vector<Point>>> Reader::located(std::vector<Point> points) {
    for (Point& point : points) {
        if (!point.address.empty()) { continue; }
        auto all = co_await discover();
        if (!all) { co_return tl::unexpected(all.error()); }
        const auto found = std::ranges::find(*all, point.name, &Point::name);
        if (found != all->end()) { point = *found; }
    }
    co_return points;
}

Task<Result<Point>> Reader::located(const Point& point) {
    auto found = co_await located(std::vector<Point>(1, point));
    if (!found) { co_return tl::unexpected(found.error()); }
    if (found->front().address.empty()) { co_return no_object(point); }
    co_return std::move(found->front());
}

Result<Reading> Reader::shown(const Point& point, ByteView value) const {
    auto reading = bacnet::decode_point(point, value);
    if (!reading) { return reading; }
    if (!options_.not_a_number.empty()) {
        std::ranges::replace(reading->flags, std::string("not_a_number"), options_.not_a_number);
    }
    if (!point.reported_unit.empty()) { flag_once(*reading, "unit_reported_as_" + snake_case(point.reported_unit)); }
    if (reading->value.is_null() && reading->flags.empty()) { reading->flags.emplace_back("not_available"); }
    return reading;
}

Task<Result<ReadOutcome>> Reader::read(std::vector<Point> asked_for) {
    auto all_located = co_await located(std::move(asked_for));
    if (!all_located) { co_return tl::unexpected(all_located.error()); }
    const std::vector<Point> points = std::move(*all_located);
    std::vector<Wanted> wanted;
    std::vector<std::optional<Asked>> asked;
    for (const Point& point : points) {
        const auto address = bacnet::parse_point_address(point.address);
        if (!address) {
            asked.emplace_back();
            continue;
        }
        Asked& one = asked.emplace_back().emplace();
        one.address = *address;
        const std::string type = point.type.empty() ? std::string(bacnet::usual_type(*address)) : point.type;
        one.value = wanted.size();
        wanted.push_back(wanted_of(address->object, address->property.property, probable_octets(point, type)));
        wanted.back().property = address->property;
        const bool unnamed = point.name == point.address && point.unit == Unit::none;
        if (unnamed && measures(*address)) {
            one.units = wanted.size();
            wanted.push_back(wanted_of(address->object, property::units, 2));
        }
        const bool checked = options_.check && address->property.property == property::present_value;
        if (checked) {
            one.reliability = wanted.size();
            wanted.push_back(wanted_of(address->object, property::reliability, 2));
        }
    }
    auto values = co_await properties_.read(std::move(wanted));
    if (!values) { co_return tl::unexpected(values.error()); }
    ReadOutcome outcome;
    for (std::size_t i = 0; i < points.size(); ++i) {
        const Point& point = points[i];
        if (!asked[i]) {
            outcome.failures.push_back(failure_of(point, no_object(point).value()));
            continue;
        }
        const Result<Bytes>& value = (*values)[asked[i]->value];
        auto reading = value ? shown(point, *value) : Result<Reading>(tl::unexpected(value.error()));
        if (!reading) {
            outcome.failures.push_back(failure_of(point, reading.error()));
            continue;
        }
        if (asked[i]->units && (*values)[*asked[i]->units]) {
            const auto number = enumerated_in(*(*values)[*asked[i]->units]);
            const auto unit = number ? bacnet::unit_of(*number) : std::nullopt;
            if (unit) { reading->unit = *unit; }
        }
        if (asked[i]->reliability && (*values)[*asked[i]->reliability]) {
            const auto number = enumerated_in(*(*values)[*asked[i]->reliability]);
            if (number && *number != 0) {
                flag_once(*reading,
                          "reliability_" + snake_case(bacnet::names::text(bacnet::names::reliabilities, *number, 64)));
            }
        }
        outcome.readings.push_back(std::move(*reading));
    }
    co_return outcome;
}

Task<Result<Reading>> Reader::read_one(const Point& point) {
    std::vector<Point> points(1, point);
    auto outcome = co_await read(std::move(points));
    if (!outcome) { co_return tl::unexpected(outcome.error()); }
    if (!outcome->failures.empty()) { co_return tl::unexpected(outcome->failures.front().error); }
    co_return std::move(outcome->readings.front());
}

Task<Result<std::vector<bacnet::ObjectId>>> Reader::objects() {
    Wanted wanted = wanted_of(device_object(), property::object_list, 5);
    wanted.property.index = 0;
    std::vector<Wanted> first(1, wanted);
    first.push_back(wanted_of(device_object(), property::max_apdu, 3));
    auto head = co_await properties_.read(std::move(first));
    if (!head) { co_return tl::unexpected(head.error()); }
    if (!head->front()) { co_return tl::unexpected(head->front().error()); }
    const auto number_in = [](const Result<Bytes>& value) -> std::uint64_t {
        const auto held = value ? bacnet::decode_primitives(*value) : Result<std::vector<bacnet::Primitive>>();
        const auto* number = held && held->size() == 1 ? std::get_if<std::uint64_t>(&held->front()) : nullptr;
        return number == nullptr ? 0 : *number;
    };
    const std::uint64_t count = number_in((*head)[0]);
    const std::uint64_t longest = number_in((*head)[1]);
    constexpr std::uint64_t shortest_apdu = 50, longest_apdu = 1476, most_objects = 100'000;
    if (longest >= shortest_apdu) {
        properties_.answers_up_to(static_cast<std::uint16_t>(std::min(longest, longest_apdu)));
    }
    if (count > most_objects) {
        co_return fail(Category::untrusted, "a list of " + std::to_string(count) + " objects",
                       properties_.client().where(properties_.station()), {}, "bacnet.object_list");
    }
    std::vector<Wanted> each;
    for (std::uint64_t i = 1; i <= count; ++i) {
        wanted.property.index = static_cast<std::uint32_t>(i);
        each.push_back(wanted);
    }
    auto values = co_await properties_.read(std::move(each));
    if (!values) { co_return tl::unexpected(values.error()); }
    std::vector<bacnet::ObjectId> objects;
    for (const Result<Bytes>& value : *values) {
        if (!value) { co_return tl::unexpected(value.error()); }
        const auto held = bacnet::decode_primitives(*value);
        const auto* object = held && held->size() == 1 ? std::get_if<bacnet::ObjectId>(&held->front()) : nullptr;
        if (object != nullptr) { objects.push_back(*object); }
    }
    co_return objects;
}

Task<Result<std::vector<Point>>> Reader::discover() {
    if (discovered_) { co_return *discovered_; }
    auto list = co_await objects();
    if (!list) { co_return tl::unexpected(list.error()); }
    std::erase_if(*list, [](const bacnet::ObjectId& object) { return !is_one_of(valued, object.type); });
    std::vector<Wanted> wanted;
    constexpr std::size_t name_octets = 24;
    for (const bacnet::ObjectId& object : *list) {
        wanted.push_back(wanted_of(object, property::object_name, name_octets));
        if (is_one_of(measured, object.type)) { wanted.push_back(wanted_of(object, property::units, 2)); }
    }
    auto values = co_await properties_.read(std::move(wanted));
    if (!values) { co_return tl::unexpected(values.error()); }
    std::vector<Point> points;
    std::set<std::string> names;
    std::size_t at = 0;
    for (const bacnet::ObjectId& object : *list) {
        bacnet::PointAddress address;
        address.object = object;
        Point point;
        point.address = address.text();
        point.type = bacnet::usual_type(address);
        const Result<Bytes>& name = (*values)[at++];
        point.reported_name = name ? text_in(*name).value_or("") : "";
        point.name = snake_case(point.reported_name);
        if (point.name.empty()) { point.name = snake_case(point.address); }
        const std::string alone = point.name;
        for (unsigned times = 2; !names.insert(point.name).second; ++times) {
            point.name = alone + "_" + std::to_string(times);
        }
        if (is_one_of(measured, object.type)) {
            const Result<Bytes>& units = (*values)[at++];
            const auto number = units ? enumerated_in(*units) : std::nullopt;
            point.unit = number ? bacnet::unit_of(*number).value_or(Unit::none) : Unit::none;
        }
        points.push_back(std::move(point));
    }
    discovered_ = points;
    co_return points;
}

Task<Result<ReadOutcome>> Reader::read_all() {
    auto points = co_await discover();
    if (!points) { co_return tl::unexpected(points.error()); }
    auto outcome = co_await read(std::move(*points));
    co_return outcome;
}

} // namespace meterctl::sessions::bacnet
