// Finds the HDLC frames of both directions in what is heard on a line, behind a gateway or in a recording, and puts
// segmented messages together.
#pragma once

#include "codecs/dlms/frame_stream.hpp"
#include "codecs/dlms/hdlc_listener.hpp"

namespace meterctl::codecs::dlms {

class HdlcStream final : public FrameStream {
public:
    explicit HdlcStream(const DecodeOptions& options);

private:
    Verdict judge(ByteView rest, bool joined, bool ended) override;
    void explain(DecodedFrame& frame, std::size_t front, bool good) override;

    hdlc::Listener listener_;
};

} // namespace meterctl::codecs::dlms
