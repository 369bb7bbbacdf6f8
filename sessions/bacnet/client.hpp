// The requesting side of the application layer: one confirmed request at a time, repeated with its invoke id until an
// answer comes that is its own. ASHRAE 135, clause 5.4.
#pragma once

#include "codecs/bacnet/apdu.hpp"
#include "codecs/bacnet/npdu.hpp"
#include "codecs/bacnet/segmentation.hpp"
#include "codecs/bacnet/services.hpp"
#include "sessions/bacnet/link.hpp"

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
struct FoundRouter {
    std::string link;
    std::vector<std::uint16_t> networks;
};

struct ClientOptions {
    std::optional<Duration> timeout; ///< empty: the link's usual one
    unsigned retries = 2;
    std::function<void(const std::string&)> notice;
};

class Client {
public:
    Client(std::unique_ptr<Link> link, ClientOptions options);

    /// The service data of the answer; none of a SimpleACK. Time-out, Category::refused for Error, Reject and Abort.
    Task<Result<Bytes>> ask(Station to, codecs::bacnet::ConfirmedService service, Bytes data);
    /// All that say I-Am within the time; `enough` ends it early after so many.
    Task<Result<std::vector<FoundDevice>>> who_is(std::optional<codecs::bacnet::InstanceLimits> limits, Duration wait,
                                                  std::size_t enough = SIZE_MAX);
    Task<Result<std::vector<FoundRouter>>> who_is_router(std::optional<std::uint16_t> network, Duration wait);
    /// Waits, with the link served.
    Task<Result<void>> pause(Duration duration);

    /// The APDU of a request to `to`, and the frame that carries it, with the invoke id that comes next.
    [[nodiscard]] Bytes request(const Station& to, codecs::bacnet::ConfirmedService service, Bytes data) const;

    [[nodiscard]] Link& link() { return *link_; }
    [[nodiscard]] const Statistics& statistics() const { return statistics_; }
    [[nodiscard]] bool heard_from() const { return heard_from_; }
    [[nodiscard]] std::string where(const Station& station) const;

private:
    using Answer = Result<std::optional<Bytes>>;
    Task<Answer> await_answer(const Station& to, std::uint8_t service, std::uint8_t invoke_id);
    Task<Answer> segment(const Station& to, codecs::bacnet::ComplexAck ack, codecs::bacnet::Reassembly& parts);
    Answer judge(const Station& to, const codecs::bacnet::Apdu& apdu, std::uint8_t service, std::uint8_t invoke_id);
    Task<Result<void>> send(const Station& to, const codecs::bacnet::Apdu& apdu, bool expecting_reply);
    [[nodiscard]] Bytes request_of(const Station& to, std::uint8_t service, std::uint8_t invoke_id, Bytes data) const;

    std::unique_ptr<Link> link_;
    ClientOptions options_;
    Statistics statistics_;
    std::uint8_t next_invoke_id_;
    bool heard_from_ = false;
};

} // namespace meterctl::sessions::bacnet
