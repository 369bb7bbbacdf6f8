// Finds IEC 62056-21 messages in octets that can start anywhere and be damaged anywhere.
#pragma once

#include "codecs/decoder.hpp"
#include "codecs/iec62056_21/messages.hpp"

namespace meterctl::codecs::iec62056_21 {

/// What the octets at the front of a receive buffer are. The caller removes `octets` of them on frame and skip.
struct Step {
    enum class Kind {
        need_more, ///< no decision yet; at least `octets` more are needed
        frame,     ///< `octets` octets are one message: decode() takes them
        skip       ///< `octets` octets are none; `why` says what they are
    };
    Kind kind = Kind::need_more;
    std::size_t octets = 0;
    std::string why; ///< "noise", "block check 5B, computed 4B"
    /// Of a skip: a whole data message or command whose block check is wrong, or a readout that ends in `! CR LF`
    /// without one. NAK asks for it again; take_apart() shows what it holds, which nothing vouches for.
    bool wrong_check = false;
};

struct Awaiting {
    /// Data without STX can come: behind an identification, in mode D and from meters that leave the frame out.
    bool plain_data = false;
    /// An option select message can come, so that an ACK alone is known only by what follows, or by silence.
    bool option_select = false;
    /// Nothing more comes for now: what could go on has ended.
    bool silent = false;
};

/// Counts frames, crc_errors (block check), bad_lengths (too long), bad_headers and skipped octets.
Step next_message(ByteView buffer, const Awaiting& awaiting, Counters& counters);

} // namespace meterctl::codecs::iec62056_21
