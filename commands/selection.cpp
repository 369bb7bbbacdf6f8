#include "commands/selection.hpp"

#include "src/core/text.hpp"

#include <algorithm>

namespace meterctl::commands {

namespace {

using catalogue::Point;

bool in_own_terms(std::string_view name) {
    return name.find_first_of(":/") != std::string_view::npos;
}

bool is_glob(std::string_view name) {
    return name.find_first_of("*?[") != std::string_view::npos;
}

bool is_readable(const Point& point) {
    return point.access != catalogue::Access::write;
}

/// Names are compared as the user would: `Voltage-L1` is voltage_l1.
std::string normal_name(std::string_view name) {
    std::string normal = to_lower(name);
    std::ranges::replace(normal, '-', '_');
    return normal;
}

tl::unexpected<Error> unknown_point(const Target& target, const sessions::Protocol& protocol, const std::string& name) {
    std::vector<std::string> known;
    if (target.meter != nullptr) {
        for (const Point& point : target.meter->points) { known.push_back(point.name); }
    }
    std::vector<std::string> hints = nearest(name, known);
    if (hints.empty() && target.meter != nullptr) {
        hints.push_back("`meterctl meters " + target.meter->model + "`, which lists its points");
    }
    if (hints.empty()) { hints.push_back("--meter MODEL, or " + std::string(protocol.point_syntax)); }
    const std::string whose = target.meter == nullptr ? "without a model" : "of " + target.meter->model;
    return fail(Category::usage, "no point " + whose + " is named \"" + name + "\"", {}, std::move(hints),
                "usage.unknown_point");
}

/// Points of the model that `name`, a group or a glob, takes in.
std::vector<const Point*> taken_in(const catalogue::Definition& meter, const std::string& name) {
    std::vector<const Point*> found;
    for (const Point& point : meter.points) {
        const bool fits = point.group == name || (is_glob(name) && glob_match(name, point.name));
        if (fits && is_readable(point)) { found.push_back(&point); }
    }
    return found;
}

/// A command's own name begins those of the points that show what came of it: relay, relay_state.
tl::unexpected<Error> not_readable(const Target& target, const Point& point) {
    std::vector<std::string> hints;
    for (const Point* shown :
         target.meter == nullptr ? std::vector<const Point*>() : taken_in(*target.meter, point.name + "_*")) {
        hints.push_back(shown->name);
    }
    return fail(Category::usage, point.name + " can be written, but not read", {}, std::move(hints),
                "usage.not_readable");
}

/// Whether only the device knows which points it has.
bool names_itself(const Target& target, const sessions::Protocol& protocol) {
    return protocol.self_describing &&
           (target.meter == nullptr || !std::ranges::any_of(target.meter->points, is_readable));
}

class Selection {
public:
    void add(const Point& point) {
        const auto same = [&](const Point& known) { return known.name == point.name; };
        if (std::ranges::none_of(points_, same)) { points_.push_back(point); }
    }
    void add(std::span<const Point* const> points) {
        for (const Point* point : points) { add(*point); }
    }
    [[nodiscard]] std::vector<Point> take() { return std::move(points_); }

private:
    std::vector<Point> points_;
};

Result<std::vector<Point>> all_points(const Target& target, const sessions::Protocol& protocol) {
    if (names_itself(target, protocol)) { return std::vector<Point>(); }
    if (target.meter == nullptr) {
        return fail(Category::usage, "no point is named, and no model says which there are", target.name,
                    {"--meter MODEL", "a POINT (`meterctl help points`)"}, "usage.no_points");
    }
    Selection selection;
    if (const std::string& usual = target.meter->default_read; !usual.empty()) {
        for (const std::string_view part : split(usual, ' ')) {
            selection.add(taken_in(*target.meter, std::string(part)));
        }
    } else {
        for (const Point& point : target.meter->points) {
            if (is_readable(point)) { selection.add(point); }
        }
    }
    return selection.take();
}

} // namespace

Result<Point> select_point(const Target& target, const sessions::Protocol& protocol, const std::string& name) {
    if (in_own_terms(name)) { return protocol.parse_point(name); }
    const Point* point = target.meter == nullptr ? nullptr : target.meter->find(normal_name(name));
    if (point != nullptr) { return *point; }
    if (auto spelled = protocol.parse_point(name)) { return spelled; }
    if (!names_itself(target, protocol)) { return unknown_point(target, protocol, name); }
    Point self_named;
    self_named.name = normal_name(name);
    return self_named;
}

Result<std::vector<Point>> select_points(const Target& target, const sessions::Protocol& protocol,
                                         std::span<const std::string> names) {
    if (names.empty()) { return all_points(target, protocol); }
    Selection selection;
    for (const std::string& name : names) {
        if (target.meter != nullptr && !in_own_terms(name)) {
            const std::vector<const Point*> several = taken_in(*target.meter, name);
            if (!several.empty()) {
                selection.add(several);
                continue;
            }
        }
        const auto point = select_point(target, protocol, name);
        if (!point) { return tl::unexpected(point.error()); }
        if (!is_readable(*point)) { return not_readable(target, *point); }
        selection.add(*point);
    }
    return selection.take();
}

} // namespace meterctl::commands
