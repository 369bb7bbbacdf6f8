// What everybody may read of a meter, in an association of the public client: the frame counter that it remembers of
// another client, and who it is.
#pragma once

#include "sessions/dlms/link.hpp"
#include "src/core/key_ring.hpp"
#include "src/core/obis.hpp"

namespace meterctl::sessions::dlms {

/// The first of the counter objects (class 1) that is there; nothing where none is. The link is closed behind it, and
/// speaks for whom it spoke for before.
Task<Result<std::optional<std::uint32_t>>> read_counter(ApduLink& link, std::vector<Obis> objects);

/// What the meter is called, for a ring that holds the keys of several: its logical device name, its serial number and
/// its system title. Asks nothing where the ring has keys of no meter in particular.
Task<Result<std::vector<std::string>>> names_for_keys(ApduLink& link, const KeyRing* keys);

} // namespace meterctl::sessions::dlms
