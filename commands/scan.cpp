// `meterctl scan TARGET`
#include "commands/connection.hpp"
#include "commands/records.hpp"
#include "commands/scan_job.hpp"
#include "commands/subcommands.hpp"
#include "commands/values.hpp"
#include "src/output/progress.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <set>
#include <vector>

namespace meterctl::commands {

namespace {

/// What `sim:` without a model is: a bus with two meters of the protocol named, or of the first.
struct SimulatedUnit {
    std::string_view address, model;
};
constexpr std::array usual_units{SimulatedUnit{"1", "pro380-mod"},    SimulatedUnit{"100", "dts307-modbus"},
                                 SimulatedUnit{"1", "pro380-mb"},     SimulatedUnit{"2", "mbus"},
                                 SimulatedUnit{"", "pro380-ir"},      SimulatedUnit{"1", "leviton-s4100"},
                                 SimulatedUnit{"4", "dts307-bacnet"}, SimulatedUnit{"1", "dtsd545"}};
/// Hosts that are asked at once. Those that are not there take the time that a connection may take.
constexpr std::size_t most_at_once = 64;
constexpr std::chrono::seconds host_patience{2};

/// Of one host among many: nothing is there, or something else. That is no failure of a search.
bool is_no_meter(Category category) {
    return category == Category::timeout || category == Category::endpoint || category == Category::untrusted;
}

class Scanner {
public:
    using Clock = output::Progress::Clock;

    Scanner(const ScanJob& job, output::Sink& sink, const Arguments& arguments, Io& io)
        : job_(job), io_(io),
          progress_(io.err, io.err_is_terminal && !io.quiet, output::terminal_width(io.err), Clock::now()),
          document_(sink, output_options(arguments)) {}

    int run(const Models& models, Wiring& wiring);

private:
    void scan(const Models& models, Wiring& wiring);
    void scan_hosts(Wiring& wiring);
    Task<void> visit_hosts(Wiring& wiring);
    Task<Result<void>> visit(const Target& host, Wiring& wiring);
    [[nodiscard]] sessions::ScanOptions options_for(const Target& target) const;
    [[nodiscard]] sessions::ScanSink sink_for(const Target& target);
    void found(const Target& target, const sessions::Identity& identity);
    void failed(const std::string& name, const Error& error);
    void host_failed(const Target& host, const Error& error);
    void show_hosts();
    [[nodiscard]] int code() const;

