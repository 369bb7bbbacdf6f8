// P1 telegrams in a stream that can start anywhere and be damaged anywhere.
#pragma once

#include "codecs/iec62056_21/telegram.hpp"
#include "codecs/lane.hpp"

namespace meterctl::codecs::iec62056_21 {

class TelegramStream final : public StreamDecoder {
public:
    explicit TelegramStream(const DecodeOptions& options) : options_(options) {}

    void feed(ByteView chunk, const ChunkInfo& info, const FrameSink& sink) override;
    void finish(const FrameSink& sink) override;
    [[nodiscard]] const Counters& counters() const override { return counters_; }

private:
    void run(bool silent, const FrameSink& sink);
    void explain(DecodedFrame& frame, const Telegram& telegram);
    void explain_cut(DecodedFrame& frame, const std::string& why);

    DecodeOptions options_;
    Lane lane_;
    Counters counters_;
    std::uint64_t position_ = 0;
};

} // namespace meterctl::codecs::iec62056_21
