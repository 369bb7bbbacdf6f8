// The master node state machine of MS/TP (clause 9.5.6), sans-IO: it is given octets, silences and the time, and gives
// octets to send, the next deadline, and the NPDUs that came. It never sends without the token, but for the answers
// that the standard asks for, and as the sole master after a silence; a node that only listens never sends at all.
#pragma once

#include "codecs/bacnet/mstp_receiver.hpp"

#include <deque>
#include <functional>

namespace meterctl::codecs::bacnet::mstp {

/// The parameters of clause 9.5.3, those with a choice at what a program without a real-time clock can keep.
struct Times {
    Duration Tno_token = std::chrono::milliseconds(500);      ///< silence that means that the token is lost
    Duration Tslot = std::chrono::milliseconds(10);           ///< of one station, to make a new token
    Duration Tusage_timeout = std::chrono::milliseconds(35);  ///< 20 to 35: for the successor to begin
    Duration Tusage_delay = std::chrono::milliseconds(15);    ///< the longest until a node begins to use the token
    Duration Treply_timeout = std::chrono::milliseconds(300); ///< 255 to 300: for an answer to begin
    Duration Treply_delay = std::chrono::milliseconds(240);   ///< at most 250: until ours begins, or is postponed
    Duration Tframe_abort = std::chrono::milliseconds(100);   ///< 60 bit times to 100 ms: ends a frame that stopped
    unsigned Tturnaround = 40;                                ///< bit times between another's octet and ours
};

inline constexpr std::uint64_t Nmin_octets = 4; ///< more than these mean that somebody sends
inline constexpr unsigned Nretry_token = 1;

struct MasterSettings {
    std::uint8_t station = 0;                ///< TS, 0 to 127
    std::uint8_t max_master = last_master;   ///< Nmax_master
    unsigned max_info_frames = 1;            ///< Nmax_info_frames: frames for each token
    unsigned Npoll = 50;                     ///< tokens between polls for new masters
    unsigned baud = 38400;                   ///< 9600 to 115200
    bool listen_only = false;                ///< never sends
    std::optional<std::uint8_t> successor{}; ///< the next master, where listening told: no polls before Npoll tokens
    Times times;
    std::function<void(const Heard&, TimePoint)> observe; ///< every frame on the line, good or bad; may be empty
};

/// An NPDU that came for this station.
struct Indication {
    std::uint8_t source = 0;
    std::uint8_t destination = 0; ///< this station, or 255
    bool expecting_reply = false; ///< answer with reply() before the node's next deadline, or it is postponed
    Bytes npdu;
};

/// Octets, and the earliest time to send them.
struct Transmission {
    TimePoint due;
    Bytes octets;
};

/// What became of a frame that was given to send().
enum class Outcome : std::uint8_t {
    sent,       ///< no reply was expected
    replied,    ///< the reply is among the indications, or a Test_Response
    postponed,  ///< the other station replies when it has the token
    no_reply,   ///< Treply_timeout passed
    damaged,    ///< an invalid frame came instead of the reply
    unexpected, ///< another frame came: there may be two tokens, and this node dropped its own
};
struct Completion {
    std::uint64_t ticket = 0;
    Outcome outcome = Outcome::sent;
};

struct MasterStatistics {
    std::uint64_t tokens_received = 0, tokens_passed = 0, token_retries = 0, successors_lost = 0, tokens_lost = 0,
                  tokens_made = 0, polls_sent = 0, polls_answered = 0, reply_timeouts = 0, postponed = 0,
                  invalid_frames = 0, unexpected_frames = 0;
};

class MasterNode {
public:
    enum class State : std::uint8_t {
        initialize,
        idle,
        use_token,
        wait_for_reply,
        done_with_token,
        pass_token,
        no_token,
        poll_for_master,
        answer_data_request,
    };

    MasterNode(MasterSettings settings, TimePoint now);