    const ScanJob& job_;
    Io& io_;
    output::Progress progress_;
    output::ScanDocument document_;
    output::ScanSummary summary_;
    std::set<std::string> known_; ///< meters found already, at another line setting
    std::size_t next_host_ = 0;
    std::optional<Category> ended_;
    std::optional<Category> trouble_; ///< the first address that was heard, but not understood
};

void Scanner::failed(const std::string& name, const Error& error) {
    progress_.clear();
    const output::Failure failure{name, error};
    document_.failure(failure);
    const std::string address = job_.has_hosts() ? name : job_.name + ": address " + name;
    report(io_, name.empty() ? job_.name : address, error);
}

void Scanner::found(const Target& target, const sessions::Identity& identity) {
    if (!known_.insert(target.name + " " + identity.address).second) { return; }
    progress_.clear();
    output::FoundRecord record;
    if (job_.has_hosts()) { record.target = target.name; }
    record.address = identity.address;
    record.meter = identity.model;
    record.protocol = job_.protocol->name;
    record.serial_number = identity.serial_number;
    record.line = identity.line;
    record.facts = identity.facts;
    const auto definition = std::ranges::find(job_.candidates, identity.model, &catalogue::Definition::model);
    if (definition != job_.candidates.end()) { record.title = (*definition)->title; }
    ++summary_.found;
    document_.found(record);
}

sessions::ScanOptions Scanner::options_for(const Target& target) const {
    sessions::ScanOptions options;
    options.addresses = job_.addresses;
    options.lines = job_.lines;
    options.candidates = job_.candidates;
    options.timeout = target.timeout;
    options.retries = target.retries.value_or(0);
    options.settings = session_options(target, io_).settings;
    if (job_.by_secondary) { options.settings["secondary"] = "1"; }
    if (job_.listen_only) { options.settings["listen_only"] = "1"; }
    return options;
}

sessions::ScanSink Scanner::sink_for(const Target& target) {
    sessions::ScanSink sink;
    sink.found = [this, &target](const sessions::Identity& identity) { found(target, identity); };
    sink.trouble = [this, &target](const std::string& address, const Error& error) {
        if (job_.has_hosts()) { return host_failed(target, error); }
        if (!trouble_) { trouble_ = error.category; }
        failed(address, error);
    };
    return sink;
}

void Scanner::host_failed(const Target& host, const Error& error) {
    if (error.category == Category::interrupted) {
        ended_ = error.category;
        return;
    }
    if (is_no_meter(error.category)) {
        if (io_.verbose) { tell(io_, host.name + ": " + error.what); }
        return;
    }
    if (!trouble_) { trouble_ = error.category; }
    failed(host.name, error);
}

void Scanner::scan(const Models& models, Wiring& wiring) {
    std::vector<simulators::Unit> units;
    for (const SimulatedUnit& unit : usual_units) {
        const auto meter = models.catalogue.find(unit.model);
        if (meter && (*meter)->protocol == job_.protocol->name) {
            units.push_back({std::string(unit.address), *meter});
        }
    }
    auto connection = connect(job_.target(), *job_.protocol, models, units, wiring);
    if (!connection) {
        ended_ = connection.error().category;
        return failed({}, connection.error());
    }
    auto sink = sink_for(job_.target());
    sink.progress = [&](const sessions::ScanProgress& progress) {
        summary_.tried = progress.done;
        summary_.planned = progress.total;
        const std::string doing = fmt::format("{}, {} found", progress.current, summary_.found);
        progress_.update(doing, progress.done, progress.total, Clock::now());
    };
    const auto scanned = transports::run(
        *connection->loop, job_.protocol->scan(*connection->transport, options_for(job_.target()), std::move(sink)));
    progress_.clear();
    if (scanned) { return; }
    ended_ = scanned.error().category;
    if (*ended_ != Category::interrupted) { failed({}, scanned.error()); }
}

void Scanner::show_hosts() {
    const std::string doing = fmt::format("{} hosts, {} found", job_.targets.size(), summary_.found);
    progress_.update(doing, summary_.tried, summary_.planned, Clock::now());
}

/// The next host that nobody else has, until there is none.
Task<void> Scanner::visit_hosts(Wiring& wiring) {
    while (next_host_ < job_.targets.size() && !ended_) {
        const Target& host = job_.targets[next_host_++];
        const auto visited = co_await visit(host, wiring);
        if (!visited) { host_failed(host, visited.error()); }
        if (ended_) { co_return; }
        ++summary_.tried;
        show_hosts();
    }
}

Task<Result<void>> Scanner::visit(const Target& host, Wiring& wiring) {
    transports::OpenOptions options = wiring.open_options(transports::LineSettings());
    options.connect_timeout = host.timeout.value_or(host_patience);
    auto opened = co_await transports::open_transport(wiring.real_loop(), host.endpoint, std::move(options));
    if (!opened) { co_return tl::unexpected(opened.error()); }
    const std::string framing = host.endpoint.option("framing").value_or("tcp");
    const auto transport = wiring.dress(std::move(*opened), *job_.protocol, framing);
    sessions::ScanOptions how = options_for(host);
    sessions::ScanSink sink = sink_for(host);
    auto scanned = co_await job_.protocol->scan(*transport, std::move(how), std::move(sink));
    co_return scanned;
}

/// Many at once, since most of the time goes to those that are not there.
void Scanner::scan_hosts(Wiring& wiring) {
    summary_.planned = job_.targets.size();
    transports::Loop& loop = wiring.real_loop();
    std::vector<Task<void>> visitors;
    visitors.reserve(std::min(most_at_once, job_.targets.size()));
    while (visitors.size() < visitors.capacity()) { visitors.push_back(visit_hosts(wiring)); }
    show_hosts();
    for (Task<void>& visitor : visitors) { visitor.start(); }
    const auto is_done = [](const Task<void>& visitor) { return visitor.done(); };
    while (!std::ranges::all_of(visitors, is_done) && loop.run_one()) {}
    for (Task<void>& visitor : visitors) { visitor.take(); }
    progress_.clear();
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
    head.target = job_.name;
    head.time = head_of(job_.target()).time;
    document_.begin(head);
    if (job_.has_hosts()) {
        scan_hosts(wiring);
    } else {
        scan(models, wiring);
    }
    summary_.interrupted = ended_ == Category::interrupted;
    summary_.duration = std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - start);
    document_.end(summary_);
    if (!ended_ && !trouble_ && summary_.found == 0) {
        report(io_, job_.name,
               Error{.category = Category::timeout,
                     .what = fmt::format("no meter answered at {} {}", summary_.tried,
                                         job_.has_hosts() ? "hosts" : "addresses"),
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
    const auto job = plan_scan(arguments, *models, io);
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
