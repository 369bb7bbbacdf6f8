// Opening endpoints and dressing them: trace and capture are decorators over any transport.
#pragma once

#include "transports/endpoint.hpp"
#include "transports/transport.hpp"

#include <cstdio>
#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace meterctl::simulators {
class Bus;
}

namespace meterctl::transports {

/// Modem control lines that power a head or a level converter.
struct SupplyLines {
    std::optional<bool> rts, dtr; ///< nullopt: as the driver leaves them
    Duration settle{};            ///< until what they power works
};

struct OpenOptions {
    LineSettings line;                             ///< where the endpoint does not say
    SupplyLines supply;                            ///< likewise
    Duration lock_wait = std::chrono::seconds(10); ///< how long to wait for another process to leave the port
    Duration connect_timeout = std::chrono::seconds(5);
    std::function<void(const std::string&)> notice; ///< "waiting for /dev/ttyUSB0, locked by pid 1234"; may be empty
};

/// serial, tcp, udp, rfc2217, and the optical heads behind them. `sim` is opened by make_simulated.
Task<Result<std::unique_ptr<Transport>>> open_transport(Loop& loop, const Endpoint& endpoint, OpenOptions options);
/// tcp-listen (tcp too), udp-listen (udp too), pty.
Task<Result<std::unique_ptr<Listener>>> open_listener(Loop& loop, const Endpoint& endpoint, OpenOptions options);
/// The bus of virtual meters inside this process.
std::unique_ptr<Transport> make_simulated(Loop& loop, std::unique_ptr<simulators::Bus> bus, LineSettings line,
                                          std::string description);
/// Serves a bus on a transport until the peer goes or Ctrl-C.
Task<Result<void>> serve(Transport& transport, simulators::Bus& bus);
/// Serves every peer that comes until Ctrl-C, each on a line of its own to the meters of `bus`.
Task<Result<void>> serve(Listener& listener, const simulators::Bus& bus, std::string framing);

/// Which end of the link this process is: a client sends requests, a server answers.
enum class Side { client, server };

/// Prints each chunk as hex with direction and time on `stream`.
std::unique_ptr<Transport> make_traced(std::unique_ptr<Transport> inner, std::FILE* stream, Side side = Side::client);

/// A pcapng file, shared by the transports of one run. `dissector` names Wireshark's dissector for link type 252.
class CaptureFile;
Result<std::shared_ptr<CaptureFile>> open_capture(const std::string& path);
/// Cuts the octets into packets by silence and direction changes and writes them. `dissector` empty: link type USER0.
std::unique_ptr<Transport> make_captured(std::unique_ptr<Transport> inner, std::shared_ptr<CaptureFile> file,
                                         std::string dissector, Side side = Side::client);

} // namespace meterctl::transports
