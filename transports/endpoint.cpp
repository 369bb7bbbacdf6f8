#include "transports/endpoint.hpp"

#include "src/core/text.hpp"
#include "transports/schemes.hpp"

#include <algorithm>
#include <charconv>
#include <fmt/format.h>

namespace meterctl::transports {

namespace {

using Failure = tl::unexpected<Error>;

Failure wrong(std::string what, std::string_view text, std::vector<std::string> hints = {}) {
    return fail(Category::usage, std::move(what), std::string(text), std::move(hints), "endpoint.syntax");
}

int hex_digit(char digit) {
    if (digit >= '0' && digit <= '9') { return digit - '0'; }
    if (digit >= 'a' && digit <= 'f') { return digit - 'a' + 10; }
    if (digit >= 'A' && digit <= 'F') { return digit - 'A' + 10; }
    return -1;
}

/// RFC 3986 2.1. nullopt where a '%' has no two hex digits behind it.
std::optional<std::string> percent_decoded(std::string_view text) {
    std::string decoded;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '%') {
            decoded += text[i];
            continue;
        }
        const int high = i + 2 < text.size() ? hex_digit(text[i + 1]) : -1;
        const int low = i + 2 < text.size() ? hex_digit(text[i + 2]) : -1;
        if (high < 0 || low < 0) { return std::nullopt; }
        decoded += static_cast<char>(high * 16 + low);
        i += 2;
    }
    return decoded;
}

