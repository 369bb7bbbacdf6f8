// A frame for people: one line that says what it is, its fields as a tree with their octets, its values.
#pragma once

#include "src/output/options.hpp"
#include "src/output/records.hpp"

#include <string>

namespace meterctl::output {

/// The first line alone, with what is wrong.
std::string frame_line(const FrameRecord& frame);
std::string frame_tree(const FrameRecord& frame, const Options& options);
/// What could not be read at all, as a line.
std::string failure_line(const Failure& failure);

} // namespace meterctl::output
