// Which model answers: the identify rules of the definitions, tried on the meter.
#pragma once

#include "sessions/modbus/reader.hpp"

namespace meterctl::sessions::modbus {

/// The first candidate all of whose rules (of one set) hold, with its serial number and the points of its identity
/// group; a model left empty, and what the device says of itself, where none fits. The error where nothing answers.
Task<Result<Identity>> identify(Client& client, std::span<const catalogue::Definition* const> candidates);

} // namespace meterctl::sessions::modbus
