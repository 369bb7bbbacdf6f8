#include "commands/side_meter.hpp"

#include "commands/selection.hpp"

#include <array>

namespace meterctl::commands {

namespace {

using transports::Scheme;

/// What makes two simulated meters see one load.
constexpr std::array<std::string_view, 4> shared_keys{"power", "seed", "speed", "start"};

/// The options that hold for it: those of its own, and how targets are found.
Arguments arguments_of(const SideMeterOptions& options, const Arguments& arguments, const std::string& model) {
    Arguments own(arguments.command());
    for (const std::string_view shared : {std::string_view("--inventory"), std::string_view("--retries")}) {
        if (arguments.given(shared)) { own.add(shared, arguments.text(shared)); }
    }
    if (!model.empty()) { own.add("--meter", model); }
    if (!options.address.empty()) { own.add("--address", options.address); }
    return own;
}

void share_load(transports::Endpoint& endpoint, const transports::Endpoint& like) {
    for (const std::string_view key : shared_keys) {
        const auto value = like.option(key);
        if (value && !endpoint.option(key)) { endpoint.query.emplace_back(key, *value); }
    }
}

} // namespace

Result<Target> side_target(const SideMeterOptions& options, const Arguments& arguments, const Models& models,
                           const Io& io) {
    const std::vector<std::string> names{options.target};
    auto found = resolve_targets(names, arguments_of(options, arguments, options.model), models, io);
    if (!found) { return tl::unexpected(found.error()); }
    if (found->size() == 1 && found->front().meter == nullptr && !options.usual_model.empty()) {
        found = resolve_targets(names, arguments_of(options, arguments, options.usual_model), models, io);
        if (!found) { return tl::unexpected(found.error()); }
    }
    if (found->size() != 1) {
        return fail(Category::usage, "\"" + options.target + "\" names several targets, and one is needed", {}, {},
                    "usage.several_targets");
    }
    Target target = std::move(found->front());
    const bool simulated = target.endpoint.scheme == Scheme::sim;
    if (simulated && options.like != nullptr) { share_load(target.endpoint, *options.like); }
    return target;
}

Result<SideMeter> SideMeter::open(Target target, const Models& models, const std::shared_ptr<transports::Loop>& loop,
                                  Wiring& wiring, Io& io) {
    SideMeter side;
    side.target_ = std::move(target);
    const auto protocol = protocol_of(side.target_, {});
    if (!protocol) { return tl::unexpected(protocol.error()); }
    side.protocol_ = *protocol;
    auto connection = connect(side.target_, *side.protocol_, models, {}, wiring, false, loop);
    if (!connection) { return tl::unexpected(connection.error()); }
    side.connection_ = std::move(*connection);
    auto session = side.protocol_->open(*side.connection_.transport, session_options(side.target_, io));
    if (!session) { return tl::unexpected(session.error()); }
    side.session_ = std::move(*session);
    return side;
}

Result<catalogue::Point> SideMeter::point(const std::string& name) const {
    return select_point(target_, *protocol_, name);
}

Result<Reading> SideMeter::read(const catalogue::Point& point) {
    const std::vector<catalogue::Point> points{point};
    auto outcome = transports::run(*connection_.loop, session_->read(points));
    if (!outcome) { return tl::unexpected(outcome.error()); }
    if (!outcome->failures.empty()) { return tl::unexpected(outcome->failures.front().error); }
    if (outcome->readings.empty()) {
        return fail(Category::untrusted, "the meter does not give " + point.name, target_.name, {}, "reference.none");
    }
    return std::move(outcome->readings.front());
}

std::optional<Decimal> SideMeter::number_of(const std::string& name) {
    if (target_.meter == nullptr) { return std::nullopt; }
    const catalogue::Point* point = name.empty() ? nullptr : target_.meter->find(name);
    if (point == nullptr || point->access == catalogue::Access::write) { return std::nullopt; }
    const auto reading = read(*point);
    const auto number = reading ? reading->value.number() : std::nullopt;
    return number ? number->times(Decimal{1, base_of(reading->unit).exponent}) : std::nullopt;
}

std::optional<std::string> SideMeter::text_of(const std::string& name) {
    if (target_.meter == nullptr) { return std::nullopt; }
    const catalogue::Point* point = target_.meter->find(name);
    if (point == nullptr || point->access == catalogue::Access::write) { return std::nullopt; }
    const auto reading = read(*point);
    return reading && !reading->value.is_null() ? std::optional(reading->value.to_string()) : std::nullopt;
}

} // namespace meterctl::commands
