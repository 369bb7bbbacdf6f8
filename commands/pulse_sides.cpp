#include "commands/pulse_sides.hpp"

namespace meterctl::commands {

Result<PulseSides> find_pulse_sides(const PulsePlan& plan, const Arguments& arguments, const Models& models,
                                    const Io& io) {
    PulseSides sides;
    const std::string tested = plan.meter == nullptr ? std::string() : plan.meter->model;
    const transports::Endpoint* like = plan.simulated() ? &*plan.endpoint : nullptr;
    if (arguments.given("--reference")) {
        const SideMeterOptions options{arguments.text("--reference"), arguments.text("--reference-meter"),
                                       arguments.text("--reference-address"), tested, like};
        auto target = side_target(options, arguments, models, io);
        if (!target) { return tl::unexpected(target.error()); }
        sides.reference = std::move(*target);
    }
    if (arguments.given("--counter")) {
        const SideMeterOptions options{plan.input, arguments.text("--counter-meter"), {}, tested, nullptr};
        auto target = side_target(options, arguments, models, io);
        if (!target) { return tl::unexpected(target.error()); }
        sides.counter = std::move(*target);
    }
    return sides;
}

bool all_simulated(const PulsePlan& plan, const PulseSides& sides) {
    const auto is_real = [](const std::optional<Target>& side) {
        return side && side->endpoint.scheme != transports::Scheme::sim;
    };
    const bool input_real = plan.endpoint && !plan.simulated();
    return !input_real && !is_real(sides.reference) && !is_real(sides.counter);
}

} // namespace meterctl::commands
