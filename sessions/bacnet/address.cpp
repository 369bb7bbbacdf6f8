#include "sessions/bacnet/address.hpp"

#include <charconv>
#include <fmt/format.h>

namespace meterctl::sessions::bacnet {

namespace bacnet = codecs::bacnet;

namespace {

using namespace std::chrono_literals;

constexpr Duration time_to_say = 3s;
constexpr unsigned most_questions = 3; ///< broadcasts get lost
constexpr std::uint32_t last_mac = 254, last_network = 65534;

std::optional<std::uint32_t> number(std::string_view text, std::uint32_t most) {
    std::uint32_t value = 0;
    const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), value);
    const bool whole = problem == std::errc{} && end == text.data() + text.size() && !text.empty();
    return whole && value <= most ? std::optional(value) : std::nullopt;
}

/// "12", "10.0.0.5", "10.0.0.5:47808"
std::optional<Bytes> mac_octets(std::string_view text) {
    if (const auto one = number(text, last_mac)) { return Bytes{static_cast<std::uint8_t>(*one)}; }
    std::uint32_t port = 47808;
    if (const auto colon = text.find(':'); colon != std::string_view::npos) {
        const auto given = number(text.substr(colon + 1), 65535);
        if (!given) { return std::nullopt; }
        port = *given;
        text = text.substr(0, colon);
    }
    Bytes octets;
    while (octets.size() < 4) {
        const auto dot = text.find('.');
        const auto part = number(text.substr(0, dot), 255);
        if (!part || (dot == std::string_view::npos) != (octets.size() == 3)) { return std::nullopt; }
        octets.push_back(static_cast<std::uint8_t>(*part));
        text.remove_prefix(dot == std::string_view::npos ? text.size() : dot + 1);
    }
    octets.push_back(static_cast<std::uint8_t>(port >> 8U));
    octets.push_back(static_cast<std::uint8_t>(port & 0xFFU));
    return octets;
}

tl::unexpected<Error> wrong(std::string_view text) {
    return fail(Category::usage, fmt::format("'{}' is no BACnet address", text), {},
                {"an MS/TP address: 12", "a station behind a router, NETWORK:MAC: 7:12", "device:473001",
                 "name:OBJECT_NAME", "10.0.0.5:47808"},
                "bacnet.address");
}

Task<Result<Station>> behind_the_router(Client& client, std::uint8_t mac) {
    auto routers = co_await client.who_is_router(std::nullopt, time_to_say);
    if (!routers) { co_return tl::unexpected(routers.error()); }
    std::string known;
    std::size_t networks = 0;
    Station station;
    for (const FoundRouter& router : *routers) {
        for (const std::uint16_t network : router.networks) {
            known += fmt::format("{}{}", known.empty() ? "" : ", ", network);
            station.link = router.link;
            bacnet::NetworkAddress remote;
            remote.network = network;
            remote.address.push_back(mac);
            station.remote = std::move(remote);
            ++networks;
        }
    }
    if (networks == 1) { co_return station; }
    const std::string where = client.link().transport().description();
    if (networks == 0) {
        co_return fail(Category::timeout, fmt::format("no router says that it leads to address {}", mac), where,
                       {"no address, for a device that is on BACnet/IP itself", "NETWORK:MAC", "device:NUMBER"},
                       "bacnet.no_router");
    }
    co_return fail(Category::usage, fmt::format("address {} may be on several networks: {}", mac, known), where,
                   {"NETWORK:MAC", "device:NUMBER"}, "bacnet.networks");
}

Task<Result<Station>> by_instance(Client& client, std::uint32_t instance) {
    bacnet::InstanceLimits limits;
    limits.low = limits.high = instance;
    const std::optional<bacnet::InstanceLimits> only(limits);
    auto found = co_await client.who_is(only, time_to_say);
    for (unsigned again = 1; again < most_questions && found && found->empty(); ++again) {
        found = co_await client.who_is(only, time_to_say);
    }
    if (!found) { co_return tl::unexpected(found.error()); }
    const std::string where = client.link().transport().description();
    if (found->empty()) {
        co_return fail(Category::timeout, fmt::format("no device says that it is {}", instance), where,
                       {"`meterctl scan`, which asks all", "bind=47808 behind a udp endpoint, which hears broadcasts"},
                       "bacnet.no_device");
    }
    if (found->size() > 1) {
        std::string places;
        for (const FoundDevice& one : *found) { places += (places.empty() ? "at " : ", at ") + one.station.text(); }
        co_return fail(Category::untrusted, fmt::format("several devices say that they are {}: {}", instance, places),
                       where, {"-a " + found->front().station.text(), "another device_instance for one of them"},
                       "bacnet.duplicate_device");
    }
    co_return found->front().station;
}

