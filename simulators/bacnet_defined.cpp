#include "simulators/bacnet_defined.hpp"

#include "codecs/bacnet/names.hpp"
#include "codecs/bacnet/point.hpp"

#include <algorithm>
#include <array>
#include <cmath>

namespace meterctl::simulators {

namespace bacnet = codecs::bacnet;

namespace {

using namespace std::chrono_literals;

/// From the acknowledgment of a write until the value is stored.
constexpr auto settling = 1200ms;
constexpr std::uint32_t no_fault_detected = 0, unreliable_other = 7;
constexpr std::uint32_t normal = 0; ///< of Event_State and Polarity
constexpr float cov_increment = 0.5F;
constexpr std::uint32_t no_units = 95, power_factor_units = 15;

struct UnitNumber {
    meterctl::Unit unit;
    std::uint32_t number;
};
constexpr std::array unit_numbers{
    UnitNumber{meterctl::Unit::watt_hour, 18},
    UnitNumber{meterctl::Unit::kilowatt_hour, 19},
    UnitNumber{meterctl::Unit::megawatt_hour, 146},
    UnitNumber{meterctl::Unit::kilovar_hour, 243},
    UnitNumber{meterctl::Unit::kilovolt_ampere_hour, 240},
    UnitNumber{meterctl::Unit::watt, 47},
    UnitNumber{meterctl::Unit::kilowatt, 48},
    UnitNumber{meterctl::Unit::var, 11},
    UnitNumber{meterctl::Unit::kilovar, 12},
    UnitNumber{meterctl::Unit::volt_ampere, 8},
    UnitNumber{meterctl::Unit::kilovolt_ampere, 9},
    UnitNumber{meterctl::Unit::volt, 5},
    UnitNumber{meterctl::Unit::ampere, 3},
    UnitNumber{meterctl::Unit::hertz, 27},
    UnitNumber{meterctl::Unit::percent, 98},
    UnitNumber{meterctl::Unit::second, 73},
    UnitNumber{meterctl::Unit::millisecond, 159},
    UnitNumber{meterctl::Unit::degree_celsius, 62},
};

/// What a meter with nothing public about it shows, in this order.
struct MadeUp {
    std::string_view name; ///< of the load model, and, in capitals, of the object
    meterctl::Unit unit;
};
constexpr std::array made_up{
    MadeUp{"active_energy_import", meterctl::Unit::kilowatt_hour},
    MadeUp{"active_energy_export", meterctl::Unit::kilowatt_hour},
    MadeUp{"reactive_energy_import", meterctl::Unit::kilovar_hour},
    MadeUp{"active_power", meterctl::Unit::kilowatt},
    MadeUp{"active_power_l1", meterctl::Unit::kilowatt},
    MadeUp{"active_power_l2", meterctl::Unit::kilowatt},
    MadeUp{"active_power_l3", meterctl::Unit::kilowatt},
    MadeUp{"reactive_power", meterctl::Unit::kilovar},
    MadeUp{"apparent_power", meterctl::Unit::kilovolt_ampere},
    MadeUp{"power_factor", meterctl::Unit::none},
    MadeUp{"voltage_l1", meterctl::Unit::volt},
    MadeUp{"voltage_l2", meterctl::Unit::volt},
    MadeUp{"voltage_l3", meterctl::Unit::volt},
    MadeUp{"current_l1", meterctl::Unit::ampere},
    MadeUp{"current_l2", meterctl::Unit::ampere},
    MadeUp{"current_l3", meterctl::Unit::ampere},
    MadeUp{"frequency", meterctl::Unit::hertz},
};

std::uint32_t unit_number(const catalogue::Point& point) {
    const auto reported = parse_unit(point.reported_unit);
    const meterctl::Unit unit = reported && !point.reported_unit.empty() ? *reported : point.unit;
    const auto* found = std::ranges::find(unit_numbers, unit, &UnitNumber::unit);
    if (found != unit_numbers.end()) { return found->number; }
    return point.name.starts_with("power_factor") ? power_factor_units : no_units;
}

std::string_view constant(const catalogue::Point& point) {
    const std::string_view text = point.simulate;
    return text.starts_with('=') ? text.substr(1) : std::string_view();
}

double number_of(std::string_view text) {
    const auto number = Decimal::parse(text);
    return number ? number->to_double() : 0;
}

/// "voltage_l1" as such meters write it: "Voltage_L1".
std::string in_capitals(std::string_view name) {
    std::string text(name);
    bool first = true;
    for (char& letter : text) {
        if (first && letter >= 'a' && letter <= 'z') { letter = static_cast<char>(letter - 'a' + 'A'); }
        first = letter == '_';
    }
    return text;
}

/// The model's value in the point's unit, as a meter with three decimals shows it.
float shown(const LoadModel& load, const Quantity& quantity, meterctl::Unit unit) {
    const double in_unit = load.value(quantity) / std::pow(10.0, base_of(unit).exponent);
    return static_cast<float>(std::round(in_unit * 1000) / 1000);
}

bacnet::BitString bits_of(const std::set<unsigned>& numbers, std::size_t count) {
    bacnet::BitString string;
    string.bits.resize(count);
    for (const unsigned number : numbers) {
        if (number < count) { string.bits[number] = true; }
    }
    return string;
}

} // namespace

DefinedDevice::DefinedDevice(const catalogue::Definition& meter, const LoadModel& load)
    : BacnetDevice(bacnet_traits(meter), load), meter_(meter) {}

Result<std::unique_ptr<BacnetDevice>> DefinedDevice::create(const catalogue::Definition& meter, const LoadModel& load) {
    auto device = std::unique_ptr<DefinedDevice>(new DefinedDevice(meter, load));
    if (auto added = device->add_device_object(); !added) { return tl::unexpected(added.error()); }
    if (auto added = device->add_points(); !added) { return tl::unexpected(added.error()); }
    if (device->database_.objects().size() == 1) { device->make_up_objects(); }
    device->finish();
    return device;
}

void DefinedDevice::step(TimePoint now) {
    reach(now);
    settings_.store(now);
}

BacnetObject& DefinedDevice::add_object(bacnet::ObjectId id, std::string_view name, std::string_view description) {
    BacnetObject& object = database_.add(id);
    object.add(properties::object_identifier, bacnet::Primitive(id));
    object.add(properties::object_name, text_value(name));
    object.add(properties::object_type, bacnet::Enumerated{id.type});
    if (!description.empty()) { object.add(properties::description, text_value(description)); }
    return object;
}

void DefinedDevice::add_value(BacnetObject& object, std::function<bacnet::Primitive()> value,
                              const std::function<std::uint32_t()>& reliability) {
    object.add(properties::present_value, [value = std::move(value)] { return scalar(value()); });
    object.add(properties::status_flags, [reliability] {
        bacnet::StatusFlags flags;
        flags.fault = reliability() != no_fault_detected;
        return scalar(bacnet::bit_string(flags));
    });
    object.add(properties::event_state, bacnet::Enumerated{normal});
    object.add(properties::reliability, [reliability] { return scalar(bacnet::Enumerated{reliability()}); });
    object.add(properties::out_of_service, false);
    if (object.id.type == object_types::binary_input) { object.add(properties::polarity, bacnet::Enumerated{normal}); }
}

void DefinedDevice::add_units(BacnetObject& object, const catalogue::Point& point) {
    object.add(properties::units, bacnet::Enumerated{unit_number(point)});
}

void DefinedDevice::add_setting(BacnetObject& object, const catalogue::Point& point) {
    settings_.add(point);
    const std::string name = point.name;
    add_value(
        object, [this, name] { return bacnet::Primitive(static_cast<float>(settings_.value(name))); },
        [this, name] { return settings_.pending(name) ? unreliable_other : no_fault_detected; });
    add_units(object, point);
    for (BacnetProperty& property : object.properties) {
        if (property.number != properties::present_value) { continue; }
        property.write = [this, &point](ByteView octets) {
            return written_value<float>(octets).and_then([&](float value) { return write_setting(point, value); });
        };
    }
}

Granted<void> DefinedDevice::write_setting(const catalogue::Point& point, float value) {
    return settings_.write(point.name, static_cast<double>(value), now_ + settling);
}

/// Points of analog and binary objects; those of other objects a real device of this kind would have to be known for.
Result<void> DefinedDevice::add_points() {
    for (const catalogue::Point& point : meter_.points) {
        const auto address = bacnet::parse_point_address(point.address);
        if (!address) { return tl::unexpected(address.error()); }
        const std::uint16_t type = address->object.type;
        const bool known =
            type <= object_types::binary_input && address->property.property == properties::present_value;
        if (!known || point.method) { continue; }
        BacnetObject& object =
            add_object(address->object, point.reported_name.empty() ? point.name : point.reported_name, point.title);
        if (type == object_types::analog_value && point.access != catalogue::Access::read) {
            add_setting(object, point);
            continue;
        }
        const auto quantity = find_quantity(point.simulate.empty() ? point.name : point.simulate);
        const double otherwise = number_of(constant(point));
        const auto value = [this, quantity, otherwise, &point] {
            return quantity ? shown(load_, *quantity, point.unit) : static_cast<float>(otherwise);
        };
        const auto sound = [] { return no_fault_detected; };
        if (type == object_types::binary_input) {
            add_value(
                object, [value] { return bacnet::Enumerated{value() != 0 ? 1U : 0U}; }, sound);
        } else {
            add_value(
                object, [value] { return bacnet::Primitive(value()); }, sound);
            add_units(object, point);
        }
    }
    return {};
}

void DefinedDevice::make_up_objects() {
    std::uint32_t instance = 0;
    for (const MadeUp& row : made_up) {
        catalogue::Point like;
        like.name = row.name;
        like.unit = row.unit;
        const auto quantity = find_quantity(row.name);
        BacnetObject& object = add_object({object_types::analog_input, ++instance}, in_capitals(row.name), {});
        add_value(
            object, [this, quantity, row] { return bacnet::Primitive(shown(load_, *quantity, row.unit)); },
            [] { return no_fault_detected; });
        add_units(object, like);
        object.add(properties::cov_increment, cov_increment);
    }
}

void DefinedDevice::finish() {
    BacnetObject& device = database_.device();
    device.add(properties::object_list, [this] {
        std::vector<bacnet::Primitive> all;
        for (const BacnetObject& object : database_.objects()) { all.emplace_back(object.id); }
        all.front() = id();
        return array_of(all);
    });
    std::set<unsigned> types;
    for (const BacnetObject& object : database_.objects()) { types.insert(object.id.type); }
    constexpr std::size_t types_of_revision_4 = 30;
    device.add(properties::protocol_object_types_supported, bits_of(types, types_of_revision_4));
    device.add(properties::protocol_services_supported, bits_of(traits_.services, service_bits::count));
    constexpr unsigned first_with_property_list = 14;
    if (traits_.protocol_revision < first_with_property_list) { return; }
    for (std::size_t i = 0; i < database_.objects().size(); ++i) { add_property_list(i); }
}

/// Clause 12.11.52: all properties but those that every object has, and the list itself.
void DefinedDevice::add_property_list(std::size_t index) {
    database_.object(index).add(properties::property_list, [this, index] {
        constexpr std::array unlisted{properties::object_identifier, properties::object_name, properties::object_type,
                                      properties::property_list};
        std::vector<bacnet::Primitive> numbers;
        for (const BacnetProperty& property : database_.objects()[index].properties) {
            if (std::ranges::find(unlisted, property.number) == unlisted.end()) {
                numbers.emplace_back(bacnet::Enumerated{property.number});
            }
        }
        return array_of(numbers);
    });
}

} // namespace meterctl::simulators
