#include "commands/pulse_input.hpp"

#include "commands/values.hpp"
#include "simulators/pulse_output.hpp"
#include "transports/options.hpp"

#include <fmt/format.h>

namespace meterctl::commands {

namespace {

using codecs::pulse::Edge;
using transports::EdgeNature;
using transports::Endpoint;

Result<simulators::Options> options_of(const Endpoint& endpoint) {
    return virtual_options([&](std::string_view key) { return endpoint.option(key); });
}

double share_option(const Endpoint& endpoint, std::string_view key) {
    const auto text = endpoint.option(key);
    return text ? parse_share(key, *text).value_or(0) : 0;
}

/// As parse_endpoint() checked them.
simulators::PulseFaults faults_of(const Endpoint& endpoint) {
    simulators::PulseFaults faults;
    faults.bounce = transports::duration_option(endpoint, "bounce", {});
    faults.lose = share_option(endpoint, "lose");
    faults.extra = share_option(endpoint, "extra");
    if (endpoint.option("width")) { faults.width = transports::duration_option(endpoint, "width", {}); }
    faults.jitter = transports::duration_option(endpoint, "jitter", {});
    return faults;
}

/// What the virtual meter's own setting says where the endpoint does not: "=1000".
std::optional<Decimal> simulated_setting(const PulsePlan& plan) {
    const catalogue::Point* point = plan.meter->find(plan.facts->constant_point);
    if (point == nullptr || !point->simulate.starts_with('=')) { return std::nullopt; }
    const auto constant = Decimal::parse(point->simulate.substr(1));
    return constant ? std::optional(*constant) : std::nullopt;
}

/// With the constant that it has, whatever the test takes it for. A meter whose sums are net has no register of the
/// difference of its own: it counts in the output's direction.
Result<codecs::pulse::Output> simulated_output(const PulsePlan& plan, const codecs::pulse::Output& output) {
    auto made = codecs::pulse::make_output(*plan.meter, *plan.facts, plan.simulated_constant.value_or(output.constant));
    if (made && output.quantity != "active_energy_net") { made->quantity = output.quantity; }
    return made;
}

} // namespace

Result<void> know_simulated(PulsePlan& plan) {
    if (!plan.simulated()) { return {}; }
    const auto options = options_of(*plan.endpoint);
    if (!options) { return tl::unexpected(options.error()); }
    if (!plan.load && options->power && options->speed > 0) { plan.load = std::abs(*options->power) * options->speed; }
    if (const auto text = plan.endpoint->option("constant")) {
        const auto constant = Decimal::parse(*text);
        if (!constant) { return tl::unexpected(constant.error()); }
        plan.simulated_constant = *constant;
    } else {
        plan.simulated_constant = simulated_setting(plan);
    }
    if (!plan.constant) { plan.constant = plan.simulated_constant; }
    return {};
}

Result<PulseInput> open_pulse_input(const PulsePlan& plan, const codecs::pulse::Output& output,
                                    std::shared_ptr<transports::Loop> loop, Io& io) {
    PulseInput input;
    input.loop = std::move(loop);
    if (!plan.simulated()) {
        transports::EdgeOptions options;
        options.notice = [&io](const std::string& text) { warn(io, text); };
        auto opened = transports::run(*input.loop, transports::open_edges(*input.loop, *plan.endpoint, options));
        if (!opened) { return tl::unexpected(opened.error()); }
        input.source = std::move(*opened);
        return input;
    }
    const auto options = options_of(*plan.endpoint);
    if (!options) { return tl::unexpected(options.error()); }
    auto simulated = simulated_output(plan, output);
    if (!simulated) { return tl::unexpected(simulated.error()); }
    const auto zero = input.loop->now();
    const auto made =
        std::make_shared<simulators::PulseOutput>(std::move(*simulated), *options, faults_of(*plan.endpoint), zero);
    EdgeNature nature;
    nature.description = fmt::format("output \"{}\" of a simulated {}", output.name, plan.meter->model);
    input.source = transports::make_edge_source(
        *input.loop, Edge{zero.time_since_epoch(), false}, [made] { return made->next(); }, std::move(nature));
    return input;
}

} // namespace meterctl::commands
