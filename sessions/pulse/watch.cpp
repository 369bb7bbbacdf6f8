#include "sessions/pulse/watch.hpp"

#include <algorithm>

namespace meterctl::sessions::pulse {

namespace {

using transports::EdgeStep;
using transports::TimePoint;
using Kind = EdgeStep::Kind;

} // namespace

void Watch::take(const EdgeStep& step) {
    if (step.kind == Kind::start) {
        begin_ = step.edge;
        debouncer_.start(step.edge);
        if (keep_) { edges_.push_back(step.edge); }
    } else if (step.kind == Kind::edge) {
        debouncer_.edge(step.edge);
        if (keep_) { edges_.push_back(step.edge); }
    } else {
        debouncer_.reach(step.edge.time);
        over_ = step.kind == Kind::end;
    }
}

Task<Result<void>> Watch::start() {
    const auto step = co_await source_.next(TimePoint::max());
    if (!step) { co_return tl::unexpected(step.error()); }
    take(*step);
    co_return Result<void>();
}

Task<Result<Ending>> Watch::run(Stop stop, Progress progress) {
    const TimePoint start{begin_.time};
    TimePoint heard = start;
    std::size_t pulses = 0;
    while (!over_) {
        TimePoint deadline = TimePoint::max();
        if (stop.silence) { deadline = std::min(deadline, heard + *stop.silence); }
        if (stop.duration) { deadline = std::min(deadline, start + *stop.duration); }
        const auto step = co_await source_.next(deadline);
        if (!step && step.error().category == Category::interrupted) { co_return Ending::interrupted; }
        if (!step) { co_return tl::unexpected(step.error()); }
        const bool late = stop.duration && TimePoint(step->edge.time) - start >= *stop.duration;
        // What comes when the time is up belongs to the test no more; a record has no deadline of its own.
        if (late && step->kind == Kind::edge) { co_return Ending::enough; }
        take(*step);
        if (late) { co_return Ending::enough; }
        if (step->kind == Kind::deadline) { co_return Ending::silent; }
        if (debouncer_.pulses().size() > pulses) {
            pulses = debouncer_.pulses().size();
            heard = TimePoint(debouncer_.pulses().back().on);
            if (progress) { progress(debouncer_); }
        }
        if (stop.pulses && pulses > *stop.pulses) { co_return Ending::enough; }
    }
    debouncer_.finish();
    co_return Ending::record_over;
}

Task<Result<void>> Watch::drain(TimePoint until) {
    while (!over_) {
        const auto step = co_await source_.next(until);
        if (!step) { co_return tl::unexpected(step.error()); }
        if (TimePoint(step->edge.time) > until) { break; }
        take(*step);
        if (step->kind == Kind::deadline) { break; }
    }
    debouncer_.finish();
    co_return Result<void>();
}

} // namespace meterctl::sessions::pulse
