// Where a meter is addressed on an M-Bus: by its primary address, by its secondary address, or as the only one there.
#pragma once

#include "codecs/mbus/frame.hpp"
#include "codecs/mbus/identity.hpp"

namespace meterctl::sessions::mbus {

struct Address {
    std::uint8_t primary = codecs::mbus::address::broadcast;
    std::optional<codecs::mbus::Selection> secondary; ///< then `primary` is 253

    [[nodiscard]] bool broadcasts() const { return primary == codecs::mbus::address::broadcast_quiet; }
    /// "7", "12345678-INM-01-02"
    [[nodiscard]] std::string to_string() const;
    friend bool operator==(const Address&, const Address&) = default;
};

/// "0" to "255" (250 is the last meter's; 253 whatever is selected already; 254 the only meter on the line; 255 all,
/// and none answers), or a secondary address as the codec's
/// parse_selection() takes it, also with points for its dashes, and with "sec:" before it or not. Usage error
/// otherwise.
Result<Address> parse_address(std::string_view text);
/// The meter that answers to this secondary address.
Address at_secondary(const codecs::mbus::Selection& secondary);
Address at_primary(std::uint8_t primary);

} // namespace meterctl::sessions::mbus
