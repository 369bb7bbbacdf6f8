// The device object of a virtual device, from its definition.
#include "codecs/bacnet/names.hpp"
#include "codecs/bacnet/point.hpp"
#include "simulators/bacnet_defined.hpp"

#include <array>
#include <charconv>

namespace meterctl::simulators {

namespace bacnet = codecs::bacnet;

namespace {

constexpr std::uint32_t operational = 0, segmented_transmit = 1, no_segmentation = 3;
constexpr std::uint32_t first_instance = 1'004'100;
constexpr std::uint64_t usual_timeout_ms = 3000;
/// What a device whose maker says nothing executes, as bits of Protocol_Services_Supported.
constexpr std::array usual_services{5U,
                                    12U,
                                    14U,
                                    15U,
                                    16U,
                                    17U,
                                    20U,
                                    service_bits::i_am,
                                    service_bits::i_have,
                                    service_bits::time_synchronization,
                                    service_bits::who_has,
                                    service_bits::who_is,
                                    service_bits::read_range,
                                    service_bits::utc_time_synchronization};

std::string setting(const catalogue::Definition& meter, const std::string& key) {
    const auto found = meter.settings.find(key);
    return found == meter.settings.end() ? std::string() : found->second;
}

std::optional<std::uint32_t> number(std::string_view text) {
    std::uint32_t value = 0;
    const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), value);
    const bool whole = !text.empty() && problem == std::errc{} && end == text.data() + text.size();
    return whole ? std::optional(value) : std::nullopt;
}

std::string_view constant(const catalogue::Point& point) {
    const std::string_view text = point.simulate;
    return text.starts_with('=') ? text.substr(1) : std::string_view();
}

/// The point that is this property of the device; nullptr where the definition has none.
const catalogue::Point* device_point(const catalogue::Definition& meter, std::uint32_t property) {
    for (const catalogue::Point& point : meter.points) {
        const auto address = bacnet::parse_point_address(point.address);
        if (address && address->object.type == object_types::device && address->property.property == property) {
            return &point;
        }
    }
    return nullptr;
}

std::uint32_t device_number(const catalogue::Definition& meter, std::uint32_t property, const std::string& key,
                            std::uint32_t otherwise) {
    const catalogue::Point* point = device_point(meter, property);
    const auto from_point = point == nullptr ? std::nullopt : number(constant(*point));
    return from_point.value_or(number(setting(meter, key)).value_or(otherwise));
}

/// "12, 14, 15"
std::set<unsigned> services_of(const std::string& text) {
    std::set<unsigned> services;
    if (text.empty()) { services.insert(usual_services.begin(), usual_services.end()); }
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t comma = std::min(text.find(',', at), text.size());
        if (const auto bit = number(std::string_view(text).substr(at, comma - at))) { services.insert(*bit); }
        at = text.find_first_not_of(", ", comma);
    }
    return services;
}

/// How a property's values are written: with what type, and what is refused.
struct Writable {
    const catalogue::Point* point;

    [[nodiscard]] Granted<bacnet::Primitive> text(ByteView octets) const {
        const auto value = written_value<bacnet::CharacterString>(octets);
        if (!value) { return tl::unexpected(value.error()); }
        const auto as_text = value->text();
        if (!as_text) { return tl::unexpected(refusals::character_set); }
        if (point->length != 0 && as_text->size() > point->length) {
            return tl::unexpected(refusals::value_out_of_range);
        }
        return bacnet::Primitive(*value);
    }

    [[nodiscard]] Granted<bacnet::Primitive> natural(ByteView octets) const {
        const auto value = written_value<std::uint64_t>(octets);
        if (!value) { return tl::unexpected(value.error()); }
        const Decimal as_decimal{static_cast<Int128>(*value), 0};
        const bool low = point->minimum && as_decimal < *point->minimum;
        const bool high = point->maximum && as_decimal > *point->maximum;
        if (low || high) { return tl::unexpected(refusals::value_out_of_range); }
        return bacnet::Primitive(*value);
    }
};

bacnet::Primitive constant_value(const catalogue::Point& point) {
    const std::string_view text = constant(point);
    if (point.type == "text") { return text_value(text); }
    const std::uint32_t value = number(text).value_or(0);
    if (point.type == "enumerated") { return bacnet::Enumerated{value}; }
    return std::uint64_t{value};
}

} // namespace

