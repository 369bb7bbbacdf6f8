// Which model answers: the identify rules of the definitions, tried on the header and the records of its usual readout.
#pragma once

#include "sessions/mbus/reader.hpp"

namespace meterctl::sessions::mbus {

/// The first candidate all of whose rules (of one set) hold; definitions that describe no record come last, because
/// they fit any meter. With what the header says of it. The error where nothing answers.
Task<Result<Identity>> identify(Station& station, std::span<const catalogue::Definition* const> candidates);
/// The same of a readout at hand.
Identity identify(const Readout& readout, const Station& station,
                  std::span<const catalogue::Definition* const> candidates);

} // namespace meterctl::sessions::mbus
