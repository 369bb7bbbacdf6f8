#include "codecs/dlms/disconnect_control.hpp"

#include <array>

namespace meterctl::codecs::dlms {

namespace {

constexpr std::array<std::string_view, 3> states{"disconnected", "connected", "ready_for_reconnection"};

/// The standard's transitions of remote commands: b from connected, c from ready, a to connected, d to ready.
struct Mode {
    bool b, c, a, d;
    std::string_view text;
};
constexpr std::array<Mode, 7> modes{{
    {false, false, false, false, "always connected"},
    {true, true, false, true, "remote, manual and local disconnection, manual reconnection"},
    {true, true, true, false, "remote, manual and local disconnection, remote and manual reconnection"},
    {true, true, false, true, "remote and local disconnection, manual reconnection"},
    {true, true, true, false, "remote and local disconnection, remote and manual reconnection"},
    {true, true, false, true, "remote, manual and local disconnection, manual and local reconnection"},
    {true, true, false, true, "remote and local disconnection, manual and local reconnection"},
}};

std::optional<ControlState> to(bool allowed, ControlState state) {
    return allowed ? std::optional(state) : std::nullopt;
}

} // namespace

std::string_view control_state_name(std::int64_t state) {
    const auto at = static_cast<std::size_t>(state);
    return state >= 0 && at < states.size() ? states[at] : std::string_view();
}

std::string_view control_mode_text(std::int64_t mode) {
    const auto at = static_cast<std::size_t>(mode);
    return mode >= 0 && at < modes.size() ? modes[at].text : std::string_view();
}

std::optional<ControlState> remote_target(std::uint8_t mode, ControlState state, RemoteCommand command) {
    if (mode >= modes.size()) { return std::nullopt; }
    const Mode& row = modes[mode];
    if (command == RemoteCommand::disconnect) {
        if (state == ControlState::disconnected) { return state; }
        return to(state == ControlState::connected ? row.b : row.c, ControlState::disconnected);
    }
    if (state == ControlState::connected) { return state; }
    if (row.a) { return ControlState::connected; }
    return state == ControlState::ready_for_reconnection ? std::optional(state)
                                                         : to(row.d, ControlState::ready_for_reconnection);
}

} // namespace meterctl::codecs::dlms
