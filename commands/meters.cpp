// `meterctl meters [MODEL...]`, and with --from a definition of a meter that is asked
#include "commands/describe_meter.hpp"
#include "commands/models.hpp"
#include "commands/records.hpp"
#include "commands/subcommands.hpp"
#include "src/core/text.hpp"

#include <algorithm>

namespace meterctl::commands {

namespace {

using catalogue::Definition;

Result<std::vector<const Definition*>> chosen(const Models& models, std::span<const std::string> patterns) {
    if (patterns.empty()) { return models.catalogue.all(); }
    std::vector<const Definition*> definitions;
    const std::vector<std::string> known = models.catalogue.models();
    for (const std::string& pattern : patterns) {
        std::vector<std::string> names;
        std::ranges::copy_if(known, std::back_inserter(names),
                             [&](const std::string& model) { return glob_match(pattern, model); });
        if (names.empty()) { names.push_back(pattern); }
        for (const std::string& name : names) {
            const auto found = models.catalogue.find(name);
            if (!found) { return tl::unexpected(found.error()); }
            definitions.push_back(*found);
        }
    }
    return definitions;
}

/// `pattern`: a glob, or a group.
bool takes_in(const std::string& pattern, const catalogue::Point& point) {
    return point.group == pattern || glob_match(pattern, point.name);
}

/// Usage error where it takes in no point of any.
Result<void> check_points(const std::vector<const Definition*>& definitions, const std::string& pattern) {
    std::vector<std::string> known;
    for (const Definition* definition : definitions) {
        known.reserve(known.size() + definition->points.size());
        for (const catalogue::Point& point : definition->points) {
            if (takes_in(pattern, point)) { return {}; }
            known.push_back(point.name);
        }
    }
    return fail(Category::usage, "--points: no point is named \"" + pattern + "\", and no group", {},
                nearest(pattern, known), "usage.unknown_point");
}

/// The definition with those of its points that `pattern` takes in, and nothing beside them.
Definition with_points(const Definition& definition, const std::string& pattern) {
    Definition part = definition;
    part.profiles.clear();
    part.clients.clear();
    std::erase_if(part.points, [&](const catalogue::Point& point) { return !takes_in(pattern, point); });
    return part;
}

int print_texts(const std::vector<const Definition*>& definitions, output::Sink& sink, Io& io) {
    for (const Definition* definition : definitions) {
        const std::string_view text = catalogue::builtin_text(definition->model);
        if (text.empty()) {
            return give_up(io, Error{.category = Category::usage,
                                     .what = definition->model + " is not built in",
                                     .where = definition->origin,
                                     .hints = {},
                                     .code = "usage.not_built_in"});
        }
        sink.write(text);
    }
    return finish(io, sink, 0);
}

} // namespace

int run_meters(const Arguments& arguments, Io& io) {
    const auto models = open_models(arguments, io);
    if (!models) { return give_up(io, models.error()); }
    if (arguments.given("--from")) { return describe_meter(arguments, *models, io); }
    const std::vector<std::string> patterns = arguments.all("MODEL");
    const auto definitions = chosen(*models, patterns);
    if (!definitions) { return give_up(io, definitions.error()); }
    const std::string points = arguments.text("--points");
    if (!points.empty()) {
        if (const auto some = check_points(*definitions, points); !some) { return give_up(io, some.error()); }
    }
    auto sink = open_output(arguments, io);
    if (!sink) { return give_up(io, sink.error()); }
    if (arguments.flag("--definition")) { return print_texts(*definitions, **sink, io); }
    const bool in_full = !patterns.empty() || !points.empty();
    output::MetersDocument document(**sink, output_options(arguments), in_full);
    document.begin();
    for (const Definition* definition : *definitions) {
        document.meter(points.empty() ? *definition : with_points(*definition, points));
    }
    document.end();
    return finish(io, **sink, 0);
}

} // namespace meterctl::commands
