// What a listener on an HDLC line knows: which address is the client's, what was asked last, and the segments of
// messages that are not whole.
#pragma once

#include "codecs/dlms/conversation.hpp"
#include "codecs/dlms/hdlc_frame.hpp"

#include <array>

namespace meterctl::codecs::dlms::hdlc {

class Listener {
public:
    explicit Listener(const DecodeOptions& options) : conversation_(options) {}

    /// Fills direction, summary, fields, readings and answers of a good frame, whose body begins at `at` of the octets.
    void explain(DecodedFrame& frame, std::size_t at);

private:
    /// A message whose segments come in one direction.
    struct Message {
        Bytes octets;
        bool open = false;
        bool torn = false;     ///< a segment is missing: nothing until the next message begins
        std::uint8_t next = 0; ///< N(S) of the segment that is awaited
        bool numbered = false; ///< in I frames
        Bytes last;            ///< the frame before, which may be repeated
    };

    void orient(DecodedFrame& frame, const Frame& decoded);
    void explain_information(DecodedFrame& frame, const Frame& decoded, std::size_t at);
    void explain_message(DecodedFrame& frame, const Frame& decoded, std::size_t at);
    void explain_whole(DecodedFrame& frame, ByteView message, std::optional<std::size_t> at, std::size_t length);

    Conversation conversation_;
    std::optional<Address> client_;
    std::optional<std::uint64_t> asked_;
    std::array<Message, 3> messages_; ///< by direction
    Parties parties_;
};

} // namespace meterctl::codecs::dlms::hdlc
