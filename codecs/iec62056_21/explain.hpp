// Messages as trees of named fields, one-line summaries and readings: what the `decode` command shows.
#pragma once

#include "codecs/decoder.hpp"
#include "codecs/iec62056_21/data_set.hpp"
#include "codecs/iec62056_21/messages.hpp"

namespace meterctl::codecs::iec62056_21 {

/// What a listener remembers of the messages before.
struct Heard {
    bool identified = false;              ///< an identification came: data, framed or not, is to be expected
    std::string asked;                    ///< the register of the read command whose answer is to come
    std::optional<std::uint64_t> request; ///< where the last message that asks for an answer began
    bool writing = false;                 ///< the last command was a password or a write: an ACK answers it
};

/// Fills direction, summary, fields, readings and answers of a good message. `octets` are the frame's without parity
/// bits.
void explain(DecodedFrame& frame, ByteView octets, const Message& message, Heard& heard, const DecodeOptions& options);

/// The same of a data message or command that nothing vouches for. Readings are given, flagged "unverified", where a
/// check is missing, and none where it is wrong.
void explain_damaged(DecodedFrame& frame, ByteView octets, const Block& block, const Heard& heard,
                     const DecodeOptions& options);

/// Octets that belong to no message, but are lines of data sets: of a readout heard from its middle on, or kept without
/// its control characters. Readings of the whole lines, flagged "unverified". False where they are no such lines.
bool explain_loose(DecodedFrame& frame, ByteView octets, const DecodeOptions& options);

/// A data block's data sets and other texts as fields; `front`: octets of the frame before the block.
std::vector<Field> block_fields(const DataBlock& block, std::size_t front);

} // namespace meterctl::codecs::iec62056_21
