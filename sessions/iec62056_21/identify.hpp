// Which model is under the probe: the identify rules of the definitions, tried on its sign-on and its readout.
#pragma once

#include "sessions/iec62056_21/reader.hpp"

namespace meterctl::sessions::iec62056_21 {

/// The first candidate all of whose rules (of one set) hold, with its serial number and the points of its identity
/// group; a model left empty where none fits. The error where nothing identifies itself; a meter whose readout cannot
/// be had is told by its sign-on alone, and `trouble` says why.
Task<Result<Identity>> identify(Client& client, std::span<const catalogue::Definition* const> candidates,
                                std::optional<Error>& trouble);

} // namespace meterctl::sessions::iec62056_21
