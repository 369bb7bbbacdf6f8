// IEC 62056-21 messages in a stream that can start anywhere and be damaged anywhere, also with the parity bits of 7E1
// still in bit 7.
#pragma once

#include "codecs/iec62056_21/explain.hpp"
#include "codecs/iec62056_21/framer.hpp"
#include "codecs/lane.hpp"

#include <array>

namespace meterctl::codecs::iec62056_21 {

class MessageStream final : public StreamDecoder {
public:
    explicit MessageStream(const DecodeOptions& options) : options_(options) {}

    void feed(ByteView chunk, const ChunkInfo& info, const FrameSink& sink) override;
    void finish(const FrameSink& sink) override;
    [[nodiscard]] const Counters& counters() const override { return counters_; }

private:
    /// Octets of one direction.
    struct Side {
        Lane lane;
        bool parity = false; ///< bit 7 is a parity bit
    };
    void run(Side& side, Direction known, bool silent, const FrameSink& sink);
    void hand_on(Side& side, const Step& step, ByteView octets, Direction known, const FrameSink& sink);
    void explain_step(DecodedFrame& frame, const Step& step, ByteView octets);
    /// Octets whose parity is wrong make their message untrusted; false where there are none.
    bool check_parity(DecodedFrame& frame) const;

    DecodeOptions options_;
    std::array<Side, 3> sides_; ///< by direction
    Heard heard_;
    Counters counters_;
    std::uint64_t position_ = 0;
};

} // namespace meterctl::codecs::iec62056_21
