#include "transports/rx_edges.hpp"

#include "transports/edge_openers.hpp"
#include "transports/modem_lines.hpp"
#include "transports/open.hpp"
#include "transports/options.hpp"
#include "transports/sockets.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <utility>

namespace meterctl::transports {

namespace {

using Kind = EdgeStep::Kind;

/// An octet lasts 33 ms then, about as long as a pulse, and a bouncing contact is still one octet.
constexpr LineSettings usual_rx_line{300, 8, Parity::none, 1};
constexpr SupplyLines usual_supply{true, true, std::chrono::milliseconds(50)};

class RxEdges final : public EdgeSource {
public:
    RxEdges(std::unique_ptr<Transport> line, bool widths, std::string description)
        : line_(std::move(line)), settings_(line_->line().value_or(usual_rx_line)), last_{now(), false, 0} {
        nature_.description = std::move(description);
        nature_.resolution = time_on_line(settings_, 1) / settings_.bits_per_octet();
        nature_.widths = widths;
        if (!widths) { nature_.notes.emplace_back("the widths of pulses are not known: baud= was not given"); }
    }

    [[nodiscard]] Loop& loop() override { return line_->loop(); }
    [[nodiscard]] const EdgeNature& nature() const override { return nature_; }

    Task<Result<EdgeStep>> next(TimePoint deadline) override {
        if (!std::exchange(started_, true)) { co_return step_of(Kind::start, last_); }
        while (edges_.empty()) {
            const auto chunk = co_await line_->read(deadline);
            if (!chunk) { co_return tl::unexpected(chunk.error()); }
            if (chunk->octets.empty()) {
                const Edge nothing{std::max(now(), last_.time), last_.level, 0};
                co_return step_of(Kind::deadline, nothing);
            }
            take(*chunk);
        }
        last_ = edges_.front();
        edges_.pop_front();
        co_return step_of(Kind::edge, last_);
    }

private:
    static EdgeStep step_of(Kind kind, const Edge& edge) {
        EdgeStep step;
        step.kind = kind;
        step.edge = edge;
        return step;
    }

    [[nodiscard]] Duration now() const { return line_->loop().now().time_since_epoch(); }

    /// The last octet has just ended; those before it came right before.
    void take(const Chunk& chunk) {
        const Duration octet = time_on_line(settings_, 1);
        Duration begin = now() - octet * static_cast<Duration::rep>(chunk.octets.size());
        for (std::size_t i = 0; i < chunk.octets.size(); ++i, begin += octet) {
            begin = std::max(begin, last_taken());
            const auto fault = std::ranges::find(chunk.faults, i, &LineFault::index);
            const bool faulty = fault != chunk.faults.end();
            const std::size_t before = edges_.size();
            append_octet_edges(chunk.octets[i], begin, settings_, edges_);
            if (faulty && fault->kind == LineFault::Kind::overrun && before < edges_.size()) {
                edges_[before].missed = 2;
            } else if (faulty) {
                tell_too_long();
            }
        }
    }

    [[nodiscard]] Duration last_taken() const { return edges_.empty() ? last_.time : edges_.back().time; }

    /// A pulse longer than an octet is a break to the receiver, which does not tell when it ends.
    void tell_too_long() {
        if (!std::exchange(nature_.widths, false)) { return; }
        nature_.notes.push_back(fmt::format("pulses outlast an octet at {} baud: their widths are not known, and a "
                                            "lower baud= would tell",
                                            settings_.baud));
    }

    std::unique_ptr<Transport> line_;
    LineSettings settings_;
    EdgeNature nature_;
    Edge last_;
    std::deque<Edge> edges_;
    bool started_ = false;
};

} // namespace

void append_octet_edges(std::uint8_t octet, Duration begin, const LineSettings& line, std::deque<Edge>& edges) {
    const auto bit_at = [&line, begin](unsigned bit) {
        return begin + Duration(std::int64_t{bit} * 1'000'000'000 / std::max(line.baud, 1U));
    };
    bool pulled = true;
    edges.push_back(Edge{begin, true, 0});
    for (unsigned bit = 0; bit <= line.data_bits; ++bit) {
        const bool now = bit < line.data_bits && ((octet >> bit) & 1U) == 0; // the stop bit is high
        if (now == pulled) { continue; }
        pulled = now;
        edges.push_back(Edge{bit_at(bit + 1), now, 0});
    }
}

std::unique_ptr<EdgeSource> make_rx_edges(std::unique_ptr<Transport> line, bool widths, std::string description) {
    return std::make_unique<RxEdges>(std::move(line), widths, std::move(description));
}

Task<OpenedEdges> open_rx_edges(Loop& loop, Endpoint endpoint, EdgeOptions options) {
    OpenOptions serial;
    serial.line = usual_rx_line;
    serial.supply = supply_lines(endpoint, usual_supply);
    serial.lock_wait = options.lock_wait;
    serial.notice = std::move(options.notice);
    const bool widths = endpoint.option("baud").has_value();
    const std::string description = fmt::format("rx://{}", endpoint.path);
    endpoint.scheme = Scheme::serial;
    auto line = co_await open_transport(loop, endpoint, std::move(serial));
    if (!line) { co_return tl::unexpected(line.error()); }
    co_return make_rx_edges(std::move(*line), widths, description);
}

} // namespace meterctl::transports
