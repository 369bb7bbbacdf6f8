// Frames and telegrams as trees of named fields with offsets, for the `decode` command.
#pragma once

#include "codecs/mbus/frame.hpp"
#include "codecs/mbus/telegram.hpp"

namespace meterctl::codecs::mbus {

/// All fields of a good frame; `telegram`: what a slave's frame with a CI field holds, else null.
std::vector<Field> frame_fields(ByteView octets, const Frame& frame, const Telegram* telegram);

/// Those of a long frame that is damaged or ends too early: checksum and stop, which are wrong or missing, left out.
std::vector<Field> part_fields(ByteView octets, const Frame& frame, const Telegram* telegram);

/// One line: "REQ_UD2, FCB 1 to 5", "RSP_UD of 5: 12345678 INM, electricity, 3 records".
std::string frame_summary(const Frame& frame, const Telegram* telegram);

} // namespace meterctl::codecs::mbus
