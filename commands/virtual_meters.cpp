#include "commands/virtual_meters.hpp"

#include "commands/values.hpp"
#include "transports/options.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>

namespace meterctl::commands {

namespace {

using simulators::Options;
using simulators::Unit;

template <auto Member>
Result<void> read_share(std::string_view key, const std::string& text, Options& options) {
    const auto share = parse_share(key, text);
    if (!share) { return tl::unexpected(share.error()); }
    options.*Member = *share;
    return {};
}

Result<void> read_seed(std::string_view key, const std::string& text, Options& options) {
    const auto seed = parse_count(key, text, std::numeric_limits<std::uint64_t>::max());
    if (!seed) { return tl::unexpected(seed.error()); }
    options.seed = *seed;
    return {};
}

Result<void> read_speed(std::string_view key, const std::string& text, Options& options) {
    const auto speed = parse_factor(key, text);
    if (!speed) { return tl::unexpected(speed.error()); }
    options.speed = *speed;
    return {};
}

Result<void> read_latency(std::string_view key, const std::string& text, Options& options) {
    const auto latency = parse_duration(key, text);
    if (!latency) { return tl::unexpected(latency.error()); }
    options.latency = std::chrono::duration_cast<std::chrono::milliseconds>(*latency);
    return {};
}

Result<void> read_echo(std::string_view /*key*/, const std::string& text, Options& options) {
    const auto echo = transports::parse_flag(text);
    if (!echo) { return tl::unexpected(echo.error()); }
    options.echo = *echo;
    return {};
}

Result<void> read_baud(std::string_view /*key*/, const std::string& text, Options& options) {
    const auto baud = transports::parse_baud(text);
    if (!baud) { return tl::unexpected(baud.error()); }
    options.baud = *baud;
    return {};
}

Result<void> read_framing(std::string_view /*key*/, const std::string& text, Options& options) {
    options.framing = text;
    return {};
}

/// "7000", "7kW"; "-7kW" is exported.
Result<void> read_power(std::string_view key, const std::string& text, Options& options) {
    catalogue::Point watts;
    watts.name = key;
    watts.unit = meterctl::Unit::watt;
    const auto power = sessions::parse_write_value(watts, text);
    const auto number = power ? power->number() : std::nullopt;
    if (!number) {
        return fail(Category::usage, std::string(key) + ": \"" + text + "\" is no power", {}, {"7000", "7kW"},
                    "usage.value");
    }
    options.power = number->to_double();
    return {};
}

Result<void> read_meters(std::string_view key, const std::string& text, Options& options) {
    constexpr std::uint64_t most_meters = 250;
    const auto count = parse_count(key, text, most_meters);
    if (!count) { return tl::unexpected(count.error()); }
    options.meters = static_cast<unsigned>(*count);
    return {};
}

Result<void> read_start(std::string_view key, const std::string& text, Options& options) {
    const auto time = DateTime::parse(text);
    if (!time) { return tl::unexpected(time.error()); }
    options.start = time->to_utc();
    if (options.start) { return {}; }
    return fail(Category::usage, std::string(key) + ": \"" + text + "\" is no time with its offset", {},
                {"2026-11-21T02:15:00Z"}, "usage.value");
}

struct SettingRow {
    std::string_view key;
    Result<void> (*read)(std::string_view key, const std::string& text, Options& options);
};
constexpr std::array setting_rows{
    SettingRow{"seed", read_seed},
    SettingRow{"speed", read_speed},
    SettingRow{"latency", read_latency},
    SettingRow{"drop", read_share<&Options::drop>},
    SettingRow{"corrupt", read_share<&Options::corrupt>},
    SettingRow{"duplicate", read_share<&Options::duplicate>},
    SettingRow{"cut", read_share<&Options::cut>},
    SettingRow{"late", read_share<&Options::late>},
    SettingRow{"echo", read_echo},
    SettingRow{"baud", read_baud},
    SettingRow{"framing", read_framing},
    SettingRow{"start", read_start},
    SettingRow{"power", read_power},
    SettingRow{"meters", read_meters},
};

/// What only some simulators take goes to them as it is.
void read_extras(const Setting& setting, Options& options) {
    for (const std::string_view key : transports::query_keys(transports::Scheme::sim)) {
        if (key == "unit" || std::ranges::find(setting_rows, key, &SettingRow::key) != setting_rows.end()) { continue; }
        if (const auto text = setting(key)) { options.extras.emplace(key, *text); }
    }
}

const std::string& address_of(const Unit& unit) {
    return unit.address.empty() ? unit.meter->address : unit.address;
}

Result<void> check_units(std::span<const Unit> units) {
    for (std::size_t i = 0; i < units.size(); ++i) {
        if (units[i].meter->protocol != units[0].meter->protocol) {
            return fail(Category::usage, "meters of several protocols cannot share a bus",
                        units[0].meter->model + " and " + units[i].meter->model, {}, "usage.units");
        }
        for (std::size_t j = 0; j < i; ++j) {
            if (address_of(units[i]) == address_of(units[j])) {
                return fail(Category::usage, "two meters have address " + address_of(units[i]),
                            units[j].meter->model + " and " + units[i].meter->model, {}, "usage.units");
            }
        }
    }
    return {};
}

/// As the first meter is delivered, or as the protocol's lines usually are.
Result<transports::LineSettings> line_of(std::span<const Unit> units, const sessions::Protocol* protocol,
                                         const Setting& setting) {
    const auto usual = units.empty() ? protocol->line : units.front().meter->line;
    return transports::parse_frame(setting("frame").value_or(usual.frame), usual.baud);
}

} // namespace

Result<Unit> parse_unit(std::string_view text, char separator, const catalogue::Catalogue& meters) {
    const std::size_t cut = text.find(separator);
    if (cut == std::string_view::npos || cut == 0) {
        const std::string form = "ADDRESS" + std::string(1, separator) + "MODEL";
        return fail(Category::usage, "\"" + std::string(text) + "\" is not " + form, {},
                    {"1" + std::string(1, separator) + "pro380-mod"}, "usage.unit");
    }
    const auto meter = meters.find(text.substr(cut + 1));
    if (!meter) { return tl::unexpected(meter.error()); }
    return Unit{std::string(text.substr(0, cut)), *meter};
}

Result<Options> virtual_options(const Setting& setting, std::string_view prefix) {
    Options options;
    for (const SettingRow& row : setting_rows) {
        const auto text = setting(row.key);
        if (!text) { continue; }
        if (auto read = row.read(std::string(prefix) + std::string(row.key), *text, options); !read) {
            return tl::unexpected(read.error());
        }
    }
    read_extras(setting, options);
    return options;
}

Result<VirtualBus> make_virtual_bus(std::span<const Unit> units, const sessions::Protocol* protocol,
                                    const Setting& setting, std::string_view prefix) {
    if (auto fits = check_units(units); !fits) { return tl::unexpected(fits.error()); }
    const auto line = line_of(units, protocol, setting);
    if (!line) { return tl::unexpected(line.error()); }
    auto options = virtual_options(setting, prefix);
    if (!options) { return tl::unexpected(options.error()); }
    options->bits_per_octet = line->bits_per_octet();
    VirtualBus made;
    made.line = *line;
    if (options->baud != 0) { made.line.baud = options->baud; }
    made.protocol = units.empty() ? protocol : sessions::find_protocol(units.front().meter->protocol);
    if (made.protocol == nullptr) {
        return fail(Category::usage, "nothing here speaks \"" + units.front().meter->protocol + "\"",
                    units.front().meter->model);
    }
    if (made.protocol->simulate == nullptr) {
        return fail(Category::usage, "meters of this protocol are not simulated", std::string(made.protocol->title), {},
                    "usage.no_simulator");
    }
    auto bus = made.protocol->simulate(units, *options);
    if (!bus) { return tl::unexpected(bus.error()); }
    made.bus = std::move(*bus);
    return made;
}

Result<VirtualBus> open_virtual_bus(const transports::Endpoint& endpoint, const catalogue::Definition* meter,
                                    const sessions::Protocol* protocol, std::span<const Unit> otherwise,
                                    const catalogue::Catalogue& meters) {
    std::vector<Unit> units;
    for (const auto& [key, value] : endpoint.query) {
        if (key != "unit") { continue; }
        auto unit = parse_unit(value, ':', meters);
        if (!unit) { return tl::unexpected(unit.error()); }
        units.push_back(std::move(*unit));
    }
    const bool made_up = endpoint.host == any_bus;
    if (units.empty() && !endpoint.host.empty() && !made_up) {
        const auto named = meters.find(endpoint.host);
        if (!named) { return tl::unexpected(named.error()); }
        units.push_back(Unit{{}, *named});
    }
    if (units.empty() && meter != nullptr) { units.push_back(Unit{{}, meter}); }
    if (units.empty() && !made_up) { units.assign(otherwise.begin(), otherwise.end()); }
    if (units.empty() && (!made_up || protocol == nullptr)) {
        return fail(Category::usage, "no meter is named to simulate", endpoint.text,
                    {"--meter MODEL", "sim://MODEL", "sim:?unit=1:pro380-mod"}, "usage.no_meter");
    }
    return make_virtual_bus(units, protocol, [&](std::string_view key) { return endpoint.option(key); });
}

} // namespace meterctl::commands
