#include "commands/target.hpp"

#include "commands/keys.hpp"
#include "commands/places.hpp"
#include "commands/secrets.hpp"
#include "commands/values.hpp"
#include "commands/virtual_meters.hpp"
#include "src/catalogue/inventory.hpp"
#include "src/core/text.hpp"

#include <algorithm>
#include <array>
#include <filesystem>

namespace meterctl::commands {

namespace {

using catalogue::Inventory;
using catalogue::InventoryTarget;

constexpr std::uint64_t most_retries = 100;
/// Keys of an endpoint's query that say how the protocol is spoken on it.
constexpr std::array<std::string_view, 25> session_keys{
    "framing",         "echo",    "baud",           "frame",  "mode",     "wakeup",       "mac",     "max_master",
    "max_info_frames", "foreign", "client",         "server", "physical", "address_size", "window",  "max_info",
    "names",           "pdu",     "authentication", "suite",  "security", "ciphering",    "counter", "ask_counter",
    "challenge"};

bool is_endpoint(std::string_view text) {
    return text.find(':') != std::string_view::npos || text.find('/') != std::string_view::npos;
}

/// The default file need not be there; one that is named must.
Result<Inventory> open_inventory(const Arguments& arguments, const Io& io) {
    const std::string named = arguments.text("--inventory");
    if (!named.empty()) { return catalogue::load_inventory(named); }
    const std::string path = default_inventory(io.environment);
    std::error_code ignored;
    if (path.empty() || !std::filesystem::exists(path, ignored)) { return Inventory{}; }
    return catalogue::load_inventory(path);
}

tl::unexpected<Error> unknown_name(const std::string& name, const Inventory& inventory) {
    std::vector<std::string> known;
    known.reserve(inventory.targets.size());
    for (const InventoryTarget& target : inventory.targets) { known.push_back(target.name); }
    std::vector<std::string> hints = nearest(name, known);
    std::error_code ignored;
    if (std::filesystem::exists("/dev/" + name, ignored)) { hints.insert(hints.begin(), "/dev/" + name); }
    if (hints.empty()) { hints.emplace_back("an endpoint such as tcp://10.0.0.5:502 (`meterctl help endpoints`)"); }
    return fail(Category::usage, "\"" + name + "\" is neither an endpoint nor a name in the inventory", {},
                std::move(hints), "usage.unknown_target");
}

Result<std::vector<InventoryTarget>> look_up(const std::string& name, const Arguments& arguments, const Io& io) {
    if (is_endpoint(name)) {
        InventoryTarget plain;
        plain.name = plain.endpoint = name;
        return std::vector{plain};
    }
    const auto inventory = open_inventory(arguments, io);
    if (!inventory) { return tl::unexpected(inventory.error()); }
    std::vector<InventoryTarget> found;
    for (const InventoryTarget* target : inventory->find(name)) { found.push_back(*target); }
    if (found.empty()) { return unknown_name(name, *inventory); }
    return found;
}

std::string chosen(const Arguments& arguments, std::string_view option, const std::string& otherwise) {
    return arguments.given(option) ? arguments.text(option) : otherwise;
}

Result<const sessions::Protocol*> find_protocol(const std::string& name) {
    if (const sessions::Protocol* protocol = sessions::find_protocol(name); protocol != nullptr) { return protocol; }
    std::vector<std::string> known;
    for (const sessions::Protocol& protocol : sessions::protocols()) { known.emplace_back(protocol.name); }
    std::vector<std::string> hints = nearest(name, known, 1);
    if (hints.empty()) { hints = known; }
    return fail(Category::usage, "no protocol is named \"" + name + "\"", {}, std::move(hints),
                "usage.unknown_protocol");
}

/// The model that `--meter`, the inventory, a `sim://MODEL` endpoint or the only --meter-file names.
std::string model_of(const InventoryTarget& entry, const transports::Endpoint& endpoint, const Arguments& arguments,
                     const Models& models) {
    const std::string named = chosen(arguments, "--meter", entry.meter);
    if (!named.empty()) { return named; }
    const bool simulated = endpoint.scheme == transports::Scheme::sim && endpoint.host != any_bus;
    if (simulated && !endpoint.host.empty()) { return endpoint.host; }
    return models.only_file;
}

Result<void> choose_protocol(Target& target, const std::string& named) {
    const std::string of_meter = target.meter == nullptr ? std::string() : target.meter->protocol;
    if (!named.empty() && !of_meter.empty() && named != of_meter) {
        return fail(Category::usage, target.meter->model + " speaks " + of_meter + ", not " + named, {},
                    {"another --meter or --protocol"}, "usage.protocol");
    }
    const std::string& name = named.empty() ? of_meter : named;
    if (name.empty()) { return {}; }
    if (named.empty() && sessions::find_protocol(name) == nullptr) {
        return fail(Category::usage, target.meter->model + " speaks " + name + ", which this version does not", {},
                    {"`meterctl meters`, for the protocols of all models",
                     "`meterctl pulse-test`, where only the meter's pulses are in question"},
                    "usage.protocol_not_spoken");
    }
    const auto protocol = find_protocol(name);
    if (!protocol) { return tl::unexpected(protocol.error()); }
    target.protocol = *protocol;
    return {};
}

Result<void> choose_limits(Target& target, const InventoryTarget& entry, const Arguments& arguments) {
    const std::string timeout = chosen(arguments, "--timeout", entry.timeout);
    if (!timeout.empty()) {
        const auto duration = parse_duration("--timeout", timeout);
        if (!duration) { return tl::unexpected(duration.error()); }
        target.timeout = *duration;
    }
    target.retries = entry.retries;
    if (arguments.given("--retries")) {
        const auto count = parse_count("--retries", arguments.text("--retries"), most_retries);
        if (!count) { return tl::unexpected(count.error()); }
        target.retries = static_cast<unsigned>(*count);
    }
    return {};
}

Result<Target> make_target(const InventoryTarget& entry, const Arguments& arguments, const Models& models) {
    Target target;
    target.name = entry.name;
    auto endpoint = transports::parse_endpoint(entry.endpoint);
    if (!endpoint) { return tl::unexpected(endpoint.error()); }
    target.endpoint = std::move(*endpoint);
    const std::string model = model_of(entry, target.endpoint, arguments, models);
    if (!model.empty()) {
        const auto meter = models.catalogue.find(model);
        if (!meter) { return tl::unexpected(meter.error()); }
        target.meter = *meter;
    }
    target.address = chosen(arguments, "--address", entry.address);
    auto done = choose_protocol(target, chosen(arguments, "--protocol", entry.protocol));
    if (done) { done = choose_limits(target, entry, arguments); }
    if (!done) { return tl::unexpected(done.error()); }
    return target;
}

bool takes_all(const sessions::Protocol& protocol, std::span<const std::string> points) {
    return std::ranges::all_of(points,
                               [&](const std::string& point) { return protocol.parse_point(point).has_value(); });
}

/// A simulated meter comes with its keys; nullptr where it has none, and for real ones.
std::shared_ptr<const KeyRing> simulated_keys(const Target& target) {
    const bool simulated = target.endpoint.scheme == transports::Scheme::sim && target.meter != nullptr;
    if (!simulated || target.protocol == nullptr || target.protocol->simulated_keys == nullptr) { return nullptr; }
    return std::make_shared<const KeyRing>(target.protocol->simulated_keys(*target.meter));
}

} // namespace

Result<std::vector<Target>> resolve_targets(std::span<const std::string> names, const Arguments& arguments,
                                            const Models& models, const Io& io) {
    const auto password = password_of(arguments, io);
    if (!password) { return tl::unexpected(password.error()); }
    const auto keys = keys_of(arguments, io);
    if (!keys) { return tl::unexpected(keys.error()); }
    std::vector<Target> targets;
    for (const std::string& name : names) {
        const auto entries = look_up(name, arguments, io);
        if (!entries) { return tl::unexpected(entries.error()); }
        for (const InventoryTarget& entry : *entries) {
            auto target = make_target(entry, arguments, models);
            if (!target) { return tl::unexpected(target.error()); }
            target->password = *password;
            target->keys = *keys;
            if (target->keys == nullptr) { target->keys = simulated_keys(*target); }
            if (arguments.given("--client")) { target->client = arguments.text("--client"); }
            targets.push_back(std::move(*target));
        }
    }
    return targets;
}

sessions::SessionOptions session_options(const Target& target, Io& io) {
    sessions::SessionOptions options;
    options.meter = target.meter;
    options.address = target.address;
    options.timeout = target.timeout;
    if (target.retries) { options.retries = *target.retries; }
    for (const std::string_view key : session_keys) {
        if (const auto value = target.endpoint.option(key)) { options.settings.emplace(key, *value); }
    }
    if (!target.client.empty()) { options.settings.insert_or_assign("client", target.client); }
    options.keys = target.keys;
    options.new_keys = target.new_keys;
    options.files = target.files;
    if (target.endpoint.scheme != transports::Scheme::sim) { options.counters = counters_folder(io.environment); }
    if (!target.password.empty()) { options.settings.emplace("password", target.password); }
    if (io.verbose) {
        options.notice = [&io](const std::string& text) { tell(io, text); };
    }
    return options;
}

std::string statistics_line(const sessions::Statistics& statistics) {
    using sessions::Statistics;
    struct Counter {
        std::string_view name;
        std::uint64_t Statistics::*count;
    };
    constexpr std::array counters{
        Counter{"requests", &Statistics::requests},
        Counter{"answers", &Statistics::answers},
        Counter{"retries", &Statistics::retries},
        Counter{"time-outs", &Statistics::timeouts},
        Counter{"CRC errors", &Statistics::crc_errors},
        Counter{"late answers dropped", &Statistics::dropped_late},
        Counter{"foreign frames dropped", &Statistics::dropped_foreign},
        Counter{"echoes", &Statistics::echoes},
        Counter{"exceptions", &Statistics::exceptions},
    };
    std::string text;
    for (const Counter& counter : counters) {
        if (statistics.*counter.count == 0) { continue; }
        text +=
            (text.empty() ? "" : ", ") + std::to_string(statistics.*counter.count) + " " + std::string(counter.name);
    }
    return text.empty() ? "nothing was sent" : text;
}

Result<const sessions::Protocol*> protocol_of(const Target& target, std::span<const std::string> points) {
    if (target.protocol != nullptr) { return target.protocol; }
    const sessions::Protocol* only = nullptr;
    for (const sessions::Protocol& protocol : sessions::protocols()) {
        if (points.empty() || !takes_all(protocol, points)) { continue; }
        if (only != nullptr) { return fail(Category::usage, "several protocols know such points", {}, {"--protocol"}); }
        only = &protocol;
    }
    if (only != nullptr) { return only; }
    return fail(Category::usage, "nothing says which meter this is", target.name,
                {"--meter MODEL (`meterctl meters` lists them)", "--protocol NAME and points in its terms"},
                "usage.no_meter");
}

} // namespace meterctl::commands
