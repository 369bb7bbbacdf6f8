// The requesting side of the application layer: one confirmed request at a time, repeated with its invoke id until an
// answer comes that is its own. ASHRAE 135, clause 5.4.
#pragma once

#include "codecs/bacnet/apdu.hpp"
#include "codecs/bacnet/npdu.hpp"
#include "codecs/bacnet/segmentation.hpp"
#include "codecs/bacnet/services.hpp"
#include "sessions/bacnet/link.hpp"

#include <deque>

namespace meterctl::sessions::bacnet {

/// A device's place: a station of our own network, or one behind it.
struct Station {
    std::string link;
    std::optional<codecs::bacnet::NetworkAddress> remote;
    /// As users write it: "12", "7:3", "10.0.0.5:47808"; empty for the endpoint's own peer.
    [[nodiscard]] std::string text() const;
    friend bool operator==(const Station&, const Station&) = default;
};

struct FoundDevice {
    Station station;
    codecs::bacnet::IAm said;
};
struct FoundObject {
    Station station;
    codecs::bacnet::IHave said;
};
struct FoundRouter {
    std::string link;
    std::vector<std::uint16_t> networks;
};

struct ClientOptions {
    std::optional<Duration> timeout; ///< empty: the link's usual one
    unsigned retries = 2;
    std::function<void(const std::string&)> notice;
};

/// What a device takes in.
struct PeerLimits {
    std::size_t max_apdu = SIZE_MAX; ///< octets of an APDU; a longer request is sent in segments
    std::size_t max_segments = 0;    ///< 0: any number
};

class Client {
public:
    Client(std::unique_ptr<Link> link, ClientOptions options);

    /// The service data of the answer; none of a SimpleACK. Time-out, Category::refused for Error, Reject and Abort;
    /// untrusted where answers came, and none that could be read.
    Task<Result<Bytes>> ask(Station to, codecs::bacnet::ConfirmedService service, Bytes data, PeerLimits limits);
    /// Of a peer of which nothing is known.
    Task<Result<Bytes>> ask(Station to, codecs::bacnet::ConfirmedService service, Bytes data);
    /// An unconfirmed request to one station; nothing tells whether it came.
    Task<Result<void>> tell(Station to, codecs::bacnet::UnconfirmedService service, Bytes data);
    /// Says whether a report is of a subscription of ours.
    using Reported = std::function<bool(const Station& from, const codecs::bacnet::CovNotification& report)>;
    /// From now on COV notifications are taken, also while something else is asked. A confirmed one is acknowledged, or
    /// refused as unknown-subscription; its repetition is acknowledged and not told again. An empty function ends it.
    void on_report(Reported reported) { reported_ = std::move(reported); }
    /// Waits, with the link served, until a report was taken; false: none until the deadline.
    Task<Result<bool>> await_report(TimePoint deadline);
    /// All that say I-Am within the time; `enough` ends it early after so many.
    Task<Result<std::vector<FoundDevice>>> who_is(std::optional<codecs::bacnet::InstanceLimits> limits, Duration wait,
                                                  std::size_t enough = SIZE_MAX);
    /// All that say I-Have within the time.
    Task<Result<std::vector<FoundObject>>> who_has(codecs::bacnet::WhoHas wanted, Duration wait);
    Task<Result<std::vector<FoundRouter>>> who_is_router(std::optional<std::uint16_t> network, Duration wait);
    /// Waits, with the link served.
    Task<Result<void>> pause(Duration duration);

    /// The APDU of a request to `to`, and the frame that carries it, with the invoke id that comes next.
    [[nodiscard]] Bytes request(const Station& to, codecs::bacnet::ConfirmedService service, Bytes data) const;

    [[nodiscard]] Link& link() { return *link_; }
    [[nodiscard]] const Statistics& statistics() const { return statistics_; }
    /// The parameters of the last Error that refused a request, as they stand.
    [[nodiscard]] const Bytes& refusal_data() const { return refusal_data_; }
    [[nodiscard]] bool heard_from() const { return heard_from_; }
    [[nodiscard]] std::string where(const Station& station) const;

private:
    using Answer = Result<std::optional<Bytes>>;
    using Heard = Result<std::optional<codecs::bacnet::Apdu>>;
    using Said = std::function<bool(Station from, const codecs::bacnet::UnconfirmedRequest& said)>;
    struct Question {
        Station to;
        std::uint8_t service = 0, invoke_id = 0;
        Bytes data;
    };
    /// Why an attempt brought no answer.
    struct Attempt {
        Silence silence = Silence::none;
        bool unreadable = false; ///< an APDU came that is none
        bool in_parts = false;   ///< segments came, and not all of them
    };

    Task<Answer> exchange(const Question& question, PeerLimits limits);
    Task<Answer> send_in_parts(const Question& question, PeerLimits limits);
    Task<Answer> await_answer(const Question& question);
    Task<Answer> part_of_answer(const Question& question, codecs::bacnet::ComplexAck ack,
                                codecs::bacnet::Reassembly& parts);
    enum class Report : std::uint8_t { none, foreign, taken };
    Task<Result<Report>> take_report(Station from, codecs::bacnet::Apdu apdu);
    codecs::bacnet::Apdu reply_to(const Station& from, const codecs::bacnet::ConfirmedRequest& request,
                                  Report& outcome);
    Task<Heard> next_apdu(const Station& from, TimePoint deadline);
    Answer judge(const Question& question, const codecs::bacnet::Apdu& apdu);
    Task<Result<void>> send(const Station& to, const codecs::bacnet::Apdu& apdu, bool expecting_reply);
    Task<Result<void>> ask_all(codecs::bacnet::UnconfirmedService service, Bytes data);
    /// All unconfirmed requests until the deadline, or until `said` has enough.
    Task<Result<void>> gather(TimePoint deadline, Said said);
    Task<void> abort(const Question& question);
    [[nodiscard]] codecs::bacnet::ConfirmedRequest request_of(const Question& question) const;
    [[nodiscard]] tl::unexpected<Error> unanswered(const Station& to) const;
    [[nodiscard]] Duration patience() const { return options_.timeout.value_or(link_->patience()); }

    std::unique_ptr<Link> link_;
    ClientOptions options_;
    Statistics statistics_;
    Attempt attempt_;
    std::uint8_t next_invoke_id_;
    bool heard_from_ = false;
    Bytes refusal_data_; ///< of the last Error
    Reported reported_;
    struct TakenReport {
        Station from;
        std::uint8_t invoke_id = 0;
        Bytes data;
        friend bool operator==(const TakenReport&, const TakenReport&) = default;
    };
    std::deque<TakenReport> taken_reports_; ///< the last confirmed ones
};

/// Who an NPDU is from.
Station sender_of(const Incoming& incoming, const codecs::bacnet::Npdu& npdu);
/// An NPDU with an APDU to there.
Bytes carried_to(const Station& to, const codecs::bacnet::Apdu& apdu, bool expecting_reply);

} // namespace meterctl::sessions::bacnet
