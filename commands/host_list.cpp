#include "commands/host_list.hpp"

#include "src/core/text.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <fmt/format.h>
#include <optional>

namespace meterctl::commands {

namespace {

constexpr std::array<std::string_view, 2> schemes{"tcp://", "udp://"};
constexpr std::size_t most_hosts = 65536;
constexpr unsigned address_bits = 32, octet_bits = 8, last_octet = 0xFF;

tl::unexpected<Error> wrong(std::string what, std::string_view text) {
    return fail(Category::usage, std::move(what), std::string(text),
                {"tcp://192.168.1.0/24:4059", "tcp://192.168.1.10-20:4059", "tcp://192.168.1.10,192.168.1.12:4059"},
                "usage.hosts");
}

std::optional<unsigned> number(std::string_view text, unsigned most) {
    unsigned value = 0;
    const auto [end, trouble] = std::from_chars(text.data(), text.data() + text.size(), value);
    const bool whole = trouble == std::errc() && end == text.data() + text.size() && !text.empty();
    return whole && value <= most ? std::optional(value) : std::nullopt;
}

std::optional<std::uint32_t> internet_address(std::string_view text) {
    const auto octets = split(text, '.');
    if (octets.size() != 4) { return std::nullopt; }
    std::uint32_t address = 0;
    for (const std::string_view octet : octets) {
        const auto value = number(octet, last_octet);
        if (!value) { return std::nullopt; }
        address = address << octet_bits | *value;
    }
    return address;
}

std::string text_of(std::uint32_t address) {
    return fmt::format("{}.{}.{}.{}", address >> 24U, address >> 16U & last_octet, address >> 8U & last_octet,
                       address & last_octet);
}

struct Range {
    std::uint64_t first = 0, last = 0;
};

Result<Range> network(std::string_view text) {
    const auto slash = text.find('/');
    const auto address = internet_address(text.substr(0, slash));
    const auto bits = number(text.substr(slash + 1), address_bits);
    if (!address || !bits) { return wrong(fmt::format("'{}' is no network", text), text); }
    const std::uint64_t size = std::uint64_t{1} << (address_bits - *bits);
    const std::uint64_t first = *address / size * size;
    // The first and the last address of a network of more than two name the network and its broadcast.
    if (size > 2) { return Range{first + 1, first + size - 2}; }
    return Range{first, first + size - 1};
}

/// nullopt for a host by name, which may have dashes.
Result<std::optional<Range>> range(std::string_view text) {
    if (text.find('/') != std::string_view::npos) {
        const auto found = network(text);
        if (!found) { return tl::unexpected(found.error()); }
        return std::optional(*found);
    }
    const auto dash = text.find('-');
    const auto first = internet_address(text.substr(0, dash));
    if (dash == std::string_view::npos || !first) { return std::optional<Range>(); }
    const auto last = number(text.substr(dash + 1), last_octet);
    if (!last || *last < (*first & last_octet)) {
        return wrong(fmt::format("'{}' is no range of the last octet", text), text);
    }
    return std::optional(Range{*first, (*first & ~last_octet) | *last});
}

Result<void> append(std::vector<std::string>& hosts, std::string_view text) {
    if (text.empty()) { return wrong("a host is missing", text); }
    const auto several = range(text);
    if (!several) { return tl::unexpected(several.error()); }
    if (!*several) {
        hosts.emplace_back(text);
        return {};
    }
    if ((*several)->last - (*several)->first >= most_hosts) {
        return wrong(fmt::format("'{}' has more than {} hosts", text, most_hosts), text);
    }
    for (std::uint64_t host = (*several)->first; host <= (*several)->last; ++host) {
        hosts.push_back(text_of(static_cast<std::uint32_t>(host)));
    }
    return {};
}

} // namespace

Result<std::vector<std::string>> hosts_in(std::string_view endpoint) {
    std::vector<std::string> endpoints{std::string(endpoint)};
    const auto* const scheme =
        std::ranges::find_if(schemes, [&](std::string_view one) { return endpoint.starts_with(one); });
    if (scheme == schemes.end()) { return endpoints; }
    const auto rest = endpoint.substr(scheme->size());
    const auto list = rest.substr(0, rest.substr(0, rest.find('?')).rfind(':'));
    const auto behind = rest.substr(list.size());
    if (list.starts_with('[') || list.find_first_of(",/-") == std::string_view::npos) { return endpoints; }
    std::vector<std::string> hosts;
    for (const std::string_view part : split(list, ',')) {
        if (auto done = append(hosts, trim(part)); !done) { return tl::unexpected(done.error()); }
    }
    if (hosts.size() > most_hosts) { return wrong(fmt::format("more than {} hosts", most_hosts), endpoint); }
    endpoints.clear();
    endpoints.reserve(hosts.size());
    for (const std::string& host : hosts) { endpoints.push_back(fmt::format("{}{}{}", *scheme, host, behind)); }
    return endpoints;
}

} // namespace meterctl::commands
