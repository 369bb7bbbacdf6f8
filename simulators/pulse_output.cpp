#include "simulators/pulse_output.hpp"

#include <algorithm>
#include <cmath>

namespace meterctl::simulators {

namespace {

constexpr double watt_hours_per_kilowatt_hour = 1000;
constexpr double longest_silence = 7 * 86400.0; ///< seconds of the meter's time
/// The load model's own step at this speed, in seconds of its time.
double model_step(double speed) {
    return static_cast<double>(std::max<std::int64_t>(1, std::llround(speed / 10)));
}
/// An LED flashes for as long as one sees it, while there is room.
constexpr double flash = 0.01;
constexpr double bounce_spacing = 0.0003; ///< seconds between the edges of a bounce, at most

enum Stream : std::uint64_t { losing = 200, adding, shifting, bouncing };

double seconds(std::chrono::nanoseconds time) {
    return std::chrono::duration<double>(time).count();
}

} // namespace

PulseOutput::PulseOutput(codecs::pulse::Output output, const Options& options, const PulseFaults& faults,
                         TimePoint zero)
    : output_(std::move(output)), faults_(faults), model_(options), quantity_(find_quantity(output_.quantity)),
      lost_(options.seed, losing), extra_(options.seed, adding), shifts_(options.seed, shifting),
      bounces_(options.seed, bouncing), zero_(zero), speed_(options.speed), held_(options.power.has_value()) {
    step_ = speed_ > 0 ? model_step(speed_) / speed_ : 0;
    pulse_ = watt_hours_per_kilowatt_hour / output_.constant.to_double();
    if (quantity_) {
        to_ = energy(zero_);
        constexpr double rounding = 1e-6;
        passed_ = std::floor(to_ / pulse_ + rounding);
    }
}

double PulseOutput::energy(TimePoint at) {
    model_.advance_to(at);
    return model_.value(*quantity_);
}

void PulseOutput::enter_next_step() {
    ++steps_;
    from_ = to_;
    const std::chrono::duration<double> end(static_cast<double>(steps_ + 1) * step_);
    to_ = energy(zero_ + std::chrono::duration_cast<std::chrono::nanoseconds>(end));
}

std::optional<PulseOutput::Due> PulseOutput::next_due() {
    if (!quantity_ || step_ <= 0) { return std::nullopt; }
    const double target = (passed_ + 1) * pulse_;
    const auto most = static_cast<std::int64_t>(longest_silence / (step_ * speed_));
    for (std::int64_t idle = 0; to_ < target || steps_ < 0; ++idle) {
        if (idle > most) { return std::nullopt; }
        enter_next_step();
        if (held_ && to_ <= from_) { return std::nullopt; }
    }
    passed_ += 1;
    Due due;
    due.at = (static_cast<double>(steps_) + (target - from_) / (to_ - from_)) * step_;
    due.watts = (to_ - from_) * 3600 / step_;
    return due;
}

double PulseOutput::width_at(double watts, double period) const {
    if (faults_.width) { return seconds(*faults_.width); }
    if (const auto width = output_.variants.front().width_at(watts)) { return *width / 1000; }
    if (output_.least_width) { return *output_.least_width / 1000; }
    return std::min(flash, period / 2);
}

/// `room` is how long the level stays.
void PulseOutput::add_change(double at, bool level, double room) {
    const auto put = [&](double when, bool to) {
        const std::chrono::nanoseconds time(std::llround(when * 1e9));
        edges_.push_back({zero_.time_since_epoch() + time, to});
    };
    put(at, level);
    const double bounce = std::min(seconds(faults_.bounce), room / 2);
    if (bounce <= 0) { return; }
    const double pairs = std::ceil(bounce / (2 * bounce_spacing));
    const double spacing = bounce / (2 * pairs);
    for (double pair = 0; pair < pairs; ++pair) {
        const double early = 0.3 * bounces_.next();
        put(at + (2 * pair + 1 - early) * spacing, !level);
        put(at + (2 * pair + 2) * spacing, level);
    }
}

void PulseOutput::add_pulse(double begin, double width) {
    add_change(begin, true, width);
    add_change(begin + width, false, width);
}

bool PulseOutput::emit_next_pulse() {
    if (!coming_) { coming_ = next_due(); }
    if (!coming_) { return false; }
    const Due due = *coming_;
    coming_ = next_due();
    const double period = coming_ ? coming_->at - due.at : longest_silence;
    const double width = width_at(due.watts, period);
    const double shift = std::min(seconds(faults_.jitter), period / 4) * (2 * shifts_.next() - 1);
    const double begin = std::max({due.at + shift, free_at_, 0.0});
    if (lost_.happens(faults_.lose)) { return true; }
    add_pulse(begin, width);
    free_at_ = begin + width + output_.gap.value_or(width / 4) / (output_.gap ? 1000 : 1);
    if (extra_.happens(faults_.extra) && period > 4 * width) {
        const double off = period - width;
        const double at = begin + width + off * (0.25 + 0.4 * extra_.next());
        add_pulse(at, std::min(width, off / 3));
        free_at_ = std::max(free_at_, at + width);
    }
    return true;
}

std::optional<codecs::pulse::Edge> PulseOutput::next() {
    while (edges_.empty()) {
        if (!emit_next_pulse()) { return std::nullopt; }
    }
    const codecs::pulse::Edge edge = edges_.front();
    edges_.pop_front();
    return edge;
}

} // namespace meterctl::simulators
