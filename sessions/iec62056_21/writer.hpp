// Writes registers in programming mode, and reads them back.
#pragma once

#include "sessions/iec62056_21/reader.hpp"

namespace meterctl::sessions::iec62056_21 {

/// The command that writes `value`, or executes a method. Category::rejected where the point is not a register.
Result<codecs::iec62056_21::Command> write_command(const catalogue::Point& point, const Value& value);

/// In one stay in programming mode: the value before, the write, the value read back.
Task<Result<WriteOutcome>> write_point(Client& client, const catalogue::Point& point, const Value& value);
/// A command at a register: `E2` or what the point says. What the meter answers, else null.
Task<Result<Value>> execute(Client& client, const catalogue::Point& point, const Value& argument);

} // namespace meterctl::sessions::iec62056_21
