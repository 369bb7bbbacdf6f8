// BACnet sessions with virtual devices, in virtual time.
#pragma once

#include "sessions/bacnet/scan.hpp"
#include "sessions/bacnet/session.hpp"
#include "simulators/bacnet_bus.hpp"
#include "tests/sessions/bacnet/scripted_line.hpp"
#include "tests/simulators/bacnet_asker.hpp"
#include "transports/open.hpp"

#include <doctest/doctest.h>

namespace meterctl::tests {

struct BacnetPlace {
    std::string address, model;
};

struct SimulatedBacnet {
    explicit SimulatedBacnet(simulators::Options options = {},
                             const std::vector<BacnetPlace>& places = {{"1", "leviton-s4100"}}, unsigned baud = 76800) {
        std::vector<simulators::Unit> units;
        for (const BacnetPlace& place : places) {
            simulators::Unit unit;
            unit.address = place.address;
            unit.meter = &test::bacnet_meter(place.model);
            units.push_back(unit);
        }
        framing = options.framing;
        auto bus = simulators::make_bacnet_bus(units, options);
        REQUIRE_MESSAGE(bus.has_value(), (bus ? std::string() : describe(bus.error())));
        const auto line = transports::parse_frame("8N1", baud);
        REQUIRE(line.has_value());
        transport = transports::make_simulated(*loop, std::move(*bus), *line, "sim:");
    }

    std::unique_ptr<sessions::Session> session(std::string_view model = "leviton-s4100", std::string address = {},
                                               std::map<std::string, std::string> settings = {}) {
        sessions::SessionOptions options;
        options.meter = model.empty() ? nullptr : &test::bacnet_meter(std::string(model));
        options.address = std::move(address);
        options.settings = std::move(settings);
        if (!framing.empty()) { options.settings["framing"] = framing; }
        auto opened = sessions::bacnet::open_session(*transport, std::move(options));
        REQUIRE_MESSAGE(opened.has_value(), (opened ? std::string() : describe(opened.error())));
        return std::move(*opened);
    }

    /// Keeps what is sent from now on.
    Watched& watch() {
        auto watched = std::make_unique<Watched>(std::move(transport));
        Watched& seen = *watched;
        transport = std::move(watched);
        return seen;
    }

    template <class T>
    T run(Task<T> task) {
        return transports::run(*loop, std::move(task));
    }

    std::string framing;
    std::unique_ptr<transports::Loop> loop = transports::make_virtual_loop();
    std::unique_ptr<transports::Transport> transport;
};

inline simulators::Options over(std::string framing) {
    simulators::Options options;
    options.speed = 0;
    options.framing = std::move(framing);
    return options;
}

inline catalogue::Point bacnet_point(std::string_view name, std::string_view model = "leviton-s4100") {
    const auto* found = test::bacnet_meter(std::string(model)).find(name);
    REQUIRE_MESSAGE(found != nullptr, std::string(name));
    return *found;
}

} // namespace meterctl::tests
