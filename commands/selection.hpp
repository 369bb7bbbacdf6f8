// POINT: what the user named, as the points of one meter.
#pragma once

#include "commands/target.hpp"

#include <span>
#include <string>
#include <vector>

namespace meterctl::commands {

/// Names, globs, groups, and points in the protocol's own terms; each point once, in the order named. No name: all that
/// the model reads unless told. Usage error with the nearest names for what is unknown.
Result<std::vector<catalogue::Point>> select_points(const Target& target, const sessions::Protocol& protocol,
                                                    std::span<const std::string> names);
/// One point, by its name or in the protocol's own terms.
Result<catalogue::Point> select_point(const Target& target, const sessions::Protocol& protocol,
                                      const std::string& name);

} // namespace meterctl::commands
