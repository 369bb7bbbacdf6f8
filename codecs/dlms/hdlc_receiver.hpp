// Finds HDLC frames in octets that can begin anywhere and be damaged anywhere: by the length in the format field and
// the flag behind it, never by flags alone, since their value occurs inside. A flag may end one frame and begin the
// next. What is rejected is looked through for a frame that begins within.
#pragma once

#include "codecs/decoder.hpp"
#include "codecs/dlms/hdlc_frame.hpp"

namespace meterctl::codecs::dlms::hdlc {

/// What the octets at the front of a buffer are. The caller removes `octets` of them on everything but need_more.
struct Step {
    enum class Kind : std::uint8_t {
        need_more, ///< no decision yet; at least `octets` more are needed
        frame,     ///< a good frame: its `body` between the flags
        flags,     ///< flags between frames
        damaged,   ///< a frame that is not good, up to where the next could begin: `why`
        noise,     ///< nothing that begins a frame
    };
    Kind kind = Kind::need_more;
    std::size_t octets = 0;
    ByteView body{};
    std::string_view why{}; ///< "HCS", "FCS", "flag", "length", "address", "incomplete"
};

/// `after_flag`: the octet before the buffer is a flag, with which a frame may begin. `silent`: nothing more comes.
Step next_frame(ByteView buffer, bool after_flag, bool silent, Counters& counters);

/// The same for a link that takes octets as they come.
class Receiver {
public:
    void append(ByteView octets) { buffer_.insert(buffer_.end(), octets.begin(), octets.end()); }
    /// The next good frame; nullopt where more octets are needed.
    std::optional<Frame> next(bool silent = false);
    /// Inside a frame.
    [[nodiscard]] bool waiting() const { return !buffer_.empty(); }
    void clear() {
        buffer_.clear();
        after_flag_ = false;
    }
    [[nodiscard]] const Counters& counters() const { return counters_; }

private:
    Bytes buffer_;
    bool after_flag_ = false;
    Counters counters_;
};

} // namespace meterctl::codecs::dlms::hdlc
