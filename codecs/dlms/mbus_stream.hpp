// DLMS/COSEM on wired M-Bus, as meters push it on their customer's interface (EN 13757-1, the wired M-Bus profile):
// long frames whose CI field, 00 to 1F, numbers the segments of a message (bits 0 to 3) and marks the last of them
// (bit 4), then the service access points of both sides.
#pragma once

#include "codecs/dlms/conversation.hpp"
#include "codecs/dlms/frame_stream.hpp"
#include "codecs/mbus/frame.hpp"

namespace meterctl::codecs::dlms {

class MbusStream final : public FrameStream {
public:
    explicit MbusStream(const DecodeOptions& options);

private:
    Verdict judge(ByteView rest, bool joined, bool ended) override;
    void explain(DecodedFrame& frame, std::size_t front, bool good) override;
    void explain_segment(DecodedFrame& frame, const mbus::Frame& decoded);

    /// The message whose segments come.
    struct Message {
        Bytes octets;
        bool open = false;
        std::uint8_t next = 0; ///< the number of the segment that is awaited
    };
    Conversation conversation_;
    Message message_;
};

/// How sure these octets are such frames: 0 to 100.
int recognise_mbus(ByteView octets);

} // namespace meterctl::codecs::dlms
