// The disconnector of a virtual meter: its states, and which transition each control mode has. IEC 62056-6-2, clause
// 4.5.8, and the DTSD545's manual, section 5.2.8.
#pragma once

#include <cstdint>
#include <optional>

namespace meterctl::simulators {

enum class RelayState : std::uint8_t { disconnected, connected, ready };

/// Who wants it.
enum class RelayCause : std::uint8_t {
    remote_disconnect,
    remote_reconnect,
    manual_disconnect,
    manual_reconnect,
    local_disconnect, ///< the limiter, over-temperature, high voltage
    local_reconnect,
    tamper,
};

/// Why it is open.
enum class RelayOpened : std::uint8_t { nothing, remotely, manually, locally, tamper };

class DlmsRelay {
public:
    static constexpr std::uint8_t modes = 7, usual_mode = 5;

    [[nodiscard]] RelayState state() const { return state_; }
    [[nodiscard]] bool closed() const { return state_ == RelayState::connected; }
    [[nodiscard]] std::uint8_t mode() const { return mode_; }
    [[nodiscard]] RelayOpened opened() const { return opened_; }
    /// The limiter has given up: only a remote command reconnects.
    void hold_open(bool held) { held_ = held; }
    [[nodiscard]] bool held_open() const { return held_; }

    /// Mode 0 connects at once.
    void set_mode(std::uint8_t mode);
    /// True where the state changed; a transition that the mode lacks is ignored.
    bool act(RelayCause cause);

private:
    [[nodiscard]] std::optional<RelayState> target(RelayCause cause) const;

    RelayState state_ = RelayState::connected;
    RelayOpened opened_ = RelayOpened::nothing;
    std::uint8_t mode_ = usual_mode;
    bool held_ = false;
};

} // namespace meterctl::simulators
