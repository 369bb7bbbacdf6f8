#include "commands/pulse_counter.hpp"

#include <fmt/format.h>

namespace meterctl::commands {

namespace {

using sessions::pulse::Ending;

Result<std::uint64_t> read_count(SideMeter& meter, const catalogue::Point& point) {
    const auto reading = meter.read(point);
    if (!reading) { return tl::unexpected(reading.error()); }
    const auto number = reading->value.number();
    const auto count = number ? number->to_int64() : std::nullopt;
    if (!count || *count < 0) {
        return fail(Category::untrusted, "the counter has no whole number", point.name, {"another --counter"},
                    "pulse_test.counter");
    }
    return static_cast<std::uint64_t>(*count);
}

tl::unexpected<Error> went_back(std::uint64_t from, std::uint64_t to, const catalogue::Point& point) {
    return fail(Category::untrusted, fmt::format("the counter went back from {} to {}", from, to), point.name,
                {"again, while nobody resets it"}, "pulse_test.counter");
}

} // namespace

Result<CounterRun> count_pulses(SideMeter& meter, const catalogue::Point& point, transports::Duration interval,
                                const sessions::pulse::Stop& stop, const CounterProgress& progress) {
    transports::Loop& loop = meter.loop();
    const auto begin = read_count(meter, point);
    if (!begin) { return tl::unexpected(begin.error()); }
    CounterRun run;
    run.first = run.last = loop.now();
    auto heard = run.first;
    while (true) {
        transports::run(loop, loop.sleep_for(interval));
        if (loop.interrupted()) { break; }
        const auto count = read_count(meter, point);
        if (!count && count.error().category == Category::interrupted) { break; }
        if (!count) { return tl::unexpected(count.error()); }
        if (*count < *begin + run.pulses) { return went_back(*begin + run.pulses, *count, point); }
        run.last = loop.now();
        if (*count > *begin + run.pulses) { heard = run.last; }
        run.pulses = *count - *begin;
        progress(run.pulses, run.last - run.first);
        const bool enough =
            (stop.pulses && run.pulses >= *stop.pulses) || (stop.duration && run.last - run.first >= *stop.duration);
        if (enough) { return run; }
        if (stop.silence && run.last - heard >= *stop.silence) {
            run.ending = Ending::silent;
            return run;
        }
    }
    run.ending = Ending::interrupted;
    return run;
}

} // namespace meterctl::commands
