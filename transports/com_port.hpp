// The COM-PORT-OPTION of RFC 2217: the subnegotiations that set a remote serial line, and what the server says of it.
#pragma once

#include "src/core/bytes.hpp"
#include "transports/endpoint.hpp"
#include "transports/open.hpp"
#include "transports/transport.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace meterctl::transports::com_port {

/// The client's commands; the server's answer has the same number plus 100.
enum Command : std::uint8_t {
    set_baud = 1,
    set_data_size = 2,
    set_parity = 3,
    set_stop_size = 4,
    set_control = 5,
    notify_line_state = 6,
    set_line_state_mask = 10,
    purge_data = 12,
};

constexpr std::uint8_t from_server = 100;
constexpr std::uint8_t no_flow_control = 1;    ///< of set_control
constexpr std::uint8_t break_on = 5;           ///< likewise
constexpr std::uint8_t break_off = 6;          ///< likewise
constexpr std::uint8_t purge_both = 3;         ///< of purge_data
constexpr std::uint8_t line_error_mask = 0x1E; ///< break, framing, parity and overrun

/// One setting: what is asked for, and what must be confirmed.
struct Setting {
    Command command;
    std::uint32_t value;
    std::string meaning; ///< "9600 baud"
};

/// Baud, data bits, parity, stop bits, in the order they are set.
std::vector<Setting> settings_of(const LineSettings& line);

/// The values of set_control that switch RTS and DTR as asked.
std::vector<std::uint8_t> controls_of(const SupplyLines& supply);

/// The subnegotiation's octets behind the option: the command and its value.
Bytes encode(Command command, std::uint32_t value);

struct Answer {
    std::uint8_t command; ///< as the client numbers it
    std::uint32_t value;
};
/// nullopt for what is too short, or no message of a server.
std::optional<Answer> decode(ByteView octets);

/// The fault that a line state reports; nullopt where it reports none.
std::optional<LineFault::Kind> fault_of(std::uint32_t line_state);

} // namespace meterctl::transports::com_port
