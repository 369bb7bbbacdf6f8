// The primary station of an HDLC connection, sans-IO: it is given octets and the time, and gives octets to send, the
// next deadline, and what became of things. Normal response mode: the meter speaks when it is polled, and until its
// final bit. IEC 62056-46, clauses 6.2 to 6.4.
#pragma once

#include "codecs/dlms/hdlc_numbering.hpp"
#include "codecs/dlms/hdlc_receiver.hpp"
#include "src/core/error.hpp"

#include <deque>
#include <string>

namespace meterctl::codecs::dlms::hdlc {

struct ClientSettings {
    Address client = client_address(16), server{};
    Parameters offered;
    /// SNRM without information: for meters that know none.
    bool plain_snrm = false;
    unsigned retries = 2;                                 ///< repetitions after the first try
    Duration response = std::chrono::seconds(3);          ///< from the end of what was sent to the answer's first octet
    Duration inter_octet = std::chrono::milliseconds(25); ///< silence that ends a frame
    Duration poll_pause = std::chrono::milliseconds(100); ///< before a meter that is not ready is polled again
    Duration patience = std::chrono::seconds(30);         ///< for a meter that says it is not ready
    Duration keep_alive{}; ///< of silence, after which the connection is polled; zero: never
};

struct Event {
    enum class Kind : std::uint8_t {
        connected,    ///< UA came: negotiated() holds
        message,      ///< an APDU that the meter sent in the connection
        unnumbered,   ///< one that came outside it, in a UI frame
        answered,     ///< a poll was answered, and the meter had nothing to say
        disconnected, ///< as was asked
        failed,       ///< `error` says how; the connection is gone
    };
    Kind kind = Kind::failed;
    Bytes apdu{};
    Error error{};
};

struct LinkCounters {
    std::uint64_t frames_sent = 0, frames_received = 0, retries = 0, timeouts = 0, echoes = 0, foreign = 0,
                  duplicates = 0, gaps = 0, polls = 0;
};

class Client {
public:
    enum class State : std::uint8_t { disconnected, connecting, idle, polling, pausing, disconnecting };

    explicit Client(ClientSettings settings) : settings_(std::move(settings)) {}

    /// SNRM; drops whatever connection there was.
    void connect(TimePoint now);
    /// DISC, where there is a connection.
    void disconnect(TimePoint now);
    /// Only where idle().
    void send(ByteView apdu, TimePoint now);
    /// RR, to give the meter the word. Only where idle().
    void poll(TimePoint now);
    /// An APDU outside the connection.
    void send_unnumbered(ByteView apdu, TimePoint now);

    void receive(ByteView octets, TimePoint now);
    void advance(TimePoint now);
    /// nullopt: nothing to do until octets come or something is asked for.
    [[nodiscard]] std::optional<TimePoint> next_deadline() const;
    /// What was handed out has left, later than it was asked for: times count from here.
    void sent(TimePoint now);

    /// Frames to send at once, in this order.
    std::vector<Bytes> take_transmissions();
    std::vector<Event> take_events();

    [[nodiscard]] State state() const { return state_; }
    [[nodiscard]] bool idle() const { return state_ == State::idle; }
    [[nodiscard]] bool connected() const { return state_ >= State::idle && state_ != State::disconnecting; }
    [[nodiscard]] const Parameters& negotiated() const { return negotiated_; }
    [[nodiscard]] const LinkCounters& statistics() const { return statistics_; }
    [[nodiscard]] const Counters& counters() const { return receiver_.counters(); }
    /// The frames that would carry an APDU now.
    [[nodiscard]] std::vector<Bytes> frames_of(ByteView apdu) const;

private:
    [[nodiscard]] Frame command(FrameType type) const;
    void transmit(const Frame& frame);
    void await_answer(TimePoint now);
    void take_turn(TimePoint now);
    void transmit_window(TimePoint now);
    void transmit_ready(TimePoint now);
    [[nodiscard]] bool has_to_be_plain() const;
    void repeat(TimePoint now);
    void timed_out(TimePoint now);
    void pause(TimePoint now);

    void take(const Frame& frame, TimePoint now);
    void take_in_connection(const Frame& frame, TimePoint now);
    bool take_information(const Frame& frame);
    void take_unnumbered(const Frame& frame);
    void take_answer_to_snrm(const Frame& frame);
    [[nodiscard]] bool is_echo(const Frame& frame);
    void end();
    void report(Event::Kind kind, Bytes apdu = {});
    void fail_with(Error error);

    ClientSettings settings_;
    State state_ = State::disconnected;
    Receiver receiver_;
    Outgoing out_;
    Incoming in_;
    Parameters negotiated_;
    std::vector<Bytes> transmissions_;
    std::deque<Event> events_;
    LinkCounters statistics_;
    unsigned attempt_ = 0;
    bool progress_ = false;       ///< something new came, or was acknowledged, since the meter was given the word
    bool said_something_ = false; ///< a message came since something was asked for
    bool missed_something_ = false;
    bool awaits_message_ = false; ///< what was sent calls for one
    bool peer_busy_ = false;      ///< RNR
    bool plain_snrm_ = false;     ///< of the last SNRM: it offered nothing
    bool hears_itself_ = false;   ///< our SNRM came back
    std::deque<Bytes> echoes_;    ///< what may come back
    Bytes unnumbered_;            ///< the segments of a UI message
    TimePoint deadline_{};        ///< of the answer, or the end of a pause
    TimePoint patience_until_{};
    TimePoint last_octet_{};
};

} // namespace meterctl::codecs::dlms::hdlc
