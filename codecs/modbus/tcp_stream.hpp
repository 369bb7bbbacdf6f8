// Finds the frames with an MBAP header in a TCP stream, or in UDP datagrams, that can begin in the middle of one.
#pragma once

#include "codecs/modbus/stream.hpp"

namespace meterctl::codecs::modbus {

class TcpStream final : public LaneStream {
public:
    explicit TcpStream(const DecodeOptions& options);

private:
    [[nodiscard]] Verdict judge(ByteView rest, Direction known, bool trusted, bool silent) const override;
    void explain(DecodedFrame& frame, Direction known) override;
    bool explain_damaged(DecodedFrame& frame, Direction known, bool silent) override;
};

} // namespace meterctl::codecs::modbus
