// serial: a local serial device.
#include "transports/echo.hpp"
#include "transports/line_marks.hpp"
#include "transports/modem_lines.hpp"
#include "transports/openers.hpp"
#include "transports/options.hpp"
#include "transports/port_lock.hpp"
#include "transports/serial_line.hpp"
#include "transports/sockets.hpp"
#include "transports/stream_io.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <fstream>

namespace meterctl::transports {

namespace {

constexpr auto write_patience = std::chrono::seconds(2);
constexpr auto drain_patience = std::chrono::milliseconds(200);

struct SerialOptions {
    std::string path;
    bool rs485 = false, echo = false;
    SupplyLines supply;
    bool supply_asked = false; ///< by the user, who is told where there are no such lines
    Duration lock_wait{};
    Notice notice;
};

/// An FTDI adapter holds octets back for its latency timer, 16 ms unless told.
void tell_latency(const SerialOptions& options) {
    const std::string name = options.path.substr(options.path.rfind('/') + 1);
    const std::string file = fmt::format("/sys/bus/usb-serial/devices/{}/latency_timer", name);
    int milliseconds = 0;
    if (!(std::ifstream(file) >> milliseconds) || milliseconds <= 1 || !options.notice) { return; }
    options.notice(fmt::format("{} holds octets back for {} ms: echo 1 | sudo tee {}", name, milliseconds, file));
}

class SerialTransport final : public Transport {
public:
    SerialTransport(RealLoop& loop, SerialOptions options, const LineSettings& line)
        : loop_(loop), options_(std::move(options)), line_(line), marks_(line.parity != Parity::none) {}

    [[nodiscard]] Loop& loop() override { return loop_; }
    [[nodiscard]] std::string description() const override {
        return fmt::format("serial://{} {} {}", options_.path, line_.baud, line_.frame());
    }
    [[nodiscard]] std::optional<LineSettings> line() const override { return line_; }
    [[nodiscard]] bool datagrams() const override { return false; }

    Task<Result<void>> open() {
        port_.reset();
        auto held = co_await hold_port(loop_, options_.path, options_.lock_wait, options_.notice);
        if (!held) { co_return tl::unexpected(held.error()); }
        port_ = std::move(*held);
        const auto set = set_line(port_->fd(), line_, options_.path);
        if (!set) { co_return set; }
        paced_ = !is_pseudo_terminal(port_->fd());
        if (options_.rs485 && !set_rs485(port_->fd()) && options_.notice) {
            options_.notice(
                fmt::format("the driver of {} does not switch RS-485 direction; going on without", options_.path));
        }
        if (!ask_low_latency(port_->fd())) { tell_latency(options_); }
        auto powered = co_await power_up();
        if (!powered) { co_return powered; }
        discard();
        co_return Result<void>();
    }

    Task<Result<void>> write(ByteView octets) override {
        if (!port_) { co_return gone(); }
        const TimePoint start = std::max(loop_.now(), sent_);
        const Duration duration = time_on_line(line_, octets.size());
        if (options_.echo) { echo_.sent(octets); }
        const auto written =
            co_await write_octets(port_->descriptor(), octets, duration + write_patience, options_.path);
        if (!written) { co_return broken(written.error()); }
        if (!paced_) { co_return Result<void>(); }
        sent_ = start + duration;
        co_await loop_.sleep_until(sent_);
        co_return Result<void>();
    }

    Task<Result<Chunk>> read(TimePoint deadline) override {
        while (port_) {
            const auto octets = co_await read_octets(port_->descriptor(), deadline, options_.path);
            if (!octets) { co_return broken(octets.error()); }
            if (octets->empty()) { co_return echo_.give_up(); }
            Chunk chunk;
            marks_.take(*octets, chunk);
            echo_.strip(chunk);
            if (!chunk.octets.empty()) { co_return chunk; }
        }
        co_return gone();
    }