/// Names are unique on a network that is in order; where they are not, nobody can be told apart by one.
Task<Result<Station>> by_name(Client& client, std::string name) {
    bacnet::WhoHas wanted;
    wanted.object = bacnet::CharacterString(name);
    auto found = co_await client.who_has(wanted, time_to_say);
    for (unsigned again = 1; again < most_questions && found && found->empty(); ++again) {
        found = co_await client.who_has(wanted, time_to_say);
    }
    if (!found) { co_return tl::unexpected(found.error()); }
    const std::string where = client.link().transport().description();
    if (found->empty()) {
        co_return fail(Category::timeout, "no device says that it has an object named '" + name + "'", where,
                       {"the Object_Name as the device has it, with its capitals", "`meterctl scan`, which asks all"},
                       "bacnet.no_device");
    }
    if (found->size() > 1) {
        std::string places;
        for (const FoundObject& one : *found) {
            places += fmt::format("{}device {} at {}", places.empty() ? "" : ", ", one.said.device.instance,
                                  one.station.text());
        }
        co_return fail(Category::untrusted, fmt::format("several devices have an object named '{}': {}", name, places),
                       where, {"-a " + found->front().station.text()}, "bacnet.duplicate_name");
    }
    co_return found->front().station;
}

Task<Result<Station>> on_network(Client& client, bacnet::NetworkAddress remote) {
    Station station;
    auto routers = co_await client.who_is_router(remote.network, time_to_say);
    if (!routers) { co_return tl::unexpected(routers.error()); }
    station.remote = std::move(remote);
    if (!routers->empty()) { station.link = routers->front().link; }
    if (routers->empty() && !client.link().is_ip()) {
        co_return fail(Category::timeout, fmt::format("no router leads to network {}", station.remote->network),
                       client.link().transport().description(), {"`meterctl scan`, which names the networks"},
                       "bacnet.no_router");
    }
    co_return station;
}

} // namespace

Result<Address> parse_address(std::string_view text) {
    constexpr std::string_view prefix = "device:", name_prefix = "name:";
    Address address;
    if (text.starts_with(name_prefix)) {
        address.kind = Address::Kind::name;
        address.name = text.substr(name_prefix.size());
        if (address.name.empty()) { return wrong(text); }
        return address;
    }
    if (text.empty()) { return address; }
    if (text.starts_with(prefix)) {
        const auto instance = number(text.substr(prefix.size()), bacnet::max_instance);
        if (!instance) { return wrong(text); }
        address.kind = Address::Kind::device;
        address.device = *instance;
        return address;
    }
    if (const auto alone = number(text, bacnet::max_instance)) {
        const bool mac = *alone <= last_mac;
        address.kind = mac ? Address::Kind::mac : Address::Kind::device;
        address.device = *alone;
        if (mac) { address.mac = static_cast<std::uint8_t>(*alone); }
        return address;
    }
    const auto colon = text.find(':');
    const auto network = number(text.substr(0, colon), last_network);
    if (network && colon != std::string_view::npos) {
        auto octets = mac_octets(text.substr(colon + 1));
        if (*network == 0 || !octets) { return wrong(text); }
        address.kind = Address::Kind::remote;
        address.remote.network = static_cast<std::uint16_t>(*network);
        address.remote.address = std::move(*octets);
        return address;
    }
    if (!mac_octets(text)) { return wrong(text); }
    address.link = std::string(text) + (colon == std::string_view::npos ? ":47808" : "");
    return address;
}

Task<Result<Station>> locate(Client& client, Address address) {
    const bool ip = client.link().is_ip();
    Station station;
    switch (address.kind) {
    case Address::Kind::peer:
        if (!ip) {
            co_return fail(Category::usage, "nothing says the meter's MS/TP address", {}, {"--address 1"},
                           "bacnet.address");
        }
        station.link = address.link;
        co_return station;
    case Address::Kind::mac:
        if (ip) {
            auto found = co_await behind_the_router(client, address.mac);
            co_return found;
        }
        station.link = fmt::format("{}", address.mac);
        co_return station;
    case Address::Kind::remote: {
        auto found = co_await on_network(client, std::move(address.remote));
        co_return found;
    }
    case Address::Kind::name: {
        auto found = co_await by_name(client, std::move(address.name));
        co_return found;
    }
    case Address::Kind::device:
        break;
    }
    auto found = co_await by_instance(client, address.device);
    co_return found;
}

} // namespace meterctl::sessions::bacnet
