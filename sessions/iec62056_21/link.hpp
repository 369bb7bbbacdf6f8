// The line between us and one IEC 62056-21 meter: sends a message after the reaction time, receives the next one, drops
// our own echo, and remembers what was heard. Half duplex: nothing is sent while something is awaited.
#pragma once

#include "codecs/iec62056_21/framer.hpp"
#include "codecs/iec62056_21/messages.hpp"
#include "sessions/iec62056_21/timing.hpp"
#include "sessions/session.hpp"

#include <functional>
#include <string>

namespace meterctl::sessions::iec62056_21 {

/// What was heard since the last message was sent.
struct Evidence {
    Bytes octets;                 ///< the first of them, at most `kept`
    std::size_t total = 0;        ///< how many there were
    std::size_t line_faults = 0;  ///< parity and framing errors
    std::size_t noise = 0;        ///< octets that were no message
    std::size_t wrong_checks = 0; ///< messages whose block check was wrong
    std::size_t echoes = 0;       ///< our own message, come back
    Duration lasted{};            ///< from the first octet to the last

    static constexpr std::size_t kept = 64;
};

struct Heard {
    codecs::iec62056_21::Message message;
    bool checked = true; ///< false: data without a block check, or with a wrong one that is to be ignored
};

class Link {
public:
    using Notice = std::function<void(const std::string&)>;

    Link(transports::Transport& transport, Notice notice, bool ignore_block_check);

    /// Waits until `reaction` has passed since the meter's last octet, sends, and returns when the last bit has left.
    Task<Result<void>> send(codecs::iec62056_21::Message message, Duration reaction);
    /// A password message: what stands between its brackets is hidden from traces and captures.
    void hide(const codecs::iec62056_21::Message& message);
    /// NULs for the wake-up call of battery meters, and the pause behind it.
    Task<Result<void>> wake_up();
    /// The next message, whose first octet must come within `patience`. A time-out where nothing came, untrusted
    /// with code wrong_block_check where a message's check is wrong, and no_message where octets made none.
    Task<Result<Heard>> receive(codecs::iec62056_21::Awaiting awaiting, Duration patience);
    /// Waits until the line has been silent for longer than any gap within a message.
    Task<Result<void>> settle();
    /// Where the endpoint has line settings: another baud rate. Nothing happens elsewhere.
    Task<Result<void>> set_line(transports::LineSettings settings);

    [[nodiscard]] transports::Transport& transport() const { return transport_; }
    [[nodiscard]] bool has_line() const { return transport_.line().has_value(); }
    [[nodiscard]] const Evidence& evidence() const { return evidence_; }
    [[nodiscard]] Statistics& statistics() { return statistics_; }
    [[nodiscard]] const Statistics& statistics() const { return statistics_; }
    void tell(const std::string& text) const;

    static constexpr std::string_view wrong_block_check = "iec62056_21.block_check";
    static constexpr std::string_view no_message = "iec62056_21.noise";

private:
    Task<Result<void>> put(ByteView octets);
    Task<Result<void>> take_echo();
    void hear(const transports::Chunk& chunk);
    Bytes take(std::size_t octets);
    [[nodiscard]] bool is_echo(ByteView octets);
    /// The echo that an optical head's transport took out before it came here.
    void note_removed_echo();
    Result<Heard> judge_skipped(const codecs::iec62056_21::Step& step);

    transports::Transport& transport_;
    Notice notice_;
    bool ignore_block_check_;
    Statistics statistics_;
    codecs::Counters counters_;
    Evidence evidence_;
    Bytes buffer_;
    Bytes sent_;
    bool hears_itself_ = false;      ///< learnt from the sign-on
    bool hears_others_only_ = false; ///< likewise: what is like our own message is the meter's confirmation
    transports::TimePoint first_heard_{}, last_heard_{};
};

} // namespace meterctl::sessions::iec62056_21
