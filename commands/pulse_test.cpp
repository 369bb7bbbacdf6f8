// `meterctl pulse-test INPUT`
#include "commands/pulse_counter.hpp"
#include "commands/pulse_input.hpp"
#include "commands/pulse_reference.hpp"
#include "commands/pulse_report.hpp"
#include "commands/pulse_sides.hpp"
#include "commands/records.hpp"
#include "commands/subcommands.hpp"
#include "commands/values.hpp"
#include "src/output/progress.hpp"
#include "src/output/pulse_document.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace meterctl::commands {

namespace {

namespace pulse = codecs::pulse;
using sessions::pulse::Ending;
using sessions::pulse::Stop;
using sessions::pulse::Watch;
using transports::Duration;
using transports::TimePoint;
using Clock = output::Progress::Clock;

constexpr std::size_t periods_shown = 5; ///< that the running power is made of

class PulseTest {
public:
    PulseTest(const Arguments& arguments, const Models& models, Wiring& wiring, PulsePlan plan, Io& io)
        : arguments_(arguments), models_(models), wiring_(wiring), plan_(std::move(plan)), io_(io),
          progress_(io.err, io.err_is_terminal && !io.quiet, output::terminal_width(io.err), Clock::now()) {}

    /// Errors are those before anything was measured.
    Result<void> run();
    /// Writes what was measured; returns the exit code.
    int finish(output::Sink& sink);

private:
    Result<void> prepare();
    Result<void> open_reference(std::optional<Target> target);
    Result<void> settle();
    Result<void> watch_input();
    Result<void> count_at_meter(Target target);
    void measure(const Watch& watch, const Stop& stop, Ending ending);
    Duration know_input(const transports::EdgeNature& nature);
    Watch::Progress progress_of(const Stop& stop);
    void tell_silence();
    Result<void> begin_reference();
    void end_reference();
    void compare(std::uint64_t pulses);
    void judge();
    void fail_with(Error error);
    void show(std::uint64_t pulses, Duration passed, double watts, const Stop& stop);
    [[nodiscard]] int code() const;

