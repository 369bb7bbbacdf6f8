// `meterctl pulse-test INPUT`
#include "commands/pulse_counter.hpp"
#include "commands/pulse_input.hpp"
#include "commands/pulse_reference.hpp"
#include "commands/pulse_report.hpp"
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

/// Where meters beside the input are; null where none is asked for.
struct Sides {
    std::optional<Target> reference, counter;
};

Result<Sides> find_sides(const PulsePlan& plan, const Arguments& arguments, const Models& models, const Io& io) {
    Sides sides;
    const std::string tested = plan.meter == nullptr ? std::string() : plan.meter->model;
    const transports::Endpoint* like = plan.simulated() ? &*plan.endpoint : nullptr;
    if (arguments.given("--reference")) {
        const SideMeterOptions options{arguments.text("--reference"), arguments.text("--reference-meter"),
                                       arguments.text("--reference-address"), tested, like};
        auto target = side_target(options, arguments, models, io);
        if (!target) { return tl::unexpected(target.error()); }
        sides.reference = std::move(*target);
    }
    if (arguments.given("--counter")) {
        const SideMeterOptions options{plan.input, arguments.text("--counter-meter"), {}, tested, nullptr};
        auto target = side_target(options, arguments, models, io);
        if (!target) { return tl::unexpected(target.error()); }
        sides.counter = std::move(*target);
    }
    return sides;
}

/// Time jumps only where nothing of it all is real.
bool all_simulated(const PulsePlan& plan, const Sides& sides) {
    const auto is_real = [](const std::optional<Target>& side) {
        return side && side->endpoint.scheme != transports::Scheme::sim;
    };
    const bool input_real = plan.endpoint && !plan.simulated();
    return !input_real && !is_real(sides.reference) && !is_real(sides.counter);
}

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
    void end_reference();
    void compare(std::uint64_t pulses);
    void judge();
    void fail_with(Error error);
    void show(std::uint64_t pulses, Duration passed, double watts, const Stop& stop);
    [[nodiscard]] Error silence() const;
    [[nodiscard]] int code() const;

    const Arguments& arguments_;
    const Models& models_;
    Wiring& wiring_;
    PulsePlan plan_;
    Io& io_;
    output::Progress progress_;
    Sides sides_;
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
    auto sides = find_sides(plan_, arguments_, models_, io_);
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

Error PulseTest::silence() const {
    Error error{.category = Category::timeout,
                .what = "no pulse came",
                .where = record_.input,
                .hints = {},
                .code = "pulse_test.silent"};
    if (analysis_.pulses > 0) { error.what = "the pulses stopped"; }
    if (plan_.simulated()) {
        error.hints = {"a load in the direction of the output, such as power=7000", "a longer --timeout"};
        return error;
    }
    const double at_one_kilowatt = pulse::period_at(output_.constant.to_double(), 1000);
    const std::chrono::duration<double, std::milli> period(at_one_kilowatt);
    const std::string wiring =
        output_.wiring.empty() ? std::string("5 to 27 V DC at an S0 output") : "terminals " + output_.wiring;
    error.hints = {"to check wiring and supply: " + wiring, "to swap the two wires: an S0 output has a polarity",
                   fmt::format("to check the load, and its direction for \"{}\"", output_.name),
                   fmt::format("to check the constant: at {} imp/kWh and 1 kW a pulse comes every {}",
                               output_.constant.to_string(),
                               format_duration(std::chrono::duration_cast<std::chrono::nanoseconds>(period))),
                   "a longer --timeout"};
    return error;
}

/// The second reading, when the pulses are there.
void PulseTest::end_reference() {
    if (!reference_ || record_.interrupted) { return; }
    if (auto ended = reference_->end(conditions_.load); !ended) { return fail_with(ended.error()); }
    compared_ = true;
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
    if (!reference_ || !compared_) { return compare(0); }
    const auto between = [&](const pulse::Pulse& one) {
        return TimePoint(one.on) > reference_->began() && TimePoint(one.on) <= reference_->ended();
    };
    compare(static_cast<std::uint64_t>(std::ranges::count_if(watch.debouncer().pulses(), between)));
}

Result<void> PulseTest::watch_input() {
    auto input = open_pulse_input(plan_, output_, loop_, io_);
    if (!input) { return tl::unexpected(input.error()); }
    const transports::EdgeNature& nature = input->source->nature();
    record_.input = nature.description;
    record_.notes = nature.notes;
    conditions_.resolution = pulse::milliseconds(nature.resolution);
    conditions_.widths = nature.widths;
    const std::chrono::duration<double, std::milli> usual(pulse::usual_debounce(output_));
    const Duration debounce = plan_.debounce.value_or(std::chrono::duration_cast<Duration>(usual));
    record_.debounce = rounded(pulse::milliseconds(debounce), 4);
    Watch watch(*input->source, debounce, plan_.edges);
    if (auto started = transports::run(*loop_, watch.start()); !started) { return started; }
    if (reference_) {
        auto begun = reference_->begin(output_.quantity, arguments_.text("--reference-point"));
        if (!begun) { return begun; }
    }
    const Stop stop = stop_of(plan_, output_);
    const auto progress = [&](const pulse::Debouncer& debouncer) {
        const auto& pulses = debouncer.pulses();
        if (pulses.size() < 2) { return; }
        const std::size_t count = std::min(periods_shown, pulses.size() - 1);
        const auto span = pulses.back().on - pulses[pulses.size() - 1 - count].on;
        const double period = pulse::milliseconds(span) / static_cast<double>(count);
        show(pulses.size() - 1, pulses.back().on - pulses.front().on,
             pulse::power_of(output_.constant.to_double(), period), stop);
    };
    const auto ending = transports::run(*loop_, watch.run(stop, progress));
    if (!ending) { fail_with(ending.error()); }
    record_.interrupted = ending && *ending == Ending::interrupted;
    end_reference();
    const TimePoint until = compared_ ? reference_->ended() : TimePoint{};
    if (ending && !record_.interrupted) {
        if (auto drained = transports::run(*loop_, watch.drain(until)); !drained) { fail_with(drained.error()); }
    }
    measure(watch, stop, ending.value_or(Ending::record_over));
    const bool silent = ending && (*ending == Ending::silent || (!record_.interrupted && analysis_.pulses == 0));
    if (silent) { fail_with(silence()); }
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
    if (reference_) {
        auto begun = reference_->begin(output_.quantity, arguments_.text("--reference-point"));
        if (!begun) { return begun; }
    }
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
    if (run->ending == Ending::silent) { fail_with(silence()); }
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
