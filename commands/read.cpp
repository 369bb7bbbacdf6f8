// `meterctl read TARGET [POINT...]`
#include "commands/connection.hpp"
#include "commands/records.hpp"
#include "commands/selection.hpp"
#include "commands/subcommands.hpp"
#include "commands/values.hpp"
#include "commands/verdict.hpp"

#include <algorithm>
#include <limits>

namespace meterctl::commands {

namespace {

/// One target and what is read of it; connected when it is first needed, and kept for the next round.
struct Job {
    Target target;
    const sessions::Protocol* protocol = nullptr;
    std::vector<catalogue::Point> points;
    Connection connection;
    std::unique_ptr<sessions::Session> session;
};

/// How often to read: once unless told.
struct Rounds {
    std::optional<transports::Duration> interval, watch;
    std::uint64_t count = 1;
};

Result<Rounds> rounds_of(const Arguments& arguments) {
    Rounds rounds;
    if (arguments.given("--interval")) {
        const auto interval = parse_duration("--interval", arguments.text("--interval"));
        if (!interval) { return tl::unexpected(interval.error()); }
        rounds.interval = *interval;
        rounds.count = std::numeric_limits<std::uint64_t>::max();
    }
    if (arguments.given("--watch")) {
        if (rounds.interval) {
            return fail(Category::usage, "--watch and --interval exclude each other", {}, {"one of them"},
                        "usage.watch");
        }
        const auto watch = parse_duration("--watch", arguments.text("--watch"));
        if (!watch) { return tl::unexpected(watch.error()); }
        rounds.watch = *watch;
        rounds.count = std::numeric_limits<std::uint64_t>::max();
    }
    if (arguments.flag("--confirmed") && !rounds.watch) {
        return fail(Category::usage, "--confirmed is about the reports of --watch", {}, {"--watch 10m --confirmed"},
                    "usage.watch");
    }
    if (arguments.given("--count")) {
        const auto count = parse_count("--count", arguments.text("--count"), std::numeric_limits<std::uint64_t>::max());
        if (!count) { return tl::unexpected(count.error()); }
        rounds.count = *count;
    }
    return rounds;
}

Result<std::vector<Job>> plan_jobs(const Arguments& arguments, const Models& models, const Io& io) {
    std::vector<std::string> names{arguments.text("TARGET")};
    for (std::string& name : arguments.all("--target")) { names.push_back(std::move(name)); }
    const std::vector<std::string> points = arguments.all("POINT");
    auto targets = resolve_targets(names, arguments, models, io);
    if (!targets) { return tl::unexpected(targets.error()); }
    std::vector<Job> jobs;
    for (Target& target : *targets) {
        const auto protocol = protocol_of(target, points);
        if (!protocol) { return tl::unexpected(protocol.error()); }
        auto selected = select_points(target, **protocol, points);
        if (!selected) { return tl::unexpected(selected.error()); }
        Job& job = jobs.emplace_back();
        job.target = std::move(target);
        job.protocol = *protocol;
        job.points = std::move(*selected);
    }
    return jobs;
}

class Reader {
public:
    Reader(const Arguments& arguments, const Models& models, Wiring wiring, output::Sink& sink, Rounds rounds, Io& io)
        : models_(models), wiring_(std::move(wiring)), sink_(sink), rounds_(rounds), io_(io),
          check_(arguments.flag("--check")), confirmed_(arguments.flag("--confirmed")),
          document_(sink, output_options(arguments)) {}

    int run(std::vector<Job>& jobs);

private:
    void read(Job& job);
    void watch(Job& job);
    void write(const Job& job, Result<sessions::ReadOutcome> outcome);
    Result<sessions::ReadOutcome> ask(Job& job);
    Result<void> open(Job& job);
    void wait_for_round(std::uint64_t round, transports::TimePoint start);

