// Octets of one direction of a stream, held back until it is known what they are. Each keeps its place in the stream,
// also where the other direction's octets came in between.
#pragma once

#include "codecs/decoder.hpp"

#include <algorithm>
#include <deque>

namespace meterctl::codecs {

class Lane {
public:
    void append(ByteView chunk, std::uint64_t offset) {
        octets_.insert(octets_.end(), chunk.begin(), chunk.end());
        const bool joins = !parts_.empty() && parts_.back().offset + parts_.back().octets == offset;
        if (joins) {
            parts_.back().octets += chunk.size();
        } else if (!chunk.empty()) {
            parts_.push_back({offset, chunk.size()});
        }
    }

    void drop(std::size_t count) {
        octets_.erase(octets_.begin(), octets_.begin() + static_cast<std::ptrdiff_t>(count));
        while (count > 0) {
            auto& part = parts_.front();
            const auto gone = std::min<std::uint64_t>(count, part.octets);
            part.offset += gone;
            part.octets -= gone;
            count -= static_cast<std::size_t>(gone);
            if (part.octets == 0) { parts_.pop_front(); }
        }
        scanned = 0;
    }

    [[nodiscard]] ByteView view() const { return octets_; }
    /// Of the first octet, in the stream.
    [[nodiscard]] std::uint64_t offset() const { return parts_.empty() ? 0 : parts_.front().offset; }

    std::size_t scanned = 0; ///< octets at the front at which no frame begins
    bool trusted = true;     ///< the first octet follows a frame or a silence, so that a frame is to be expected there
    std::optional<std::chrono::nanoseconds> last; ///< when the last chunk came

private:
    struct Part {
        std::uint64_t offset = 0;
        std::uint64_t octets = 0;
    };
    Bytes octets_;
    std::deque<Part> parts_;
};

} // namespace meterctl::codecs
