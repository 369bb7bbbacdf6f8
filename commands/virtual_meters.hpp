// The bus of virtual meters that `sim:` endpoints and `simulate` ask for.
#pragma once

#include "commands/models.hpp"
#include "sessions/protocols.hpp"
#include "transports/endpoint.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace meterctl::commands {

/// The value of one setting ("seed", "speed", "drop", ...), where it is given.
using Setting = std::function<std::optional<std::string>(std::string_view key)>;

struct VirtualBus {
    const sessions::Protocol* protocol = nullptr;
    transports::LineSettings line; ///< as the first meter is delivered, unless told
    std::unique_ptr<simulators::Bus> bus;
};

/// "1", "=", "pro380-mod": usage error where the separator is missing or the model is unknown.
Result<simulators::Unit> parse_unit(std::string_view text, char separator, const catalogue::Catalogue& meters);

/// What the settings say; `prefix` stands before one in messages. Usage error where one is out of its range.
Result<simulators::Options> virtual_options(const Setting& setting, std::string_view prefix = {});

/// `prefix` stands before a setting in messages. Usage errors: a setting out of its range, units of several protocols,
/// addresses taken twice.
/// `protocol` may be null where there are units, whose own it is.
Result<VirtualBus> make_virtual_bus(std::span<const simulators::Unit> units, const sessions::Protocol* protocol,
                                    const Setting& setting, std::string_view prefix = {});

/// `sim://bus?meters=12` names no model: the protocol makes up its meters.
inline constexpr std::string_view any_bus = "bus";

/// The bus of a `sim:` endpoint: its `unit=ADDRESS:MODEL`, else the model it names, else `meter`, else as many meters
/// of `protocol` as it asks for, else `otherwise`.
Result<VirtualBus> open_virtual_bus(const transports::Endpoint& endpoint, const catalogue::Definition* meter,
                                    const sessions::Protocol* protocol, std::span<const simulators::Unit> otherwise,
                                    const catalogue::Catalogue& meters);

} // namespace meterctl::commands
