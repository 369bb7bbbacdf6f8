// `meterctl scan TARGET`
#include "commands/connection.hpp"
#include "commands/records.hpp"
#include "commands/subcommands.hpp"
#include "commands/values.hpp"
#include "src/output/progress.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <set>

namespace meterctl::commands {

namespace {

using catalogue::Definition;
using transports::LineSettings;

constexpr unsigned highest_baud = 20'000'000;

/// What `sim:` without a model is: a bus with two meters of the protocol named, or of the first.
struct SimulatedUnit {
    std::string_view address, model;
};
constexpr std::array usual_units{SimulatedUnit{"1", "pro380-mod"},   SimulatedUnit{"100", "dts307-modbus"},
                                 SimulatedUnit{"1", "pro380-mb"},    SimulatedUnit{"2", "mbus"},
                                 SimulatedUnit{"", "pro380-ir"},     SimulatedUnit{"1", "leviton-s4100"},
                                 SimulatedUnit{"4", "dts307-bacnet"}};

struct Job {
    Target target;
    const sessions::Protocol* protocol = nullptr;
    std::vector<const Definition*> candidates;
    std::vector<std::string> addresses;
    std::vector<LineSettings> lines;
    bool by_secondary = false;
    bool listen_only = false;
};

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

Result<std::vector<LineSettings>> lines_of(const Job& job, const Arguments& arguments) {
    using transports::Scheme;
    const auto own = line_of_target(job.target);
    if (!own) { return tl::unexpected(own.error()); }
    const bool named = arguments.given("--bauds") || arguments.given("--frames");
    if (!*own) {
        if (!named) { return std::vector<LineSettings>(); }
        return fail(Category::usage, "a socket has neither baud rate nor frame", job.target.name, {}, "usage.no_line");
    }
    if (named) { return named_lines(arguments, **own); }
    const transports::Endpoint& endpoint = job.target.endpoint;
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

Result<Job> plan_job(const Arguments& arguments, const Models& models, const Io& io) {
    const std::vector<std::string> names{arguments.text("TARGET")};
    auto targets = resolve_targets(names, arguments, models, io);
    if (!targets) { return tl::unexpected(targets.error()); }
    if (targets->size() != 1) {
        return fail(Category::usage, "\"" + names.front() + "\" names several targets; scan one at a time", {}, {},
                    "usage.several_targets");
    }
    Job job;
    job.target = std::move(targets->front());
    job.protocol = job.target.protocol != nullptr ? job.target.protocol : &usual_protocol(job.target.endpoint);
    job.target.protocol = job.protocol;
    if (job.protocol->scan == nullptr) {
        return fail(Category::usage, std::string(job.protocol->title) + " is decoded, not scanned", job.target.name,
                    {"meterctl decode"}, "usage.no_scan");
    }
    if (job.target.meter != nullptr) {
        job.candidates.push_back(job.target.meter);
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
    job.by_secondary = arguments.flag("--secondary");
    job.listen_only = arguments.flag("--listen-only");
    auto lines = lines_of(job, arguments);
    if (!lines) { return tl::unexpected(lines.error()); }
    job.lines = std::move(*lines);
    return job;
}

class Scanner {
public:
    using Clock = output::Progress::Clock;

    Scanner(const Job& job, output::Sink& sink, const Arguments& arguments, Io& io)
        : job_(job), io_(io),
          progress_(io.err, io.err_is_terminal && !io.quiet, output::terminal_width(io.err), Clock::now()),
          document_(sink, output_options(arguments)) {}

    int run(const Models& models, Wiring& wiring);

private:
    void scan(const sessions::Protocol& protocol, const Models& models, Wiring& wiring);
    void found(const sessions::Protocol& protocol, const sessions::Identity& identity);
    void failed(const std::string& name, const Error& error);
    [[nodiscard]] int code() const;

    const Job& job_;
    Io& io_;
    output::Progress progress_;
    output::ScanDocument document_;
    output::ScanSummary summary_;
    std::set<std::string> known_; ///< meters found already, at another line setting
    std::optional<Category> ended_;
    std::optional<Category> trouble_; ///< the first address that was heard, but not understood
};

void Scanner::failed(const std::string& name, const Error& error) {
    progress_.clear();
    const output::Failure failure{name, error};
    document_.failure(failure);
    report(io_, name.empty() ? job_.target.name : job_.target.name + ": address " + name, error);
}

void Scanner::found(const sessions::Protocol& protocol, const sessions::Identity& identity) {
    if (!known_.insert(std::string(protocol.name) + " " + identity.address).second) { return; }
    progress_.clear();
    output::FoundRecord record;
    record.address = identity.address;
    record.meter = identity.model;
    record.protocol = protocol.name;
    record.serial_number = identity.serial_number;
    record.line = identity.line;
    record.facts = identity.facts;
    const auto definition = std::ranges::find(job_.candidates, identity.model, &Definition::model);
    if (definition != job_.candidates.end()) { record.title = (*definition)->title; }
    ++summary_.found;
    document_.found(record);
}

void Scanner::scan(const sessions::Protocol& protocol, const Models& models, Wiring& wiring) {
    std::vector<simulators::Unit> units;
    for (const SimulatedUnit& unit : usual_units) {
        const auto meter = models.catalogue.find(unit.model);
        if (meter && (*meter)->protocol == protocol.name) { units.push_back({std::string(unit.address), *meter}); }
    }
    auto connection = connect(job_.target, protocol, models, units, wiring);
    if (!connection) {
        ended_ = connection.error().category;
        return failed({}, connection.error());
    }
    sessions::ScanOptions options;
    options.addresses = job_.addresses;
    options.lines = job_.lines;
    options.candidates = job_.candidates;
    options.timeout = job_.target.timeout;
    options.retries = job_.target.retries.value_or(0);
    options.settings = session_options(job_.target, io_).settings;
    if (job_.by_secondary) { options.settings["secondary"] = "1"; }
    if (job_.listen_only) { options.settings["listen_only"] = "1"; }
    const std::uint64_t tried_before = summary_.tried, planned_before = summary_.planned;
    sessions::ScanSink sink;
    sink.found = [&](const sessions::Identity& identity) { found(protocol, identity); };
    sink.trouble = [&](const std::string& address, const Error& error) {
        if (!trouble_) { trouble_ = error.category; }
        failed(address, error);
    };
    sink.progress = [&](const sessions::ScanProgress& progress) {
        summary_.tried = tried_before + progress.done;
        summary_.planned = planned_before + progress.total;
        const std::string doing = fmt::format("{}, {} found", progress.current, summary_.found);
        progress_.update(doing, progress.done, progress.total, Clock::now());
    };
    const auto scanned =
        transports::run(*connection->loop, protocol.scan(*connection->transport, std::move(options), std::move(sink)));
    progress_.clear();
    if (scanned) { return; }
    ended_ = scanned.error().category;
    if (*ended_ != Category::interrupted) { failed({}, scanned.error()); }
}

int Scanner::code() const {
    if (ended_ == Category::interrupted) { return exit_code(Category::interrupted); }
    if (ended_) { return exit_code(summary_.found > 0 ? Category::partial : *ended_); }
    if (summary_.found == 0) { return exit_code(trouble_.value_or(Category::timeout)); }
    // A meter at another baud rate is heard as noise: that is no failure where several are tried.
    return trouble_ && job_.lines.size() < 2 ? exit_code(Category::partial) : 0;
}

int Scanner::run(const Models& models, Wiring& wiring) {
    const auto start = Clock::now();
    output::Head head;
    head.target = job_.target.name;
    head.time = head_of(job_.target).time;
    document_.begin(head);
    scan(*job_.protocol, models, wiring);
    summary_.interrupted = ended_ == Category::interrupted;
    summary_.duration = std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - start);
    document_.end(summary_);
    if (!ended_ && !trouble_ && summary_.found == 0) {
        report(io_, job_.target.name,
               Error{.category = Category::timeout,
                     .what = fmt::format("no meter answered at {} addresses", summary_.tried),
                     .where = {},
                     .hints = {"another protocol (--protocol): this was " + std::string(job_.protocol->title),
                               "another baud rate or frame (--bauds, --frames)", "to swap the wires A and B",
                               "a longer --timeout"},
                     .code = "scan.nothing"});
    }
    return code();
}

} // namespace

int run_scan(const Arguments& arguments, Io& io) {
    const auto models = open_models(arguments, io);
    if (!models) { return give_up(io, models.error()); }
    const auto job = plan_job(arguments, *models, io);
    if (!job) { return give_up(io, job.error()); }
    auto sink = open_output(arguments, io);
    if (!sink) { return give_up(io, sink.error()); }
    auto wiring = Wiring::open(arguments, io);
    if (!wiring) { return give_up(io, wiring.error()); }
    Scanner scanner(*job, **sink, arguments, io);
    const int code = scanner.run(*models, *wiring);
    return finish(io, **sink, code);
}

} // namespace meterctl::commands
