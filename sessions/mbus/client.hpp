// The master's side of the M-Bus link layer: one request at a time, repeated as it is until an answer comes that is its
// own, or none does. EN 13757-2, clause 5. Acks carry no address, so a late one is waited out before it could pass for
// the answer to another request; answers with data are told by their address and, after a selection, by the secondary
// address in their header.
#pragma once

#include "sessions/mbus/address.hpp"
#include "sessions/mbus/diagnosis.hpp"
#include "sessions/session.hpp"

namespace meterctl::sessions::mbus {

struct ClientOptions {
    std::optional<Duration> answer_time; ///< empty: derived from the line
    unsigned retries = 2;
    Duration lateness = std::chrono::seconds(2); ///< how long behind its time an answer may still come
    std::function<void(const std::string&)> notice;
};

/// A frame to send, and what counts as its answer.
struct Request {
    Bytes frame;
    std::uint8_t address = 0; ///< its A field
    bool takes_ack = false;
    bool takes_data = false;
    std::optional<codecs::mbus::Selection> from; ///< whose data: what was selected
};

/// An ack where it has no octets, else a frame with data.
struct Reply {
    Bytes octets;
    [[nodiscard]] bool is_ack() const { return octets.empty(); }
    /// Only of a reply with data.
    [[nodiscard]] codecs::mbus::Frame frame() const { return codecs::mbus::decode(octets).value(); }
};

class Client {
public:
    Client(transports::Transport& transport, ClientOptions options);

    /// Silence is a time-out, noise and collisions are untrusted; `request` must outlive the task. `tries`: instead of
    /// the options' retries.
    Task<Result<Reply>> ask(const Request& request, std::optional<unsigned> tries = std::nullopt);
    /// Sends what nobody answers, and waits as long as slaves need to take it.
    Task<Result<void>> tell(const Bytes& frame);

    [[nodiscard]] ClientOptions& options() { return options_; }
    [[nodiscard]] transports::Transport& transport() { return transport_; }
    [[nodiscard]] const Statistics& statistics() const { return statistics_; }
    /// Whether anything valid has ever come.
    [[nodiscard]] bool heard_from() const { return answered_; }
    /// What was heard in the last try.
    [[nodiscard]] const Evidence& evidence() const { return evidence_; }
    /// How errors name the meter: "address 1 at serial:///dev/ttyUSB0 9600 8E1"
    [[nodiscard]] std::string where() const;
    /// Whom errors name.
    void speak_to(const Address& address) { address_ = address; }
    [[nodiscard]] const Address& address() const { return address_; }

private:
    Task<Result<Reply>> try_once(const Request& request, unsigned attempt);
    Task<Result<void>> settle(const Request& request, bool repetition);
    Task<Result<Reply>> await_answer(const Request& request, transports::TimePoint deadline);
    Task<Result<void>> recover();
    /// The frame at the front of the buffer, if it is the answer.
    std::optional<Reply> judge(const Request& request, ByteView octets);
    std::optional<Reply> judge_data(const Request& request, const codecs::mbus::Frame& frame, ByteView octets);
    void drop(std::size_t octets);
    [[nodiscard]] Error failure(const Request& request, transports::TimePoint sent_at, unsigned attempt) const;

    transports::Transport& transport_;
    ClientOptions options_;
    Address address_;
    std::optional<transports::LineSettings> line_;
    Statistics statistics_;
    codecs::Counters counters_;
    Bytes buffer_;
    Evidence evidence_;
    bool answered_ = false;
    bool broken_ = false; ///< to be opened anew
    transports::TimePoint last_activity_{};
    transports::TimePoint ack_doubtful_until_{}; ///< until then an ack may still be an earlier request's
    transports::TimePoint data_doubtful_until_{};
    std::uint8_t doubtful_address_ = 0; ///< of the data
};

} // namespace meterctl::sessions::mbus