    const Arguments& arguments_;
    const Models& models_;
    Wiring& wiring_;
    PulsePlan plan_;
    Io& io_;
    output::Progress progress_;
    PulseSides sides_;
    std::shared_ptr<transports::Loop> loop_;
    std::optional<PulseReference> reference_;
    pulse::Output output_;
    pulse::Analysis analysis_;
    pulse::Conditions conditions_;
    std::vector<pulse::Check> checks_;
    output::PulseTestRecord record_;
    std::vector<output::Failure> failures_;
    bool compared_ = false; ///< the second reading is there
};

void PulseTest::fail_with(Error error) {
    progress_.clear();
    report(io_, plan_.input, error);
    failures_.push_back({{}, std::move(error)});
}

Result<void> PulseTest::open_reference(std::optional<Target> target) {
    if (!target) { return {}; }
    auto opened = SideMeter::open(std::move(*target), models_, loop_, wiring_, io_);
    if (!opened) { return tl::unexpected(opened.error()); }
    reference_.emplace(std::move(*opened));
    reference_->tell(plan_, conditions_.software);
    return {};
}

/// The output, with all that is known of it now.
Result<void> PulseTest::settle() {
    auto output = settle_output(plan_);
    if (!output) { return tl::unexpected(output.error()); }
    output_ = std::move(*output);
    if (output_.quantity.empty()) {
        return fail(
            Category::usage,
            fmt::format("the output \"{}\" carries nothing under code {}", output_.name, plan_.code.value_or(0)),
            plan_.input, {"another --output", "another combined code in the meter"}, "usage.silent_output");
    }
    record_.energy_unit = output_.reactive() ? Unit::kilovar_hour : Unit::kilowatt_hour;
    record_.constant_unit = output_.reactive() ? Unit::impulse_per_kilovar_hour : Unit::impulse_per_kilowatt_hour;
    record_.output = output_.name;
    record_.quantity = output_.quantity;
    record_.constant = output_.constant;
    if (output_.reactive()) { return {}; }
    conditions_.load = plan_.load;
    if (!conditions_.load) { return {}; }
    const pulse::Check load = pulse::judge_load(output_, *conditions_.load);
    if (load.outcome == pulse::Outcome::fail) { warn(io_, load.what); }
    return {};
}

/// What is known before the first pulse: from the command line, the simulated meter, the reference.
Result<void> PulseTest::prepare() {
    if (auto known = know_simulated(plan_); !known) { return known; }
    auto sides = find_pulse_sides(plan_, arguments_, models_, io_);
    if (!sides) { return tl::unexpected(sides.error()); }
    sides_ = std::move(*sides);
    if (all_simulated(plan_, sides_)) {
        loop_ = transports::make_virtual_loop(std::chrono::system_clock::now());
    } else {
        loop_ = wiring_.shared_loop();
    }
    return open_reference(std::move(sides_.reference)).and_then([&] { return settle(); });
}

void PulseTest::show(std::uint64_t pulses, Duration passed, double watts, const Stop& stop) {
    const double energy = static_cast<double>(pulses) / output_.constant.to_double();
    const std::string doing = fmt::format("{:.1f} {}, {:.6g} {}", watts, output_.reactive() ? "var" : "W", energy,
                                          symbol(record_.energy_unit));
    if (stop.pulses) {
        progress_.update(doing, pulses, *stop.pulses, Clock::now());
    } else if (stop.duration) {
        const auto done = std::chrono::floor<std::chrono::seconds>(passed);
        const auto whole = std::chrono::ceil<std::chrono::seconds>(*stop.duration);
        progress_.update(doing + ", second", static_cast<std::uint64_t>(done.count()),
                         static_cast<std::uint64_t>(whole.count()), Clock::now());
    }
}

/// The second reading, when the pulses are there.
void PulseTest::end_reference() {
    if (!reference_ || record_.interrupted) { return; }
    const auto ended = reference_->end(conditions_.load);
    compared_ = ended.has_value();
    if (compared_) { return; }
    record_.interrupted = ended.error().category == Category::interrupted;
    if (!record_.interrupted) { fail_with(ended.error()); }
}

void PulseTest::compare(std::uint64_t pulses) {
    if (!reference_) { return; }
    record_.reference = reference_->record();
    record_.reference->pulses = pulses;
    record_.reference->accuracy = output_.accuracy;
    record_.reference->accuracy_source = output_.accuracy_source;
    if (!compared_) { return; }
    const auto comparison = reference_->compare(pulses, output_.constant);
    if (!comparison) { return fail_with(comparison.error()); }
    if (*comparison) {
        conditions_.comparison = **comparison;
        put_comparison(*record_.reference, **comparison);
    } else {
        record_.notes.emplace_back("the reference's register did not move: a longer test is needed to compare");
    }
}

void PulseTest::measure(const Watch& watch, const Stop& stop, Ending ending) {
    std::span<const pulse::Pulse> pulses = watch.debouncer().pulses();
    if (ending == Ending::enough && stop.pulses && pulses.size() > *stop.pulses + 1) {
        pulses = pulses.first(*stop.pulses + 1);
    }
    analysis_ = pulse::analyse(pulses);
    analysis_.spikes = watch.debouncer().spikes();
    analysis_.lost_edges = watch.debouncer().lost_edges();
    if (!conditions_.widths) { analysis_.width = analysis_.gap = {}; } // made up
    if (!reference_ || !compared_) { return compare(0); }
    const auto between = [&](const pulse::Pulse& one) {
        return TimePoint(one.on) > reference_->began() && TimePoint(one.on) <= reference_->ended();
    };
    compare(static_cast<std::uint64_t>(std::ranges::count_if(watch.debouncer().pulses(), between)));
}

/// What the input is, and how well it sees.
Duration PulseTest::know_input(const transports::EdgeNature& nature) {
    record_.input = nature.description;
    record_.notes = nature.notes;
    conditions_.resolution = pulse::milliseconds(nature.resolution);
    conditions_.widths = nature.widths;
    // Ends of pulses that are made up are no edges to wait for.
    const std::chrono::duration<double, std::milli> usual(nature.widths ? pulse::usual_debounce(output_) : 0);
    const Duration debounce = plan_.debounce.value_or(std::chrono::duration_cast<Duration>(usual));
    record_.debounce = rounded(pulse::milliseconds(debounce), 4);
    return debounce;
}

Watch::Progress PulseTest::progress_of(const Stop& stop) {
    return [this, stop](const pulse::Debouncer& debouncer) {
        const auto& pulses = debouncer.pulses();
        if (pulses.size() < 2) { return; }
        const std::size_t count = std::min(periods_shown, pulses.size() - 1);
        const auto span = pulses.back().on - pulses[pulses.size() - 1 - count].on;
        const double period = pulse::milliseconds(span) / static_cast<double>(count);
        const double watts = pulse::power_of(output_.constant.to_double(), period);
        show(pulses.size() - 1, pulses.back().on - pulses.front().on, watts, stop);
    };
}

void PulseTest::tell_silence() {
    Error error = silence_error(output_, record_.input, plan_.simulated(), analysis_.pulses > 0);
    if (const auto spikes = analysis_.spikes; spikes > 0) {
        error.what += fmt::format(", but {} changes shorter than the debounce time", spikes);
        error.hints.emplace(error.hints.begin(), "a shorter --debounce");
    }
    fail_with(std::move(error));
}

Result<void> PulseTest::begin_reference() {
    if (!reference_) { return {}; }
    return reference_->begin(output_.quantity, arguments_.text("--reference-point"));
}

Result<void> PulseTest::watch_input() {
    auto input = open_pulse_input(plan_, output_, loop_, io_);
    if (!input) { return tl::unexpected(input.error()); }
    Watch watch(*input->source, know_input(input->source->nature()), plan_.edges);
    auto started = transports::run(*loop_, watch.start()).and_then([&] { return begin_reference(); });
    if (!started) { return started; }
    const Stop stop = stop_of(plan_, output_);
    const auto ending = transports::run(*loop_, watch.run(stop, progress_of(stop)));
    if (!ending) { fail_with(ending.error()); }
    record_.interrupted = ending && *ending == Ending::interrupted;
    end_reference();
    const TimePoint until = compared_ ? reference_->ended() : TimePoint{};
    if (ending && !record_.interrupted) {
        if (auto drained = transports::run(*loop_, watch.drain(until)); !drained) { fail_with(drained.error()); }
    }
    know_input(input->source->nature()); // it may have learned more of itself
    measure(watch, stop, ending.value_or(Ending::record_over));
    const bool silent = ending && (*ending == Ending::silent || (!record_.interrupted && analysis_.pulses == 0));
    if (silent) { tell_silence(); }
    if (!plan_.edges) { return {}; }
    auto& edges = record_.edges.emplace();
    for (const pulse::Edge& edge : watch.edges()) { edges.push_back({edge.time, edge.level}); }
    return {};
}

Result<void> PulseTest::count_at_meter(Target target) {
    auto meter = SideMeter::open(std::move(target), models_, loop_, wiring_, io_);
    if (!meter) { return tl::unexpected(meter.error()); }
    const auto point = meter->point(arguments_.text("--counter"));
    if (!point) { return tl::unexpected(point.error()); }
    const auto interval = parse_duration("--interval", arguments_.text("--interval"));
    if (!interval) { return tl::unexpected(interval.error()); }
    record_.input = fmt::format("counter {} of {}", point->name, plan_.input);
    conditions_.widths = false;
    conditions_.counted = true;
    if (auto begun = begin_reference(); !begun) { return begun; }
    const Stop stop = stop_of(plan_, output_);
    const auto run = count_pulses(*meter, *point, *interval, stop, [&](std::uint64_t pulses, Duration passed) {
        if (pulses == 0) { return; }
        const double period = pulse::milliseconds(passed) / static_cast<double>(pulses);
        show(pulses, passed, pulse::power_of(output_.constant.to_double(), period), stop);
    });
    if (!run) { return tl::unexpected(run.error()); }
    record_.interrupted = run->ending == Ending::interrupted;
    end_reference();
    analysis_.pulses = analysis_.intervals = run->pulses;
    analysis_.first = run->first.time_since_epoch();
    analysis_.last = run->last.time_since_epoch();
    compare(run->pulses);
    if (run->ending == Ending::silent) { tell_silence(); }
    return {};
}

void PulseTest::judge() {
    put_analysis(record_, analysis_, output_);
    if (analysis_.intervals == 0) { return; }
    checks_ = pulse::judge(analysis_, output_, conditions_);
    put_checks(record_, checks_);
    record_.passed = pulse::passed(checks_);
}

Result<void> PulseTest::run() {
    if (auto prepared = prepare(); !prepared) { return prepared; }
    auto measured = sides_.counter ? count_at_meter(std::move(*sides_.counter)) : watch_input();
    progress_.clear();
    if (!measured) { return measured; }
    judge();
    if (reference_) { tell(io_, statistics_line(reference_->meter().statistics())); }
    return {};
}

int PulseTest::code() const {
    if (record_.interrupted) { return exit_code(Category::interrupted); }
    if (!record_.passed.value_or(true)) { return exit_code(Category::verdict); }
    if (failures_.empty()) { return 0; }
    const Category first = failures_.front().error.category;
    return exit_code(first == Category::timeout || !record_.passed ? first : Category::partial);
}

int PulseTest::finish(output::Sink& sink) {
    output::Head head;
    if (plan_.meter != nullptr) { head.meter = plan_.meter->model; }
    head.target = plan_.input;
    head.time = DateTime::from_utc(std::chrono::system_clock::now());
    head.time.millisecond.reset();
    output::write_pulse_test(sink, output_options(arguments_), head, record_, failures_);
    if (!record_.passed.value_or(true)) { report(io_, plan_.input, verdict_error(checks_)); }
    for (const pulse::Check& check : checks_) {
        if (check.outcome == pulse::Outcome::inconclusive) {
            warn(io_, check.name + " is inconclusive: " + check.what);
        }
    }
    return code();
}

} // namespace

int run_pulse_test(const Arguments& arguments, Io& io) {
    const auto models = open_models(arguments, io);
    if (!models) { return give_up(io, models.error()); }
    auto plan = plan_pulse_test(arguments, *models);
    if (!plan) { return give_up(io, plan.error()); }
    auto sink = output::open_sink(arguments.text("--output-file"), io.out);
    if (!sink) { return give_up(io, sink.error()); }
    auto wiring = Wiring::open(arguments, io);
    if (!wiring) { return give_up(io, wiring.error()); }
    PulseTest test(arguments, *models, *wiring, std::move(*plan), io);
    if (auto done = test.run(); !done) { return give_up(io, done.error()); }
    return finish(io, **sink, test.finish(**sink));
}

} // namespace meterctl::commands