bool is_port(std::string_view text) {
    return !text.empty() && text.size() <= 5 && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

std::vector<std::string> scheme_names() {
    std::vector<std::string> names;
    for (const auto& row : scheme_rows()) { names.emplace_back(row.name); }
    return names;
}

/// What a text without a known scheme may have meant.
Failure unknown_scheme(std::string_view text) {
    const auto colon = text.find(':');
    const auto head = text.substr(0, colon);
    const auto tail = colon == std::string_view::npos ? std::string_view() : text.substr(colon + 1);
    const auto port = tail.substr(0, tail.find_first_of("/?"));
    if (is_port(port)) { return wrong("the scheme is missing", text, {fmt::format("tcp://{}", text)}); }
    if (colon == std::string_view::npos || head.find_first_of("./[") != std::string_view::npos) {
        std::vector<std::string> hints{"tcp://HOST:PORT"};
        if (head.starts_with("tty") || head.starts_with("serial/")) {
            hints.insert(hints.begin(), fmt::format("/dev/{}", text));
        }
        return wrong("the scheme is missing", text, std::move(hints));
    }
    std::vector<std::string> hints;
    for (const auto& name : nearest(to_lower(head), scheme_names())) { hints.push_back(fmt::format("{}:", name)); }
    if (hints.empty()) { hints.push_back(fmt::format("one of {}", fmt::join(scheme_names(), ", "))); }
    return wrong(fmt::format("'{}' is no known scheme", head), text, std::move(hints));
}

/// What stands between the slashes and the query, or what should not.
Result<std::string_view> authority(const Endpoint& endpoint, const SchemeRow& row, std::string_view rest) {
    const std::vector<std::string> example{std::string(row.example)};
    if (!rest.starts_with("//")) {
        return wrong(fmt::format("'//' is missing after '{}:'", row.name), endpoint.text, example);
    }
    rest.remove_prefix(2);
    if (rest.ends_with('/')) { rest.remove_suffix(1); }
    if (rest.find('@') != std::string_view::npos) {
        return wrong("the host takes no user name", endpoint.text, example);
    }
    if (const auto slash = rest.find('/'); slash != std::string_view::npos) {
        return wrong(fmt::format("{} takes no path, but '{}' follows the port", row.name, rest.substr(slash)),
                     endpoint.text, example);
    }
    return rest;
}

/// Takes the host off `rest`, which is then empty or begins with the colon before the port.
Result<void> take_host(Endpoint& endpoint, const SchemeRow& row, std::string_view& rest) {
    const bool bracketed = rest.starts_with('[');
    const auto close = rest.find(']');
    if (bracketed && close == std::string_view::npos) {
        return wrong("the host lacks its ']'", endpoint.text, {std::string(row.example)});
    }
    const auto end = bracketed ? close + 1 : std::min(rest.rfind(':'), rest.size());
    const auto host = bracketed ? rest.substr(1, close - 1) : rest.substr(0, end);
    if (!bracketed && host.find(':') != std::string_view::npos) {
        return wrong("an IPv6 host stands in brackets", endpoint.text, {fmt::format("{}://[{}]:PORT", row.name, rest)});
    }
    const bool listens = row.scheme == Scheme::tcp_listen || row.scheme == Scheme::udp_listen;
    if (host.empty() && !listens) { return wrong("the host is missing", endpoint.text, {std::string(row.example)}); }
    endpoint.host = std::string(host);
    rest.remove_prefix(end);
    return {};
}

Result<void> take_port(Endpoint& endpoint, const SchemeRow& row, std::string_view rest) {
    if (rest.size() < 2 || rest.front() != ':') {
        const bool v6 = endpoint.host.find(':') != std::string::npos;
        const std::string host = v6 ? fmt::format("[{}]", endpoint.host) : endpoint.host;
        return wrong("the port is missing", endpoint.text, {fmt::format("{}://{}:PORT", row.name, host)});
    }
    const auto port = rest.substr(1);
    unsigned number = 0;
    const auto [end, trouble] = std::from_chars(port.data(), port.data() + port.size(), number);
    // Port 0 lets the system choose, and makes sense on this side only: `simulate --listen tcp://127.0.0.1:0`.
    if (trouble != std::errc() || end != port.data() + port.size() || number > 65535) {
        return wrong(fmt::format("port '{}' is no number from 1 to 65535", port), endpoint.text,
                     {std::string(row.example)});
    }
    endpoint.port = static_cast<std::uint16_t>(number);
    return {};
}

Result<void> take_host_port(Endpoint& endpoint, const SchemeRow& row, std::string_view rest) {
    const auto place = authority(endpoint, row, rest);
    if (!place) { return tl::unexpected(place.error()); }
    std::string_view left = *place;
    if (auto taken = take_host(endpoint, row, left); !taken) { return taken; }
    return take_port(endpoint, row, left);
}

Result<void> take_path(Endpoint& endpoint, const SchemeRow& row, std::string_view rest) {
    if (rest.starts_with("//")) {
        if (rest.size() > 2 && rest[2] != '/') {
            return wrong(fmt::format("'{}' stands where a host would", rest.substr(2, rest.find('/', 2) - 2)),
                         endpoint.text, {fmt::format("{}:///{}", row.name, rest.substr(2))});
        }
        rest.remove_prefix(2);
    }
    const auto path = percent_decoded(rest);
    if (!path) { return wrong("the path has a '%' without two hex digits", endpoint.text, {"write % as %25"}); }
    endpoint.path = *path;
    if (endpoint.path.empty() && row.shape == Shape::device) {
        return wrong("the path is missing", endpoint.text, {std::string(row.example)});
    }
    return {};
}

/// The path's last part is the line on the chip.
Result<void> take_gpio_line(Endpoint& endpoint, const SchemeRow& row, std::string_view rest) {
    if (auto taken = take_path(endpoint, row, rest); !taken) { return taken; }
    const auto slash = endpoint.path.rfind('/');
    const auto number = slash == std::string::npos ? std::string() : endpoint.path.substr(slash + 1);
    const bool digits = is_port(number);
    if (!digits || slash == 0) {
        return wrong("the number of the line is missing behind the chip", endpoint.text, {std::string(row.example)});
    }
    return {};
}

Result<void> take_model(Endpoint& endpoint, const SchemeRow& row, std::string_view rest) {
    if (rest.starts_with("//")) { rest.remove_prefix(2); }
    if (rest.ends_with('/')) { rest.remove_suffix(1); }
    if (rest.find_first_of("/:@") != std::string_view::npos) {
        return wrong(fmt::format("'{}' is no model name", rest), endpoint.text, {std::string(row.example)});
    }
    endpoint.host = std::string(rest);
    return {};
}

Failure unknown_key(const Endpoint& endpoint, const SchemeRow& row, std::string_view name) {
    std::vector<std::string> known;
    for (const auto& key : row.keys) { known.emplace_back(key.name); }
    auto hints = nearest(name, known);
    if (hints.empty() && !known.empty()) { hints.push_back(fmt::format("it takes {}", fmt::join(known, ", "))); }
    return wrong(fmt::format("{} takes no '{}' in its query", row.name, name), endpoint.text, std::move(hints));
}

Result<void> take_query_item(Endpoint& endpoint, const SchemeRow& row, std::string_view item) {
    const auto equals = item.find('=');
    const auto name = percent_decoded(item.substr(0, equals));
    const auto value = percent_decoded(equals == std::string_view::npos ? std::string_view() : item.substr(equals + 1));
    if (!name || !value) {
        return wrong(fmt::format("'{}' has a '%' without two hex digits", item), endpoint.text, {"write % as %25"});
    }
    const auto key = std::ranges::find(row.keys, std::string_view(*name), &QueryKey::name);
    if (key == row.keys.end()) { return unknown_key(endpoint, row, *name); }
    if (equals == std::string_view::npos) {
        return wrong(fmt::format("query key '{}' has no value", *name), endpoint.text, {fmt::format("{}=...", *name)});
    }
    if (!key->repeatable && endpoint.option(*name)) {
        return wrong(fmt::format("query key '{}' stands twice", *name), endpoint.text);
    }
    if (const auto checked = check_query_value(key->kind, *value); !checked) {
        return wrong(fmt::format("{}: {}", *name, checked.error().what), endpoint.text, checked.error().hints);
    }
    endpoint.query.emplace_back(*name, *value);
    return {};
}

Result<void> take_query(Endpoint& endpoint, const SchemeRow& row, std::string_view query) {
    for (const auto item : split(query, '&')) {
        if (item.empty()) { continue; }
        if (auto taken = take_query_item(endpoint, row, item); !taken) { return taken; }
    }
    return {};
}

const SchemeRow* find_scheme(std::string_view text) {
    const std::string name = to_lower(text);
    for (const auto& row : scheme_rows()) {
        if (row.name == name) { return &row; }
    }
    return nullptr;
}

Result<void> take_place(Endpoint& endpoint, const SchemeRow& row, std::string_view rest) {
    switch (row.shape) {
    case Shape::host_port:
        return take_host_port(endpoint, row, rest);
    case Shape::device:
    case Shape::link:
        return take_path(endpoint, row, rest);
    case Shape::model:
        return take_model(endpoint, row, rest);
    case Shape::gpio_line:
        return take_gpio_line(endpoint, row, rest);
    }
    return {};
}

} // namespace

