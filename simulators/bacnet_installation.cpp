#include "simulators/bacnet_installation.hpp"

#include "codecs/bacnet/mstp_frame.hpp"
#include "simulators/bacnet_s4100.hpp"
#include "simulators/extras.hpp"

#include <algorithm>
#include <array>
#include <charconv>

namespace meterctl::simulators {

namespace {

constexpr std::uint16_t usual_network = 1; ///< of the line behind a router, where nothing says its number
constexpr unsigned last_network = 65534;
constexpr std::uint64_t most_history = 1'000'000; ///< a log takes what fits of them

std::optional<unsigned> number(std::string_view text, unsigned most) {
    unsigned value = 0;
    const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), value);
    const bool whole = !text.empty() && problem == std::errc{} && end == text.data() + text.size();
    return whole && value <= most ? std::optional(value) : std::nullopt;
}

Result<std::uint8_t> mac_address(std::string_view text, const std::string& where) {
    const auto mac = number(text, codecs::bacnet::mstp::last_master);
    if (mac) { return static_cast<std::uint8_t>(*mac); }
    return fail(Category::usage, "'" + std::string(text) + "' is no address of an MS/TP master", where,
                {"a number from 0 to 127"});
}

Result<std::unique_ptr<BacnetDevice>> make_device(const catalogue::Definition& meter, const LoadModel& load,
                                                  const ModelClock& clock, const Options& options) {
    const auto behaviour = meter.settings.find("behaviour");
    if (behaviour == meter.settings.end()) { return DefinedDevice::create(meter, load); }
    if (behaviour->second == "s4100") { return S4100::create(meter, load, clock, options); }
    return fail(Category::usage, "unknown behaviour '" + behaviour->second + "'", meter.model, {"s4100, or none"});
}

} // namespace

BacnetInstallation::BacnetInstallation(const Options& options) : options_(options), load_(options) {
    clock_.speed = std::max(0.0, options.speed);
    clock_.start = load_.clock();
}

Result<std::shared_ptr<BacnetInstallation>> BacnetInstallation::create(std::span<const Unit> units,
                                                                       const Options& options) {
    auto made = std::make_shared<BacnetInstallation>(options);
    for (const Unit& unit : units) {
        if (auto added = made->add(unit); !added) { return tl::unexpected(added.error()); }
    }
    if (auto made_up = made->make_up(options.meters); !made_up) { return tl::unexpected(made_up.error()); }
    if (made->units_.empty()) { return fail(Category::usage, "no device is named to simulate", {}, {"meters=3"}); }
    if (auto read = made->read_extras(); !read) { return tl::unexpected(read.error()); }
    if (made->units_.size() > 1 && !made->routed_network_) { made->routed_network_ = usual_network; }
    return made;
}

Result<void> BacnetInstallation::add(const Unit& unit) {
    const auto mac = mac_address(unit.address.empty() ? unit.meter->address : unit.address, unit.meter->model);
    if (!mac) { return tl::unexpected(mac.error()); }
    if (std::ranges::find(units_, *mac, &BacnetUnit::mac) != units_.end()) {
        return fail(Category::usage, "two units have address " + std::to_string(*mac), {},
                    {"another address for one of them"});
    }
    auto device = make_device(*unit.meter, load_, clock_, options_);
    if (!device) { return tl::unexpected(device.error()); }
    const bool alike = options_.extras.contains("same_instance");
    (*device)->set_instance((*device)->traits().instance + (alike ? 0 : models_[unit.meter->model]++));
    const unsigned baud = options_.baud == 0 ? unit.meter->line.baud : options_.baud;
    units_.push_back({*mac, baud, BacnetStation(std::move(*device))});
    return {};
}

/// Devices of which nothing is known but that they are there, at the first addresses that are free.
Result<void> BacnetInstallation::make_up(unsigned count) {
    unsigned mac = 0;
    for (unsigned i = 1; i <= count; ++i) {
        do { ++mac; } while (std::ranges::find(units_, mac, &BacnetUnit::mac) != units_.end());
        catalogue::Definition& meter = made_up_.emplace_back();
        meter.model = "made-up";
        meter.title = "Device " + std::to_string(i);
        meter.maker = "nobody";
        meter.address = std::to_string(mac);
        Unit unit;
        unit.meter = &meter;
        if (auto added = add(unit); !added) { return added; }
    }
    return {};
}

Result<void> BacnetInstallation::read_extras() {
    const std::array states{std::string("reset")};
    if (auto good = check_extra_word(options_, "clock", states); !good) { return good; }
    if (auto good = check_extra_number(options_, "history", most_history); !good) { return good; }
    const auto text = [this](const std::string& key) {
        const auto found = options_.extras.find(key);
        return found == options_.extras.end() ? std::string() : found->second;
    };
    const std::string masters = text("masters");
    for (std::size_t at = 0; at < masters.size();) {
        const std::size_t comma = std::min(masters.find(',', at), masters.size());
        const auto mac = mac_address(std::string_view(masters).substr(at, comma - at), "masters");
        if (!mac) { return tl::unexpected(mac.error()); }
        if (std::ranges::find(units_, *mac, &BacnetUnit::mac) == units_.end()) { masters_.push_back(*mac); }
        at = comma + 1;
    }
    if (const std::string router = text("router"); !router.empty()) {
        const auto network = number(router, last_network);
        if (!network || *network == 0) {
            return fail(Category::usage, "'" + router + "' is no number of a network", "router",
                        {"a number from 1 to 65534"});
        }
        routed_network_ = static_cast<std::uint16_t>(*network);
    }
    return {};
}

void BacnetInstallation::step_all(TimePoint now) {
    load_.advance_to(now);
    for (BacnetUnit& unit : units_) { unit.station.device().step(now); }
}

void BacnetInstallation::advance_to(TimePoint now) {
    if (!clock_.zero) {
        clock_.zero = now;
        reached_ = now;
        step_all(now);
    }
    if (now < reached_) { return; }
    while (true) {
        std::optional<TimePoint> next;
        BacnetUnit* whose = nullptr;
        for (BacnetUnit& unit : units_) {
            const auto event = unit.station.device().next_event();
            if (!event || *event > now || (next && *next <= *event)) { continue; }
            next = event;
            whose = &unit;
        }
        if (whose == nullptr) { break; }
        load_.advance_to(*next);
        whose->station.device().step(*next);
    }
    reached_ = now;
    step_all(now);
}

} // namespace meterctl::simulators
