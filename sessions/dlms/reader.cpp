#include "sessions/dlms/reader.hpp"

#include "codecs/dlms/data_value.hpp"
#include "sessions/dlms/discovery.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace meterctl::sessions::dlms {

namespace dlms = codecs::dlms;

namespace {

constexpr std::uint16_t association_class = 15;
constexpr std::int8_t object_list_attribute = 2;

dlms::PointAddress object_list_address() {
    dlms::PointAddress address;
    address.class_id = association_class;
    address.logical_name = {0, 0, 40, 0, 0, 255};
    address.index = object_list_attribute;
    return address;
}

/// Of the whole attribute.
std::string key(const dlms::PointAddress& address) {
    auto whole = address;
    whole.path.clear();
    return whole.text();
}

dlms::AttributeDescriptor descriptor(const dlms::PointAddress& address) {
    dlms::AttributeDescriptor attribute;
    attribute.class_id = address.class_id;
    attribute.logical_name = address.logical_name;
    attribute.attribute = address.index;
    return attribute;
}

} // namespace

struct Reader::Wanted {
    catalogue::Point point;
    Address address;
};

Error Reader::explained(Error error) const {
    return with_rights(std::move(error), &catalogue::Client::reads, "read");
}

Error Reader::explained_write(Error error) const {
    return with_rights(std::move(error), &catalogue::Client::writes, "write");
}

Error Reader::with_rights(Error error, Rights rights, std::string_view doing) const {
    if (error.category != Category::refused || meter_ == nullptr) { return error; }
    const auto* const client = client_of(*meter_, association_.options().saps.client);
    const bool told = client != nullptr && !(client->reads.empty() && client->writes.empty());
    if (!told || std::ranges::count(client->*rights, "*") > 0) { return error; }
    const std::string list = (client->*rights).empty() ? "nothing" : fmt::format("{}", fmt::join(client->*rights, " "));
    error.hints.push_back(fmt::format("what the client \"{}\" may {}: {}", client->name, doing, list));
    if (const auto other = who_may_all(*meter_, rights); !other.empty()) {
        error.hints.push_back("--client " + other + " with its keys");
    }
    return error;
}

const Result<dlms::Data>* Reader::known(const Address& address) const {
    const auto found = values_.find(key(address));
    return found == values_.end() ? nullptr : &found->second;
}

/// Into values_. The error where nothing came and nothing can.
Task<Result<void>> Reader::fetch(std::vector<Address> addresses) {
    std::vector<dlms::AttributeDescriptor> attributes;
    std::vector<std::string> keys;
    for (const Address& address : addresses) {
        auto name = key(address);
        if (values_.contains(name) || std::ranges::find(keys, name) != keys.end()) { continue; }
        attributes.push_back(descriptor(address));
        keys.push_back(std::move(name));
    }
    if (attributes.empty()) { co_return Result<void>(); }
    auto values = co_await services_.get_list(std::move(attributes));
    if (!values) { co_return tl::unexpected(values.error()); }
    for (std::size_t index = 0; index < keys.size() && index < values->size(); ++index) {
        values_.insert_or_assign(keys[index], std::move((*values)[index]));
    }
    co_return Result<void>();
}

Task<Result<dlms::Data>> Reader::attribute(Address address) {
    auto data = co_await services_.get(descriptor(address));
    co_return data;
}

Task<Result<std::optional<dlms::ScalerUnit>>> Reader::scaling(Address address) {
    std::optional<dlms::ScalerUnit> none;
    const auto place = dlms::scaler_unit_address(address);
    if (!place) { co_return none; }
    const auto found = scalings_.find(key(*place));
    if (found != scalings_.end()) { co_return std::optional(found->second); }
    auto data = co_await services_.get(descriptor(*place));
    if (!data) { co_return tl::unexpected(data.error()); }
    const auto scaling = dlms::scaler_unit_of(*data);
    if (scaling) { scalings_.insert_or_assign(key(*place), *scaling); }
    co_return scaling;
}

Task<Result<std::vector<dlms::ListedObject>>> Reader::objects() {
    if (!objects_) {
        auto data = co_await attribute(object_list_address());
        if (!data) { co_return tl::unexpected(data.error()); }
        auto list = dlms::object_list_of(*data);
        if (!list) { co_return tl::unexpected(list.error()); }
        objects_ = std::move(*list);
    }
    co_return *objects_;
}

Task<Result<std::vector<catalogue::Point>>> Reader::discover() {
    if (!discovered_) {
        auto list = co_await objects();
        if (!list) { co_return tl::unexpected(list.error()); }
        discovered_ = points_of(*list);
    }
    co_return *discovered_;
}

