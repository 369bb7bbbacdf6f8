#include "transports/line_edges.hpp"

#include "transports/edge_openers.hpp"
#include "transports/edge_watch.hpp"
#include "transports/modem_lines.hpp"
#include "transports/options.hpp"
#include "transports/port_lock.hpp"
#include "transports/serial_line.hpp"
#include "transports/sockets.hpp"
#include "transports/watch_thread.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <utility>

namespace meterctl::transports {

namespace {

using namespace std::chrono_literals;
using Kind = EdgeStep::Kind;

constexpr auto usual_poll = 1ms;
/// What lies between the driver's interrupt and the reading of the clock in the thread that it wakes.
constexpr auto wake_latency = 100us;
/// Power for an output that is wired between RTS or DTR and an input.
constexpr SupplyLines usual_supply{true, true, 50ms};

tl::unexpected<Error> port_gone(const std::string& where) {
    return fail(Category::endpoint, "the serial port went away", where, {"check its plug"});
}

tl::unexpected<Error> no_inputs(const std::string& where) {
    return fail(Category::endpoint, "the device has no DCD, CTS, DSR and RI lines", where,
                {"another adapter", "rx://, where the pulses come in at the data line"});
}

EdgeStep step_of(Kind kind, const Edge& edge) {
    EdgeStep step;
    step.kind = kind;
    step.edge = edge;
    return step;
}

/// What the two ways to watch an input share.
class LineEdges : public EdgeSource {
public:
    LineEdges(Loop& loop, std::unique_ptr<ModemInputs> inputs, const LineEdgeOptions& options, InputState at_first,
              std::shared_ptr<void> owner)
        : loop_(loop), owner_(std::move(owner)), inputs_(std::move(inputs)),
          watch_(at_first, options.active_low, options.signal == Signal::ri),
          start_{loop.now().time_since_epoch(), watch_.level(), 0} {
        nature_.description = options.description;
        if (options.signal != Signal::ri) { return; }
        nature_.widths = false;
        nature_.notes.emplace_back("of the ring indicator only the ends of pulses are told");
    }

    [[nodiscard]] Loop& loop() override { return loop_; }
    [[nodiscard]] const EdgeNature& nature() const override { return nature_; }

    Task<Result<EdgeStep>> next(TimePoint deadline) override {
        if (!std::exchange(started_, true)) { co_return step_of(Kind::start, start_); }
        while (true) {
            if (const auto edge = watch_.take()) { co_return step_of(Kind::edge, *edge); }
            if (loop_.interrupted()) { co_return interrupted_failure(nature_.description); }
            const TimePoint now = loop_.now();
            if (now >= deadline) {
                const Edge nothing{now.time_since_epoch(), watch_.level(), 0};
                co_return step_of(Kind::deadline, nothing);
            }
            const bool there = co_await look(deadline);
            if (!there) { co_return port_gone(nature_.description); }
        }
    }

protected:
    /// Waits, at most until the deadline, and shows the watch what there is; false where the port is gone.
    virtual Task<bool> look(TimePoint deadline) = 0;

    Loop& loop_;
    std::shared_ptr<void> owner_;
    std::unique_ptr<ModemInputs> inputs_;
    EdgeNature nature_;
    EdgeWatch watch_;

private:
    Edge start_;
    bool started_ = false;
};

class PolledEdges final : public LineEdges {
public:
    PolledEdges(Loop& loop, std::unique_ptr<ModemInputs> inputs, const LineEdgeOptions& options, InputState at_first,
                std::shared_ptr<void> owner)
        : LineEdges(loop, std::move(inputs), options, at_first, std::move(owner)),
          interval_(std::max<Duration>(options.poll.value_or(usual_poll), 10us)), due_(loop.now() + interval_) {
        nature_.resolution = interval_;
        const auto microseconds = std::chrono::duration_cast<std::chrono::microseconds>(interval_).count();
        nature_.notes.push_back(fmt::format("the input is looked at every {} ms; shorter pulses may be lost",
                                            static_cast<double>(microseconds) / 1000));
    }

private:
    Task<bool> look(TimePoint deadline) override {
        const TimePoint due = std::min(due_, deadline);
        co_await loop_.sleep_until(due);
        const TimePoint now = loop_.now();
        if (now < due_) { co_return true; }
        due_ = std::max(due_ + interval_, now);
        const auto state = inputs_->state();
        if (!state) { co_return false; }
        watch_.see(now.time_since_epoch(), *state);
        co_return true;
    }

