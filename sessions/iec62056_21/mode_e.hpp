// The opening of mode E: signs on by IEC 62056-21 and hands the line over to HDLC, which DLMS/COSEM speaks on it.
// IEC 62056-21:2002, clause 6.4.5; IEC 62056-46, annex.
#pragma once

#include "sessions/iec62056_21/client.hpp"

namespace meterctl::sessions::iec62056_21 {

struct BinaryOpening {
    codecs::iec62056_21::Identification meter;
    transports::LineSettings line; ///< what the transport is left at: the agreed rate, 8N1
};

/// `/?address!`, identification, `ACK 2 Z 2`, the meter's confirmation, and the switch to 8N1: what comes next is the
/// caller's first HDLC frame. The settings are those of a session: baud, wakeup, frame. `mode=e` among them insists:
/// HDLC is then chosen, with a notice, on a meter whose identification lacks `\2` but which takes an option select.
/// Refused where the meter offers no mode E otherwise, or sends its readout instead; a time-out where it does not
/// answer.
Task<Result<BinaryOpening>> open_binary(transports::Transport& transport, SessionOptions options);

} // namespace meterctl::sessions::iec62056_21
