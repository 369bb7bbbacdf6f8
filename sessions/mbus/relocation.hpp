// Moving a slave on its line: to another primary address or baud rate, and finding it there.
#pragma once

#include "sessions/mbus/readout.hpp"
#include "src/catalogue/definition.hpp"

namespace meterctl::sessions::mbus {

/// Gives the slave a primary address at which nobody answers, and asks there whether it is the same slave.
/// Category::rejected where somebody does.
Task<Result<WriteOutcome>> change_address(Station& station, const catalogue::Point& point, unsigned address);

/// The slave acknowledges at the old rate and then uses the new one; the line follows. Where it does not answer there,
/// the line goes back to the old rate. Category::rejected where the line's rate cannot be changed from here.
Task<Result<WriteOutcome>> change_baud(Station& station, const catalogue::Point& point, unsigned baud);

} // namespace meterctl::sessions::mbus
