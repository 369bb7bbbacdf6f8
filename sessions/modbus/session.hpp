// The Modbus session: one meter's address on one transport, by Session's five verbs.
#pragma once

#include "sessions/modbus/client.hpp"
#include "sessions/session.hpp"

namespace meterctl::sessions::modbus {

/// Usage error where the address is none, or a setting is wrong. Settings: "framing" (rtu, tcp, ascii; else tcp on
/// sockets and rtu on lines).
Result<std::unique_ptr<Session>> open_session(transports::Transport& transport, SessionOptions options);

/// "1", "0x11": 0 to 255, of which 0 is broadcast on serial lines.
Result<std::uint8_t> parse_address(std::string_view text);

/// The framing that the settings name, else the one that is usual on this transport.
Result<Framing> choose_framing(const std::map<std::string, std::string>& settings,
                               const transports::Transport& transport);

} // namespace meterctl::sessions::modbus
