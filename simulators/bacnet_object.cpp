#include "simulators/bacnet_object.hpp"

#include <algorithm>
#include <array>

namespace meterctl::simulators {

namespace bacnet = codecs::bacnet;

namespace {

namespace of = properties;

/// Properties that clause 12 requires, beside the three that name any object.
constexpr std::array always{of::object_identifier, of::object_name, of::object_type};
constexpr std::array of_value{of::present_value, of::status_flags, of::event_state, of::out_of_service};
constexpr std::array of_analog{of::units};
constexpr std::array of_binary_input{of::polarity};
constexpr std::array of_trend_log{of::enable,      of::stop_when_full, of::buffer_size,
                                  of::log_buffer,  of::record_count,   of::total_record_count,
                                  of::event_state, of::status_flags,   of::logging_type};
constexpr std::array not_of_device{of::location,   of::description, of::local_date,
                                   of::local_time, of::max_master,  of::max_info_frames};

template <class Numbers>
bool contains(const Numbers& numbers, std::uint32_t number) {
    return std::ranges::find(numbers, number) != numbers.end();
}

bool is_required(std::uint16_t type, std::uint32_t number) {
    if (contains(always, number)) { return true; }
    switch (type) {
    case object_types::device:
        return !contains(not_of_device, number);
    case object_types::trend_log:
        return contains(of_trend_log, number);
    case object_types::binary_input:
        return contains(of_value, number) || contains(of_binary_input, number);
    default:
        return contains(of_value, number) || contains(of_analog, number);
    }
}

Bytes joined(const std::vector<Bytes>& elements) {
    Bytes all;
    for (const Bytes& element : elements) { all.insert(all.end(), element.begin(), element.end()); }
    return all;
}

} // namespace

PropertyData scalar(const bacnet::Primitive& value) {
    return constructed(bacnet::encode_primitive(value));
}

PropertyData array_of(const std::vector<bacnet::Primitive>& values) {
    PropertyData data;
    data.array = true;
    for (const bacnet::Primitive& value : values) { data.elements.push_back(bacnet::encode_primitive(value)); }
    return data;
}

PropertyData constructed(Bytes octets) {
    PropertyData data;
    data.elements.push_back(std::move(octets));
    return data;
}

bacnet::Primitive text_value(std::string_view text) {
    return bacnet::CharacterString(text);
}

const BacnetProperty* BacnetObject::find(std::uint32_t number) const {
    const auto found = std::ranges::find(properties, number, &BacnetProperty::number);
    return found == properties.end() ? nullptr : &*found;
}

std::string BacnetObject::name() const {
    const BacnetProperty* property = find(of::object_name);
    const auto text = property != nullptr
                          ? written_value<bacnet::CharacterString>(property->read().elements.front())
                          : Granted<bacnet::CharacterString>(tl::unexpected(refusals::unknown_property));
    return text ? text->text().value_or("") : std::string();
}

BacnetProperty& BacnetObject::add(std::uint32_t number, std::function<PropertyData()> read) {
    BacnetProperty property;
    property.number = number;
    property.required = is_required(id.type, number);
    property.read = std::move(read);
    return properties.emplace_back(std::move(property));
}

BacnetProperty& BacnetObject::add(std::uint32_t number, const bacnet::Primitive& constant) {
    return add(number, [constant] { return scalar(constant); });
}

Granted<Bytes> BacnetObject::read(const bacnet::PropertyReference& property) const {
    const BacnetProperty* found = find(property.property);
    if (found == nullptr) { return tl::unexpected(refusals::unknown_property); }
    if (!found->read) { return tl::unexpected(refusals::read_access_denied); }
    const PropertyData data = found->read();
    if (!property.index) { return joined(data.elements); }
    if (!data.array) { return tl::unexpected(refusals::not_an_array); }
    if (*property.index == 0) { return bacnet::encode_primitive(std::uint64_t{data.elements.size()}); }
    if (*property.index > data.elements.size()) { return tl::unexpected(refusals::invalid_array_index); }
    return data.elements[*property.index - 1];
}

Granted<void> BacnetObject::write(const bacnet::PropertyReference& property, ByteView value) const {
    const BacnetProperty* found = find(property.property);
    if (found == nullptr) { return tl::unexpected(refusals::unknown_property); }
    if (!found->write) { return tl::unexpected(refusals::write_access_denied); }
    if (property.index) { return tl::unexpected(refusals::not_an_array); }
    return found->write(value);
}

BacnetObject& BacnetDatabase::add(bacnet::ObjectId id) {
    BacnetObject object;
    object.id = id;
    return objects_.emplace_back(std::move(object));
}

const BacnetObject* BacnetDatabase::find(bacnet::ObjectId id) const {
    const auto found = std::ranges::find(objects_, id, &BacnetObject::id);
    return found == objects_.end() ? nullptr : &*found;
}

const BacnetObject* BacnetDatabase::find(std::string_view name) const {
    const auto found =
        std::ranges::find_if(objects_, [&](const BacnetObject& object) { return object.name() == name; });
    return found == objects_.end() ? nullptr : &*found;
}

} // namespace meterctl::simulators
