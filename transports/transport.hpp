// Transport: moving octets to and from one endpoint. Knows no protocol. Plain on purpose: no asio here.
#pragma once

#include "src/core/bytes.hpp"
#include "src/core/error.hpp"
#include "transports/endpoint.hpp"
#include "transports/loop.hpp"
#include "transports/secrets.hpp"
#include "transports/task.hpp"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace meterctl::transports {

/// A damaged octet that the line reported (parity, framing, break), as an index into the chunk.
struct LineFault {
    enum class Kind { parity_or_framing, break_condition, overrun };
    std::size_t index = 0;
    Kind kind = Kind::parity_or_framing;
};

struct Chunk {
    Bytes octets; ///< empty: the deadline passed and nothing arrived
    std::vector<LineFault> faults;
    std::string peer{}; ///< who sent it, "10.0.0.5:47808", where more than one can; else empty
};

class Transport {
public:
    virtual ~Transport() = default;

    [[nodiscard]] virtual Loop& loop() = 0;
    /// "serial:///dev/ttyUSB0 9600 8E1", for errors and traces.
    [[nodiscard]] virtual std::string description() const = 0;
    /// Line settings where the endpoint is (or reaches) a serial line; nullopt for plain sockets.
    [[nodiscard]] virtual std::optional<LineSettings> line() const = 0;
    /// True where each chunk read is one whole datagram.
    [[nodiscard]] virtual bool datagrams() const = 0;

    /// Completes when the octets have left, as far as the system tells (a serial line: the last stop bit, computed).
    virtual Task<Result<void>> write(ByteView octets) = 0;
    /// To one of several peers, named as Chunk::peer names them; an empty name is the endpoint's own. A usage error
    /// where there is only one.
    virtual Task<Result<void>> write_to(std::string_view peer, ByteView octets);
    /// Waits until octets arrive or the deadline passes. Endpoint error when the link breaks, interrupted on Ctrl-C.
    virtual Task<Result<Chunk>> read(TimePoint deadline) = 0;
    /// New baud and frame; an endpoint error where the link has none or refuses.
    virtual Task<Result<void>> configure(const LineSettings& settings) = 0;
    /// Opens a broken link anew (TCP); a serial line is flushed.
    virtual Task<Result<void>> reopen() = 0;
    /// Holds the line in the break condition for so long. Endpoint error where the link has no such thing.
    virtual Task<Result<void>> send_break(Duration duration);
    /// A password that will pass: traces and captures show asterisks in its place.
    virtual void keep_secret(const Secret& secret) { static_cast<void>(secret); }
    /// True where what was last written came back, and was taken out of what is read.
    [[nodiscard]] virtual bool hears_itself() const { return false; }
};

/// Accepts peers of tcp-listen:, udp-listen: and pty: endpoints (a pty has one peer for ever).
class Listener {
public:
    virtual ~Listener() = default;
    [[nodiscard]] virtual Loop& loop() = 0;
    /// Where it listens in fact ("tcp-listen://127.0.0.1:1502", the pty's own name behind its link).
    [[nodiscard]] virtual std::string description() const = 0;
    virtual Task<Result<std::unique_ptr<Transport>>> accept() = 0;
};

} // namespace meterctl::transports
