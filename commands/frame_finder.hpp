// Streams of octets in, decoded frames out: a decoder for each stream, chosen by what the capture says of it, by its
// port, or by what its octets look like.
#pragma once

#include "codecs/decoder.hpp"
#include "src/output/records.hpp"
#include "transports/capture_reader.hpp"

#include <functional>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace meterctl::commands {

struct FinderOptions {
    std::vector<const codecs::Decoder*> decoders; ///< that may be chosen
    bool asked_for = false;                       ///< the user named them: also those without a checksum are tried
    const catalogue::Definition* meter = nullptr;
    std::shared_ptr<const KeyRing> keys;
    bool fields = true, readings = true; ///< false: decoders may leave them out
    std::shared_ptr<codecs::SenderCounters> senders = std::make_shared<codecs::SenderCounters>();
};

/// Takes one input's streams. Frames are handed on as they are found.
class FrameFinder {
public:
    using FrameSink = std::function<void(output::FrameRecord&&)>;

    FrameFinder(FinderOptions options, FrameSink sink);
    ~FrameFinder();
    FrameFinder(const FrameFinder&) = delete;
    FrameFinder& operator=(const FrameFinder&) = delete;

    /// `source` is shown with each frame of the stream.
    void chunk(const transports::CapturedChunk& chunk, const std::string& source);
    /// `source` is asked once for each stream.
    void chunk(const transports::CapturedChunk& chunk, const std::function<std::string()>& source);
    /// A live stream rests: what is held back is taken for what it looks like so far.
    void settle(std::uint64_t stream);
    void close(std::uint64_t stream);
    /// No more octets come on any stream.
    void finish();
    /// By stream, in the order they came.
    [[nodiscard]] const std::vector<output::CountersRecord>& counters() const { return counters_; }

private:
    class Stream;
    void keep(output::CountersRecord&& row);

    FinderOptions options_;
    FrameSink sink_;
    std::map<std::uint64_t, std::unique_ptr<Stream>> streams_;
    std::vector<output::CountersRecord> counters_;
};

} // namespace meterctl::commands
