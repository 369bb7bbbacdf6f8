#include "src/catalogue/catalogue.hpp"

#include "src/catalogue/builtin.hpp"
#include "src/catalogue/loader.hpp"
#include "src/core/text.hpp"

#include <algorithm>
#include <filesystem>
#include <fmt/format.h>
#include <map>
#include <optional>
#include <set>

namespace meterctl::catalogue {
namespace {

/// A JSON text and, once asked for, what it defines. Its own address is stable, so its definition's is.
struct Entry {
    std::string origin;
    std::string_view json; ///< points into the binary, or to `text`
    std::string text;
    bool resolving = false;
    std::optional<Result<Definition>> definition;
};

using Entries = std::map<std::string, std::unique_ptr<Entry>, std::less<>>; ///< by model

std::vector<std::string> json_files(const std::string& folder) {
    std::vector<std::string> files;
    std::error_code problem;
    for (std::filesystem::directory_iterator at(folder, problem), end; !problem && at != end; at.increment(problem)) {
        if (at->path().extension() == ".json") { files.push_back(at->path().string()); }
    }
    std::sort(files.begin(), files.end());
    return files;
}

} // namespace

struct Catalogue::State {
    std::string folder;
    bool folder_read = false;
    Entries builtin, user, named;
    std::vector<std::unique_ptr<Entry>> replaced;     ///< kept: definitions already handed out stay valid
    std::map<std::string, Error, std::less<>> broken; ///< user files that cannot be used, by model or file name