    Task<Result<void>> configure(const LineSettings& settings) override {
        if (!port_) { co_return gone(); }
        const LineSettings wanted = settings;
        co_await drain();
        const auto set = set_line(port_->fd(), wanted, options_.path);
        if (!set) { co_return set; }
        line_ = wanted;
        discard();
        co_return Result<void>();
    }

    Task<Result<void>> reopen() override {
        if (port_ && flush_line(port_->fd())) {
            discard();
            co_return Result<void>();
        }
        const auto opened = co_await open();
        co_return opened;
    }

    Task<Result<void>> send_break(Duration duration) override {
        if (!port_) { co_return gone(); }
        co_await drain();
        if (!set_break(port_->fd(), true)) {
            co_return fail(Category::endpoint, "the driver cannot send a break", options_.path,
                           {"use another adapter"});
        }
        co_await loop_.sleep_for(duration);
        set_break(port_->fd(), false);
        co_return Result<void>();
    }

    [[nodiscard]] bool hears_itself() const override { return echo_.heard(); }

private:
    /// RTS and DTR, and the time that what they power needs.
    Task<Result<void>> power_up() {
        const SupplyLines& supply = options_.supply;
        if (!supply.rts && !supply.dtr) { co_return Result<void>(); }
        const auto set = set_supply(port_->fd(), supply, options_.path);
        if (!set) { co_return tl::unexpected(set.error()); }
        if (!*set && options_.supply_asked && options_.notice) {
            options_.notice(fmt::format("{} has no RTS and DTR lines; going on without", options_.path));
        }
        if (*set) { co_await loop_.sleep_for(supply.settle); }
        co_return Result<void>();
    }

    /// What an adapter still holds would leave at the settings to come.
    Task<void> drain() {
        if (!paced_) { co_return; }
        const TimePoint deadline = loop_.now() + drain_patience;
        const Duration octet = time_on_line(line_, 1);
        while (unsent(port_->fd()) > 0 && loop_.now() < deadline && !loop_.interrupted()) {
            co_await loop_.sleep_for(octet);
        }
    }

    void discard() {
        flush_line(port_->fd());
        marks_.reset(line_.parity != Parity::none);
        echo_ = EchoFilter();
    }

    [[nodiscard]] tl::unexpected<Error> gone() const {
        return fail(Category::endpoint, "the serial port went away", options_.path, {"check its plug"});
    }

    /// A device that is unplugged reads as the end of the stream, or as an input/output error.
    [[nodiscard]] tl::unexpected<Error> broken(const Error& error) const {
        if (error.category == Category::interrupted || error.code == "transport.stuck") {
            return tl::unexpected(error);
        }
        return gone();
    }

    RealLoop& loop_;
    SerialOptions options_;
    LineSettings line_;
    LineMarks marks_;
    EchoFilter echo_;
    std::unique_ptr<HeldPort> port_;
    bool paced_ = true;
    TimePoint sent_; ///< when the last octet written has left
};

} // namespace

Task<Opened> open_serial(RealLoop& loop, Endpoint endpoint, OpenOptions options) {
    const auto line = line_settings(endpoint, options.line);
    if (!line) { co_return tl::unexpected(line.error()); }
    SerialOptions serial;
    serial.path = endpoint.path;
    serial.rs485 = flag_option(endpoint, "rs485");
    serial.echo = flag_option(endpoint, "echo");
    serial.supply = supply_lines(endpoint, options.supply);
    serial.supply_asked = endpoint.option("rts") || endpoint.option("dtr");
    serial.lock_wait = duration_option(endpoint, "lock_wait", options.lock_wait);
    serial.notice = std::move(options.notice);
    auto transport = std::make_unique<SerialTransport>(loop, std::move(serial), *line);
    const auto opened = co_await transport->open();
    if (!opened) { co_return tl::unexpected(opened.error()); }
    co_return transport;
}

} // namespace meterctl::transports
