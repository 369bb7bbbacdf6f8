// How APDUs reach a DLMS server: over HDLC (IEC 62056-46) on a serial line, an optical head or a gateway, or over the
// wrapper (IEC 62056-47) on TCP and UDP. What is above knows neither frames nor addresses.
#pragma once

#include "sessions/session.hpp"

namespace meterctl::sessions::dlms {

using transports::Duration;
using transports::TimePoint;

/// The two service access points of an association.
struct Saps {
    std::uint16_t client = 16; ///< 16 public, 1 management; 7 bits on HDLC
    std::uint16_t server = 1;  ///< the logical device: 1 is the management one; 14 bits on HDLC
};

class ApduLink {
public:
    virtual ~ApduLink() = default;

    /// Brings the data link up: the sign-on of mode E where the endpoint is an optical head, SNRM and UA; on the
    /// wrapper nothing travels. Does nothing where it is up.
    virtual Task<Result<void>> open() = 0;
    /// Sends an APDU and gives the next one that comes for this association. HDLC repeats its frames itself; the
    /// wrapper never repeats, since a ciphered APDU must not pass twice: after a time-out, the caller asks anew.
    /// Category::timeout where nothing came, untrusted where it was damaged, and code link_lost where the meter has
    /// dropped the connection, and the association with it.
    virtual Task<Result<Bytes>> request(Bytes apdu) = 0;
    /// A further APDU after a request, where the first was none of the caller's (a late answer, by its invoke id) or
    /// more follow (general block transfer in streams). Time-out as of a request.
    virtual Task<Result<Bytes>> next() = 0;
    /// Sends, and waits for nothing: an unconfirmed service, the release after a Ctrl-C. On HDLC nothing is sent while
    /// an answer is owed.
    virtual Task<Result<void>> send(Bytes apdu) = 0;
    /// What the meter sent of itself in the meantime: UI frames, and APDUs whose tag says so (data-notification,
    /// event-notification, information-report); as they came, so perhaps ciphered.
    virtual std::vector<Bytes> take_notifications() = 0;
    /// DISC and UA; on the wrapper the socket is closed. Never fails, waits for no answer after a Ctrl-C. open() may
    /// follow, also after speak_as().
    virtual Task<void> close() = 0;
    /// Other access points, for the next open(): the public client before the real one, another logical device.
    virtual void speak_as(Saps saps) = 0;

    [[nodiscard]] virtual Saps saps() const = 0;
    [[nodiscard]] virtual bool is_open() const = 0;
    [[nodiscard]] virtual transports::Transport& transport() = 0;
    [[nodiscard]] virtual Statistics& statistics() = 0;
    /// Of the meter, as users write it: "1", "1/17".
    [[nodiscard]] virtual std::string address() const = 0;
    /// How errors name the meter: "client 16, server 1 (physical 17) at serial:///dev/ttyUSB0 9600 8N1".
    [[nodiscard]] virtual std::string where() const = 0;
    /// The frames that would carry an APDU, for --dry-run.
    [[nodiscard]] virtual std::vector<Bytes> frames_of(ByteView apdu) const = 0;

    static constexpr std::string_view link_lost = "dlms.link_lost";
};

struct LinkOptions {
    Saps saps;
    std::string framing;                          ///< "hdlc", "wrapper"; empty: HDLC on lines, the wrapper on sockets
    std::optional<std::uint16_t> physical;        ///< HDLC: the meter's physical address; none: a one-octet address
    unsigned address_size = 0;                    ///< HDLC: octets of the server's address, 1, 2 or 4; 0: what it needs
    std::uint8_t window = 1;                      ///< HDLC: offered, 1 to 7
    std::uint16_t max_info = 128;                 ///< HDLC: offered, 32 to 2030
    bool sign_on = false;                         ///< HDLC: behind the opening of mode E
    std::optional<transports::LineSettings> line; ///< HDLC with no sign-on on an optical head: to be set first
    std::optional<Duration> timeout;              ///< until an answer begins; none: the link's usual one
    unsigned retries = 2;
    std::map<std::string, std::string> settings; ///< those of the sign-on
    std::function<void(const std::string&)> notice;
};

/// From what endpoint, command line and definition say. Keys: client (a number), server, physical, address_size,
/// window, max_info, framing (hdlc, wrapper), mode (e, direct). The address is "PHYSICAL" or "LOGICAL/PHYSICAL", on the
/// wrapper "LOGICAL". Usage error where one is none.
Result<LinkOptions> link_options(const SessionOptions& options, const transports::Transport& transport);

/// The link that the options and the transport call for; `transport` outlives it.
std::unique_ptr<ApduLink> make_link(transports::Transport& transport, LinkOptions options);
std::unique_ptr<ApduLink> make_hdlc_link(transports::Transport& transport, LinkOptions options);
std::unique_ptr<ApduLink> make_wrapper_link(transports::Transport& transport, LinkOptions options);

} // namespace meterctl::sessions::dlms
