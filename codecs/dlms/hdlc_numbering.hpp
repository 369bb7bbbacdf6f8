// What both ends of a connection do alike: a message goes out in numbered I frames, kept until they are acknowledged,
// and one comes in by I frames in their order. ISO/IEC 13239 and IEC 62056-46, clause 6.4.4: numbers modulo 8.
#pragma once

#include "codecs/dlms/hdlc_frame.hpp"
#include "codecs/dlms/hdlc_parameters.hpp"

#include <chrono>
#include <deque>
#include <vector>

namespace meterctl::codecs::dlms::hdlc {

using TimePoint = std::chrono::steady_clock::time_point;
using Duration = std::chrono::nanoseconds;

/// The sending half: V(S), V(A), and the segments that are not acknowledged.
class Outgoing {
public:
    void reset() { *this = Outgoing(); }
    /// Cuts a message, LLC and all, into segments behind those that wait.
    void add(ByteView message, std::size_t max_info);
    /// The next so many segments that were not sent, numbered; poll_final and addresses are the caller's.
    std::vector<Frame> window(std::size_t most);
    /// N(R). False where it acknowledges what was never sent.
    bool acknowledge(std::uint8_t receive);
    /// What is not acknowledged is to be sent again.
    void rewind() { sent_ = 0; }

    /// Sent and not acknowledged.
    [[nodiscard]] std::size_t unacknowledged() const { return sent_; }
    [[nodiscard]] bool empty() const { return segments_.empty(); }
    [[nodiscard]] std::size_t segments() const { return segments_.size(); }
    [[nodiscard]] bool all_sent() const { return sent_ == segments_.size(); }
    /// V(S): of the next segment that is sent.
    [[nodiscard]] std::uint8_t next() const { return static_cast<std::uint8_t>((first_ + sent_) & 7U); }

private:
    struct Segment {
        Bytes information;
        bool more = false;
    };
    std::deque<Segment> segments_;
    std::uint8_t first_ = 0; ///< V(A): N(S) of the first segment
    std::size_t sent_ = 0;
    std::size_t most_sent_ = 0; ///< before a rewind: what may be acknowledged
};

/// The receiving half: V(R) and the message that is being put together.
class Incoming {
public:
    void reset() { *this = Incoming(); }

    enum class Taken : std::uint8_t {
        segment,   ///< more of the message follows
        message,   ///< it is whole: take_message()
        duplicate, ///< had before
        gap,       ///< one before it is missing
        too_long,  ///< the message is longer than any can be
    };
    Taken take(const Frame& frame);
    /// Without its LLC.
    Bytes take_message();

    /// V(R)
    [[nodiscard]] std::uint8_t next() const { return next_; }
    /// Segments came, and the last did not.
    [[nodiscard]] bool open() const { return open_; }

    /// Octets of a message: as many as the longest transfers take, whatever the other side says.
    static constexpr std::size_t longest_message = std::size_t{4} << 20U;

private:
    Bytes message_;
    std::uint8_t next_ = 0;
    bool open_ = false;
};

} // namespace meterctl::codecs::dlms::hdlc