Task<Result<dlms::PointAddress>> Reader::address_of(const catalogue::Point& point) {
    std::string text = point.address;
    if (text.empty()) { // named as the meter's own list names it
        auto all = co_await discover();
        if (!all) { co_return tl::unexpected(all.error()); }
        const auto found = std::ranges::find(*all, point.name, &catalogue::Point::name);
        if (found == all->end()) {
            co_return fail(Category::usage, "the meter's list of objects has no " + point.name, {},
                           {"reading with no points, which shows all that it has"}, "usage.unknown_point");
        }
        text = found->address;
    }
    auto address = dlms::parse_point_address(text);
    if (!address || address->class_id != 0) { co_return address; }
    auto list = co_await objects();
    if (list) {
        const auto found = std::ranges::find(*list, address->logical_name, &dlms::ListedObject::logical_name);
        if (found != list->end()) {
            address->class_id = found->class_id;
            co_return address;
        }
    }
    co_return fail(Category::usage, "which class " + address->logical_name.to_logical_name() + " has is not known", {},
                   {"CLASS:" + address->logical_name.to_logical_name() + ":2"}, "usage.class");
}

Task<Result<std::vector<Reader::Wanted>>> Reader::locate(std::vector<catalogue::Point> points, ReadOutcome& outcome) {
    std::vector<Wanted> wanted;
    wanted.reserve(points.size());
    for (catalogue::Point& point : points) {
        auto address = co_await address_of(point);
        if (!address) {
            outcome.failures.push_back({point.name, address.error()});
            continue;
        }
        if (point.address.empty()) { point.address = address->text(); }
        wanted.push_back({std::move(point), std::move(*address)});
    }
    co_return wanted;
}

void Reader::show(const Wanted& wanted, ReadOutcome& outcome) const {
    const auto failed = [&](const Error& error) { outcome.failures.push_back({wanted.point.name, explained(error)}); };
    const auto* const value = known(wanted.address);
    if (value == nullptr) { return; }
    if (!*value) { return failed(value->error()); }
    std::optional<dlms::ScalerUnit> scaling;
    if (const auto place = dlms::scaler_unit_address(wanted.address)) {
        const auto found = scalings_.find(key(*place));
        if (found != scalings_.end()) { scaling = found->second; }
        // A number without its power of ten would be a wrong one.
        const auto* const refused = known(*place);
        if (!scaling && refused != nullptr && !*refused) { return failed(refused->error()); }
    }
    auto reading = dlms::decode_point(wanted.point, **value, scaling);
    if (!reading) { return failed(reading.error()); }
    const auto when = dlms::capture_time_address(wanted.address);
    const auto* const time = when ? known(*when) : nullptr;
    if (time != nullptr && *time) {
        const auto shown = dlms::to_value(**time, std::nullopt, dlms::OctetsAs::date_time);
        if (const auto* const moment = shown.value.get<DateTime>()) { reading->time = *moment; }
    }
    outcome.readings.push_back(std::move(*reading));
}

Task<Result<ReadOutcome>> Reader::read(std::vector<catalogue::Point> points) {
    ReadOutcome outcome;
    values_.clear();
    auto wanted = co_await locate(std::move(points), outcome);
    if (!wanted) { co_return tl::unexpected(wanted.error()); }
    std::vector<Address> addresses;
    for (const Wanted& one : *wanted) {
        addresses.push_back(one.address);
        const auto place = dlms::scaler_unit_address(one.address);
        if (place && !scalings_.contains(key(*place))) { addresses.push_back(*place); }
        if (const auto when = dlms::capture_time_address(one.address)) { addresses.push_back(*when); }
    }
    auto fetched = co_await fetch(addresses);
    if (!fetched && values_.empty()) { co_return tl::unexpected(fetched.error()); }
    for (const Address& address : addresses) {
        const auto* const data = known(address);
        const auto scaling = data != nullptr && *data ? dlms::scaler_unit_of(**data) : std::nullopt;
        const bool place = std::ranges::any_of(*wanted, [&](const Wanted& one) {
            const auto own = dlms::scaler_unit_address(one.address);
            return own && *own == address;
        });
        if (place && scaling) { scalings_.insert_or_assign(key(address), *scaling); }
    }
    for (const Wanted& one : *wanted) { show(one, outcome); }
    if (!fetched) { outcome.failures.push_back({{}, fetched.error()}); }
    co_return outcome;
}

Task<Result<ReadOutcome>> Reader::read_all() {
    auto points = co_await discover();
    if (!points) { co_return tl::unexpected(explained(points.error())); }
    auto outcome = co_await read(std::move(*points));
    co_return outcome;
}

} // namespace meterctl::sessions::dlms
