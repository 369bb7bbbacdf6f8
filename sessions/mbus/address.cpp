#include "sessions/mbus/address.hpp"

#include <algorithm>
#include <charconv>

namespace meterctl::sessions::mbus {

namespace mbus = codecs::mbus;

namespace {

constexpr std::string_view secondary_prefix = "sec:";
constexpr std::size_t longest_primary = 3;
constexpr std::ptrdiff_t all_dashes = 3; ///< number, manufacturer, version, medium
constexpr unsigned first_reserved = 251, last_reserved = 252;

tl::unexpected<Error> no_address(std::string_view text) {
    return fail(Category::usage, "'" + std::string(text) + "' is no M-Bus address", {},
                {"a primary address from 0 to 250, or 254 for the only meter on the line",
                 "a secondary address such as 12345678, 1234FFFF or 12345678-INM-01-02"},
                "mbus.address");
}

} // namespace

std::string Address::to_string() const {
    return secondary ? mbus::selection_text(*secondary) : std::to_string(primary);
}

Address at_secondary(const mbus::Selection& secondary) {
    Address address;
    address.primary = mbus::address::selected;
    address.secondary = secondary;
    return address;
}

Address at_primary(std::uint8_t primary) {
    Address address;
    address.primary = primary;
    return address;
}

Result<Address> parse_address(std::string_view text) {
    const bool marked = text.starts_with(secondary_prefix);
    if (marked) { text.remove_prefix(secondary_prefix.size()); }
    if (!marked && text.size() <= longest_primary) {
        unsigned number = 0;
        const auto [end, trouble] = std::from_chars(text.data(), text.data() + text.size(), number);
        const bool whole = trouble == std::errc() && end == text.data() + text.size();
        const bool reserved = number >= first_reserved && number <= last_reserved;
        if (!whole || number > mbus::address::broadcast_quiet || reserved) { return no_address(text); }
        return at_primary(static_cast<std::uint8_t>(number));
    }
    std::string dashed(text);
    std::ranges::replace(dashed, '.', '-');
    // What is left out behind the manufacturer may be anything.
    const auto dashes = std::ranges::count(dashed, '-');
    for (auto given = dashes; given > 0 && given < all_dashes; ++given) { dashed += "-*"; }
    return mbus::parse_selection(dashed).map(at_secondary);
}

} // namespace meterctl::sessions::mbus
