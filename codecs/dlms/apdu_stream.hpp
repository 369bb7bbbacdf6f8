// APDUs alone, with no frame around them: what a G3-PLC or LoRaWAN gateway hands over, or somebody pastes.
#pragma once

#include "codecs/dlms/conversation.hpp"

namespace meterctl::codecs::dlms {

/// Each datagram is an APDU, or several one behind the other; other octets are taken together until the stream ends.
class ApduStream final : public StreamDecoder {
public:
    explicit ApduStream(const DecodeOptions& options) : conversation_(options) {}
    void feed(ByteView chunk, const ChunkInfo& info, const FrameSink& sink) override;
    void finish(const FrameSink& sink) override;
    [[nodiscard]] const Counters& counters() const override { return counters_; }

private:
    void flush(const FrameSink& sink);
    void emit(ByteView octets, const FrameSink& sink);

    Conversation conversation_;
    Counters counters_;
    Bytes held_;
    std::uint64_t offset_ = 0; ///< of what is held
    Direction direction_ = Direction::unknown;
};

/// How sure these octets are APDUs: 0 to 100.
int recognise_apdus(ByteView octets);

} // namespace meterctl::codecs::dlms
