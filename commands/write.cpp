// `meterctl write TARGET POINT=VALUE...`, METHOD and METHOD=ARGUMENT likewise
#include "commands/assignment.hpp"
#include "commands/connection.hpp"
#include "commands/consent.hpp"
#include "commands/keys.hpp"
#include "commands/records.hpp"
#include "commands/subcommands.hpp"
#include "commands/unconnected.hpp"
#include "commands/verdict.hpp"

#include <algorithm>

namespace meterctl::commands {

namespace {

constexpr std::string_view with_priorities = "bacnet"; ///< the protocol whose writes have one

/// One target with all that was checked.
struct Job {
    Target target;
    const sessions::Protocol* protocol = nullptr;
    std::string priority;
    std::vector<Assignment> assignments;
};

/// A point of type "keys" is written with the path of a file, which is read before anything is sent.
Result<void> read_new_keys(Job& job) {
    for (const Assignment& assignment : job.assignments) {
        const auto* path = assignment.value.get<std::string>();
        if (assignment.point.type != "keys" || path == nullptr) { continue; }
        auto keys = keys_in(*path);
        if (!keys) { return tl::unexpected(keys.error()); }
        job.target.new_keys.insert_or_assign(*path, std::move(*keys));
    }
    return {};
}

Result<Job> plan_job(const Arguments& arguments, const Models& models, const Io& io) {
    const std::vector<std::string> texts = arguments.all("POINT=VALUE");
    const std::vector<std::string> names{arguments.text("TARGET")};
    auto targets = resolve_targets(names, arguments, models, io);
    if (!targets) { return tl::unexpected(targets.error()); }
    if (targets->size() != 1) {
        return fail(Category::usage, "\"" + names.front() + "\" names several targets; write to one at a time", {}, {},
                    "usage.several_targets");
    }
    Job job;
    job.target = std::move(targets->front());
    std::vector<std::string> points;
    points.reserve(texts.size());
    for (const std::string& text : texts) { points.push_back(text.substr(0, text.find('='))); }
    const auto protocol = protocol_of(job.target, points);
    if (!protocol) { return tl::unexpected(protocol.error()); }
    job.protocol = *protocol;
    job.priority = arguments.text("--priority");
    if (!job.priority.empty() && job.protocol->name != with_priorities) {
        return fail(Category::usage, std::string(job.protocol->title) + " knows no priorities of writes", {},
                    {"without --priority"}, "usage.priority");
    }
    const bool relinquishes = !job.priority.empty();
    auto assignments = parse_assignments(job.target, *job.protocol, texts, relinquishes);
    if (!assignments) { return tl::unexpected(assignments.error()); }
    job.assignments = std::move(*assignments);
    if (auto read = read_new_keys(job); !read) { return tl::unexpected(read.error()); }
    return job;
}

output::WriteRecord record_of(const Assignment& assignment) {
    output::WriteRecord record;
    record.name = assignment.point.name;
    record.obis = assignment.point.obis;
    record.address = assignment.point.address;
    record.method = assignment.point.method;
    record.written = assignment.value;
    record.unit = assignment.point.unit;
    record.label = assignment.label;
    return record;
}

/// Whatever a session answers, as the document wants it, with what went wrong told on standard error too.
class Writer {
public:
    Writer(const Job& job, output::Sink& sink, const Arguments& arguments, Io& io)
        : job_(job), io_(io), document_(sink, output_options(arguments)) {}

    int dry_run(sessions::Session& session);
    int run(transports::Loop& loop, sessions::Session& session);
    int fail_whole(const Error& error);

private:
    void failed(const std::string& name, const Error& error);
    using Assignments = std::span<const Assignment>;
    [[nodiscard]] Assignments next_writes(std::size_t from) const;
    void write(transports::Loop& loop, sessions::Session& session, Assignments assignments);
    void plan(sessions::Session& session, Assignments assignments);
    void written(const Assignment& assignment, Result<sessions::WriteOutcome> outcome);
    void planned(const Assignment& assignment, std::vector<sessions::PlannedFrame> frames);
    void invoke(transports::Loop& loop, sessions::Session& session, const Assignment& assignment);
    int end();

