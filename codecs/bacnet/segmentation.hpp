// Segmented requests and answers (clauses 5.2 to 5.4): a window of segments is sent, the receiver acknowledges the last
// one it has in order, and the rest follows. Time-outs (Tseg, four times Tseg) are the caller's.
#pragma once

#include "codecs/bacnet/apdu.hpp"

namespace meterctl::codecs::bacnet {

/// Puts the segments of one message together.
class Reassembly {
public:
    /// `window`: the most segments taken before an acknowledgment; `limit`: the longest message taken, in octets.
    explicit Reassembly(std::uint8_t window = 16, std::size_t limit = 65536) : window_(window), limit_(limit) {}

    struct Step {
        bool complete = false;
        bool acknowledge = false; ///< a SegmentACK is due
        bool negative = false;    ///< with the flag that a segment was out of order
        std::uint8_t sequence = 0;
        std::uint8_t window = 1;
    };
    /// A segment as it came. Untrusted where the message does not begin with segment 0 or grows past the limit: then an
    /// Abort is due (invalid-apdu-in-this-state, buffer-overflow).
    Result<Step> receive(const Segment& segment, ByteView data);

    /// The message so far, whole once a step said `complete`.
    [[nodiscard]] const Bytes& data() const { return data_; }
    Bytes take() { return std::move(data_); }

private:
    [[nodiscard]] Step due(bool negative) const;

    std::uint8_t window_;
    std::size_t limit_;
    Bytes data_;
    bool started_ = false, complete_ = false;
    std::uint8_t last_ = 0;         ///< sequence number of the last segment in order
    std::uint8_t acknowledged_ = 0; ///< that the last acknowledgment named
    bool asked_again_ = false;      ///< a negative acknowledgment is under way
};

/// Sends a message in segments.
class Segmentation {
public:
    struct Part {
        Segment segment;
        ByteView data; ///< views the message
    };

    /// `most`: octets of service data in one segment; `window`: proposed, 1 to 127. More than 256 windows of sequence
    /// numbers are no matter: they wrap.
    Segmentation(Bytes message, std::size_t most, std::uint8_t window);

    /// All that may be sent now, front to back; the first time segment 0 alone, as the standard has it.
    [[nodiscard]] std::vector<Part> due() const;
    /// Takes an acknowledgment; true where it moves the window. Duplicates change nothing.
    bool acknowledge(std::uint8_t sequence, std::uint8_t window);
    [[nodiscard]] bool done() const { return next_ == count_; }
    [[nodiscard]] std::size_t segments() const { return count_; }

private:
    Bytes message_;
    std::size_t most_;
    std::uint8_t proposed_, granted_ = 1;
    std::size_t count_;
    std::size_t next_ = 0; ///< the first segment not acknowledged
};

} // namespace meterctl::codecs::bacnet
