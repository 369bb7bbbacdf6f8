#include "commands/pulse_plan.hpp"

#include "codecs/pulse/analysis.hpp"
#include "commands/values.hpp"
#include "sessions/protocols.hpp"
#include "transports/edges.hpp"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <limits>

namespace meterctl::commands {

namespace {

namespace pulse = codecs::pulse;
using namespace std::chrono_literals;
using transports::Duration;
using transports::Scheme;

constexpr std::uint64_t usual_pulses = 20;
/// Where nothing says what load there is: one at which a test still makes sense.
constexpr double least_load = 100;
constexpr Duration shortest_wait = 5s, longest_wait = 1h;

Result<void> take_endpoint(PulsePlan& plan) {
    auto endpoint = transports::parse_endpoint(plan.input == "-" ? "edges:-" : plan.input);
    if (!endpoint) { return tl::unexpected(endpoint.error()); }
    if (endpoint->scheme != Scheme::sim && !transports::is_pulse_input(endpoint->scheme)) {
        return fail(Category::usage,
                    fmt::format("{}: gives octets, not pulses", transports::scheme_name(endpoint->scheme)), plan.input,
                    {"line:///dev/ttyS0?signal=dcd", "gpio:///dev/gpiochip0/17",
                     "--counter POINT, where it is a meter that counts pulses"},
                    "usage.pulse_input");
    }
    plan.endpoint = std::move(*endpoint);
    return {};
}

Result<void> take_meter(PulsePlan& plan, const Arguments& arguments, const Models& models) {
    std::string model = arguments.text("--meter");
    if (model.empty() && plan.simulated()) { model = plan.endpoint->host; }
    if (model.empty()) { model = models.only_file; }
    if (model.empty()) {
        if (!plan.simulated()) { return {}; }
        return fail(Category::usage, "no meter is named to simulate", plan.input, {"--meter MODEL", "sim://MODEL"},
                    "usage.no_meter");
    }
    const auto meter = models.catalogue.find(model);
    if (!meter) { return tl::unexpected(meter.error()); }
    plan.meter = *meter;
    auto facts = pulse::find_facts(*plan.meter, arguments.text("--output"));
    if (!facts) { return tl::unexpected(facts.error()); }
    plan.facts = std::move(*facts);
    return {};
}

/// A number with or without a unit of the same kind: "7kW" as 7000 in W.
Result<Decimal> quantity(std::string_view option, const std::string& text, Unit unit) {
    catalogue::Point point;
    point.name = option;
    point.unit = unit;
    const auto value = sessions::parse_write_value(point, text);
    if (!value) {
        Error error = value.error();
        error.category = Category::usage; // nothing is written here
        return tl::unexpected(std::move(error));
    }
    const auto number = value->number();
    if (number && *number > Decimal{}) { return *number; }
    return fail(Category::usage, fmt::format("{}: \"{}\" is not greater than 0", option, text), {}, {}, "usage.value");
}

Result<void> take_duration(const Arguments& arguments, std::string_view option, std::optional<Duration>& duration) {
    if (!arguments.given(option)) { return {}; }
    const auto parsed = parse_duration(option, arguments.text(option));
    if (!parsed) { return tl::unexpected(parsed.error()); }
    duration = *parsed;
    return {};
}

Result<void> take_ends(PulsePlan& plan, const Arguments& arguments) {
    if (arguments.given("--pulses")) {
        const auto count =
            parse_count("--pulses", arguments.text("--pulses"), std::numeric_limits<std::uint32_t>::max());
        if (!count) { return tl::unexpected(count.error()); }
        if (*count == 0) { return fail(Category::usage, "--pulses: a test takes at least one", {}, {}, "usage.value"); }
        plan.pulses = *count;
    }
    if (arguments.given("--energy")) {
        const bool reactive = plan.facts && plan.facts->quantity.starts_with("reactive");
        const Unit unit = reactive ? Unit::kilovar_hour : Unit::kilowatt_hour;
        const auto energy = quantity("--energy", arguments.text("--energy"), unit);
        if (!energy) { return tl::unexpected(energy.error()); }
        plan.energy = *energy;
    }
    return take_duration(arguments, "--duration", plan.duration)
        .and_then([&] { return take_duration(arguments, "--timeout", plan.timeout); })
        .and_then([&] { return take_duration(arguments, "--debounce", plan.debounce); });
}

Result<void> take_settings(PulsePlan& plan, const Arguments& arguments) {
    if (arguments.given("--constant")) {
        const auto constant = quantity("--constant", arguments.text("--constant"), Unit::impulse_per_kilowatt_hour);
        if (!constant) { return tl::unexpected(constant.error()); }
        plan.constant = *constant;
    }
    if (arguments.given("--load")) {
        const auto load = quantity("--load", arguments.text("--load"), Unit::watt);
        if (!load) { return tl::unexpected(load.error()); }
        plan.load = load->to_double();
    }
    if (arguments.given("--combined-code")) {
        const auto code = parse_count("--combined-code", arguments.text("--combined-code"), 255);
        if (!code) { return tl::unexpected(code.error()); }
        plan.code = static_cast<long>(*code);
    }
    return {};
}

tl::unexpected<Error> unknown_constant(const PulsePlan& plan) {
    std::vector<std::string> hints{"--constant N, as the meter's plate or its settings say"};
    if (plan.facts && !plan.facts->settable.empty()) {
        std::string all;
        for (const Decimal& constant : plan.facts->settable) {
            all += (all.empty() ? "" : ", ") + constant.to_string();
        }
        hints.front() = "--constant N, one of " + all;
    }
    hints.emplace_back("--reference TARGET, from which it is read");
    return fail(Category::usage, "nothing says how many impulses a kWh has", plan.input, std::move(hints),
                "usage.no_constant");
}

Duration silence_of(const PulsePlan& plan, const pulse::Output& output) {
    if (plan.timeout) { return *plan.timeout; }
    const double constant = output.constant.to_double();
    const double periods = plan.load ? 3 : 1;
    const double wait = periods * pulse::period_at(constant, std::abs(plan.load.value_or(least_load)));
    // A load that is known is waited for, however long that takes; one that is not known, only so long.
    const Duration most = plan.load ? Duration(24h * 365) : longest_wait;
    if (wait > std::chrono::duration<double, std::milli>(most).count()) { return most; }
    const std::chrono::duration<double, std::milli> exact(wait);
    return std::max(shortest_wait, std::chrono::duration_cast<Duration>(exact));
}

} // namespace

Result<PulsePlan> plan_pulse_test(const Arguments& arguments, const Models& models) {
    PulsePlan plan;
    plan.input = arguments.text("INPUT");
    plan.edges = arguments.flag("--edges");
    const bool counted = arguments.given("--counter");
    Result<void> taken;
    if (!counted) { taken = take_endpoint(plan); }
    taken = taken.and_then([&] { return take_meter(plan, arguments, models); })
                .and_then([&] { return take_ends(plan, arguments); })
                .and_then([&] { return take_settings(plan, arguments); });
    if (!taken) { return tl::unexpected(taken.error()); }
    if (plan.recorded() && arguments.given("--reference")) {
        return fail(Category::usage, "a record has no register beside it", plan.input, {"a live input"},
                    "usage.reference");
    }
    return plan;
}

Result<pulse::Output> settle_output(const PulsePlan& plan) {
    std::optional<Decimal> constant = plan.constant;
    if (!constant && plan.facts) { constant = plan.facts->constant; }
    if (!constant) { return unknown_constant(plan); }
    if (!plan.meter) { return pulse::standard_output(*constant); }
    auto output = pulse::make_output(*plan.meter, *plan.facts, *constant);
    if (!output) { return output; }
    auto carried = pulse::quantity_under(*plan.facts, plan.code);
    if (!carried) { return tl::unexpected(carried.error()); }
    output->quantity = std::move(*carried);
    return output;
}

sessions::pulse::Stop stop_of(const PulsePlan& plan, const pulse::Output& output) {
    sessions::pulse::Stop stop;
    stop.pulses = plan.pulses;
    if (plan.energy) {
        const double pulses = std::ceil(plan.energy->to_double() * output.constant.to_double() - 1e-9);
        const auto count = static_cast<std::uint64_t>(std::max(1.0, pulses));
        stop.pulses = std::min(count, stop.pulses.value_or(count));
    }
    stop.duration = plan.duration;
    if (!stop.pulses && !stop.duration && !plan.recorded()) { stop.pulses = usual_pulses; }
    // A test of a given time waits through a load that goes off.
    if (!plan.recorded() && (!stop.duration || plan.timeout)) { stop.silence = silence_of(plan, output); }
    return stop;
}

} // namespace meterctl::commands
