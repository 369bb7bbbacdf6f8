#include "simulators/iec62056_21_meter.hpp"

#include "codecs/iec62056_21/data_set.hpp"
#include "src/core/obis_names.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <fmt/format.h>

namespace meterctl::simulators {

namespace iec = codecs::iec62056_21;

namespace {

using catalogue::Point;
using Kind = iec::PointAddress::Kind;

constexpr std::string_view usual_manufacturer = "MCT";
constexpr std::string_view usual_product = "SIMULATED";
constexpr std::string_view usual_password = "00000000";
constexpr std::string_view serial_number_name = "serial_number";
constexpr std::string_view manufacturer_address = "manufacturer";
constexpr std::string_view identification_address = "identification";

/// What a meter shows of which no definition says more.
struct UsualPoint {
    std::string_view id, name, simulate, unit;
};
constexpr std::array usual_points{
    UsualPoint{"F.F", "error_code", "=00000000", ""},
    UsualPoint{"0.0.0", "serial_number", "=16001234", ""},
    UsualPoint{"1.8.0", "active_energy_import", "", "kWh"},
    UsualPoint{"1.8.1", "active_energy_import_t1", "", "kWh"},
    UsualPoint{"1.8.2", "active_energy_import_t2", "", "kWh"},
    UsualPoint{"2.8.0", "active_energy_export", "", "kWh"},
    UsualPoint{"3.8.0", "reactive_energy_import", "", "kvarh"},
    UsualPoint{"4.8.0", "reactive_energy_export", "", "kvarh"},
    UsualPoint{"32.7.0", "voltage_l1", "", "V"},
    UsualPoint{"52.7.0", "voltage_l2", "", "V"},
    UsualPoint{"72.7.0", "voltage_l3", "", "V"},
    UsualPoint{"31.7.0", "current_l1", "", "A"},
    UsualPoint{"51.7.0", "current_l2", "", "A"},
    UsualPoint{"71.7.0", "current_l3", "", "A"},
    UsualPoint{"16.7.0", "active_power", "", "kW"},
    UsualPoint{"14.7.0", "frequency", "", "Hz"},
};

/// How many digits a meter shows of a unit, with the point's own character, and how many of them behind it.
struct Digits {
    meterctl::Unit unit;
    int width, decimals;
};
constexpr std::array digits_of_units{
    Digits{meterctl::Unit::watt_hour, 9, 2},
    Digits{meterctl::Unit::var_hour, 9, 2},
    Digits{meterctl::Unit::volt_ampere_hour, 9, 2},
    Digits{meterctl::Unit::watt, 0, 3},
    Digits{meterctl::Unit::var, 0, 3},
    Digits{meterctl::Unit::volt_ampere, 0, 3},
    Digits{meterctl::Unit::volt, 5, 1},
    Digits{meterctl::Unit::ampere, 6, 2},
    Digits{meterctl::Unit::hertz, 5, 2},
};
constexpr int decimals_without_unit = 3;

std::string number_text(double in_base_unit, meterctl::Unit unit, bool whole) {
    const BaseUnit base = base_of(unit);
    const double value = in_base_unit / std::pow(10.0, base.exponent);
    if (unit == meterctl::Unit::none) { return fmt::format("{:.{}f}", value, whole ? 0 : decimals_without_unit); }
    const auto* digits = std::ranges::find(digits_of_units, base.unit, &Digits::unit);
    if (digits == digits_of_units.end()) { return fmt::format("{:.2f}", value); }
    return fmt::format("{:0{}.{}f}", value, digits->width, digits->decimals);
}

bool is_whole(Quantity::Kind kind) {
    return kind == Quantity::Kind::tariff || kind == Quantity::Kind::quadrant || kind == Quantity::Kind::direction;
}

bool in_range(const Point& point, const Value& value) {
    const auto number = value.number();
    const bool chosen = std::ranges::any_of(point.choices, [&](const catalogue::Choice& choice) {
        const auto wanted = choice.value.number();
        return wanted && number ? *wanted == *number : choice.value == value;
    });
    if (chosen) { return true; }
    if (point.choices_only || value.is_null()) { return false; }
    if (!number) { return true; }
    return !(point.minimum && *number < *point.minimum) && !(point.maximum && *number > *point.maximum);
}

Point usual_point(const UsualPoint& row) {
    Point point;
    point.name = row.name;
    point.address = row.id;
    point.simulate = row.simulate;
    if (const auto unit = parse_unit(row.unit); unit && !row.unit.empty()) { point.unit = *unit; }
    return point;
}

} // namespace

std::string error_text(IecError error) {
    return fmt::format("(ER{:02})", static_cast<int>(error));
}

Result<std::unique_ptr<IecMeter>> IecMeter::create(const catalogue::Definition& meter, const LoadModel& model) {
    const auto settings = iec::settings(meter);
    if (!settings) { return tl::unexpected(settings.error()); }
    auto made = std::unique_ptr<IecMeter>(new IecMeter(model));
    made->manufacturer_ = usual_manufacturer;
    made->product_ = usual_product;
    made->password_ = settings->password.empty() ? std::string(usual_password) : settings->password;
    std::vector<Point> points = meter.points;
    if (points.empty()) { std::ranges::transform(usual_points, std::back_inserter(points), usual_point); }
    for (const Point& point : points) {
        if (auto added = made->add(point); !added) { return tl::unexpected(added.error()); }
    }
    return made;
}

Result<void> IecMeter::add(const Point& point) {
    const std::string constant = point.simulate.starts_with('=') ? point.simulate.substr(1) : std::string();
    if (point.name == serial_number_name) { serial_number_ = constant; }
    if (point.address == manufacturer_address || point.address == identification_address) {
        (point.address == manufacturer_address ? manufacturer_ : product_) = constant;
        return {};
    }
    auto at = iec::point_address(point);
    if (!at) { return tl::unexpected(at.error()); }
    Item item{point, std::move(*at), std::nullopt, constant};
    if (constant.empty() && !point.method) {
        const std::string& name = point.simulate.empty() ? point.name : point.simulate;
        item.quantity = find_quantity(name);
        if (!item.quantity && !point.simulate.empty()) {
            return fail(Category::usage, "the load model has no '" + name + "'", point.name);
        }
    }
    items_.push_back(std::move(item));
    return {};
}

iec::Identification IecMeter::identification(unsigned baud) const {
    iec::Identification said;
    said.manufacturer = manufacturer_;
    said.baud = iec::baud_character(baud).value_or('0');
    said.text = product_;
    return said;
}

std::string IecMeter::shown(const Item& item) const {
    std::string value = item.text;
    if (item.quantity) {
        value = number_text(model_.value(*item.quantity), item.point.unit, is_whole(item.quantity->kind));
    }
    const std::string unit = item.point.unit == meterctl::Unit::none ? "" : "*" + std::string(symbol(item.point.unit));
    return item.at.id + "(" + value + unit + ")";
}

std::string IecMeter::readout() const {
    std::string text;
    for (const Item& item : items_) {
        if (item.at.kind == Kind::readout) { text += shown(item) + "\r\n"; }
    }
    return text + "!\r\n";
}

tl::expected<std::string, IecError> IecMeter::read(std::string_view id) const {
    const auto found = std::ranges::find_if(items_, [id](const Item& item) {
        const bool readable = item.point.access != catalogue::Access::write;
        return readable && (item.at.kind == Kind::reg ? item.at.id == id : iec::same_id(item.at.id, id));
    });
    if (found == items_.end()) { return tl::unexpected(IecError::no_register); }
    return shown(*found);
}

tl::expected<void, IecError> IecMeter::write(std::string_view id, const std::string& value) {
    const auto found =
        std::ranges::find_if(items_, [id](const Item& item) { return item.at.kind == Kind::reg && item.at.id == id; });
    if (found == items_.end()) { return tl::unexpected(IecError::no_register); }
    if (found->point.access == catalogue::Access::read) { return tl::unexpected(IecError::locked); }
    if (found->point.method) { return {}; }
    iec::Group group;
    const std::size_t star = value.find('*');
    group.value = value.substr(0, star);
    const auto reading = iec::decode_point(found->point, std::span(&group, 1));
    if (!reading || !in_range(found->point, reading->value)) { return tl::unexpected(IecError::value); }
    found->quantity.reset();
    found->text = group.value;
    return {};
}

} // namespace meterctl::simulators
