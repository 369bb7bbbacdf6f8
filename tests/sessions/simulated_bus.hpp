// Sessions on a bus of virtual meters, in virtual time.
#pragma once

#include "sessions/protocols.hpp"
#include "simulators/load_model.hpp"
#include "src/catalogue/catalogue.hpp"
#include "transports/open.hpp"

#include <doctest/doctest.h>
#include <string>

namespace meterctl::tests {

inline const catalogue::Definition& meter(std::string_view model) {
    static const catalogue::Catalogue catalogue;
    const auto found = catalogue.find(model);
    REQUIRE_MESSAGE(found.has_value(), (found ? std::string() : describe(found.error())));
    return **found;
}

inline const sessions::Protocol& modbus_protocol() {
    const auto* protocol = sessions::find_protocol("modbus");
    REQUIRE(protocol != nullptr);
    return *protocol;
}

inline simulators::Options frozen() {
    simulators::Options options;
    options.speed = 0;
    return options;
}

struct Place {
    std::string address;
    std::string_view model;
};

/// A line with meters on it.
struct SimulatedBus {
    explicit SimulatedBus(const simulators::Options& options = frozen(),
                          const std::vector<Place>& places = {{"1", "pro380-mod"}}) {
        std::vector<simulators::Unit> units;
        for (const Place& place : places) {
            simulators::Unit unit;
            unit.address = place.address;
            unit.meter = &meter(place.model);
            units.push_back(unit);
        }
        auto bus = modbus_protocol().simulate(units, options);
        REQUIRE_MESSAGE(bus.has_value(), (bus ? std::string() : describe(bus.error())));
        auto line = transports::parse_frame("8E1", options.baud == 0 ? 9600 : options.baud);
        REQUIRE(line.has_value());
        transport = transports::make_simulated(*loop, std::move(*bus), *line, "sim:");
    }

    std::unique_ptr<sessions::Session> session(sessions::SessionOptions options) {
        auto opened = modbus_protocol().open(*transport, std::move(options));
        REQUIRE_MESSAGE(opened.has_value(), (opened ? std::string() : describe(opened.error())));
        return std::move(*opened);
    }
    std::unique_ptr<sessions::Session> session(std::string_view model = "pro380-mod", std::string address = {}) {
        sessions::SessionOptions options;
        options.meter = &meter(model);
        options.address = std::move(address);
        return session(std::move(options));
    }

    template <class T>
    T run(Task<T> task) {
        return transports::run(*loop, std::move(task));
    }

    std::unique_ptr<transports::Loop> loop = transports::make_virtual_loop();
    std::unique_ptr<transports::Transport> transport;
};

inline const catalogue::Point& point(std::string_view name, std::string_view model = "pro380-mod") {
    const auto* found = meter(model).find(name);
    REQUIRE_MESSAGE(found != nullptr, std::string(name));
    return *found;
}

/// The load that a frozen bus of seed 1 shows.
inline double load_of(std::string_view quantity) {
    simulators::LoadModel load(frozen());
    load.advance_to(simulators::TimePoint{});
    const auto found = simulators::find_quantity(quantity);
    REQUIRE(found.has_value());
    return load.value(*found);
}

} // namespace meterctl::tests