BacnetTraits bacnet_traits(const catalogue::Definition& meter) {
    constexpr unsigned usual_revision = 14;
    BacnetTraits traits;
    traits.instance = device_number(meter, properties::object_identifier, "instance", first_instance);
    traits.vendor = device_number(meter, properties::vendor_identifier, "vendor", 0);
    traits.max_apdu = static_cast<std::uint16_t>(number(setting(meter, "max_apdu")).value_or(480));
    traits.protocol_revision = device_number(meter, properties::protocol_revision, "protocol_revision", usual_revision);
    traits.services = services_of(setting(meter, "services"));
    const bool whole_answers =
        device_number(meter, properties::segmentation_supported, "segmentation", segmented_transmit) == no_segmentation;
    traits.segmentation = !whole_answers;
    return traits;
}

Result<void> DefinedDevice::add_device_object() {
    BacnetObject& device = database_.add(id());
    device.add(properties::object_identifier, [this] { return scalar(id()); }).write = [this](ByteView value) {
        return write_instance(value);
    };
    device.add(properties::object_type, bacnet::Enumerated{object_types::device});
    for (const catalogue::Point& point : meter_.points) {
        const auto address = bacnet::parse_point_address(point.address);
        if (!address) { return tl::unexpected(address.error()); }
        if (address->object.type != object_types::device || constant(point).empty()) { continue; }
        if (device.find(address->property.property) == nullptr) {
            add_device_property(point, address->property.property);
        }
    }
    add_device_usual();
    return {};
}

void DefinedDevice::add_device_property(const catalogue::Point& point, std::uint32_t property) {
    device_values_.insert_or_assign(property, constant_value(point));
    BacnetProperty& added =
        database_.device().add(property, [this, property] { return scalar(device_values_.at(property)); });
    if (point.access == catalogue::Access::read) { return; }
    added.write = [this, property, rules = Writable{&point}](ByteView octets) -> Granted<void> {
        auto value = rules.point->type == "text" ? rules.text(octets) : rules.natural(octets);
        if (!value) { return tl::unexpected(value.error()); }
        device_values_.insert_or_assign(property, std::move(*value));
        return {};
    };
}

/// What clause 12.11 requires and the definition does not say.
void DefinedDevice::add_device_usual() {
    BacnetObject& device = database_.device();
    const auto text = [this](const char* key, std::string_view otherwise) {
        const std::string said = setting(meter_, key);
        return text_value(said.empty() ? otherwise : std::string_view(said));
    };
    const auto add = [&device](std::uint32_t property, const bacnet::Primitive& value) {
        if (device.find(property) == nullptr) { device.add(property, value); }
    };
    add(properties::object_name, text("model_name", meter_.title));
    add(properties::system_status, bacnet::Enumerated{operational});
    add(properties::vendor_name, text("vendor_name", meter_.maker));
    add(properties::vendor_identifier, std::uint64_t{traits_.vendor});
    add(properties::model_name, text("model_name", meter_.title));
    add(properties::firmware_revision, text_value("1.0"));
    add(properties::application_software_version, text_value("1.0"));
    add(properties::protocol_version, std::uint64_t{1});
    add(properties::protocol_revision, std::uint64_t{traits_.protocol_revision});
    add(properties::max_apdu_length_accepted, std::uint64_t{traits_.max_apdu});
    add(properties::segmentation_supported,
        bacnet::Enumerated{traits_.segmentation ? segmented_transmit : no_segmentation});
    add(properties::apdu_timeout, usual_timeout_ms);
    add(properties::number_of_apdu_retries, std::uint64_t{3});
    add(properties::max_master, std::uint64_t{127});
    add(properties::max_info_frames, std::uint64_t{1});
    add(properties::database_revision, std::uint64_t{0});
    device.add(properties::local_date, [this] { return scalar(bacnet_time(clock()).date); });
    device.add(properties::local_time, [this] { return scalar(bacnet_time(clock()).time); });
    device.add(properties::device_address_binding, [] { return constructed({}); });
}

Granted<void> DefinedDevice::write_instance(ByteView value) {
    const catalogue::Point* point = device_point(meter_, properties::object_identifier);
    if (point == nullptr || point->access == catalogue::Access::read) {
        return tl::unexpected(refusals::write_access_denied);
    }
    const auto wanted = written_value<bacnet::ObjectId>(value);
    if (!wanted) { return tl::unexpected(wanted.error()); }
    const Decimal instance{static_cast<Int128>(wanted->instance), 0};
    const bool inside = wanted->type == object_types::device && !(point->minimum && instance < *point->minimum) &&
                        !(point->maximum && instance > *point->maximum);
    if (!inside) { return tl::unexpected(refusals::value_out_of_range); }
    traits_.instance = wanted->instance;
    return {};
}

} // namespace meterctl::simulators
