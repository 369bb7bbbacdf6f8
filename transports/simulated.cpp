#include "simulators/bus.hpp"
#include "transports/open.hpp"

#include <algorithm>

namespace meterctl::transports {

namespace {

class Simulated final : public Transport {
public:
    Simulated(Loop& loop, std::unique_ptr<simulators::Bus> bus, const LineSettings& line, std::string description)
        : loop_(loop), bus_(std::move(bus)), line_(line), description_(std::move(description)) {
        bus_->line_changed(line_.baud, line_.frame());
    }

    [[nodiscard]] Loop& loop() override { return loop_; }
    [[nodiscard]] std::string description() const override { return description_; }
    [[nodiscard]] std::optional<LineSettings> line() const override { return line_; }
    [[nodiscard]] bool datagrams() const override { return false; }

    Task<Result<void>> write(ByteView octets) override {
        bus_->receive(octets, loop_.now());
        co_return Result<void>();
    }

    Task<Result<Chunk>> read(TimePoint deadline) override {
        while (true) {
            if (loop_.interrupted()) { co_return fail(Category::interrupted, "interrupted", description_); }
            Chunk chunk = collect();
            if (!chunk.octets.empty() || loop_.now() >= deadline) { co_return chunk; }
            const TimePoint when = std::min(deadline, bus_->next_deadline().value_or(deadline));
            co_await loop_.sleep_until(when);
        }
    }

    Task<Result<void>> configure(const LineSettings& settings) override {
        line_ = settings;
        bus_->line_changed(line_.baud, line_.frame());
        co_return Result<void>();
    }

    Task<Result<void>> reopen() override {
        bus_->transmit(loop_.now());
        co_return Result<void>();
    }

private:
    Chunk collect() {
        Chunk chunk;
        for (const simulators::Transmission& transmission : bus_->transmit(loop_.now())) {
            chunk.octets.insert(chunk.octets.end(), transmission.octets.begin(), transmission.octets.end());
        }
        return chunk;
    }

    Loop& loop_;
    std::unique_ptr<simulators::Bus> bus_;
    LineSettings line_;
    std::string description_;
};

} // namespace

std::unique_ptr<Transport> make_simulated(Loop& loop, std::unique_ptr<simulators::Bus> bus, LineSettings line,
                                          std::string description) {
    return std::make_unique<Simulated>(loop, std::move(bus), line, std::move(description));
}

} // namespace meterctl::transports