    Duration interval_;
    TimePoint due_;
};

class WaitedEdges final : public LineEdges {
public:
    WaitedEdges(RealLoop& loop, std::unique_ptr<ModemInputs> inputs, const LineEdgeOptions& options,
                InputState at_first, std::shared_ptr<void> owner)
        : LineEdges(loop, std::move(inputs), options, at_first, std::move(owner)), thread_(loop, *inputs_) {
        nature_.resolution = wake_latency;
    }

    Task<bool> works() { return thread_.works(); }
    /// The input, for who watches it another way. Ends this.
    std::unique_ptr<ModemInputs> give_back() && {
        thread_.stop();
        return std::move(inputs_);
    }

private:
    Task<bool> look(TimePoint deadline) override {
        const auto seen = co_await thread_.next(deadline);
        for (const Sighting& sighting : seen) {
            if (!sighting.state) { co_return false; }
            watch_.see(sighting.time, *sighting.state);
        }
        co_return true;
    }

    WatchThread thread_;
};

} // namespace

OpenedEdges make_polled_edges(Loop& loop, std::unique_ptr<ModemInputs> inputs, const LineEdgeOptions& options,
                              std::shared_ptr<void> owner) {
    const auto state = inputs->state();
    if (!state) { return no_inputs(options.description); }
    return std::make_unique<PolledEdges>(loop, std::move(inputs), options, *state, std::move(owner));
}

Task<OpenedEdges> make_line_edges(RealLoop& loop, std::unique_ptr<ModemInputs> inputs, LineEdgeOptions options,
                                  std::shared_ptr<void> owner) {
    const auto state = inputs->state();
    if (!state) { co_return no_inputs(options.description); }
    if (!options.poll) {
        auto waited = std::make_unique<WaitedEdges>(loop, std::move(inputs), options, *state, owner);
        const bool works = co_await waited->works();
        if (works) { co_return waited; }
        inputs = std::move(*waited).give_back();
    }
    co_return make_polled_edges(loop, std::move(inputs), options, std::move(owner));
}

Task<OpenedEdges> open_line_edges(Loop& loop, Endpoint endpoint, EdgeOptions options) {
    RealLoop& real = real_loop(loop);
    LineEdgeOptions line;
    line.signal = parse_signal(endpoint.option("signal").value_or("dcd")).value_or(Signal::dcd);
    line.active_low = endpoint.option("active") == "low";
    if (endpoint.option("poll")) { line.poll = duration_option(endpoint, "poll", usual_poll); }
    line.description = fmt::format("line://{} {}", endpoint.path, signal_name(line.signal));
    const Duration lock_wait = duration_option(endpoint, "lock_wait", options.lock_wait);
    auto held = co_await hold_port(real, endpoint.path, lock_wait, std::move(options.notice));
    if (!held) { co_return tl::unexpected(held.error()); }
    std::shared_ptr<HeldPort> port = std::move(*held);
    // Whatever the baud rate: what counts is that the loss of the carrier does not hang the port up.
    const auto set = set_line(port->fd(), LineSettings(), endpoint.path);
    if (!set) { co_return tl::unexpected(set.error()); }
    const SupplyLines supply = supply_lines(endpoint, usual_supply);
    const auto powered = set_supply(port->fd(), supply, endpoint.path);
    if (!powered) { co_return tl::unexpected(powered.error()); }
    if (*powered) { co_await loop.sleep_for(supply.settle); }
    auto inputs = make_modem_inputs(port->fd(), line.signal);
    co_return co_await make_line_edges(real, std::move(inputs), std::move(line), std::move(port));
}

} // namespace meterctl::transports
