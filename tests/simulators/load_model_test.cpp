#include "simulators/load_model.hpp"

#include <cmath>
#include <doctest/doctest.h>

using namespace meterctl;
using namespace meterctl::simulators;
using namespace std::chrono_literals;

namespace {

double value(const LoadModel& model, std::string_view name) {
    const auto quantity = find_quantity(name);
    REQUIRE_MESSAGE(quantity.has_value(), name);
    return model.value(*quantity);
}

LoadModel model_at(Options options, TimePoint now) {
    LoadModel model(options);
    model.advance_to(TimePoint{});
    model.advance_to(now);
    return model;
}

Options at_hour(int hour) {
    Options options;
    options.start = std::chrono::sys_days(std::chrono::year(2026) / 6 / 1) + std::chrono::hours(hour);
    return options;
}

} // namespace

TEST_CASE("the same seed gives the same house, another seed another") {
    Options options;
    const auto first = model_at(options, TimePoint(1h)), second = model_at(options, TimePoint(1h));
    options.seed = 2;
    const auto other = model_at(options, TimePoint(1h));
    bool differs = false;
    for (const std::string& name : quantity_names()) {
        CHECK_MESSAGE(value(first, name) == value(second, name), name);
        differs = differs || value(first, name) != value(other, name);
    }
    CHECK(differs);
}

TEST_CASE("at speed 0 nothing ever changes") {
    Options options;
    options.speed = 0;
    const auto now = model_at(options, TimePoint{}), later = model_at(options, TimePoint(500h));
    for (const std::string& name : quantity_names()) { CHECK_MESSAGE(value(now, name) == value(later, name), name); }
}

TEST_CASE("a phase's power agrees with its voltage, current and power factor") {
    for (const int hour : {3, 8, 12, 19}) {
        const auto model = model_at(at_hour(hour), TimePoint(17s));
        for (const std::string phase : {"_l1", "_l2", "_l3"}) {
            const double active = value(model, "active_power" + phase),
                         reactive = value(model, "reactive_power" + phase);
            const double apparent = value(model, "apparent_power" + phase);
            CHECK(apparent == doctest::Approx(std::hypot(active, reactive)));
            CHECK(apparent == doctest::Approx(value(model, "voltage" + phase) * value(model, "current" + phase)));
            CHECK(value(model, "power_factor" + phase) * apparent == doctest::Approx(std::abs(active)));
            CHECK(value(model, "voltage" + phase) > 207); // 230 V - 10 %
            CHECK(value(model, "voltage" + phase) < 253); // 230 V + 10 %
        }
    }
}

TEST_CASE("the sum's power is the sum of the phases'") {
    const auto model = model_at(at_hour(9), TimePoint(1h));
    for (const std::string name : {"active_power", "reactive_power"}) {
        CHECK(value(model, name) ==
              value(model, name + "_l1") + value(model, name + "_l2") + value(model, name + "_l3"));
    }
}

TEST_CASE("energies grow by power times time") {
    const auto options = at_hour(19);
    const auto before = model_at(options, TimePoint{}), after = model_at(options, TimePoint(1h));
    double watt_hours = 0;
    for (int second = 0; second < 3600; ++second) {
        const auto now = model_at(options, TimePoint(std::chrono::seconds(second)));
        watt_hours += value(now, "active_power_l1") / 3600;
        if (second == 60) { break; }
    }
    const auto minute = model_at(options, TimePoint(61s));
    CHECK(value(minute, "active_energy_import_l1") - value(before, "active_energy_import_l1") ==
          doctest::Approx(watt_hours));
    CHECK(value(after, "active_energy_import_l1") > value(minute, "active_energy_import_l1"));
}

TEST_CASE("the tariffs' energies add up to the total, and total and net follow import and export") {
    const auto model = model_at(at_hour(6), TimePoint(3h));
    const double import = value(model, "active_energy_import"), export_ = value(model, "active_energy_export");
    CHECK(import == doctest::Approx(value(model, "active_energy_import_t1") + value(model, "active_energy_import_t2")));
    CHECK(value(model, "active_energy_total") == doctest::Approx(import + export_));
    CHECK(value(model, "active_energy_net") == doctest::Approx(import - export_));
}

TEST_CASE("by day the roof gives back through phase 3, by night it does not") {
    const auto noon = model_at(at_hour(12), TimePoint{}), night = model_at(at_hour(1), TimePoint{});
    CHECK(value(noon, "active_power_l3") < 0);
    CHECK(value(noon, "current_direction_l3") == 1);
    CHECK(value(night, "active_power_l3") > 0);
    CHECK(value(night, "quadrant_l3") == 1);
}

TEST_CASE("speed makes the meter's time run faster than the host's") {
    Options options;
    options.speed = 60;
    const auto model = model_at(options, TimePoint(60s));
    Options plain;
    CHECK(model.clock() - model_at(plain, TimePoint{}).clock() == 1h);
}

TEST_CASE("a power that is held stays, is shared by the phases, and is integrated exactly") {
    for (const double power : {7000.0, 1.0, 2300.5, 41000.0, -6400.0}) {
        Options options = at_hour(12);
        const auto day = model_at(options, TimePoint(5s));
        options.power = power;
        const auto start = model_at(options, TimePoint{}), end = model_at(options, TimePoint(2h + 345ms));
        const std::string register_ = power < 0 ? "active_energy_export" : "active_energy_import";
        CAPTURE(power);
        CHECK(value(end, "active_power") == power);
        CHECK(value(end, register_) - value(start, register_) ==
              doctest::Approx(std::abs(power) * 7200.345 / 3600).epsilon(1e-9));
        CHECK(value(model_at(options, TimePoint(5s)), "voltage_l2") == value(day, "voltage_l2"));
        double sum = 0;
        for (const std::string phase : {"_l1", "_l2", "_l3"}) {
            const double active = value(end, "active_power" + phase);
            CHECK(std::abs(active - power / 3) <= 1.5);
            CHECK(value(end, "apparent_power" + phase) ==
                  doctest::Approx(value(end, "voltage" + phase) * value(end, "current" + phase)));
            sum += active;
        }
        CHECK(sum == power);
    }
}
