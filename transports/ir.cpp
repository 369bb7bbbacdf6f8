#include "transports/ir.hpp"

#include "src/core/parity.hpp"
#include "transports/echo.hpp"
#include "transports/modem_lines.hpp"
#include "transports/options.hpp"
#include "transports/serial_line.hpp"
#include "transports/sockets.hpp"
#include "transports/soft_parity.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <utility>

namespace meterctl::transports {

namespace {

using namespace std::chrono_literals;

/// How long after the last stop bit an echo may still be on its way, through adapters and bridges.
constexpr auto echo_patience = 250ms;
/// The same where it is only waited for.
constexpr auto echo_wait = 50ms;
/// Heads draw their power from either line or both; the drivers raise both on opening, too.
constexpr SupplyLines usual_supply{true, true, 200ms};

constexpr std::array<std::string_view, 5> keys_of_base{"lock_wait", "connect_timeout", "rts", "dtr", "settle"};

/// What passes over a line of eight bits with parity in software, bit by bit the same.
bool fits_eight_bits(const LineSettings& line) {
    return line.data_bits == 7 && line.parity == Parity::even;
}

LineSettings without_parity(LineSettings line) {
    line.data_bits = 8;
    line.parity = Parity::none;
    return line;
}

class OpticalTransport final : public Transport {
public:
    OpticalTransport(std::unique_ptr<Transport> base, OpticalOptions options)
        : base_(std::move(base)), options_(std::move(options)), line_(options_.line),
          parity_(options_.soft_parity.value_or(base_->line().has_value())) {}

    [[nodiscard]] Loop& loop() override { return base_->loop(); }
    [[nodiscard]] std::string description() const override {
        return fmt::format("{} {} {}{}", options_.name, line_.baud, line_.frame(),
                           in_software_ ? " (parity in software)" : "");
    }
    /// A bridge has none that could be changed.
    [[nodiscard]] std::optional<LineSettings> line() const override {
        return base_->line() ? std::optional(line_) : std::nullopt;
    }
    [[nodiscard]] bool datagrams() const override { return false; }
    [[nodiscard]] bool hears_itself() const override { return echo_.heard(); }

    /// Paces also what takes no time, such as a pseudo-terminal: the standard's times count from the last octet.
    Task<Result<void>> write(ByteView octets) override {
        const TimePoint start = std::max(loop().now(), sent_);
        if (std::exchange(waited_, false) && !echo_.holds()) { echo_ = EchoFilter(); }
        if (options_.echo.value_or(true)) { echo_.sent(octets); }
        const std::size_t count = octets.size();
        const Bytes coded = in_software_ ? add_even_parity(octets) : Bytes(octets.begin(), octets.end());
        auto written = co_await base_->write(coded);
        if (!written) { co_return written; }
        sent_ = start + time_on_line(line_, count);
        co_await loop().sleep_until(sent_);
        co_return Result<void>();
    }

    Task<Result<Chunk>> read(TimePoint deadline) override {
        while (true) {
            auto chunk = co_await base_->read(deadline);
            if (!chunk) { co_return chunk; }
            if (chunk->octets.empty()) { co_return overdue(); }
            take(*chunk);
            if (!chunk->octets.empty()) { co_return chunk; }
        }
    }

    Task<Result<void>> configure(const LineSettings& settings) override {
        const LineSettings wanted = settings;
        co_await wait_for_echo();
        auto applied = co_await apply(wanted);
        if (!applied) { co_return applied; }
        line_ = wanted;
        if (base_->line()) { echo_ = EchoFilter(); } // the line was emptied with its settings
        co_return Result<void>();
    }

    Task<Result<void>> reopen() override {
        echo_ = EchoFilter();
        waited_ = false;
        co_return co_await base_->reopen();
    }

    Task<Result<void>> send_break(Duration duration) override { return base_->send_break(duration); }

private:
    Task<Result<void>> apply(LineSettings wanted) {
        if (!base_->line()) { co_return apply_to_bridge(wanted); }
        const bool must = options_.soft_parity.value_or(refused_);
        if (!must || !fits_eight_bits(wanted)) {
            auto set = co_await base_->configure(wanted);
            if (set) { in_software_ = false; }
            const bool other = !set && set.error().code == line_refused && options_.soft_parity.value_or(true);
            if (!other || !fits_eight_bits(wanted)) { co_return set; }
        }
        const LineSettings plain = without_parity(wanted);
        auto set = co_await base_->configure(plain);
        if (set) { in_software_ = refused_ = true; }
        co_return set;
    }

