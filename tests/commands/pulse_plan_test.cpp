#include "commands/pulse_plan.hpp"

#include "commands/pulse_input.hpp"
#include "commands/table/table.hpp"

#include <doctest/doctest.h>

using namespace meterctl;
using namespace meterctl::commands;
using namespace std::chrono_literals;

namespace {

using Words = std::vector<std::string>;

Result<PulsePlan> plan_of(const Words& words) {
    static const Environment nothing = [](std::string_view) { return std::optional<std::string>(); };
    static const Models models{catalogue::Catalogue{}, {}};
    const auto arguments = parse(table::pulse_test, words, nothing);
    REQUIRE(arguments);
    auto plan = plan_pulse_test(*arguments, models);
    if (plan) {
        if (auto known = know_simulated(*plan); !known) { return tl::unexpected(known.error()); }
    }
    return plan;
}

sessions::pulse::Stop stop_after(const Words& words) {
    const auto plan = plan_of(words);
    REQUIRE(plan);
    const auto output = settle_output(*plan);
    REQUIRE(output);
    return stop_of(*plan, *output);
}

} // namespace

TEST_CASE("a test ends after pulses, an energy or a time; after 20 pulses where nothing says") {
    const std::string input = "sim://pro380-mod?power=7000&constant=2000";
    CHECK(stop_after({input}).pulses == 20);
    CHECK(stop_after({input, "--pulses", "7"}).pulses == 7);
    CHECK(stop_after({input, "--energy", "0.1"}).pulses == 200);
    CHECK(stop_after({input, "--energy", "10.2Wh"}).pulses == 21);
    CHECK(stop_after({input, "--energy", "1kWh", "--pulses", "5"}).pulses == 5);
    const auto timed = stop_after({input, "--duration", "3min"});
    CHECK_FALSE(timed.pulses);
    CHECK_FALSE(timed.silence);
    CHECK(timed.duration == 3min);
    CHECK_FALSE(stop_after({"edges:run.csv", "--constant", "1000"}).pulses);
    CHECK(stop_after({"sim://pro380-mod?power=7000", "--output", "reactive_led", "--energy", "10varh"}).pulses == 100);
}

TEST_CASE("a pulse is waited for by the load that is known, else as if there were 100 W") {
    CHECK(stop_after({"sim://pro380-mod?power=500&constant=1000"}).silence == 21600ms); // three times 7.2 s
    CHECK(stop_after({"sim://pro380-mod?power=7000&constant=1000"}).silence == 5s);
    CHECK(stop_after({"line:///dev/ttyS0", "-m", "pro380-mod", "--constant", "1000"}).silence == 36s);
    CHECK(stop_after({"line:///dev/ttyS0", "-m", "dts307-modbus"}).silence == 1h);
    CHECK(stop_after({"line:///dev/ttyS0", "-m", "dts307-modbus", "--load", "1kW"}).silence == 3h);
    CHECK(stop_after({"sim://pro380-mod?power=7000", "--timeout", "90s"}).silence == 90s);
}

TEST_CASE("the constant is the command line's, the simulated meter's, or as delivered") {
    const auto constant = [](const Words& words) { return settle_output(plan_of(words).value()).value().constant; };
    CHECK(constant({"sim://pro380-mod?constant=2000"}) == Decimal{2000, 0});
    CHECK(constant({"sim://pro380-mod?constant=2000", "--constant", "100"}) == Decimal{100, 0});
    CHECK(constant({"sim://pro380-mod"}) == Decimal{1000, 0}); // its simulated setting
    CHECK(constant({"sim://pro380-mod", "--output", "led"}) == Decimal{10000, 0});
    CHECK(constant({"line:///dev/ttyS0", "-m", "dts307-modbus"}) == Decimal{1, 0});
    CHECK(plan_of({"sim://pro380-mod?constant=2000", "--constant", "100"})->simulated_constant == Decimal{2000, 0});
}

TEST_CASE("what cannot be tested is a usage error before anything is opened") {
    const std::vector<Words> wrong{
        {"tcp://10.0.0.5:502", "-m", "pro380-mod"},
        {"/dev/ttyUSB0", "-m", "pro380-mod"},
        {"sim:"},
        {"sim://pro380-mud"},
        {"sim://pro380-mod", "--output", "revers"},
        {"sim://pro380-mod", "--pulses", "0"},
        {"sim://pro380-mod", "--pulses", "many"},
        {"sim://pro380-mod", "--energy", "1W"},
        {"sim://pro380-mod", "--constant", "0"},
        {"sim://pro380-mod", "--duration", "soon"},
        {"sim://pro380-mod?power=much"},
        {"edges:run.csv", "--reference", "sim:"},
    };
    for (const Words& words : wrong) {
        CAPTURE(words);
        const auto plan = plan_of(words);
        REQUIRE_FALSE(plan);
        CHECK(plan.error().category == Category::usage);
    }
    const auto unknown = settle_output(plan_of({"line:///dev/ttyS0", "-m", "pro380-mod"}).value());
    REQUIRE_FALSE(unknown);
    CHECK(unknown.error().code == "usage.no_constant");
}
