#include "commands/describe_meter.hpp"

#include "commands/connection.hpp"
#include "commands/records.hpp"
#include "src/output/definition_text.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <set>

namespace meterctl::commands {

namespace {

using catalogue::Definition;

constexpr std::string_view not_described = "usage.not_described";

/// Lower-case letters and digits; others become `between`, none twice and none at an end.
std::string plain(std::string_view text, char between) {
    std::string out;
    for (const char letter : text) {
        const bool digit = letter >= '0' && letter <= '9';
        const bool small = letter >= 'a' && letter <= 'z';
        const bool capital = letter >= 'A' && letter <= 'Z';
        if (digit || small) { out += letter; }
        if (capital) { out += static_cast<char>(letter - 'A' + 'a'); }
        if (!digit && !small && !capital && !out.empty() && out.back() != between) { out += between; }
    }
    while (!out.empty() && out.back() == between) { out.pop_back(); }
    return out;
}

/// The points of what a meter says when it is asked for nothing in particular.
Definition of_readings(const std::vector<Reading>& readings, std::string_view protocol) {
    Definition made;
    made.protocol = protocol;
    std::set<std::string> names;
    for (const Reading& reading : readings) {
        if (reading.address.empty()) { continue; }
        std::string wanted = plain(reading.name, '_');
        if (wanted.empty() || (wanted.front() >= '0' && wanted.front() <= '9')) { wanted.insert(0, "point_"); }
        catalogue::Point point;
        point.name = wanted;
        for (unsigned number = 2; !names.insert(point.name).second; ++number) {
            point.name = fmt::format("{}_{}", wanted, number);
        }
        if (point.name != reading.name) { point.reported_name = reading.name; }
        point.obis = reading.obis;
        point.address = reading.address;
        point.unit = reading.unit;
        point.source = "O";
        made.points.push_back(std::move(point));
    }
    return made;
}

Result<Definition> ask(transports::Loop& loop, sessions::Session& session, const sessions::Protocol& protocol) {
    auto made = transports::run(loop, session.describe());
    if (made || made.error().code != not_described || !protocol.self_describing) { return made; }
    auto outcome = transports::run(loop, session.read({}));
    if (!outcome) { return tl::unexpected(outcome.error()); }
    made = of_readings(outcome->readings, protocol.name);
    if (made->points.empty()) {
        return fail(Category::usage, "what this meter tells has no addresses to read it by", {}, {},
                    std::string(not_described));
    }
    return made;
}

/// A client that is asked for by name is one of the protocol's own definition, where no model is named.
void take_generic(Target& target, const sessions::Protocol& protocol, const Models& models) {
    if (target.meter != nullptr) { return; }
    if (const auto generic = models.catalogue.find(protocol.name)) { target.meter = *generic; }
}

/// What the meter cannot tell.
void complete(Definition& made, const Target& target, const sessions::Protocol& protocol, const std::string& model) {
    if (made.title.empty()) { made.title = "Meter at " + target.name; }
    made.model = model.empty() ? plain(made.title, '-') : model;
    const auto now = head_of(target).time.to_string();
    made.sources = {fmt::format("O: read from {} at {}{}", target.name, now,
                                target.client.empty() ? "" : " as client " + target.client)};
    made.line = target.meter != nullptr ? target.meter->line : protocol.line;
    made.address = target.address;
    if (made.address.empty() && target.meter != nullptr) { made.address = target.meter->address; }
    if (target.meter == nullptr) { return; }
    for (const std::string_view name : {"physical", "address_size"}) {
        const auto found = target.meter->settings.find(std::string(name));
        if (found != target.meter->settings.end()) { made.settings.insert(*found); }
    }
}

Result<Definition> describe(const Arguments& arguments, const Models& models, Io& io) {
    const std::vector<std::string> names{arguments.text("--from")};
    auto targets = resolve_targets(names, arguments, models, io);
    if (!targets) { return tl::unexpected(targets.error()); }
    if (targets->size() != 1) {
        return fail(Category::usage, "\"" + names.front() + "\" names several targets; take one at a time", {}, {},
                    "usage.several_targets");
    }
    Target& target = targets->front();
    const auto protocol = protocol_of(target, {});
    if (!protocol) { return tl::unexpected(protocol.error()); }
    take_generic(target, **protocol, models);
    auto wiring = Wiring::open(arguments, io);
    if (!wiring) { return tl::unexpected(wiring.error()); }
    auto connection = connect(target, **protocol, models, {}, *wiring);
    if (!connection) { return tl::unexpected(connection.error()); }
    const auto session = (*protocol)->open(*connection->transport, session_options(target, io));
    if (!session) { return tl::unexpected(session.error()); }
    auto made = ask(*connection->loop, **session, **protocol);
    tell(io, target.name + ": " + statistics_line((*session)->statistics()));
    if (!made) { return made; }
    const auto models_named = arguments.all("MODEL");
    complete(*made, target, **protocol, models_named.empty() ? std::string() : models_named.front());
    if (const auto fits = (*protocol)->validate(*made); !fits) { return tl::unexpected(fits.error()); }
    return made;
}

} // namespace

int describe_meter(const Arguments& arguments, const Models& models, Io& io) {
    const auto names = arguments.all("MODEL");
    if (names.size() > 1 || (names.size() == 1 && plain(names.front(), '-') != names.front())) {
        return give_up(io, Error{.category = Category::usage,
                                 .what = "--from takes one MODEL, which the file is to define",
                                 .where = {},
                                 .hints = {"lower-case letters, digits and -: my-meter"},
                                 .code = "usage.value"});
    }
    const auto made = describe(arguments, models, io);
    if (!made) { return give_up(io, made.error()); }
    auto sink = open_output(arguments, io);
    if (!sink) { return give_up(io, sink.error()); }
    (*sink)->write(output::definition_text(*made));
    return finish(io, **sink, 0);
}

} // namespace meterctl::commands
