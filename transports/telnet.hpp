// Telnet's framing (RFC 854, 855), as far as RFC 2217 stands on it: octets in which IAC (255) begins a command.
#pragma once

#include "src/core/bytes.hpp"

#include <cstdint>
#include <vector>

namespace meterctl::transports::telnet {

enum Command : std::uint8_t {
    subnegotiation_end = 240,
    subnegotiation = 250,
    will = 251,
    wont = 252,
    do_it = 253,
    dont = 254,
    interpret_as_command = 255,
};

enum Option : std::uint8_t { binary = 0, suppress_go_ahead = 3, com_port = 44 };

/// Something that arrived: octets of the line, a negotiation (WILL, WONT, DO, DONT) or a subnegotiation.
struct Item {
    enum class Kind { octets, negotiation, subnegotiation };
    Kind kind = Kind::octets;
    std::uint8_t verb = 0;   ///< of a negotiation
    std::uint8_t option = 0; ///< of a negotiation or subnegotiation
    Bytes octets;            ///< of the line, or of the subnegotiation behind its option
};

/// Takes the stream apart, cut wherever it may be. Commands without an option are passed over.
class Reader {
public:
    [[nodiscard]] std::vector<Item> take(ByteView stream);

private:
    enum class State { data, command, option, sub_option, sub_data, sub_command };

    void take_octet(std::uint8_t octet, std::vector<Item>& items);
    void take_command(std::uint8_t octet, std::vector<Item>& items);
    void take_sub_command(std::uint8_t octet, std::vector<Item>& items);

    State state_ = State::data;
    std::uint8_t verb_ = 0;
    Item sub_;
};

/// Octets of the line as they are sent: 255 doubled (RFC 856).
Bytes escaped(ByteView octets);
/// IAC VERB OPTION
Bytes negotiation(Command verb, Option option);
/// IAC SB OPTION ... IAC SE
Bytes subnegotiation_of(Option option, ByteView octets);

} // namespace meterctl::transports::telnet