std::optional<std::string> Endpoint::option(std::string_view name) const {
    for (const auto& [key, value] : query) {
        if (key == name) { return value; }
    }
    return std::nullopt;
}

Result<Endpoint> parse_endpoint(std::string_view text) {
    Endpoint endpoint;
    endpoint.text = std::string(text);
    if (text.empty()) { return wrong("the endpoint is empty", "", {"/dev/ttyUSB0", "tcp://HOST:PORT"}); }
    const bool bare_path = text.starts_with('/') || text.starts_with("./") || text.starts_with("../");
    const auto colon = text.find(':');
    const SchemeRow* row = bare_path                         ? &scheme_row(Scheme::serial)
                           : colon != std::string_view::npos ? find_scheme(text.substr(0, colon))
                                                             : nullptr;
    if (row == nullptr) { return unknown_scheme(text); }
    endpoint.scheme = row->scheme;
    auto rest = bare_path ? text : text.substr(colon + 1);
    if (rest.find('#') != std::string_view::npos) {
        return wrong("an endpoint takes no '#'", text, {"write # as %23"});
    }
    const auto question = rest.find('?');
    const auto query = question == std::string_view::npos ? std::string_view() : rest.substr(question + 1);
    rest = rest.substr(0, question);
    if (auto taken = take_place(endpoint, *row, rest); !taken) { return tl::unexpected(taken.error()); }
    if (auto taken = take_query(endpoint, *row, query); !taken) { return tl::unexpected(taken.error()); }
    return endpoint;
}

} // namespace meterctl::transports
