// `meterctl dump-profile TARGET PROFILE`
#include "commands/connection.hpp"
#include "commands/plotting.hpp"
#include "commands/profile_state.hpp"
#include "commands/records.hpp"
#include "commands/subcommands.hpp"
#include "commands/values.hpp"
#include "commands/verdict.hpp"
#include "src/core/text.hpp"
#include "src/output/profile_document.hpp"

#include <algorithm>
#include <charconv>
#include <fmt/format.h>

namespace meterctl::commands {

namespace {

using sessions::ProfileMark;
using sessions::ProfileSelection;

/// How many records go out before the state is brought up to them.
constexpr std::uint64_t records_a_step = 64;

Result<std::optional<DateTime>> time_of(const Arguments& arguments, std::string_view option) {
    if (!arguments.given(option)) { return std::optional<DateTime>(); }
    auto time = DateTime::parse(arguments.text(option));
    if (!time) {
        return fail(Category::usage, std::string(option) + ": \"" + arguments.text(option) + "\" is no time", {},
                    {"2026-11-01T00:00:00+01:00", "2026-11-01"}, "usage.value");
    }
    // A date alone is its first instant; as the end of a span, its last.
    const bool day = !time->hour;
    const bool end = option == "--to";
    if (day) { time->hour = end ? 23 : 0; }
    if (day) { time->minute = time->second = end ? 59 : 0; }
    return std::optional(*time);
}

/// Where one has an offset and the other none, only the meter knows.
bool turned_round(DateTime from, DateTime to) {
    if (from.utc_offset_minutes.has_value() != to.utc_offset_minutes.has_value()) { return false; }
    from.utc_offset_minutes = from.utc_offset_minutes.value_or(0);
    to.utc_offset_minutes = to.utc_offset_minutes.value_or(0);
    const auto begin = from.to_utc(), end = to.to_utc();
    return begin && end && *end < *begin;
}

/// "3-10", "7".
Result<std::pair<std::uint64_t, std::uint64_t>> entries_of(const std::string& text) {
    const auto wrong = fail(Category::usage, "--entries: \"" + text + "\" is no span of positions", {},
                            {"1-100, 1 being the oldest record"}, "usage.value");
    const std::size_t dash = text.find('-');
    const auto number = [](std::string_view digits) -> std::uint64_t {
        std::uint64_t value = 0;
        const auto [end, problem] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
        return problem == std::errc() && end == digits.data() + digits.size() ? value : 0;
    };
    const std::uint64_t first = number(std::string_view(text).substr(0, dash));
    const std::uint64_t last = dash == std::string::npos ? first : number(std::string_view(text).substr(dash + 1));
    if (first == 0 || last < first) { return wrong; }
    return std::pair(first, last);
}

Result<ProfileSelection> selection_of(const Arguments& arguments) {
    ProfileSelection selection;
    const auto from = time_of(arguments, "--from");
    if (!from) { return tl::unexpected(from.error()); }
    const auto to = time_of(arguments, "--to");
    if (!to) { return tl::unexpected(to.error()); }
    selection.from = *from;
    selection.to = *to;
    if (*from && *to && turned_round(**from, **to)) {
        return fail(Category::usage, "--to lies before --from", {}, {"the earlier time for --from"}, "usage.selection");
    }
    if (arguments.given("--last")) {
        const auto last = parse_count("--last", arguments.text("--last"), std::uint64_t{1} << 32U);
        if (!last) { return tl::unexpected(last.error()); }
        selection.last = *last;
    }
    if (arguments.given("--entries")) {
        const auto entries = entries_of(arguments.text("--entries"));
        if (!entries) { return tl::unexpected(entries.error()); }
        selection.entries = *entries;
    }
    const int ways = (selection.from || selection.to ? 1 : 0) + (selection.last ? 1 : 0) + (selection.entries ? 1 : 0) +
                     (arguments.flag("--all") ? 1 : 0);
    if (ways > 1) {
        return fail(Category::usage, "--from and --to, --last, --entries and --all exclude each other", {}, {},
                    "usage.selection");
    }
    return selection;
}

struct Job {
    Target target;
    const sessions::Protocol* protocol = nullptr;
    std::string profile; ///< empty with --list
    ProfileSelection selection;
};

/// The first of the model's clients that may read the profile, unless one was named.
std::string client_for(const Target& target, const std::string& profile) {
    if (!target.client.empty() || target.meter == nullptr || target.endpoint.option("client")) { return target.client; }
    const auto found = std::ranges::find_if(target.meter->clients, [&](const catalogue::Client& client) {
        return std::ranges::any_of(client.reads, [&](const auto& glob) { return glob_match(glob, profile); });
    });
    return found == target.meter->clients.end() ? std::string() : found->name;
}

Result<Job> plan_job(const Arguments& arguments, const Models& models, const Io& io) {
    const std::vector<std::string> names{arguments.text("TARGET")};
    auto targets = resolve_targets(names, arguments, models, io);
    if (!targets) { return tl::unexpected(targets.error()); }
    if (targets->size() != 1) {
        return fail(Category::usage, "\"" + names.front() + "\" names several targets; take one at a time", {}, {},
                    "usage.several_targets");
    }
    Job job;
    job.target = std::move(targets->front());
    const auto protocol = protocol_of(job.target, {});
    if (!protocol) { return tl::unexpected(protocol.error()); }
    job.protocol = *protocol;
    job.profile = arguments.text("PROFILE");
    if (job.profile.empty() && !arguments.flag("--list")) {
        return fail(Category::usage, "no profile is named", job.target.name, {"--list, which names them"},
                    "usage.no_profile");
    }
    if (!job.profile.empty()) { job.target.client = client_for(job.target, job.profile); }
    auto selection = selection_of(arguments);
    if (!selection) { return tl::unexpected(selection.error()); }
    job.selection = *selection;
    return job;
}

/// Those of the definition, unless the device tells more.
Result<std::vector<catalogue::Profile>> known_profiles(const Job& job, transports::Loop& loop,
                                                       sessions::Session& session) {
    if (job.target.meter != nullptr && !job.target.meter->profiles.empty()) { return job.target.meter->profiles; }
    return transports::run(loop, session.profiles());
}

/// A name of the definition, or what the protocol itself would call it.
Result<catalogue::Profile> find_profile(const Job& job) {
    std::vector<std::string> known;
    if (job.target.meter != nullptr) {
        for (const catalogue::Profile& profile : job.target.meter->profiles) {
            if (profile.name == job.profile || profile.address == job.profile) { return profile; }
            known.push_back(profile.name);
        }
    }
    if (job.profile.find_first_of(":.") != std::string::npos || known.empty()) {
        catalogue::Profile spelled;
        spelled.name = spelled.address = job.profile;
        return spelled;
    }
    std::vector<std::string> hints = nearest(job.profile, known);
    if (hints.empty()) { hints = known; }
    return fail(Category::usage, "no profile of " + job.target.meter->model + " is named \"" + job.profile + "\"", {},
                std::move(hints), "usage.unknown_profile");
}

/// "gap of 4 records, 2026-01-01T10:00:00Z to 2026-01-01T12:30:00Z: no records".
std::string gap_line(const ProfileGap& gap) {
    std::string line = gap.count ? fmt::format("gap of {} record{}", *gap.count, *gap.count == 1 ? "" : "s") : "gap";
    if (gap.from) { line += ", " + gap.from->to_string(); }
    if (gap.to) { line += " to " + gap.to->to_string(); }
    return line + ": " + gap.reason;
}

class Dump {
public:
    Dump(const Job& job, const Arguments& arguments, output::Sink& sink, Io& io)
        : job_(job), sink_(sink), io_(io), options_(output_options(arguments)),
          whole_(!arguments.text("--output").empty() && arguments.text("--output") != "-"),
          document_(sink, options_, !arguments.flag("--no-header")) {}

