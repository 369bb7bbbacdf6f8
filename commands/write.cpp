// `meterctl write TARGET POINT=VALUE...`, METHOD and METHOD=ARGUMENT likewise
#include "commands/assignment.hpp"
#include "commands/connection.hpp"
#include "commands/consent.hpp"
#include "commands/file_value.hpp"
#include "commands/keys.hpp"
#include "commands/records.hpp"
#include "commands/subcommands.hpp"
#include "commands/unconnected.hpp"
#include "commands/verdict.hpp"
#include "src/output/progress.hpp"

#include <algorithm>

namespace meterctl::commands {

namespace {

constexpr std::size_t longest_image = std::size_t{64} << 20U;
constexpr std::string_view with_priorities = "bacnet"; ///< the protocol whose writes have one

/// One target with all that was checked.
struct Job {
    Target target;
    const sessions::Protocol* protocol = nullptr;
    std::string priority;
    std::vector<Assignment> assignments;
};

/// Points of the types "keys" and "image" are written with the path of a file, which is read before anything is sent.
Result<void> read_files(Job& job) {
    for (const Assignment& assignment : job.assignments) {
        const auto* path = assignment.value.get<std::string>();
        if (path == nullptr) { continue; }
        if (assignment.point.type == "keys") {
            auto keys = keys_in(*path);
            if (!keys) { return tl::unexpected(keys.error()); }
            job.target.new_keys.insert_or_assign(*path, std::move(*keys));
        }
        if (assignment.point.type == "image") {
            auto octets = octets_in(*path, longest_image);
            if (!octets) { return tl::unexpected(octets.error()); }
            job.target.files.insert_or_assign(*path, std::make_shared<const Bytes>(std::move(*octets)));
        }
    }
    return {};
}

bool looks_first(const Job& job) {
    bool (*const asks)(const catalogue::Point&) = job.protocol->looks_first;
    return asks != nullptr &&
           std::ranges::any_of(job.assignments, [asks](const Assignment& one) { return asks(one.point); });
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
    if (auto read = read_files(job); !read) { return tl::unexpected(read.error()); }
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
        : job_(job), io_(io), progress_(io.err, io.err_is_terminal && !io.quiet, output::terminal_width(io.err),
                                        output::Progress::Clock::now()),
          document_(sink, output_options(arguments)) {}

    int dry_run(sessions::Session& session);
    /// What the meter shows of each assignment; false where one cannot be, or nothing more can be asked.
    bool look(transports::Loop& loop, sessions::Session& session);
    [[nodiscard]] std::span<const std::vector<std::string>> notes() const { return notes_; }
    int run(transports::Loop& loop, sessions::Session& session);
    int fail_whole(const Error& error);
    int end();
    void show_progress(std::string_view doing, std::uint64_t done, std::uint64_t total) {
        progress_.update(doing, done, total, output::Progress::Clock::now());
    }

private:
    void failed(const std::string& name, const Error& error);
    using Assignments = std::span<const Assignment>;
    [[nodiscard]] Assignments next_writes(std::size_t from) const;
    void write(transports::Loop& loop, sessions::Session& session, Assignments assignments);
    void plan(sessions::Session& session, Assignments assignments);
    void written(const Assignment& assignment, Result<sessions::WriteOutcome> outcome);
    void planned(const Assignment& assignment, std::vector<sessions::PlannedFrame> frames);
    void invoke(transports::Loop& loop, sessions::Session& session, const Assignment& assignment);

    const Job& job_;
    Io& io_;
    output::Progress progress_;
    output::WriteDocument document_;
    std::vector<output::Failure> failures_;
    std::vector<std::vector<std::string>> notes_;
    std::vector<Value> before_;
    Verdict verdict_;
};

void Writer::failed(const std::string& name, const Error& error) {
    failures_.push_back({name, error});
    document_.failure(failures_.back());
    verdict_.failure(error);
}

int Writer::end() {
    progress_.clear();
    document_.end();
    report_failures(io_, job_.target.name, failures_);
    return verdict_.code();
}

int Writer::fail_whole(const Error& error) {
    document_.begin(head_of(job_.target));
    failed({}, error);
    return end();
}

bool Writer::look(transports::Loop& loop, sessions::Session& session) {
    for (const Assignment& one : job_.assignments) {
        auto outlook = transports::run(loop, session.look(one.point, one.value));
        // What is written before it may be what it needs.
        if (!outlook && outlook.error().category == Category::rejected && !notes_.empty()) {
            outlook = sessions::Outlook{{}, {"as it is now, " + outlook.error().what}};
        }
        if (!outlook) {
            document_.begin(head_of(job_.target));
            failed(one.point.name, outlook.error());
            return false;
        }
        before_.push_back(std::move(outlook->before));
        notes_.push_back(std::move(outlook->notes));
    }
    return true;
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
    const auto at = static_cast<std::size_t>(&assignment - job_.assignments.data());
    if (at < notes_.size()) {
        record.before = before_[at];
        record.notes = notes_[at];
    }
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
    auto outcome = transports::run(loop, session.call(assignment.point, assignment.value));
    if (!outcome) { return failed(assignment.point.name, outcome.error()); }
    output::WriteRecord record = record_of(assignment);
    record.result = std::move(outcome->result);
    record.before = std::move(outcome->before);
    record.read_back = std::move(outcome->read_back);
    record.notes = std::move(outcome->notes);
    record.status = outcome->trouble    ? output::WriteStatus::mismatch
                    : outcome->verified ? output::WriteStatus::verified
                                        : output::WriteStatus::invoked;
    document_.record(record);
    if (outcome->trouble) { return failed(assignment.point.name, *outcome->trouble); }
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

int write_now(const Job& job, const Models& models, Wiring& wiring, Writer& writer, const Arguments& arguments,
              Io& io) {
    auto connection = connect(job.target, *job.protocol, models, {}, wiring);
    if (!connection) { return writer.fail_whole(connection.error()); }
    auto options = options_of(job, io);
    options.progress = [&writer](std::string_view doing, std::uint64_t done, std::uint64_t total) {
        writer.show_progress(doing, done, total);
    };
    const auto session = job.protocol->open(*connection->transport, std::move(options));
    if (!session) { return writer.fail_whole(session.error()); }
    const bool dry_run = arguments.flag("--dry-run");
    const bool looks = looks_first(job) && (dry_run || (can_ask(arguments, io) && !arguments.flag("--yes")));
    if (looks && !writer.look(*connection->loop, **session)) { return writer.end(); }
    if (dry_run) { return writer.dry_run(**session); }
    // Of all else it has been asked already.
    const auto consent =
        looks ? ask_consent(job.assignments, job.target.name, arguments, io, writer.notes()) : Result<void>();
    if (!consent) { return writer.fail_whole(consent.error()); }
    return writer.run(*connection->loop, **session);
}

} // namespace

int run_write(const Arguments& arguments, Io& io) {
    const auto models = open_models(arguments, io);
    if (!models) { return give_up(io, models.error()); }
    const auto job = plan_job(arguments, *models, io);
    if (!job) { return give_up(io, job.error()); }
    const bool dry_run = arguments.flag("--dry-run"), looks = looks_first(*job);
    // Where nobody can be asked, or there is nothing to be seen, that is settled before the meter hears of it.
    if (!dry_run && !(looks && can_ask(arguments, io))) {
        const auto consent = ask_consent(job->assignments, job->target.name, arguments, io);
        if (!consent) { return give_up(io, consent.error()); }
    }
    auto sink = open_output(arguments, io);
    if (!sink) { return give_up(io, sink.error()); }
    Writer writer(*job, **sink, arguments, io);
    if (dry_run && !looks) { return finish(io, **sink, plan_only(*job, writer, io)); }
    auto wiring = Wiring::open(arguments, io);
    if (!wiring) { return give_up(io, wiring.error()); }
    const int code = write_now(*job, *models, *wiring, writer, arguments, io);
    return finish(io, **sink, code);
}

} // namespace meterctl::commands
