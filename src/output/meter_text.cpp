#include "src/output/meter_text.hpp"

#include "src/output/meter_parties.hpp"
#include "src/output/shown.hpp"
#include "src/output/table.hpp"
#include "src/output/utf8.hpp"

#include <array>
#include <fmt/format.h>

namespace meterctl::output {

namespace {

using catalogue::Access;
using catalogue::Definition;
using catalogue::Point;

constexpr std::array columns{
    Column{.name = "name"},   Column{.name = "address"}, Column{.name = "type"}, Column{.name = "unit"},
    Column{.name = "access"}, Column{.name = "allowed"}, Column{.name = "obis"}, Column{.name = "title"},
};

std::string access_text(const Point& point) {
    if (point.method) { return "method"; }
    std::string text(point.access == Access::read_write ? "read, write" : access_name(point.access));
    if (point.irreversible) { text += " once"; }
    return text;
}

void add_line(std::string& text, std::string_view name, const std::string& value) {
    if (!value.empty()) { text += fmt::format("  {:<10}{}\n", name, tamed(value)); }
}

void add_list(std::string& text, std::string_view name, const std::vector<std::string>& items) {
    if (items.empty()) { return; }
    text += fmt::format("\n{}\n", name);
    for (const std::string& item : items) { text += fmt::format("  - {}\n", tamed(item)); }
}

/// Choices that are too many for the table's column stand below it.
constexpr std::size_t widest_range = 40;

bool is_wide(const Point& point) {
    return !point.choices.empty() && display_width(choices_text(point)) > widest_range;
}

std::string allowed_text(const Point& point) {
    return is_wide(point) ? fmt::format("one of {}, below", point.choices.size()) : range_text(point);
}

std::vector<std::string> wide_choices_of(const Definition& definition) {
    std::vector<std::string> choices;
    for (const Point& point : definition.points) {
        if (is_wide(point)) { choices.push_back(fmt::format("{}: {}", point.name, choices_text(point))); }
    }
    return choices;
}

std::vector<std::string> warnings_of(const Definition& definition) {
    std::vector<std::string> warnings;
    for (const Point& point : definition.points) {
        if (!point.warning.empty()) { warnings.push_back(fmt::format("{}: {}", point.name, point.warning)); }
    }
    return warnings;
}

} // namespace

std::string meter_text(const Definition& definition) {
    std::string text = fmt::format("{}\n", tamed(joined(definition.model, ": ", definition.title)));
    add_line(text, "maker", definition.maker);
    add_line(text, "protocol", definition.protocol);
    add_line(text, "line", fmt::format("{} {}", definition.line.baud, definition.line.frame));
    add_line(text, "address", definition.address);
    add_line(text, "from", definition.origin);
    text += "\n";

    std::vector<std::vector<std::string>> rows;
    rows.reserve(definition.points.size());
    for (const Point& point : definition.points) {
        rows.push_back({point.name, point.address, point.type, std::string(symbol(point.unit)), access_text(point),
                        allowed_text(point), obis_text(point.obis), point.title});
    }
    text += table(columns, std::move(rows));
    text += clients_text(definition) + profiles_text(definition);
    add_list(text, "Choices", wide_choices_of(definition));
    add_list(text, "Warnings", warnings_of(definition));
    add_list(text, "Notes", definition.notes);
    add_list(text, "Not public", definition.not_public);
    add_list(text, "Sources", definition.sources);
    text += "\n";
    return text;
}

std::string_view access_name(Access access) {
    if (access == Access::read) { return "read"; }
    return access == Access::write ? "write" : "read_write";
}

std::string choices_text(const Point& point) {
    std::string text;
    for (const auto& choice : point.choices) {
        text = joined(text, "; ", joined(choice.value.to_string(), "=", choice.label));
    }
    return text;
}

std::string number_text(const std::optional<Decimal>& number) {
    return number ? number->to_string() : std::string{};
}

std::string range_text(const Point& point) {
    if (!point.choices.empty()) { return choices_text(point); }
    std::string text;
    if (point.minimum && point.maximum) {
        text = fmt::format("{} to {}", point.minimum->to_string(), point.maximum->to_string());
    } else if (point.minimum) {
        text = fmt::format("from {}", point.minimum->to_string());
    } else if (point.maximum) {
        text = fmt::format("up to {}", point.maximum->to_string());
    }
    return point.step ? joined(text, ", ", fmt::format("in steps of {}", point.step->to_string())) : text;
}

} // namespace meterctl::output
