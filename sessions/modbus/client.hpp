// The client's side of Modbus: one request at a time, repeated until an answer that is its own comes, or none does.
// An answer is taken only if address, function, count and (TCP) transaction are those asked for; on serial lines, which
// number nothing, a late answer is waited out before it could pass for the answer to another request.
#pragma once

#include "codecs/modbus/pdu.hpp"
#include "sessions/modbus/diagnosis.hpp"
#include "sessions/session.hpp"

namespace meterctl::sessions::modbus {

struct ClientOptions {
    Framing framing = Framing::rtu;
    std::uint8_t address = 1;
    Duration answer_time = usual_answer_time; ///< from the request's end to the answer's start
    unsigned retries = 2;
    Duration pause{}; ///< between an answer and the next request, where the meter needs more than t3.5
    std::function<void(const std::string&)> notice;
};

class Client {
public:
    Client(transports::Transport& transport, ClientOptions options);

    /// The answer to `request`, which must outlive the task. An exception answer is Category::refused once 5 and 6 have
    /// been waited out and 4 has been tried again; silence is a time-out, noise untrusted.
    Task<Result<codecs::modbus::Response>> ask(const codecs::modbus::Request& request);
    /// Sends to all meters, which do not answer.
    Task<Result<void>> tell_all(const codecs::modbus::Request& request);

    [[nodiscard]] ClientOptions& options() { return options_; }
    [[nodiscard]] transports::Transport& transport() { return transport_; }
    [[nodiscard]] const Statistics& statistics() const { return statistics_; }
    /// The frame as the next ask() would send it.
    [[nodiscard]] Result<Bytes> frame_of(const codecs::modbus::Request& request) const;
    /// Whether anything valid has ever come from this address.
    [[nodiscard]] bool heard_from() const { return answered_; }
    /// What was heard in the last try.
    [[nodiscard]] const Evidence& evidence() const { return evidence_; }
    /// "address 1 at serial:///dev/ttyUSB0 9600 8E1"
    [[nodiscard]] std::string where() const;

private:
    using Request = codecs::modbus::Request;
    using Response = codecs::modbus::Response;
    /// What passes for its answer on a line that numbers nothing.
    struct Shape {
        std::uint8_t address = 0, function = 0;
        std::size_t octets = 0;
        friend bool operator==(const Shape&, const Shape&) = default;
    };

    [[nodiscard]] bool numbered() const { return options_.framing == Framing::tcp; }
    Task<Result<Response>> try_once(const Request& request, ByteView pdu, unsigned attempt);
    Task<Result<void>> settle(bool repetition);
    Task<Result<Response>> await_answer(const Request& request, transports::TimePoint deadline);
    Task<Result<void>> recover();
    void doubt(transports::TimePoint until);
    /// True where the front of the buffer was our own request come back.
    bool drop_echo();
    void judge_skipped(const codecs::modbus::Step& step);
    void drop(std::size_t octets);
    [[nodiscard]] Error failure(transports::TimePoint sent_at, unsigned attempt) const;

    transports::Transport& transport_;
    ClientOptions options_;
    std::optional<transports::LineSettings> line_;
    Statistics statistics_;
    codecs::Counters counters_;
    Bytes buffer_;
    Bytes frame_;
    Evidence evidence_;
    Call call_;
    Shape shape_;
    std::optional<Shape> doubtful_shape_; ///< empty: several
    bool answered_ = false;
    bool hears_itself_ = false; ///< learnt: each request comes back first
    bool echo_awaited_ = false;
    bool broken_ = false; ///< the stream lost its frames: to be opened anew
    transports::TimePoint last_activity_{};
    transports::TimePoint doubtful_until_{}; ///< until then an answer of doubtful_shape_ may still be an earlier one's
};

} // namespace meterctl::sessions::modbus
