// Finds MS/TP frames in the octets of a line, or in captured packets with or without a header of the capture's own.
#pragma once

#include "codecs/bacnet/stream.hpp"

namespace meterctl::codecs::bacnet {

class MstpStream final : public FrameStream {
public:
    explicit MstpStream(const DecodeOptions& options);

private:
    [[nodiscard]] Verdict judge(ByteView rest, bool first, bool ended) const override;
    void explain(DecodedFrame& frame, std::size_t front) override;
    [[nodiscard]] std::size_t longest_front() const override;
};

} // namespace meterctl::codecs::bacnet