    const Models& models_;
    Wiring wiring_;
    output::Sink& sink_;
    Rounds rounds_;
    Io& io_;
    bool check_;     ///< what a meter says of its values is read beside them
    bool confirmed_; ///< reports are acknowledged
    output::ReadDocument document_;
    Verdict verdict_;
};

Result<void> Reader::open(Job& job) {
    const bool lasting = rounds_.interval.has_value();
    auto connection = connect(job.target, *job.protocol, models_, {}, wiring_, lasting);
    if (!connection) { return tl::unexpected(connection.error()); }
    job.connection = std::move(*connection);
    auto options = session_options(job.target, io_);
    if (check_) { options.settings["check"] = "1"; }
    if (confirmed_) { options.settings["reports"] = "confirmed"; }
    auto session = job.protocol->open(*job.connection.transport, std::move(options));
    if (!session) { return tl::unexpected(session.error()); }
    job.session = std::move(*session);
    return {};
}

Result<sessions::ReadOutcome> Reader::ask(Job& job) {
    if (!job.session) {
        if (auto opened = open(job); !opened) { return tl::unexpected(opened.error()); }
    }
    return transports::run(*job.connection.loop, job.session->read(job.points));
}

/// Where nothing was read, and for one reason, that is the whole target's failure.
void join_alike(std::vector<output::Failure>& failures) {
    const auto as_first = [&](const output::Failure& failure) { return failure.error == failures.front().error; };
    if (failures.size() < 2 || !std::ranges::all_of(failures, as_first)) { return; }
    failures.resize(1);
    failures.front().name.clear();
}

void Reader::read(Job& job) {
    auto outcome = ask(job);
    // A broken link is opened anew in the next round; a serial line must be let go of before.
    const bool broken = !outcome && outcome.error().category == Category::endpoint;
    if (broken) {
        job.session.reset();
        job.connection.transport.reset();
    }
    write(job, std::move(outcome));
}

/// A document for each report of a change.
void Reader::watch(Job& job) {
    if (auto opened = open(job); !opened) { return write(job, tl::unexpected(opened.error())); }
    std::uint64_t reports = 0;
    const auto changed = [&](sessions::ReadOutcome&& outcome) {
        if (!outcome.readings.empty()) { ++reports; }
        write(job, std::move(outcome));
        return reports < rounds_.count && !sink_.closed();
    };
    const auto done = transports::run(*job.connection.loop, job.session->watch(job.points, *rounds_.watch, changed));
    if (!done) { write(job, tl::unexpected(done.error())); }
}

void Reader::write(const Job& job, Result<sessions::ReadOutcome> outcome) {
    output::Head head = head_of(job.target);
    std::vector<output::Failure> failures;
    if (!outcome) {
        failures.push_back({{}, outcome.error()});
        outcome = sessions::ReadOutcome{};
    }
    for (sessions::PointFailure& failure : outcome->failures) {
        failures.push_back({std::move(failure.point), std::move(failure.error)});
    }
    const auto serial = std::ranges::find(outcome->readings, "serial_number", &Reading::name);
    if (serial != outcome->readings.end()) { head.serial_number = serial->value.to_string(); }
    if (outcome->readings.empty()) { join_alike(failures); }
    if (!outcome->readings.empty()) { verdict_.success(); }

    document_.begin(head);
    for (const Reading& reading : outcome->readings) { document_.reading(reading); }
    for (const output::Failure& failure : failures) {
        document_.failure(failure);
        verdict_.failure(failure.error);
    }
    document_.end();
    report_failures(io_, job.target.name, failures);
}

void Reader::wait_for_round(std::uint64_t round, transports::TimePoint start) {
    if (round == 0 || !rounds_.interval) { return; }
    transports::Loop& loop = wiring_.real_loop();
    transports::run(loop, loop.sleep_until(start + *rounds_.interval * static_cast<std::int64_t>(round)));
    if (loop.interrupted()) { verdict_.interrupt(); }
}

int Reader::run(std::vector<Job>& jobs) {
    const auto start = std::chrono::steady_clock::now();
    if (rounds_.watch) {
        for (Job& job : jobs) { watch(job); }
        rounds_.count = 0;
    }
    for (std::uint64_t round = 0; round < rounds_.count; ++round) {
        wait_for_round(round, start);
        for (Job& job : jobs) {
            if (verdict_.interrupted() || sink_.closed()) { break; }
            read(job);
        }
        if (verdict_.interrupted() || sink_.closed()) { break; }
    }
    for (const Job& job : jobs) {
        if (job.session) { tell(io_, job.target.name + ": " + statistics_line(job.session->statistics())); }
    }
    return verdict_.code();
}

} // namespace

int run_read(const Arguments& arguments, Io& io) {
    const auto models = open_models(arguments, io);
    if (!models) { return give_up(io, models.error()); }
    const auto rounds = rounds_of(arguments);
    if (!rounds) { return give_up(io, rounds.error()); }
    auto jobs = plan_jobs(arguments, *models, io);
    if (!jobs) { return give_up(io, jobs.error()); }
    if (rounds->watch && jobs->size() > 1) {
        const auto several = fail(Category::usage, "one target is watched at a time", {}, {}, "usage.several_targets");
        return give_up(io, several.value());
    }
    auto sink = open_output(arguments, io);
    if (!sink) { return give_up(io, sink.error()); }
    auto wiring = Wiring::open(arguments, io);
    if (!wiring) { return give_up(io, wiring.error()); }
    Reader reader(arguments, *models, std::move(*wiring), **sink, *rounds, io);
    const int code = reader.run(*jobs);
    return finish(io, **sink, code);
}

} // namespace meterctl::commands
