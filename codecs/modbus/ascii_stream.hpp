// Finds the frames of Modbus ASCII in a stream of characters.
#pragma once

#include "codecs/modbus/stream.hpp"

namespace meterctl::codecs::modbus {

class AsciiStream final : public LaneStream {
public:
    explicit AsciiStream(const DecodeOptions& options);

private:
    [[nodiscard]] Verdict judge(ByteView rest, Direction known, bool trusted, bool silent) const override;
    void explain(DecodedFrame& frame, Direction known) override;
    bool explain_damaged(DecodedFrame& frame, Direction known, bool silent) override;
};

} // namespace meterctl::codecs::modbus
