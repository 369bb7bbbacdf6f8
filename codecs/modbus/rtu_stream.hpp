// Finds the frames of both directions in what is heard on an RS-485 line, or in RTU frames carried by TCP or UDP.
#pragma once

#include "codecs/modbus/stream.hpp"

namespace meterctl::codecs::modbus {

class RtuStream final : public LaneStream {
public:
    explicit RtuStream(const DecodeOptions& options);

private:
    [[nodiscard]] Verdict judge(ByteView rest, Direction known, bool trusted, bool silent) const override;
    [[nodiscard]] std::size_t unsized(ByteView front) const override;
    void explain(DecodedFrame& frame, Direction known) override;
    bool explain_damaged(DecodedFrame& frame, Direction known, bool silent) override;
    bool explain_crc(DecodedFrame& frame, Direction direction, std::size_t octets);
    bool explain_incomplete(DecodedFrame& frame, Direction direction, std::size_t octets);
};

} // namespace meterctl::codecs::modbus
