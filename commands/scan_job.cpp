#include "commands/scan_job.hpp"

#include "commands/connection.hpp"
#include "commands/host_list.hpp"
#include "commands/values.hpp"

#include <algorithm>

namespace meterctl::commands {

namespace {

using catalogue::Definition;
using transports::LineSettings;

constexpr unsigned highest_baud = 20'000'000;

void add_once(std::vector<LineSettings>& lines, const LineSettings& line) {
    if (std::ranges::find(lines, line) == lines.end()) { lines.push_back(line); }
}

/// Every baud rate with every frame that was named; what was not named is the endpoint's own.
Result<std::vector<LineSettings>> named_lines(const Arguments& arguments, const LineSettings& own) {
    std::vector<unsigned> bauds{own.baud};
    std::vector<std::string> frames{own.frame()};
    if (arguments.given("--bauds")) {
        auto list = parse_count_list("--bauds", arguments.text("--bauds"), highest_baud);
        if (!list) { return tl::unexpected(list.error()); }
        bauds = std::move(*list);
    }
    if (arguments.given("--frames")) {
        auto list = parse_address_list("--frames", arguments.text("--frames"));
        if (!list) { return tl::unexpected(list.error()); }
        frames = std::move(*list);
    }
    std::vector<LineSettings> lines;
    for (const unsigned baud : bauds) {
        for (const std::string& frame : frames) {
            const auto line = transports::parse_frame(frame, baud);
            if (!line) { return tl::unexpected(line.error()); }
            add_once(lines, *line);
        }
    }
    return lines;
}

/// How the candidates are delivered, for a line of which nothing is said.
Result<std::vector<LineSettings>> delivered_lines(std::span<const Definition* const> candidates) {
    std::vector<LineSettings> lines;
    for (const Definition* candidate : candidates) {
        const auto line = transports::parse_frame(candidate->line.frame, candidate->line.baud);
        if (!line) { return tl::unexpected(line.error()); }
        add_once(lines, *line);
    }
    return lines;
}

Result<std::vector<LineSettings>> lines_of(const ScanJob& job, const Arguments& arguments) {
    using transports::Scheme;
    const auto own = line_of_target(job.target());
    if (!own) { return tl::unexpected(own.error()); }
    const bool named = arguments.given("--bauds") || arguments.given("--frames");
    if (!*own) {
        if (!named) { return std::vector<LineSettings>(); }
        return fail(Category::usage, "a socket has neither baud rate nor frame", job.target().name, {},
                    "usage.no_line");
    }
    if (named) { return named_lines(arguments, **own); }
    const transports::Endpoint& endpoint = job.target().endpoint;
    const bool said = endpoint.option("baud").has_value() || endpoint.option("frame").has_value();
    if (said || endpoint.scheme == Scheme::sim) { return std::vector<LineSettings>(); }
    return delivered_lines(job.candidates);
}

/// What is spoken at such an endpoint, or at such a port; else the first protocol. Only one is tried: what asks in one
/// protocol is noise in another, and on a bus whose turns are taken by token it does harm.
const sessions::Protocol& usual_protocol(const transports::Endpoint& endpoint) {
    const auto knows = [&](const codecs::Decoder& decoder) {
        const auto& ports = endpoint.scheme == transports::Scheme::udp ? decoder.udp_ports : decoder.tcp_ports;
        return std::ranges::find(ports, endpoint.port) != ports.end();
    };
    const bool socket = endpoint.scheme == transports::Scheme::tcp || endpoint.scheme == transports::Scheme::udp;
    for (const sessions::Protocol& protocol : sessions::protocols()) {
        if (std::ranges::find(protocol.schemes, endpoint.scheme) != protocol.schemes.end()) { return protocol; }
        if (socket && std::ranges::any_of(protocol.decoders, knows)) { return protocol; }
    }
    return sessions::protocols().front();
}

} // namespace

Result<ScanJob> plan_scan(const Arguments& arguments, const Models& models, const Io& io) {
    ScanJob job;
    job.name = arguments.text("TARGET");
    const auto names = hosts_in(job.name);
    if (!names) { return tl::unexpected(names.error()); }
    auto targets = resolve_targets(*names, arguments, models, io);
    if (!targets) { return tl::unexpected(targets.error()); }
    if (targets->empty() || targets->size() != names->size()) {
        return fail(Category::usage, "\"" + job.name + "\" names several targets; scan one at a time", {}, {},
                    "usage.several_targets");
    }
    job.targets = std::move(*targets);
    job.protocol = job.target().protocol != nullptr ? job.target().protocol : &usual_protocol(job.target().endpoint);
    for (Target& target : job.targets) { target.protocol = job.protocol; }
    if (job.protocol->scan == nullptr) {
        return fail(Category::usage, std::string(job.protocol->title) + " is decoded, not scanned", job.target().name,
                    {"meterctl decode"}, "usage.no_scan");
    }
    if (job.target().meter != nullptr) {
        job.candidates.push_back(job.target().meter);
    } else {
        auto all = models.catalogue.all();
        if (!all) { return tl::unexpected(all.error()); }
        for (const Definition* meter : *all) {
            if (meter->protocol == job.protocol->name) { job.candidates.push_back(meter); }
        }
    }
    if (arguments.given("--addresses")) {
        auto addresses = parse_address_list("--addresses", arguments.text("--addresses"));
        if (!addresses) { return tl::unexpected(addresses.error()); }
        job.addresses = std::move(*addresses);
    }
    if (job.addresses.empty() && job.has_hosts()) {
        job.addresses.assign(job.protocol->host_addresses.begin(), job.protocol->host_addresses.end());
    }
    job.by_secondary = arguments.flag("--secondary");
    job.listen_only = arguments.flag("--listen-only");
    auto lines = lines_of(job, arguments);
    if (!lines) { return tl::unexpected(lines.error()); }
    job.lines = std::move(*lines);
    return job;
}

} // namespace meterctl::commands
