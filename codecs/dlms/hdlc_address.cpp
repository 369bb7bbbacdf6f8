#include "codecs/dlms/hdlc_address.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace meterctl::codecs::dlms::hdlc {
namespace {

constexpr std::size_t longest = 4;

void put(Bytes& octets, unsigned number, bool wide) {
    if (wide) { octets.push_back(static_cast<std::uint8_t>((number >> 6) & 0xFEU)); }
    octets.push_back(static_cast<std::uint8_t>((number << 1) & 0xFEU));
}

std::uint16_t number(ByteView octets) {
    std::uint16_t value = 0;
    for (const auto octet : octets) { value = static_cast<std::uint16_t>((value << 7) | (octet >> 1)); }
    return value;
}

bool is_all(std::uint16_t number, bool wide) {
    return number == all_stations_short || (wide && number == all_stations_long);
}

} // namespace

Address client_address(std::uint16_t sap) {
    return {sap, std::nullopt, 1};
}

Result<Address> server_address(std::uint16_t logical, std::optional<std::uint16_t> physical, unsigned size) {
    const auto highest = std::max(logical, physical.value_or(0));
    if (size == 0 && highest > last_short) { size = 4; }
    if (size == 0) { size = physical ? 2 : 1; }
    if (size != 1 && size != 2 && size != 4) {
        return fail(Category::usage, fmt::format("an address of {} octets", size), {}, {"1, 2 or 4"}, "usage.address");
    }
    const auto most = size == 4 ? last_long : last_short;
    if (highest > most) {
        return fail(Category::usage, fmt::format("{} is above {}, the most in {} octets", highest, most, size), {},
                    {"address_size=4, with up to 16383"}, "usage.address");
    }
    if (size == 1 && physical) {
        return fail(Category::usage, "one octet has no room for a physical address", {},
                    {"address_size=2 or 4, or no physical address"}, "usage.address");
    }
    if (size > 1 && !physical) { physical = no_station; }
    return Address{logical, physical, static_cast<std::uint8_t>(size)};
}

Bytes encode(const Address& address) {
    Bytes octets;
    const bool wide = address.size == longest;
    put(octets, address.logical, wide);
    if (address.size > 1) { put(octets, address.physical.value_or(no_station), wide); }
    octets.back() |= 1U;
    return octets;
}

Result<Address> decode_address(ByteView octets) {
    const auto front = octets.first(std::min(octets.size(), longest));
    const auto last = std::ranges::find_if(front, [](std::uint8_t octet) { return (octet & 1U) != 0; });
    const auto size = static_cast<std::size_t>(last - front.begin()) + 1;
    if (last == front.end() || size == 3) {
        return fail(Category::untrusted, "an address that has not 1, 2 or 4 octets", {}, {}, "dlms.hdlc.address");
    }
    Address address;
    address.size = static_cast<std::uint8_t>(size);
    const auto half = size == 1 ? 1 : size / 2;
    address.logical = number(front.first(half));
    if (size > 1) { address.physical = number(front.subspan(half, half)); }
    return address;
}

bool is_broadcast(const Address& address) {
    const bool wide = address.size == longest;
    return is_all(address.physical.value_or(address.logical), wide);
}

bool answers_for(const Address& heard, const Address& asked) {
    const bool wide = asked.size == longest;
    const bool device = heard.logical == asked.logical || is_all(asked.logical, wide);
    if (!device || !heard.physical || !asked.physical) { return device; }
    const auto physical = *asked.physical;
    const bool anyone =
        is_all(physical, wide) || physical == calling_device_short || (wide && physical == calling_device_long);
    return anyone || heard.physical == physical;
}

std::string text(const Address& address) {
    auto said = fmt::format("{}", address.logical);
    if (address.physical) { said += fmt::format("/{}", *address.physical); }
    const bool wide = address.size == longest;
    return wide ? said + " (4 octets)" : said;
}

} // namespace meterctl::codecs::dlms::hdlc
