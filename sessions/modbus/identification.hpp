// What a device says of itself: the objects of function 43/14 and the answer to function 17.
// MODBUS Application Protocol V1.1b3, clauses 6.13 and 6.21.
#pragma once

#include "sessions/modbus/client.hpp"

#include <map>

namespace meterctl::sessions::modbus {

/// "device-id:N" or "server-id", as points and identify rules name them.
bool is_identification(std::string_view address);

/// Asks once and remembers, also that the device knows no such thing.
class Identification {
public:
    explicit Identification(Client& client) : client_(client) {}

    /// The text at "device-id:N" or "server-id".
    Task<Result<std::string>> text(std::string_view address);
    /// All objects of the basic category, and what else the device sends with them; the error where it has none.
    Task<Result<std::map<std::uint8_t, std::string>>> objects();

private:
    Task<Result<std::string>> object(std::uint8_t id);
    Task<Result<std::string>> server_id();
    /// Reads a whole category (1 to 3) or, with code 4, one object.
    Task<Result<void>> ask_objects(std::uint8_t code, std::uint8_t from);

    Client& client_;
    std::map<std::uint8_t, std::string> objects_;
    std::map<std::uint8_t, Result<void>> asked_; ///< by code
    std::optional<Result<std::string>> server_id_;
};

} // namespace meterctl::sessions::modbus
