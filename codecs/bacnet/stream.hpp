// The part of the stream decoders that is the same: octets in, frames and named stretches of other octets out, none
// lost. A framing says what octets are; this class waits, skips, reports and counts.
#pragma once

#include "codecs/bacnet/exchange.hpp"

namespace meterctl::codecs::bacnet {

/// What a framing says of the octets at some place.
struct Verdict {
    enum class Kind {
        frame,   ///< `octets` octets are one
        damaged, ///< `octets` octets belong together, though they are no good frame
        wait,    ///< one could begin here: more octets are needed
        no       ///< none begins here
    };
    Kind kind = Kind::no;
    std::size_t octets = 0;
};

class FrameStream : public StreamDecoder {
public:
    void feed(ByteView chunk, const ChunkInfo& info, const FrameSink& sink) final;
    void finish(const FrameSink& sink) final;
    [[nodiscard]] const Counters& counters() const final { return counters_; }

protected:
    /// `gap`: a silence longer than this ends a frame; zero: it means nothing.
    FrameStream(std::string_view name, const DecodeOptions& options, std::chrono::nanoseconds gap)
        : exchange_(options), name_(name), gap_(gap) {}

    /// `ended`: nothing more comes, so that there is nothing to wait for. `first`: the octets follow a frame, a silence
    /// or the beginning.
    [[nodiscard]] virtual Verdict judge(ByteView rest, bool first, bool ended) const = 0;
    /// Fills a good frame, or what is wrong with a damaged one and what is there of it. The frame begins `front` octets
    /// into the octets: a capture's own header stands before it.
    virtual void explain(DecodedFrame& frame, std::size_t front) = 0;
    /// The most octets that a capture may put before a frame.
    [[nodiscard]] virtual std::size_t longest_front() const { return 0; }

    Exchange exchange_;
    Counters counters_;

private:
    void run(bool ended, bool datagram, const FrameSink& sink);
    void emit(std::size_t octets, std::size_t front, const FrameSink& sink);
    void skip(std::size_t octets, const FrameSink& sink);
    [[nodiscard]] DecodedFrame take(std::size_t octets);

    Bytes buffer_;
    std::size_t begin_ = 0; ///< octets at the front of the buffer that are gone
    std::size_t noise_ = 0; ///< octets behind them at which no frame begins
    bool first_ = true;
    std::uint64_t offset_ = 0;
    Direction direction_ = Direction::unknown;
    std::optional<std::chrono::nanoseconds> last_;
    std::string_view name_;
    std::chrono::nanoseconds gap_;
};

} // namespace meterctl::codecs::bacnet
