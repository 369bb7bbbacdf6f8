// M-Bus sessions on a bus of virtual slaves, in virtual time.
#pragma once

#include "tests/sessions/simulated_bus.hpp"

namespace meterctl::tests {

inline const sessions::Protocol& mbus_protocol() {
    const auto* protocol = sessions::find_protocol("mbus");
    REQUIRE(protocol != nullptr);
    return *protocol;
}

/// A seed whose first two slaves do not begin to answer at the same bit: aligned answers of slaves that show the same
/// load and differ in one bit of their number may pass for the one with the lower number.
inline simulators::Options unaligned() {
    simulators::Options options = frozen();
    options.seed = 2;
    return options;
}

struct SimulatedMbus {
    explicit SimulatedMbus(const simulators::Options& options = frozen(),
                           const std::vector<Place>& places = {{"1", "pro380-mb"}}, unsigned baud = 9600) {
        std::vector<simulators::Unit> units;
        for (const Place& place : places) {
            simulators::Unit unit;
            unit.address = place.address;
            unit.meter = &meter(place.model);
            units.push_back(unit);
        }
        auto bus = mbus_protocol().simulate(units, options);
        REQUIRE_MESSAGE(bus.has_value(), (bus ? std::string() : describe(bus.error())));
        const auto line = transports::parse_frame("8E1", options.baud == 0 ? baud : options.baud);
        REQUIRE(line.has_value());
        transport = transports::make_simulated(*loop, std::move(*bus), *line, "sim:");
    }

    std::unique_ptr<sessions::Session> session(sessions::SessionOptions options) {
        auto opened = mbus_protocol().open(*transport, std::move(options));
        REQUIRE_MESSAGE(opened.has_value(), (opened ? std::string() : describe(opened.error())));
        return std::move(*opened);
    }
    std::unique_ptr<sessions::Session> session(std::string_view model = "pro380-mb", std::string address = {}) {
        sessions::SessionOptions options;
        options.meter = model.empty() ? nullptr : &meter(model);
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

inline const catalogue::Point& mbus_point(std::string_view name) {
    return point(name, "pro380-mb");
}

} // namespace meterctl::tests