    const Job& job_;
    Io& io_;
    output::WriteDocument document_;
    std::vector<output::Failure> failures_;
    Verdict verdict_;
};

void Writer::failed(const std::string& name, const Error& error) {
    failures_.push_back({name, error});
    document_.failure(failures_.back());
    verdict_.failure(error);
}

int Writer::end() {
    document_.end();
    report_failures(io_, job_.target.name, failures_);
    return verdict_.code();
}

int Writer::fail_whole(const Error& error) {
    document_.begin(head_of(job_.target));
    failed({}, error);
    return end();
}

int Writer::dry_run(sessions::Session& session) {
    document_.begin(head_of(job_.target));
    for (std::size_t i = 0; i < job_.assignments.size();) {
        const Assignments writes = next_writes(i);
        plan(session, writes);
        i += writes.size();
    }
    return end();
}

/// A method, or all values up to the next method: a session may write them in one request.
Writer::Assignments Writer::next_writes(std::size_t from) const {
    const Assignments rest = Assignments(job_.assignments).subspan(from);
    std::size_t count = 0;
    while (count < rest.size() && !rest[count].point.method) { ++count; }
    return rest.first(std::max<std::size_t>(count, 1));
}

std::vector<sessions::PointValue> values_of(std::span<const Assignment> assignments) {
    std::vector<sessions::PointValue> values;
    values.reserve(assignments.size());
    for (const Assignment& one : assignments) { values.push_back({one.point, one.value}); }
    return values;
}

void Writer::plan(sessions::Session& session, Assignments assignments) {
    const auto values = values_of(assignments);
    if (assignments.size() > 1) {
        if (auto plans = session.plan_all(values)) {
            for (std::size_t i = 0; i < assignments.size(); ++i) { planned(assignments[i], std::move((*plans)[i])); }
            return;
        }
    }
    for (const Assignment& assignment : assignments) {
        auto frames = session.plan_write(assignment.point, assignment.value);
        if (!frames) {
            failed(assignment.point.name, frames.error());
            continue;
        }
        planned(assignment, std::move(*frames));
    }
}

void Writer::planned(const Assignment& assignment, std::vector<sessions::PlannedFrame> frames) {
    output::WriteRecord record = record_of(assignment);
    record.status = output::WriteStatus::planned;
    for (sessions::PlannedFrame& frame : frames) {
        record.frames.push_back({std::move(frame.octets), std::move(frame.summary)});
    }
    document_.record(record);
    verdict_.success();
}

void Writer::write(transports::Loop& loop, sessions::Session& session, Assignments assignments) {
    const auto values = values_of(assignments);
    auto outcomes = transports::run(loop, session.write_all(values));
    for (std::size_t i = 0; i < assignments.size(); ++i) { written(assignments[i], std::move(outcomes[i])); }
}

void Writer::written(const Assignment& assignment, Result<sessions::WriteOutcome> outcome) {
    if (!outcome) { return failed(assignment.point.name, outcome.error()); }
    output::WriteRecord record = record_of(assignment);
    record.before = std::move(outcome->before);
    if (outcome->read_back) { record.read_back = outcome->read_back->value; }
    record.status = outcome->verified  ? output::WriteStatus::verified
                    : record.read_back ? output::WriteStatus::mismatch
                                       : output::WriteStatus::written;
    document_.record(record);
    if (record.status != output::WriteStatus::mismatch) { return verdict_.success(); }
    const Error mismatch{.category = Category::verdict,
                         .what = "the meter shows " + record.read_back->to_string() + " after " +
                                 assignment.value.to_string() + " was written",
                         .where = assignment.point.address,
                         .hints = {},
                         .code = "write.mismatch"};
    failed(assignment.point.name, mismatch);
}

void Writer::invoke(transports::Loop& loop, sessions::Session& session, const Assignment& assignment) {
    auto result = transports::run(loop, session.invoke(assignment.point.address, assignment.value));
    if (!result) { return failed(assignment.point.name, result.error()); }
    output::WriteRecord record = record_of(assignment);
    record.result = std::move(*result);
    record.status = output::WriteStatus::invoked;
    document_.record(record);
    verdict_.success();
}

int Writer::run(transports::Loop& loop, sessions::Session& session) {
    document_.begin(head_of(job_.target));
    for (std::size_t i = 0; i < job_.assignments.size();) {
        const Assignments writes = next_writes(i);
        i += writes.size();
        if (!failures_.empty()) {
            for (const Assignment& one : writes) { failed(one.point.name, sessions::not_written()); }
        } else if (writes.front().point.method) {
            invoke(loop, session, writes.front());
        } else {
            write(loop, session, writes);
        }
    }
    tell(io_, job_.target.name + ": " + statistics_line(session.statistics()));
    return end();
}

sessions::SessionOptions options_of(const Job& job, Io& io) {
    auto options = session_options(job.target, io);
    if (!job.priority.empty()) { options.settings["priority"] = job.priority; }
    return options;
}

int plan_only(const Job& job, Writer& writer, Io& io) {
    const auto line = line_of_target(job.target);
    if (!line) { return writer.fail_whole(line.error()); }
    const auto loop = transports::make_virtual_loop();
    const auto nowhere = make_unconnected(*loop, *line, job.target.endpoint.text);
    const auto session = job.protocol->open(*nowhere, options_of(job, io));
    return session ? writer.dry_run(**session) : writer.fail_whole(session.error());
}

int write_now(const Job& job, const Models& models, Wiring& wiring, Writer& writer, Io& io) {
    auto connection = connect(job.target, *job.protocol, models, {}, wiring);
    if (!connection) { return writer.fail_whole(connection.error()); }
    const auto session = job.protocol->open(*connection->transport, options_of(job, io));
    return session ? writer.run(*connection->loop, **session) : writer.fail_whole(session.error());
}

} // namespace

int run_write(const Arguments& arguments, Io& io) {
    const auto models = open_models(arguments, io);
    if (!models) { return give_up(io, models.error()); }
    const auto job = plan_job(arguments, *models, io);
    if (!job) { return give_up(io, job.error()); }
    const bool dry_run = arguments.flag("--dry-run");
    if (!dry_run) {
        const auto consent = ask_consent(job->assignments, job->target.name, arguments, io);
        if (!consent) { return give_up(io, consent.error()); }
    }
    auto sink = open_output(arguments, io);
    if (!sink) { return give_up(io, sink.error()); }
    Writer writer(*job, **sink, arguments, io);
    if (dry_run) { return finish(io, **sink, plan_only(*job, writer, io)); }
    auto wiring = Wiring::open(arguments, io);
    if (!wiring) { return give_up(io, wiring.error()); }
    const int code = write_now(*job, *models, *wiring, writer, io);
    return finish(io, **sink, code);
}

} // namespace meterctl::commands
