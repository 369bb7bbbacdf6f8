// Writing: records by CI 51, and what moves a slave on its line, after which it is looked for where it went.
// EN 13757-7 (address, baud rate), EN 13757-3 clause 9.
#pragma once

#include "sessions/mbus/reader.hpp"

namespace meterctl::sessions::mbus {

/// The command that a write is. Usage error or Category::rejected where there is none.
Result<codecs::mbus::Command> write_command(const catalogue::Point& point, const Value& value);
/// The frames that a write or a method sends, in their order.
Result<std::vector<PlannedFrame>> plan(const Station& station, const catalogue::Point& point, const Value& value);

/// Writes and reads back. A slave that did not take the new address or rate is left where it was.
Task<Result<WriteOutcome>> write_point(Station& station, Reader& reader, const catalogue::Point& point,
                                       const Value& value);
/// Carries a method out: null, or what the slave answered.
Task<Result<Value>> call(Station& station, Method method, const Value& argument);

} // namespace meterctl::sessions::mbus
