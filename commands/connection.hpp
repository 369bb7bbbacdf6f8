// From a target to an open transport: real or simulated, with --trace and --capture around it.
#pragma once

#include "commands/io.hpp"
#include "commands/target.hpp"
#include "commands/virtual_meters.hpp"
#include "transports/open.hpp"

#include <memory>
#include <string>

namespace meterctl::commands {

/// What one run shares among its targets: the real loop, and the capture file.
class Wiring {
public:
    /// Endpoint error where the capture file cannot be made.
    static Result<Wiring> open(const Arguments& arguments, Io& io);
    Wiring(Wiring&&) = default;
    Wiring& operator=(Wiring&&) = delete;
    Wiring(const Wiring&) = delete;
    Wiring& operator=(const Wiring&) = delete;
    /// Warns where the capture could not be written whole.
    ~Wiring();

    /// Made when it is first needed, so that a simulated run pays for none.
    transports::Loop& real_loop() { return *shared_loop(); }
    const std::shared_ptr<transports::Loop>& shared_loop();
    /// Puts --trace and --capture around a transport that speaks `protocol` in `framing`.
    [[nodiscard]] std::unique_ptr<transports::Transport> dress(std::unique_ptr<transports::Transport> transport,
                                                               const sessions::Protocol& protocol,
                                                               const std::string& framing,
                                                               transports::Side side = transports::Side::client) const;
    [[nodiscard]] transports::OpenOptions open_options(const transports::LineSettings& line) const;

private:
    Wiring() = default;

    Io* io_ = nullptr;
    bool trace_ = false;
    std::shared_ptr<transports::CaptureFile> capture_;
    std::shared_ptr<transports::Loop> loop_;
};

struct Connection {
    std::shared_ptr<transports::Loop> loop; ///< the run's own, or a virtual one; outlives the transport
    std::unique_ptr<transports::Transport> transport;
};

/// The line settings the target would be opened with; nullopt for sockets.
Result<std::optional<transports::LineSettings>> line_of_target(const Target& target);

/// `otherwise` are the meters of a `sim:` endpoint that names none. A simulated target's time jumps unless
/// `in_real_time`; `virtual_loop` is where it jumps, unless it has one of its own.
Result<Connection> connect(const Target& target, const sessions::Protocol& protocol, const Models& models,
                           std::span<const simulators::Unit> otherwise, Wiring& wiring, bool in_real_time = false,
                           const std::shared_ptr<transports::Loop>& virtual_loop = nullptr);

} // namespace meterctl::commands
