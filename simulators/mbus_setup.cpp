#include "simulators/mbus_setup.hpp"

#include "simulators/random.hpp"
#include "src/core/hex.hpp"
#include "src/core/text.hpp"

#include <charconv>
#include <fmt/format.h>

namespace meterctl::simulators {

namespace mbus = codecs::mbus;

namespace {

using catalogue::Definition;
using catalogue::Point;

constexpr std::string_view record_prefix = "drh:", header_prefix = "header:", readout_key = "readout";
constexpr std::uint32_t numbers = 100'000'000; ///< of eight digits

tl::unexpected<Error> misfit(const Definition& meter, const std::string& what, std::string where) {
    return fail(Category::usage, meter.model + ": " + what, std::move(where));
}

/// A nibble each digit, as the codec has it.
std::uint32_t digits_of(std::uint32_t number) {
    std::uint32_t digits = 0;
    number %= numbers;
    for (unsigned shift = 0; shift < 32; shift += 4, number /= 10) { digits |= (number % 10) << shift; }
    return digits;
}

template <class Number>
std::optional<Number> number_of(std::string_view text, int base) {
    Number number{};
    const auto [end, trouble] = std::from_chars(text.data(), text.data() + text.size(), number, base);
    const bool whole = trouble == std::errc() && end == text.data() + text.size();
    return whole ? std::optional(number) : std::nullopt;
}

/// A point "header:..." and the constant behind its "=": part of the address. False where it is none.
bool set_identity(mbus::Identity& identity, std::string_view part, std::string_view constant, unsigned index) {
    if (part == "manufacturer") {
        const auto code = mbus::manufacturer_code(constant);
        identity.manufacturer = code.value_or(identity.manufacturer);
        return code.has_value();
    }
    const auto number = number_of<std::uint32_t>(constant, 10);
    if (!number) { return false; }
    if (part == "id") { identity.id = digits_of(*number + index); }
    if (part == "version") { identity.version = static_cast<std::uint8_t>(*number); }
    if (part == "medium") { identity.medium = static_cast<std::uint8_t>(*number); }
    return true;
}

Result<MbusRecord> record_of(const Definition& meter, const Point& point) {
    auto header = from_hex(std::string_view(point.address).substr(record_prefix.size()));
    if (!header || header->empty() || header_octets(*header) != header->size()) {
        return misfit(meter, "no data record header", point.name);
    }
    MbusRecord record;
    record.header = std::move(*header);
    record.group = point.group;
    const std::string_view source = point.simulate;
    record.clock = source == "clock";
    if (source.starts_with('=')) {
        const auto constant = Decimal::parse(source.substr(1));
        if (!constant) { return misfit(meter, "it simulates no number", point.name); }
        record.constant = constant->to_double();
    } else if (!record.clock) {
        record.quantity = find_quantity(source);
        if (!record.quantity) { return misfit(meter, "nothing is called " + point.simulate, point.name); }
    }
    return record;
}

/// "readout": the groups of the usual readout; "readout_B4": those that CI field B4 selects.
Result<void> set_readouts(const Definition& meter, MbusSetup& setup) {
    for (const auto& [key, groups] : meter.settings) {
        if (!key.starts_with(readout_key)) { continue; }
        std::vector<std::string> names;
        for (const std::string_view name : split(groups, ' ')) { names.emplace_back(name); }
        if (key == readout_key) {
            setup.usual_groups = std::move(names);
            continue;
        }
        const auto ci = number_of<std::uint8_t>(std::string_view(key).substr(readout_key.size() + 1), 16);
        if (!ci) { return misfit(meter, "no CI field", key); }
        setup.selectors.emplace(*ci, std::move(names));
    }
    return {};
}

enum class Kind { heat, water, electricity };
struct Maker {
    std::string_view letters;
    std::uint8_t version;
    std::uint8_t medium;
    Kind kind;
};
constexpr std::array makers{
    Maker{"KAM", 0x08, 0x04, Kind::heat},        Maker{"SEN", 0x19, 0x07, Kind::water},
    Maker{"ABB", 0x20, 0x02, Kind::electricity}, Maker{"LUG", 0x07, 0x04, Kind::heat},
    Maker{"HYD", 0x2A, 0x06, Kind::water},       Maker{"EMU", 0x10, 0x02, Kind::electricity},
    Maker{"EFE", 0x00, 0x04, Kind::heat},        Maker{"ZRI", 0x88, 0x07, Kind::water},
};

MbusRecord record(std::string_view header, double constant, double per_hour = 0) {
    MbusRecord made;
    made.header = from_hex(header).value_or(Bytes());
    made.constant = constant;
    made.per_hour = per_hour;
    return made;
}

MbusRecord quantity_record(std::string_view header, std::string_view quantity) {
    MbusRecord made = record(header, 0);
    made.quantity = find_quantity(quantity);
    return made;
}

MbusRecord clock_record() {
    MbusRecord made = record("04 6D", 0);
    made.clock = true;
    return made;
}

/// Eight digits of an earlier month: the storage number's lowest bit is in the DIF, the others in a DIFE.
Bytes stored_header(unsigned month, std::uint8_t vif) {
    constexpr unsigned bcd8_extended = 0x8C, lowest_bit_at = 6;
    return {static_cast<std::uint8_t>(bcd8_extended | (month & 1U) << lowest_bit_at),
            static_cast<std::uint8_t>(month >> 1U), vif};
}

/// Heat meters keep the energy and volume of 18 months, so that their readout takes two telegrams.
std::vector<MbusRecord> heat_records(double scale) {
    std::vector<MbusRecord> records{
        clock_record(),
        record("0C 06", 41'250'000 * scale, 4200 * scale), // energy in kWh
        record("0C 14", 1'180 * scale, 0.12 * scale),      // volume in 0.01 m3
        record("0B 2D", 4200 * scale),                     // power in 100 W
        record("0B 3B", 0.412 * scale),                    // flow in l/h
        record("0A 5A", 68.4),                             // flow temperature in 0.1 degree C
        record("0A 5E", 41.7),                             // return temperature
        record("0B 61", 26.7),                             // difference in 0.01 K
    };
    constexpr unsigned months = 18;
    for (unsigned month = 1; month <= months; ++month) {
        MbusRecord energy = record("0C 06", (41'250'000 - month * 900'000.0) * scale);
        energy.header = stored_header(month, energy.header.back());
        MbusRecord volume = record("0C 14", (1'180 - month * 25.0) * scale);
        volume.header = stored_header(month, volume.header.back());
        records.push_back(std::move(energy));
        records.push_back(std::move(volume));
    }
    return records;
}

std::vector<MbusRecord> water_records(double scale) {
    return {clock_record(), record("0C 13", 312.4 * scale, 0.021 * scale), record("0B 3B", 0.021 * scale),
            record("4C 13", 287.1 * scale), record("42 6C", 0x37BF)};
}

std::vector<MbusRecord> electricity_records() {
    return {quantity_record("0E 03", "active_energy_import"), quantity_record("2E 03", "active_energy_export"),
            quantity_record("04 2A", "active_power"),         quantity_record("04 FD 48", "voltage_l1"),
            quantity_record("04 FD 59", "current_l1"),        clock_record()};
}

/// Numbers that make a search work: see generated_setup().
std::uint32_t generated_number(std::uint64_t seed, unsigned index) {
    const unsigned group = index / 8, member = index % 8;
    const auto base = static_cast<std::uint32_t>(mix(seed ^ mix(group + 1)) % numbers);
    constexpr std::uint32_t first_digit = 10'000'000;
    switch (member) {
    case 1: // as member 0 but for the last digit
        return base - base % 10 + (base + 3) % 10;
    case 2:
    case 3: // the same number
        return static_cast<std::uint32_t>(mix(seed ^ mix(group + 1000)) % numbers);
    case 5: // as member 0 but for the first digit
        return (base + 4 * first_digit) % numbers;
    default:
        return member == 0 ? base : static_cast<std::uint32_t>(mix(seed ^ mix(group * 8 + member + 5000)) % numbers);
    }
}

} // namespace

Result<MbusSetup> setup_of(const Definition& meter, unsigned index) {
    MbusSetup setup;
    setup.bauds = meter.line.bauds;
    setup.identity.id = digits_of(index);
    for (const Point& point : meter.points) {
        if (point.address.starts_with(header_prefix) && point.simulate.starts_with('=')) {
            const auto part = std::string_view(point.address).substr(header_prefix.size());
            if (!set_identity(setup.identity, part, std::string_view(point.simulate).substr(1), index)) {
                return misfit(meter, "it simulates no such thing", point.name);
            }
        }
        if (!point.address.starts_with(record_prefix) || point.simulate.empty()) { continue; }
        auto record = record_of(meter, point);
        if (!record) { return tl::unexpected(record.error()); }
        setup.records.push_back(std::move(*record));
    }
    if (auto readouts = set_readouts(meter, setup); !readouts) { return tl::unexpected(readouts.error()); }
    return setup;
}

MbusSetup generated_setup(std::uint64_t seed, unsigned index) {
    const Maker& maker = makers.at(index % makers.size());
    MbusSetup setup;
    setup.bauds = {300, 600, 1200, 2400, 4800, 9600};
    setup.identity.id = digits_of(generated_number(seed, index));
    setup.fabrication = digits_of(static_cast<std::uint32_t>(mix(seed ^ (index + 9000U)) % numbers));
    setup.identity.manufacturer = mbus::manufacturer_code(maker.letters).value_or(0);
    setup.identity.version = maker.version;
    setup.identity.medium = maker.medium;
    if (index % 8 == 3) { setup.identity.version = makers.at(2).version; }
    if (index % 8 == 3) { setup.identity.medium = makers.at(2).medium; }
    const double scale = 0.5 + fraction(seed, 77, index);
    const bool electric = maker.kind == Kind::electricity || index % 8 == 3;
    setup.records = electric                   ? electricity_records()
                    : maker.kind == Kind::heat ? heat_records(scale)
                                               : water_records(scale);
    return setup;
}

} // namespace meterctl::simulators