    /// A bridge's baud rate is its own affair, and its frame is eight bits or fits into them.
    Result<void> apply_to_bridge(const LineSettings& wanted) {
        if (wanted.baud != line_.baud) {
            return fail(
                Category::endpoint, fmt::format("the bridge cannot switch to {} baud", wanted.baud), options_.name,
                {"ir+rfc2217://, where the bridge speaks it", "a bridge with a serial device here"}, line_refused);
        }
        in_software_ = fits_eight_bits(wanted) && options_.soft_parity.value_or(true);
        return {};
    }

    void take(Chunk& chunk) {
        if (in_software_) { parity_.strip(chunk); }
        echo_.strip(chunk);
        echoes_ = echoes_ || echo_.heard();
    }

    /// An echo may come later than the one who reads has patience for, and no part of it is an answer.
    Chunk overdue() {
        waited_ = true;
        if (!echo_.holds() || loop().now() < sent_ + echo_patience) { return Chunk(); }
        return echo_.give_up();
    }

    /// The last of an echo would be noise at the settings to come.
    Task<void> wait_for_echo() {
        const TimePoint deadline = std::max(loop().now(), sent_) + echo_wait;
        while (echoes_ && echo_.expects()) {
            auto chunk = co_await base_->read(deadline);
            if (!chunk || chunk->octets.empty()) { co_return; }
            take(*chunk);
        }
    }

    std::unique_ptr<Transport> base_;
    OpticalOptions options_;
    LineSettings line_;
    SoftParity parity_;
    EchoFilter echo_;
    bool in_software_ = false;
    bool refused_ = false; ///< the line has refused a frame with parity
    bool echoes_ = false;  ///< the line was heard to echo
    bool waited_ = false;  ///< a reader waited in vain since the last write
    TimePoint sent_;       ///< when the last octet written has left
};

/// The link that carries the octets, opened at what any hardware does.
Task<Opened> open_base(RealLoop& loop, Endpoint endpoint, OpenOptions options, LineSettings line) {
    std::erase_if(endpoint.query,
                  [](const auto& item) { return std::ranges::find(keys_of_base, item.first) == keys_of_base.end(); });
    options.line = without_parity(line);
    options.supply = supply_lines(endpoint, usual_supply);
    if (endpoint.scheme == Scheme::ir_tcp) { return open_tcp(loop, std::move(endpoint), std::move(options)); }
    if (endpoint.scheme == Scheme::ir_rfc2217) { return open_rfc2217(loop, std::move(endpoint), std::move(options)); }
    return open_serial(loop, std::move(endpoint), std::move(options));
}

std::string optical_name(const Endpoint& endpoint) {
    if (endpoint.scheme == Scheme::ir) { return fmt::format("ir://{}", endpoint.path); }
    return socket_name(endpoint.scheme, endpoint.host, endpoint.port);
}

} // namespace

bool is_optical(Scheme scheme) {
    return scheme == Scheme::ir || scheme == Scheme::ir_rfc2217 || scheme == Scheme::ir_tcp;
}

Task<Opened> make_optical(std::unique_ptr<Transport> base, OpticalOptions options) {
    const LineSettings line = options.line;
    auto transport = std::make_unique<OpticalTransport>(std::move(base), std::move(options));
    const auto configured = co_await transport->configure(line);
    if (!configured) { co_return tl::unexpected(configured.error()); }
    co_return transport;
}

Task<Opened> open_ir(RealLoop& loop, Endpoint endpoint, OpenOptions options) {
    const auto line = line_settings(endpoint, options.line);
    if (!line) { co_return tl::unexpected(line.error()); }
    OpticalOptions optical;
    optical.line = *line;
    optical.soft_parity = flag_if_given(endpoint, "softparity");
    optical.echo = flag_if_given(endpoint, "echo");
    optical.name = optical_name(endpoint);
    auto base = co_await open_base(loop, std::move(endpoint), std::move(options), *line);
    if (!base) { co_return base; }
    co_return co_await make_optical(std::move(*base), std::move(optical));
}

} // namespace meterctl::transports
