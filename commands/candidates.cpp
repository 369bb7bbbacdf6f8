#include "commands/candidates.hpp"

#include "codecs/pulse/output.hpp"
#include "commands/places.hpp"
#include "commands/topics.hpp"
#include "sessions/protocols.hpp"
#include "src/catalogue/catalogue.hpp"
#include "src/catalogue/inventory.hpp"
#include "transports/endpoint.hpp"

#include <algorithm>
#include <array>
#include <filesystem>
#include <set>

namespace meterctl::commands {

namespace {

struct Opening {
    std::string_view text, help;
};
constexpr std::array target_openings{
    Opening{"sim:", "a meter inside the process"},
    Opening{"tcp://", "a TCP server: tcp://HOST:PORT"},
    Opening{"udp://", "datagrams: udp://HOST:PORT"},
    Opening{"rfc2217://", "a remote serial port: rfc2217://HOST:PORT"},
    Opening{"serial:///dev/", "a serial line with its settings"},
    Opening{"ir:///dev/", "an optical head on a serial device"},
    Opening{"ir+rfc2217://", "an optical head on a remote serial port: ir+rfc2217://HOST:PORT"},
    Opening{"ir+tcp://", "an optical head behind a bridge: ir+tcp://HOST:PORT"},
};
constexpr std::array listener_openings{
    Opening{"tcp://127.0.0.1:1502", "a TCP server on this machine"},
    Opening{"tcp://", "a TCP server: tcp://HOST:PORT"},
    Opening{"udp://", "datagrams: udp://HOST:PORT"},
    Opening{"pty:", "a pseudo-terminal, with a link of this name"},
};
constexpr std::array heard_openings{
    Opening{"tcp-listen://:4059", "meters that connect and push"},
    Opening{"udp-listen://:4059", "meters that push datagrams"},
};
/// Schemes that a serial device's path follows.
constexpr std::array<std::string_view, 4> device_fronts{"serial://", "ir://", "line://", "rx://"};
constexpr std::array pulse_openings{
    Opening{"line:///dev/", "a control line of a serial port: line:///dev/ttyS0?signal=dcd"},
    Opening{"rx:///dev/", "pulses as octets on a serial port"},
    Opening{"gpio:///dev/gpiochip0/", "a GPIO line: gpio:///dev/gpiochip0/17"},
    Opening{"edges:", "recorded edges, as time,level"},
    Opening{"sim://", "the output of a simulated meter"},
};
constexpr std::array<std::string_view, 5> device_prefixes{"ttyUSB", "ttyACM", "ttyAMA", "ttyXRUSB", "ttyS"};

catalogue::Catalogue open_catalogue(const Context& context, const Io& io) {
    catalogue::Catalogue meters(user_meters_folder(io.environment));
    for (const std::string& file : context.meter_files) { (void)meters.add_file(file); }
    return meters;
}

void add_openings(Completion& all, std::span<const Opening> openings) {
    for (const Opening& opening : openings) {
        all.candidates.push_back({std::string(opening.text), std::string(opening.help)});
    }
}

/// `front`: the scheme before the device's path, as in "ir://".
void add_devices(Completion& all, const std::string& front) {
    std::error_code ignored;
    for (const auto& entry : std::filesystem::directory_iterator("/dev", ignored)) {
        const std::string name = entry.path().filename().string();
        const auto begins = [&](std::string_view prefix) { return name.starts_with(prefix); };
        if (std::ranges::any_of(device_prefixes, begins)) {
            all.candidates.push_back({front + entry.path().string(), "a serial line"});
        }
    }
    std::ranges::sort(all.candidates, {}, &Candidate::text);
}

/// "ir:///dev/tty" -> "ir://"; empty where a path alone is a serial line.
std::string device_front(const std::string& word) {
    for (const std::string_view front : device_fronts) {
        if (word.starts_with(std::string(front) + "/")) { return std::string(front); }
    }
    return {};
}

/// "sim:?sp" -> "sim:?speed=": keys of the endpoint's query.
void add_query_keys(Completion& all, const std::string& word) {
    const std::size_t cut = word.find_last_of("?&");
    const std::string front = word.substr(0, cut + 1);
    const auto endpoint = transports::parse_endpoint(word.substr(0, word.find('?')));
    if (!endpoint) { return; }
    for (const std::string_view key : transports::query_keys(endpoint->scheme)) {
        all.candidates.push_back({front + std::string(key) + "=", {}});
    }
    all.no_space = true;
}

Completion models(const Context& context, const Io& io, const std::string& front) {
    Completion all;
    const catalogue::Catalogue meters = open_catalogue(context, io);
    for (const std::string& model : meters.models()) {
        const auto meter = meters.find(model);
        all.candidates.push_back({front + model, meter ? (*meter)->title : std::string()});
    }
    return all;
}

Completion targets(const Context& context, const Io& io) {
    Completion all;
    if (context.unfinished.find('?') != std::string::npos) {
        add_query_keys(all, context.unfinished);
        return all;
    }
    if (context.unfinished.starts_with("sim://")) { return models(context, io, "sim://"); }
    add_devices(all, device_front(context.unfinished));
    add_openings(all, target_openings);
    if (context.inventory.empty()) { return all; }
    const auto inventory = catalogue::load_inventory(context.inventory);
    if (!inventory) { return all; }
    for (const auto& target : inventory->targets) { all.candidates.push_back({target.name, target.endpoint}); }
    return all;
}

Completion listeners(const Context& /*context*/, const Io& /*io*/) {
    Completion all;
    add_devices(all, {});
    add_openings(all, listener_openings);
    all.no_space = true;
    return all;
}

Completion pulse_inputs(const Context& context, const Io& io) {
    if (context.unfinished.starts_with("sim:") || context.unfinished.find('?') != std::string::npos) {
        return targets(context, io);
    }
    Completion all;
    if (const std::string front = device_front(context.unfinished); !front.empty()) { add_devices(all, front); }
    add_openings(all, pulse_openings);
    all.no_space = true;
    return all;
}

const catalogue::Definition* meter_of(const Context& context, const catalogue::Catalogue& meters) {
    if (context.model.empty()) { return nullptr; }
    const auto meter = meters.find(context.model);
    return meter ? *meter : nullptr;
}

Completion points(const Context& context, const Io& io) {
    Completion all;
    const catalogue::Catalogue meters = open_catalogue(context, io);
    const catalogue::Definition* meter = meter_of(context, meters);
    if (meter == nullptr) { return all; }
    std::set<std::string> groups;
    for (const catalogue::Point& point : meter->points) {
        if (point.access == catalogue::Access::write) { continue; }
        all.candidates.push_back({point.name, point.title});
        if (!point.group.empty()) { groups.insert(point.group); }
    }
    for (const std::string& group : groups) { all.candidates.push_back({group, "all points of this group"}); }
    return all;
}

Completion outputs(const Context& context, const Io& io) {
    Completion all;
    const catalogue::Catalogue meters = open_catalogue(context, io);
    const catalogue::Definition* meter = meter_of(context, meters);
    if (meter == nullptr) { return all; }
    for (const std::string& name : codecs::pulse::output_names(*meter)) { all.candidates.push_back({name, {}}); }
    return all;
}

Completion assignments(const Context& context, const Io& io) {
    Completion all;
    const catalogue::Catalogue meters = open_catalogue(context, io);
    const catalogue::Definition* meter = meter_of(context, meters);
    if (meter == nullptr) { return all; }
    const std::size_t equals = context.unfinished.find('=');
    for (const catalogue::Point& point : meter->points) {
        if (point.access == catalogue::Access::read) { continue; }
        const bool alone = point.method && point.type.empty();
        if (equals == std::string::npos) {
            all.candidates.push_back({point.name + (alone ? "" : "="), point.title});
            all.no_space = true;
        } else if (context.unfinished.substr(0, equals) == point.name) {
            for (const catalogue::Choice& choice : point.choices) {
                all.candidates.push_back({point.name + "=" + choice.value.to_string(), choice.label});
            }
        }
    }
    return all;
}

Completion profiles(const Context& context, const Io& io) {
    Completion all;
    const catalogue::Catalogue meters = open_catalogue(context, io);
    const catalogue::Definition* meter = meter_of(context, meters);
    if (meter == nullptr) { return all; }
    for (const catalogue::Profile& profile : meter->profiles) {
        all.candidates.push_back({profile.name, profile.title});
    }
    return all;
}

/// ADDRESS=MODEL
Completion units(const Context& context, const Io& io) {
    const std::size_t equals = context.unfinished.find('=');
    if (equals == std::string::npos) { return {}; }
    return models(context, io, context.unfinished.substr(0, equals + 1));
}

Completion meters_alone(const Context& context, const Io& io) {
    return models(context, io, {});
}

Completion protocols(const Context& /*context*/, const Io& /*io*/) {
    Completion all;
    for (const sessions::Protocol& protocol : sessions::protocols()) {
        all.candidates.push_back({std::string(protocol.name), std::string(protocol.title)});
    }
    return all;
}

Completion decoders(const Context& /*context*/, const Io& /*io*/) {
    Completion all;
    all.candidates.push_back({"auto", "whatever carries a checksum"});
    for (const sessions::Protocol& protocol : sessions::protocols()) {
        for (const codecs::Decoder& decoder : protocol.decoders) {
            all.candidates.push_back({std::string(decoder.name), std::string(decoder.title)});
        }
    }
    return all;
}

Completion help_topics(const Context& /*context*/, const Io& /*io*/) {
    Completion all;
    for (const CommandSpec* command : commands()) {
        all.candidates.push_back({std::string(command->name), std::string(command->brief)});
    }
    for (const Topic& topic : topics()) {
        all.candidates.push_back({std::string(topic.name), std::string(topic.title)});
    }
    return all;
}

Completion files(const Context& /*context*/, const Io& /*io*/) {
    Completion all;
    all.files = true;
    return all;
}

/// Files; lines and places to listen at once they are begun.
Completion inputs(const Context& context, const Io& io) {
    Completion all = files(context, io);
    if (context.unfinished.empty()) { return all; }
    add_openings(all, heard_openings);
    add_devices(all, {});
    all.no_space = context.unfinished.find("-l") != std::string::npos;
    return all;
}

struct Origin {
    Completes kind;
    Completion (*all)(const Context&, const Io&);
};
constexpr std::array origins{
    Origin{Completes::meters, meters_alone}, Origin{Completes::units, units},
    Origin{Completes::protocols, protocols}, Origin{Completes::decoders, decoders},
    Origin{Completes::targets, targets},     Origin{Completes::listeners, listeners},
    Origin{Completes::points, points},       Origin{Completes::assignments, assignments},
    Origin{Completes::files, files},         Origin{Completes::inputs, inputs},
    Origin{Completes::topics, help_topics},  Origin{Completes::pulse_inputs, pulse_inputs},
    Origin{Completes::outputs, outputs},     Origin{Completes::profiles, profiles},
};

} // namespace

Completion candidates(Completes kind, std::span<const std::string_view> choices, const Context& context, const Io& io) {
    Completion all;
    for (const std::string_view choice : choices) { all.candidates.push_back({std::string(choice), {}}); }
    const auto* const origin = std::ranges::find(origins, kind, &Origin::kind);
    return origin == origins.end() ? all : origin->all(context, io);
}

} // namespace meterctl::commands