    /// Octets that arrived up to `now`; they count before any deadline that has passed in the meantime. What calls for
    /// a frame of ours, and has more than Nmin_octets of others behind it, was read too late: nothing is sent then.
    void receive(ByteView octets, TimePoint now);
    /// The line reported a framing error or a break.
    void receive_error(TimePoint now);
    void advance(TimePoint now);
    /// nullopt: nothing to do until octets come or something is to be sent.
    [[nodiscard]] std::optional<TimePoint> next_deadline() const;

    /// Queues an NPDU for the next token. The ticket comes back with its completion.
    std::uint64_t send(std::uint8_t destination, Bytes npdu, bool expecting_reply);
    /// A Test_Request with up to 501 octets.
    std::uint64_t test(std::uint8_t destination, Bytes data);
    /// Answers the request of an indication that expects a reply: at once while that station waits, else with the
    /// token.
    void reply(std::uint8_t destination, Bytes npdu, TimePoint now);
    /// No answer will be ready in time: tells the waiting station so.
    void postpone(TimePoint now);
    /// Gives the token away at the next chance and falls silent.
    void leave(TimePoint now);

    std::vector<Transmission> take_transmissions();
    std::vector<Indication> take_indications();
    std::vector<Completion> take_completions();

    [[nodiscard]] State state() const { return state_; }
    /// Neither sends nor answers: it only listens, has left, or heard its own address from another station.
    [[nodiscard]] bool silent() const { return silent_; }
    /// Another station has this node's address. What it says is confused with ours, so the node fell silent.
    [[nodiscard]] bool duplicate_address() const { return duplicate_; }
    [[nodiscard]] bool sole_master() const { return sole_master_; }
    [[nodiscard]] std::uint8_t next_station() const { return next_station_; }
    [[nodiscard]] std::uint8_t poll_station() const { return poll_station_; }
    [[nodiscard]] const MasterStatistics& statistics() const { return statistics_; }

private:
    struct Queued {
        Frame frame;
        std::uint64_t ticket = 0;
        bool waits = false;
    };

    [[nodiscard]] std::uint8_t after(std::uint8_t station) const;
    [[nodiscard]] Duration silence(TimePoint now) const { return now - last_activity_; }
    [[nodiscard]] bool holds_token() const;
    [[nodiscard]] std::optional<TimePoint> state_deadline() const;
    void transmit(const Frame& frame, TimePoint now);
    void transmit(FrameType type, std::uint8_t destination, TimePoint now);
    std::uint64_t queue(Frame frame, bool waits);
    void complete(Outcome outcome);

    void heard(const Heard& heard, bool outdated, TimePoint now);
    void outdated_frame(const Heard& heard);
    void events();
    void timers(TimePoint now);

    void idle_frame(const Heard& heard, TimePoint now);
    void indicate(const Frame& frame, bool expecting_reply);
    void reply_frame(const Heard& heard, TimePoint now);
    void poll_frame(const Heard& heard, TimePoint now);
    void drop_token();

    void enter_idle();
    void use_token(TimePoint now);
    void done_with_token(TimePoint now);
    void pass_token(TimePoint now);
    void token_not_used(TimePoint now);
    void poll(std::uint8_t station, TimePoint now);
    void poll_unanswered(TimePoint now);
    void no_token(TimePoint now);

    MasterSettings settings_;
    Receiver receiver_;
    State state_ = State::initialize;
    std::uint8_t next_station_, poll_station_;
    bool sole_master_ = false, silent_ = false, leaving_ = false, duplicate_ = false, slot_missed_ = false;
    unsigned frame_count_ = 0, token_count_ = 0, retry_count_ = 0;
    std::uint8_t requester_ = 0;
    TimePoint last_activity_; ///< the last octet heard, or the end of what was sent
    std::deque<Queued> queue_;
    std::optional<Queued> current_;
    std::uint64_t tickets_ = 0;
    std::vector<Transmission> transmissions_;
    std::vector<Indication> indications_;
    std::vector<Completion> completions_;
    MasterStatistics statistics_;
};

/// "use-token"
std::string_view state_text(MasterNode::State state);

} // namespace meterctl::codecs::bacnet::mstp
