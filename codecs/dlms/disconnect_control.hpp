// What a remote command does to the supply: the states of a disconnect control object, and which transition each
// control mode has. IEC 62056-6-2, clause 4.5.8.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace meterctl::codecs::dlms {

enum class ControlState : std::uint8_t { disconnected, connected, ready_for_reconnection };

/// "ready_for_reconnection"; empty where the number is none.
std::string_view control_state_name(std::int64_t state);
/// Who disconnects and reconnects in this mode: "remote, manual and local disconnection, manual and local
/// reconnection"; empty where the number is none.
std::string_view control_mode_text(std::int64_t mode);

enum class RemoteCommand : std::uint8_t { disconnect, reconnect };

/// Where the command leads in this mode: the state itself where there is nothing to do, nullopt where the mode lacks
/// the transition, so that the meter ignores the command, with success. A meter may connect what somebody on site has
/// disconnected where this says ready.
std::optional<ControlState> remote_target(std::uint8_t mode, ControlState state, RemoteCommand command);

} // namespace meterctl::codecs::dlms
