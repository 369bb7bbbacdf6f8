// How NPDUs reach other stations: BACnet/IP on datagrams (Annex J), or MS/TP on a serial line (clause 9). A link
// address is text: "10.0.0.5:47808" on IP, "12" on MS/TP; empty is the endpoint's own peer on IP.
#pragma once

#include "sessions/session.hpp"

namespace meterctl::sessions::bacnet {

using transports::Duration;
using transports::TimePoint;

/// What became of a question on MS/TP, where the link itself knows.
enum class Silence : std::uint8_t {
    none,
    no_reply, ///< the station that was asked did not answer in its time
    damaged,  ///< what came instead of its answer was damaged
    mixed_up, ///< a frame of another kind came: there may be two tokens
};

struct Incoming {
    Bytes npdu;
    std::string from;                ///< link address
    Silence silence = Silence::none; ///< else there is no NPDU
};

struct LinkOptions {
    std::string framing;                  ///< "ip", "mstp"; empty: as the transport calls for
    std::optional<std::uint16_t> foreign; ///< IP: seconds of a registration as foreign device
    std::optional<std::uint8_t> mac;      ///< MS/TP: our own address; none: a free one, by listening
    std::optional<std::uint8_t> other;    ///< MS/TP: the meter's address, which is never ours
    std::uint8_t max_master = 127;        ///< MS/TP
    unsigned max_info_frames = 1;         ///< MS/TP
    bool listen_only = false;             ///< never transmits
    std::function<void(const std::string&)> notice;
};

class Link {
public:
    virtual ~Link() = default;
    /// Joins the ring, or registers; once, and by whoever sends. Usage error where the link only listens.
    virtual Task<Result<void>> open() = 0;
    virtual Task<Result<void>> send(const std::string& station, const Bytes& npdu, bool expecting_reply) = 0;
    virtual Task<Result<void>> broadcast(const Bytes& npdu) = 0;
    /// nullopt: the deadline passed. Every wait goes through here, since a ring has to be served meanwhile.
    virtual Task<Result<std::optional<Incoming>>> receive(TimePoint deadline) = 0;
    /// Gives the token away, so that the line goes on without us.
    virtual Task<void> rest() = 0;
    /// The usual wait for an answer.
    [[nodiscard]] virtual Duration patience() const = 0;
    [[nodiscard]] virtual std::uint16_t max_apdu() const = 0;
    [[nodiscard]] virtual bool is_ip() const = 0;
    [[nodiscard]] virtual transports::Transport& transport() = 0;
};

/// Usage error where a setting is none: framing, mac, max_master, max_info_frames, foreign, listen_only.
Result<LinkOptions> link_options(const std::map<std::string, std::string>& settings);

std::unique_ptr<Link> make_link(transports::Transport& transport, LinkOptions options);
std::unique_ptr<Link> make_ip_link(transports::Transport& transport, LinkOptions options);
std::unique_ptr<Link> make_mstp_link(transports::Transport& transport, LinkOptions options);

} // namespace meterctl::sessions::bacnet
