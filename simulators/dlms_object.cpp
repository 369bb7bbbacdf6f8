#include "simulators/dlms_object.hpp"

#include <algorithm>

namespace meterctl::simulators {

namespace dlms = codecs::dlms;
using dlms::Data;

namespace {

/// Numbers of one kind take each other's place; anything else keeps its type.
bool same_type(const Data& held, const Data& written) {
    return held.is_null() || held.type == written.type;
}

bool may(DlmsParties parties, std::size_t party) {
    return (parties & party_bit(party)) != 0;
}

/// access_mode: 0 none, 1 read, 2 write, 3 both.
std::uint8_t mode_of(const DlmsAttribute& attribute, std::size_t party) {
    const bool reads = may(attribute.readers, party), writes = may(attribute.writers, party);
    return static_cast<std::uint8_t>((reads ? 1U : 0U) + (writes && attribute.set ? 2U : 0U));
}

Data listed_attribute(std::int8_t index, const DlmsAttribute& attribute, std::size_t party) {
    std::vector<Data> selectors;
    selectors.reserve(attribute.selectors.size());
    for (const auto selector : attribute.selectors) {
        selectors.push_back(Data::integer(static_cast<std::int8_t>(selector)));
    }
    return Data::structure({Data::integer(index), Data::enumerated(mode_of(attribute, party)),
                            selectors.empty() ? Data::null() : Data::array(std::move(selectors))});
}

Data listed_object(const DlmsObject& object, std::size_t party) {
    std::vector<Data> attributes, methods;
    for (const auto& [index, attribute] : object.attributes) {
        attributes.push_back(listed_attribute(index, attribute, party));
    }
    for (const auto& [index, method] : object.methods) {
        methods.push_back(Data::structure({Data::integer(index), Data::enumerated(may(method.users, party) ? 1 : 0)}));
    }
    return Data::structure({Data::long_unsigned(object.class_id), Data::unsigned_integer(object.version),
                            dlms::to_data(object.name),
                            Data::structure({Data::array(std::move(attributes)), Data::array(std::move(methods))})});
}

bool concerns(const DlmsObject& object, std::size_t party) {
    const bool reads =
        std::ranges::any_of(object.attributes, [&](const auto& one) { return mode_of(one.second, party) != 0; });
    return reads || std::ranges::any_of(object.methods, [&](const auto& one) { return may(one.second.users, party); });
}

} // namespace

DlmsAttribute& DlmsObject::hold(std::int8_t index, Data value) {
    auto& slot = held_[index];
    if (slot == nullptr) { slot = std::make_shared<Data>(); }
    *slot = std::move(value);
    DlmsAttribute& attribute = attributes[index];
    attribute.get = [slot](const DlmsAttribute::Selection&, std::size_t) { return dlms::encode(*slot); };
    attribute.set = [slot](const Data& written) -> DlmsAnswer<void> {
        if (!same_type(*slot, written)) { return tl::unexpected(DlmsRefusal::type_unmatched); }
        *slot = written;
        return {};
    };
    return attribute;
}

DlmsAttribute& DlmsObject::make(std::int8_t index, std::function<Data()> get) {
    DlmsAttribute& attribute = attributes[index];
    attribute.get = [get = std::move(get)](const DlmsAttribute::Selection&, std::size_t) {
        return dlms::encode(get());
    };
    attribute.set = nullptr;
    return attribute;
}

Data DlmsObject::held(std::int8_t index) const {
    const auto slot = held_.find(index);
    return slot == held_.end() ? Data::null() : *slot->second;
}

void DlmsObject::put(std::int8_t index, Data value) {
    const auto slot = held_.find(index);
    if (slot != held_.end()) { *slot->second = std::move(value); }
}

DlmsObject& DlmsModel::add(std::uint16_t class_id, const Obis& name) {
    auto [place, fresh] = objects_.try_emplace({name, class_id});
    DlmsObject& object = place->second;
    if (fresh) {
        object.class_id = class_id;
        object.name = name;
        object.make(1, [name] { return dlms::to_data(name); });
    }
    return object;
}

const DlmsObject* DlmsModel::find(std::uint16_t class_id, const Obis& name) const {
    const auto place = objects_.find({name, class_id});
    return place == objects_.end() ? nullptr : &place->second;
}

DlmsObject* DlmsModel::find(std::uint16_t class_id, const Obis& name) {
    const auto place = objects_.find({name, class_id});
    return place == objects_.end() ? nullptr : &place->second;
}

namespace {

/// Why there is no such object.
DlmsRefusal missing(const std::map<std::pair<Obis, std::uint16_t>, DlmsObject>& objects, const Obis& name) {
    const auto other = objects.lower_bound({name, 0});
    const bool another_class = other != objects.end() && other->first.first == name;
    return another_class ? DlmsRefusal::object_class_inconsistent : DlmsRefusal::object_undefined;
}

} // namespace

DlmsAnswer<Bytes> DlmsModel::get(const dlms::AttributeDescriptor& attribute, std::size_t party) const {
    const auto* const object = find(attribute.class_id, attribute.logical_name);
    if (object == nullptr) { return tl::unexpected(missing(objects_, attribute.logical_name)); }
    const auto found = object->attributes.find(attribute.attribute);
    if (found == object->attributes.end()) { return tl::unexpected(DlmsRefusal::object_undefined); }
    const DlmsAttribute& one = found->second;
    if (!may(one.readers, party)) { return tl::unexpected(DlmsRefusal::read_write_denied); }
    if (attribute.selection) {
        const bool known = std::ranges::find(one.selectors, attribute.selection->selector) != one.selectors.end();
        if (!known) { return tl::unexpected(DlmsRefusal::scope_of_access_violated); }
    }
    return one.get(attribute.selection, party);
}

DlmsAnswer<void> DlmsModel::set(const dlms::AttributeDescriptor& attribute, const Data& value, std::size_t party) {
    auto* const object = find(attribute.class_id, attribute.logical_name);
    if (object == nullptr) { return tl::unexpected(missing(objects_, attribute.logical_name)); }
    const auto found = object->attributes.find(attribute.attribute);
    if (found == object->attributes.end()) { return tl::unexpected(DlmsRefusal::object_undefined); }
    const DlmsAttribute& one = found->second;
    if (!may(one.writers, party) || !one.set) { return tl::unexpected(DlmsRefusal::read_write_denied); }
    if (attribute.selection) { return tl::unexpected(DlmsRefusal::scope_of_access_violated); }
    return one.set(value);
}

DlmsAnswer<DlmsMethod::Returned> DlmsModel::act(const dlms::MethodDescriptor& method, const Data& parameter,
                                                std::size_t party) {
    auto* const object = find(method.class_id, method.logical_name);
    if (object == nullptr) { return tl::unexpected(missing(objects_, method.logical_name)); }
    const auto found = object->methods.find(method.method);
    if (found == object->methods.end()) { return tl::unexpected(DlmsRefusal::object_undefined); }
    if (!may(found->second.users, party)) { return tl::unexpected(DlmsRefusal::read_write_denied); }
    return found->second.act(parameter);
}

Data DlmsModel::object_list(std::size_t party) const {
    std::vector<Data> items;
    for (const auto& [key, object] : objects_) {
        if (concerns(object, party)) { items.push_back(listed_object(object, party)); }
    }
    return Data::array(std::move(items));
}

Bytes dlms_time(SystemTime utc, int deviation, std::uint8_t status) {
    const auto local = utc - std::chrono::minutes(deviation);
    auto time = DateTime::from_utc(local);
    const auto day = std::chrono::floor<std::chrono::days>(local);
    auto cosem = dlms::to_cosem(time, status);
    cosem.weekday = static_cast<std::uint8_t>(std::chrono::weekday(day).iso_encoding());
    cosem.deviation = static_cast<std::int16_t>(deviation);
    cosem.hundredths = 0;
    return dlms::encode_date_time(cosem);
}

std::optional<SystemTime> system_time(const dlms::CosemTime& time, int deviation) {
    using Cosem = dlms::CosemTime;
    const std::chrono::year_month_day day{std::chrono::year(time.year), std::chrono::month(time.month),
                                          std::chrono::day(time.day)};
    if (time.year == Cosem::any_year || !day.ok() || time.hour > 23 || time.minute > 59) { return std::nullopt; }
    const int second = time.second > 59 ? 0 : time.second;
    const int to_utc = time.deviation == Cosem::any_deviation ? deviation : time.deviation;
    return std::chrono::sys_days(day) + std::chrono::hours(time.hour) + std::chrono::minutes(time.minute + to_utc) +
           std::chrono::seconds(second);
}

} // namespace meterctl::simulators
