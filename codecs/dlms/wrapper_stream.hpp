// Finds the wrapper PDUs of both directions in a TCP stream, or in datagrams.
#pragma once

#include "codecs/dlms/conversation.hpp"
#include "codecs/dlms/frame_stream.hpp"

namespace meterctl::codecs::dlms {

class WrapperStream final : public FrameStream {
public:
    explicit WrapperStream(const DecodeOptions& options);

private:
    Verdict judge(ByteView rest, bool joined, bool ended) override;
    void explain(DecodedFrame& frame, std::size_t front, bool good) override;
    void orient(DecodedFrame& frame, std::uint16_t source, std::uint16_t destination, std::uint8_t tag);

    Conversation conversation_;
    std::optional<std::uint16_t> client_;
    std::optional<std::uint64_t> asked_;
};

} // namespace meterctl::codecs::dlms
