// What a listener knows of a client and a server that exchange APDUs: what was asked, blocks of messages that are not
// whole, system titles. It turns APDUs into what people see, whatever carried them.
#pragma once

#include "codecs/decoder.hpp"

namespace meterctl::codecs::dlms {

/// Who speaks, as far as the link tells.
struct Parties {
    Direction direction = Direction::unknown;
    std::uint16_t client = 0; ///< SAPs; 0 where the link does not tell
    std::uint16_t server = 0;
};

class Conversation {
public:
    explicit Conversation(const DecodeOptions& options);

    /// Adds what an APDU says to the frame that brought it: a summary behind what is there, fields, readings, an error.
    /// Its first octet stands at `base` of the frame.
    void explain(DecodedFrame& frame, ByteView apdu, std::size_t base, const Parties& parties);

private:
    DecodeOptions options_;
};

/// "get-request", by the tag; empty where no APDU begins so.
std::string_view apdu_name(std::uint8_t tag);

} // namespace meterctl::codecs::dlms
