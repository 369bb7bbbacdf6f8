// Virtual M-Bus slaves that answer at once, for tests: what goes in and what comes out, in hex.
#pragma once

#include "codecs/mbus/frame.hpp"
#include "simulators/mbus_bus.hpp"
#include "src/catalogue/catalogue.hpp"
#include "src/core/hex.hpp"

#include <doctest/doctest.h>

namespace meterctl::tests {

inline const catalogue::Definition& mbus_meter(std::string_view model) {
    static const catalogue::Catalogue catalogue;
    const auto found = catalogue.find(model);
    REQUIRE_MESSAGE(found.has_value(), (found ? std::string() : describe(found.error())));
    return **found;
}

struct SlavePlace {
    std::string address;
    std::string_view model;
};

struct Slaves {
    explicit Slaves(const std::vector<SlavePlace>& meters, unsigned made_up = 0) {
        simulators::Options options;
        options.speed = 0;
        options.meters = made_up;
        std::vector<simulators::Unit> units;
        for (const auto& [address, model] : meters) { units.push_back(simulators::Unit{address, &mbus_meter(model)}); }
        auto made = simulators::make_mbus_bus(units, options);
        REQUIRE_MESSAGE(made.has_value(), (made ? std::string() : describe(made.error())));
        bus = std::move(*made);
        bus->line_changed(9600, "8E1");
    }

    /// What the slaves answer; empty: nothing.
    std::string ask(std::string_view request) {
        const auto octets = from_hex(request);
        REQUIRE_MESSAGE(octets.has_value(), std::string(request));
        bus->receive(*octets, now);
        Bytes answer;
        while (const auto due = bus->next_deadline()) {
            now = std::max(now, *due);
            for (const auto& part : bus->transmit(now)) {
                answer.insert(answer.end(), part.octets.begin(), part.octets.end());
            }
        }
        now += std::chrono::milliseconds(100);
        return to_hex(answer);
    }

    std::unique_ptr<simulators::Bus> bus;
    simulators::TimePoint now{};
};

} // namespace meterctl::tests
