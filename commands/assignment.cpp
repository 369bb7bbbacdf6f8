#include "commands/assignment.hpp"

#include "commands/file_value.hpp"
#include "commands/selection.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace meterctl::commands {

namespace {

/// A label by the value, compared as numbers where both are.
std::string label_of(const catalogue::Point& point, const Value& value) {
    for (const catalogue::Choice& choice : point.choices) {
        const auto a = choice.value.number(), b = value.number();
        if (a && b ? *a == *b : choice.value == value) { return choice.label; }
    }
    return {};
}

/// No definition vouches for a point in the protocol's own terms: it may be the one that can be set only once.
void spelled_out(catalogue::Point& point) {
    if (!point.method) { point.access = catalogue::Access::read_write; }
    point.confirm = true;
    point.warning = "no definition says what is behind this address, nor whether it can be undone";
}

/// Of a method without what it is to do, of a point without a value, or of a method that takes none and was given one.
tl::unexpected<Error> wrong_form(const catalogue::Point& point, const std::string& text, bool has_value) {
    const std::string_view kind = point.method ? "method" : "point";
    std::vector<std::string> hints;
    hints.reserve(point.choices.size());
    for (const catalogue::Choice& choice : point.choices) {
        hints.push_back(point.name + "=" + (choice.label.empty() ? choice.value.to_string() : choice.label));
    }
    if (has_value && point.method) {
        return fail(Category::usage, fmt::format("\"{}\": this method takes no argument", text), {}, {point.name},
                    "usage.assignment");
    }
    if (hints.empty()) { hints.push_back(point.name + "=VALUE"); }
    return fail(Category::usage, fmt::format("\"{}\": this {} takes a value", text, kind), {}, std::move(hints),
                "usage.assignment");
}

Result<Assignment> parse_assignment(const Target& target, const sessions::Protocol& protocol, const std::string& text,
                                    bool relinquishes) {
    const std::size_t equals = text.find('=');
    auto point = select_point(target, protocol, text.substr(0, equals));
    if (!point) { return tl::unexpected(point.error()); }
    const bool has_value = equals != std::string::npos;
    if (equals == 0 || has_value == (point->method && point->type.empty())) {
        return wrong_form(*point, text, has_value);
    }
    if (target.meter == nullptr || target.meter->find(point->name) == nullptr) { spelled_out(*point); }
    if (relinquishes && !point->method && text.substr(equals + 1) == "null") {
        if (point->access == catalogue::Access::read) {
            return tl::unexpected(sessions::check_write(*point, {}, true).error());
        }
        return Assignment{std::move(*point), Value(), {}};
    }
    auto typed = has_value ? text_of_value(*point, text.substr(equals + 1)) : Result<std::string>();
    if (!typed) { return tl::unexpected(typed.error()); }
    auto value = has_value ? sessions::parse_write_value(*point, *typed) : Value();
    if (!value) { return tl::unexpected(value.error()); }
    constexpr bool consented = true;
    if (auto fits = sessions::check_write(*point, *value, consented); !fits) { return tl::unexpected(fits.error()); }
    Assignment assignment{std::move(*point), std::move(*value), {}};
    assignment.label = label_of(assignment.point, assignment.value);
    return assignment;
}

/// What the definition wants written before something else moves before it; all else keeps its order.
void put_in_order(std::vector<Assignment>& assignments) {
    for (std::size_t i = 0, moves = 0; i < assignments.size(); ++i) {
        const auto comes_later = std::find_if(
            assignments.begin() + static_cast<std::ptrdiff_t>(i) + 1, assignments.end(), [&](const Assignment& other) {
                return std::ranges::find(assignments[i].point.after, other.point.name) !=
                       assignments[i].point.after.end();
            });
        const bool round_and_round = moves > assignments.size() * assignments.size();
        if (comes_later == assignments.end() || round_and_round) { continue; }
        std::rotate(assignments.begin() + static_cast<std::ptrdiff_t>(i), comes_later, comes_later + 1);
        ++moves;
        --i;
    }
}

/// Against what is written before it; what is not written the session asks for.
Result<void> check_ratios(std::span<const Assignment> assignments) {
    for (const Assignment& one : assignments) {
        if (!one.point.ratio) { continue; }
        for (const Assignment& other : assignments) {
            if (other.point.name != one.point.ratio->to) { continue; }
            if (auto fits = sessions::check_ratio(one.point, one.value, other.value); !fits) { return fits; }
        }
    }
    return {};
}

} // namespace

Result<std::vector<Assignment>> parse_assignments(const Target& target, const sessions::Protocol& protocol,
                                                  std::span<const std::string> texts, bool relinquishes) {
    std::vector<Assignment> assignments;
    for (const std::string& text : texts) {
        auto assignment = parse_assignment(target, protocol, text, relinquishes);
        if (!assignment) { return tl::unexpected(assignment.error()); }
        const auto same = [&](const Assignment& other) { return other.point.name == assignment->point.name; };
        if (std::ranges::any_of(assignments, same)) {
            return fail(Category::usage, assignment->point.name + " is named twice", {}, {}, "usage.assignment");
        }
        assignments.push_back(std::move(*assignment));
    }
    put_in_order(assignments);
    if (auto fits = check_ratios(assignments); !fits) { return tl::unexpected(fits.error()); }
    return assignments;
}

std::string shown(const Assignment& assignment) {
    if (assignment.point.method && assignment.value.is_null()) { return assignment.point.name; }
    std::string text = assignment.point.name + " = " + assignment.value.to_string();
    if (assignment.point.unit != Unit::none) { text += " " + std::string(symbol(assignment.point.unit)); }
    if (!assignment.label.empty()) { text += " (" + assignment.label + ")"; }
    return text;
}

} // namespace meterctl::commands
