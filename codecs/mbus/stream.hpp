// Finds the frames of master and slaves in what is heard on a bus, and keeps the conversation: which request an answer
// belongs to, and which telegrams make one readout.
#pragma once

#include "codecs/lane.hpp"
#include "codecs/mbus/frame.hpp"
#include "codecs/mbus/listener.hpp"

#include <array>

namespace meterctl::codecs::mbus {

class Stream final : public StreamDecoder {
public:
    explicit Stream(const DecodeOptions& options) : listener_(options) {}

    void feed(ByteView chunk, const ChunkInfo& info, const FrameSink& sink) override;
    void finish(const FrameSink& sink) override;
    [[nodiscard]] const Counters& counters() const override { return counters_; }

private:
    void run(Lane& lane, bool silent, const FrameSink& sink);
    void take_frame(Lane& lane, std::size_t octets, const FrameSink& sink);
    void take_damaged(Lane& lane, std::size_t octets, const FrameSink& sink);
    void take_noise(Lane& lane, const FrameSink& sink);
    [[nodiscard]] DecodedFrame stretch(const Lane& lane, std::size_t octets) const;

    std::array<Lane, 3> lanes_; ///< by direction
    Listener listener_;
    Counters counters_;
    std::uint64_t position_ = 0;
};

} // namespace meterctl::codecs::mbus