    void read_folder();
    void add_user_file(const std::string& file);
    Entry* lookup(std::string_view model, const Entry* besides);
    const Result<Definition>& resolve(Entry& entry);
    Result<const Definition*> base(const std::string& model, const Entry& entry);
    Result<Definition> with_pulse_outputs(Definition definition, const Entry& entry);
    Result<Definition> build(const Entry& entry);
};

void Catalogue::State::read_folder() {
    if (std::exchange(folder_read, true) || folder.empty()) { return; }
    for (const auto& file : json_files(folder)) { add_user_file(file); }
}

void Catalogue::State::add_user_file(const std::string& file) {
    auto entry = std::make_unique<Entry>();
    entry->origin = file;
    const auto definition = read_file(file).and_then([&](std::string text) {
        entry->text = std::move(text);
        entry->json = entry->text;
        return parse_definition(entry->json, file);
    });
    if (!definition) {
        broken.emplace(std::filesystem::path(file).stem().string(), definition.error());
        return;
    }
    const auto [at, fresh] = user.try_emplace(definition->model, nullptr);
    if (!fresh) {
        broken.emplace(definition->model, Error{Category::usage,
                                                fmt::format("two files define the meter \"{}\"", definition->model),
                                                fmt::format("{} and {}", at->second->origin, file),
                                                {"removing one of them"},
                                                {}});
        return;
    }
    at->second = std::move(entry);
}

/// The topmost entry of this model that is not `besides` (what a file extends is never the file itself).
Entry* Catalogue::State::lookup(std::string_view model, const Entry* besides) {
    for (Entries* layer : {&named, &user, &builtin}) {
        const auto found = layer->find(model);
        if (found != layer->end() && found->second.get() != besides) { return found->second.get(); }
    }
    return nullptr;
}

/// The definition that this one leans on, itself complete.
Result<const Definition*> Catalogue::State::base(const std::string& model, const Entry& entry) {
    Entry* base = lookup(model, &entry);
    if (base == nullptr) {
        return fail(Category::usage, fmt::format("the meter \"{}\" that it extends is unknown", model), entry.origin);
    }
    if (base->resolving) {
        return fail(Category::usage, "the definitions extend each other in a circle", entry.origin);
    }
    const auto& resolved = resolve(*base);
    if (!resolved) { return tl::unexpected(resolved.error()); }
    return &*resolved;
}

/// A model that has its outputs from another needs no rows of its own for them.
Result<Definition> Catalogue::State::with_pulse_outputs(Definition definition, const Entry& entry) {
    if (definition.pulse_outputs_of.empty() || !definition.pulse_outputs.empty()) { return definition; }
    const auto like = base(definition.pulse_outputs_of, entry);
    if (!like) { return tl::unexpected(like.error()); }
    definition.pulse_outputs = (*like)->pulse_outputs;
    if (!definition.accuracy.active && !definition.accuracy.reactive) { definition.accuracy = (*like)->accuracy; }
    return definition;
}

Result<Definition> Catalogue::State::build(const Entry& entry) {
    auto own = parse_definition(entry.json, entry.origin);
    if (!own) { return own; }
    if (own->extends.empty()) { return with_pulse_outputs(std::move(*own), entry); }
    const auto resolved = base(own->extends, entry);
    if (!resolved) { return tl::unexpected(resolved.error()); }
    Definition whole = **resolved;
    whole.model = own->model;
    if (auto applied = apply_definition(entry.json, entry.origin, whole); !applied) {
        return tl::unexpected(applied.error());
    }
    return with_pulse_outputs(std::move(whole), entry);
}

const Result<Definition>& Catalogue::State::resolve(Entry& entry) {
    if (!entry.definition) {
        entry.resolving = true;
        entry.definition = build(entry);
        entry.resolving = false;
    }
    return *entry.definition;
}

Catalogue::Catalogue(std::string user_folder) : state_(std::make_unique<State>()) {
    state_->folder = std::move(user_folder);
    for (const auto& [model, json] : builtin_texts) {
        auto entry = std::make_unique<Entry>();
        entry->origin = "built in";
        entry->json = json;
        state_->builtin.emplace(model, std::move(entry));
    }
}

Catalogue::~Catalogue() = default;
Catalogue::Catalogue(Catalogue&&) noexcept = default;
Catalogue& Catalogue::operator=(Catalogue&&) noexcept = default;

Result<const Definition*> Catalogue::add_file(const std::string& path) {
    state_->read_folder();
    auto entry = std::make_unique<Entry>();
    entry->origin = path;
    auto text = read_file(path);
    if (!text) { return tl::unexpected(text.error()); }
    entry->text = std::move(*text);
    entry->json = entry->text;
    // Resolved before it is in the list, so that a file can complete an earlier one of the same model.
    const auto& definition = state_->resolve(*entry);
    if (!definition) { return tl::unexpected(definition.error()); }
    auto& place = state_->named[definition->model];
    if (place) { state_->replaced.push_back(std::move(place)); }
    place = std::move(entry);
    return &*definition;
}

std::vector<std::string> Catalogue::models() const {
    state_->read_folder();
    std::set<std::string> names;
    for (const Entries* layer : {&state_->named, &state_->user, &state_->builtin}) {
        for (const auto& [model, entry] : *layer) { names.insert(model); }
    }
    return {names.begin(), names.end()};
}

Result<const Definition*> Catalogue::find(std::string_view model) const {
    const auto broken_as = [&](std::string_view name) -> const Error* {
        state_->read_folder();
        const auto found = state_->broken.find(name);
        return found != state_->broken.end() ? &found->second : nullptr;
    };
    if (const Error* error = broken_as(model); error != nullptr && !state_->named.contains(model)) {
        return tl::unexpected(*error);
    }
    Entry* entry = state_->lookup(model, nullptr);
    if (entry == nullptr) {
        const auto known = models();
        auto hints = nearest(model, known);
        if (hints.empty()) { hints.push_back(fmt::format("one of {}", fmt::join(known, ", "))); }
        return fail(Category::usage, fmt::format("unknown meter \"{}\"", model), {}, std::move(hints));
    }
    const auto& definition = state_->resolve(*entry);
    if (!definition) { return tl::unexpected(definition.error()); }
    return &*definition;
}

Result<std::vector<const Definition*>> Catalogue::all() const {
    state_->read_folder();
    if (!state_->broken.empty()) { return tl::unexpected(state_->broken.begin()->second); }
    std::vector<const Definition*> definitions;
    for (const auto& model : models()) {
        const auto definition = find(model);
        if (!definition) { return tl::unexpected(definition.error()); }
        definitions.push_back(*definition);
    }
    return definitions;
}

std::string_view builtin_text(std::string_view model) {
    const auto found = std::find_if(builtin_texts.begin(), builtin_texts.end(),
                                    [&](const BuiltinText& b) { return b.model == model; });
    return found != builtin_texts.end() ? found->json : std::string_view{};
}

std::vector<std::string_view> builtin_models() {
    std::vector<std::string_view> models;
    for (const auto& text : builtin_texts) { models.push_back(text.model); }
    return models;
}

std::string_view schema_text() {
    return builtin_schema;
}

} // namespace meterctl::catalogue