    Result<void> use_state(const std::string& path);
    Result<void> use_plot(const std::string& path);
    int list(transports::Loop& loop, sessions::Session& session);
    int run(transports::Loop& loop, sessions::Session& session, const catalogue::Profile& profile);
    int fail_whole(const Error& error);
    /// Writes what is left, and brings the state up to it: of a file, once it is in its place.
    Result<void> close();

private:
    [[nodiscard]] ProfileKey key() const { return {job_.target.name, job_.target.address, job_.profile}; }
    Result<void> find_mark(ProfileSelection& selection);
    Result<void> remember();
    bool take(ProfileRecord&& record);
    bool step();
    int end(const std::vector<output::Failure>& failures);

    const Job& job_;
    output::Sink& sink_;
    Io& io_;
    output::Options options_;
    bool whole_; ///< the output appears at its end, or not at all
    output::ProfileDocument document_;
    std::optional<ProfileState> state_;
    std::optional<Plotting> plotting_;
    ProfileMark mark_, remembered_;
    std::uint64_t records_ = 0, stepped_ = 0;
    bool announced_ = false; ///< the state says that something is about to be written
    Verdict verdict_;
    std::optional<Error> state_trouble_;
};

Result<void> Dump::use_state(const std::string& path) {
    if (path.empty()) { return {}; }
    auto state = ProfileState::open(path);
    if (!state) { return tl::unexpected(state.error()); }
    state_.emplace(std::move(*state));
    return {};
}

Result<void> Dump::use_plot(const std::string& path) {
    if (path.empty()) { return {}; }
    const std::string meter = job_.target.meter == nullptr ? std::string() : job_.target.meter->model + " at ";
    auto plotting = Plotting::open(path, job_.profile + ": " + meter + job_.target.name, io_);
    if (!plotting) { return tl::unexpected(plotting.error()); }
    plotting_.emplace(std::move(*plotting));
    return {};
}

Result<void> Dump::remember() {
    if (!state_ || records_ == 0 || remembered_ == mark_) { return {}; }
    remembered_ = mark_;
    return state_->remember(key(), mark_);
}

/// Hands on what there is. Of a file, the state knows before what will be in it, and so a later run which of it is.
bool Dump::step() {
    const auto place = state_ && !whole_ ? sink_.place() : std::nullopt;
    Result<void> kept;
    if (place) { kept = state_->announce(key(), remembered_, {mark_, *place, sink_.buffer().size()}); }
    sink_.flush();
    if (sink_.closed()) { return false; }
    if (place) {
        remembered_ = mark_;
        announced_ = true;
    } else {
        kept = remember();
    }
    stepped_ = records_;
    if (!kept) { state_trouble_ = kept.error(); }
    return kept.has_value();
}

bool Dump::take(ProfileRecord&& record) {
    document_.record(record);
    if (plotting_) { plotting_->plot().record(record); }
    ++records_;
    advance(mark_, record);
    const bool due = state_ && !whole_ && records_ - stepped_ >= records_a_step;
    return due ? step() : !sink_.closed();
}

/// Where the output takes what is left, and the state is brought up to it.
Result<void> Dump::close() {
    if (state_ && !whole_ && records_ != stepped_) { step(); }
    if (state_trouble_) { return tl::unexpected(*state_trouble_); }
    if (auto written = sink_.finish(); !written) { return written; }
    if (announced_) { return state_->remember(key(), mark_); }
    return remember();
}

int Dump::end(const std::vector<output::Failure>& failures) {
    for (const output::Failure& failure : failures) {
        document_.failure(failure);
        verdict_.failure(failure.error);
    }
    document_.end();
    report_failures(io_, job_.target.name, failures);
    return verdict_.code();
}

int Dump::fail_whole(const Error& error) {
    document_.begin(head_of(job_.target), job_.profile);
    return end({{job_.profile, error}});
}

int Dump::list(transports::Loop& loop, sessions::Session& session) {
    const auto profiles = known_profiles(job_, loop, session);
    if (!profiles) { return fail_whole(profiles.error()); }
    std::vector<output::ProfileListing> rows;
    for (const catalogue::Profile& profile : *profiles) {
        rows.push_back({profile.name, profile.title, profile.address});
    }
    output::write_profile_list(sink_, options_, head_of(job_.target), rows);
    return 0;
}

/// Only what came behind the last record that the output has.
Result<void> Dump::find_mark(ProfileSelection& selection) {
    if (!state_) { return {}; }
    std::optional<std::uint64_t> torn;
    selection.after = state_->find(key(), whole_ ? std::nullopt : sink_.place(), torn);
    if (torn) {
        warn(io_, "the last run was killed while it wrote: what it wrote in part is taken back");
        if (auto cut = sink_.cut(*torn); !cut) { return cut; }
    }
    if (!selection.after) { return {}; }
    mark_ = remembered_ = *selection.after;
    selection.last.reset(); // of the first run: nothing is left out behind what was had
    return {};
}

int Dump::run(transports::Loop& loop, sessions::Session& session, const catalogue::Profile& profile) {
    ProfileSelection selection = job_.selection;
    if (auto known = find_mark(selection); !known) { return fail_whole(known.error()); }
    document_.begin(head_of(job_.target), profile.name);
    sessions::ProfileSink sink;
    sink.head = [this](const ProfileHead& head) {
        document_.head(head);
        if (plotting_) { plotting_->plot().head(head); }
        for (const std::string& note : head.notes) { warn(io_, job_.target.name + ": " + note); }
    };
    sink.record = [this](ProfileRecord&& record) { return take(std::move(record)); };
    sink.gap = [this](const ProfileGap& gap) {
        document_.gap(gap);
        if (plotting_) { plotting_->plot().gap(gap); }
        warn(io_, job_.target.name + ": " + gap_line(gap));
    };
    const auto done = transports::run(loop, session.profile(profile, selection, sink));
    std::vector<output::Failure> failures;
    if (!done) { failures.push_back({profile.name, done.error()}); }
    if (state_trouble_) { failures.push_back({profile.name, *state_trouble_}); }
    const auto drawn = plotting_ ? plotting_->finish() : Result<void>();
    if (!drawn) { failures.push_back({profile.name, drawn.error()}); }
    if (records_ > 0 || done) { verdict_.success(); }
    tell(io_, job_.target.name + ": " + statistics_line(session.statistics()));
    return end(failures);
}

int dump(const Job& job, const Arguments& arguments, const Models& models, Wiring& wiring, Dump& dump, Io& io) {
    const auto profile = job.profile.empty() ? Result<catalogue::Profile>() : find_profile(job);
    auto connection = connect(job.target, *job.protocol, models, {}, wiring);
    if (!connection) { return dump.fail_whole(connection.error()); }
    const auto session = job.protocol->open(*connection->transport, session_options(job.target, io));
    if (!session) { return dump.fail_whole(session.error()); }
    if (arguments.flag("--list")) { return dump.list(*connection->loop, **session); }
    return dump.run(*connection->loop, **session, *profile);
}

} // namespace

int run_dump_profile(const Arguments& arguments, Io& io) {
    const auto models = open_models(arguments, io);
    if (!models) { return give_up(io, models.error()); }
    const auto job = plan_job(arguments, *models, io);
    if (!job) { return give_up(io, job.error()); }
    if (!arguments.flag("--list")) {
        if (const auto profile = find_profile(*job); !profile) { return give_up(io, profile.error()); }
    }
    auto sink = open_output(arguments, io);
    if (!sink) { return give_up(io, sink.error()); }
    Dump work(*job, arguments, **sink, io);
    if (const auto used = work.use_state(arguments.text("--state")); !used) { return give_up(io, used.error()); }
    if (const auto drawn = work.use_plot(arguments.text("--plot")); !drawn) { return give_up(io, drawn.error()); }
    auto wiring = Wiring::open(arguments, io);
    if (!wiring) { return give_up(io, wiring.error()); }
    const int code = dump(*job, arguments, *models, *wiring, work, io);
    if ((*sink)->closed()) { return finish(io, **sink, code); }
    const auto kept = work.close();
    return kept ? code : give_up(io, kept.error());
}

} // namespace meterctl::commands
