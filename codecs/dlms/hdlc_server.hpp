// The secondary station of HDLC connections, sans-IO: what a meter does on its line. It is given octets and the time,
// and gives octets to send, the next deadline, and what its clients want. One connection at a time: a client that
// connects takes the place of the one before. IEC 62056-46, clauses 6.2 to 6.4.
#pragma once

#include "codecs/dlms/hdlc_numbering.hpp"
#include "codecs/dlms/hdlc_receiver.hpp"
#include "codecs/dlms/hdlc_reject.hpp"

#include <deque>
#include <utility>

namespace meterctl::codecs::dlms::hdlc {

struct ServerSettings {
    std::vector<std::uint16_t> logical{1}; ///< the logical devices
    std::uint16_t physical = 17;
    Parameters most{};     ///< what it agrees to at most
    bool empty_ua = false; ///< UA without information, as meters do that only know the defaults
    Duration inter_octet = std::chrono::milliseconds(25);
    Duration inactivity =
        std::chrono::seconds(120); ///< after which the connection is gone, without a word; zero: never
    Duration patience = std::chrono::milliseconds(500); ///< for a reply, before RR says that there is none yet
};

struct ServerEvent {
    enum class Kind : std::uint8_t {
        connected,
        message,    ///< an APDU in the connection: reply() answers
        unnumbered, ///< one outside it; nothing answers
        disconnected,
    };
    Kind kind = Kind::connected;
    std::uint16_t client = 0;  ///< the SAP
    std::uint16_t logical = 1; ///< the logical device
    Bytes apdu{};
};

class Server {
public:
    explicit Server(ServerSettings settings) : settings_(std::move(settings)) {}

    void receive(ByteView octets, TimePoint now);
    void advance(TimePoint now);
    [[nodiscard]] std::optional<TimePoint> next_deadline() const;

    /// An APDU to the client that is connected: sent when it gives the word, which it has as a rule.
    void reply(ByteView apdu, TimePoint now);
    /// An APDU in a UI frame, which needs no connection.
    void notify(std::uint16_t client, ByteView apdu, std::uint16_t logical = 1);
    /// Answers RNR as long as it is.
    void set_busy(bool busy) { busy_ = busy; }
    /// Forgets the connection, as a power failure does.
    void reset();

    std::vector<Bytes> take_transmissions() { return std::exchange(transmissions_, {}); }
    std::vector<ServerEvent> take_events() { return std::exchange(events_, {}); }

    [[nodiscard]] bool connected() const { return connected_; }
    [[nodiscard]] const Parameters& negotiated() const { return negotiated_; }
    [[nodiscard]] const Counters& counters() const { return receiver_.counters(); }

private:
    [[nodiscard]] bool serves(const Address& address) const;
    void take(const Frame& frame, TimePoint now);
    void take_unconnected(const Frame& frame);
    void take_in_connection(const Frame& frame, TimePoint now);
    void take_information(const Frame& frame);
    void take_unnumbered(const Frame& frame);
    void connect(const Frame& frame);
    void disconnect();
    void speak(TimePoint now);
    void reject(const Frame& frame, Reject reason);
    void transmit(FrameType type, Bytes information = {});
    void report(ServerEvent::Kind kind, const Frame& frame, Bytes apdu = {});

    ServerSettings settings_;
    Receiver receiver_;
    Outgoing out_;
    Incoming in_;
    Parameters negotiated_;
    Address client_{}, own_{}; ///< of the connection, or of the frame that is answered
    bool connected_ = false, busy_ = false;
    bool has_word_ = false;         ///< the client polled, and waits
    bool owes_reply_ = false;       ///< a message came, and reply() has not
    std::optional<Bytes> rejected_; ///< the information of FRMR, until the client connects anew
    TimePoint speak_by_{}, last_octet_{}, last_frame_{};
    std::vector<Bytes> transmissions_;
    std::vector<ServerEvent> events_;
};

} // namespace meterctl::codecs::dlms::hdlc
