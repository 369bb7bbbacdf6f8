#include "simulators/bus.hpp"
#include "transports/open.hpp"

#include <algorithm>
#include <doctest/doctest.h>
#include <map>

using namespace meterctl;
using namespace meterctl::transports;
using namespace std::chrono_literals;

namespace {

/// Answers each chunk with the same octets, 20 ms and again 50 ms later.
class EchoingBus final : public simulators::Bus {
public:
    void receive(ByteView octets, TimePoint now) override {
        for (const auto delay : {20ms, 50ms}) { due_.emplace(now + delay, Bytes(octets.begin(), octets.end())); }
    }
    [[nodiscard]] std::optional<TimePoint> next_deadline() const override {
        return due_.empty() ? std::nullopt : std::optional(due_.begin()->first);
    }
    std::vector<simulators::Transmission> transmit(TimePoint now) override {
        std::vector<simulators::Transmission> out;
        while (!due_.empty() && due_.begin()->first <= now) {
            auto first = due_.extract(due_.begin());
            out.push_back({first.key(), std::move(first.mapped())});
        }
        return out;
    }
    void line_changed(unsigned baud, std::string_view frame) override {
        line = std::to_string(baud) + " " + std::string(frame);
    }
    [[nodiscard]] std::unique_ptr<simulators::Bus> connect(std::string_view) const override {
        return std::make_unique<EchoingBus>();
    }
    std::string line;

private:
    std::multimap<TimePoint, Bytes> due_;
};

struct Fixture {
    std::unique_ptr<Loop> loop = make_virtual_loop();
    EchoingBus* bus = nullptr;
    std::unique_ptr<Transport> transport;

    Fixture() {
        auto owned = std::make_unique<EchoingBus>();
        bus = owned.get();
        transport = make_simulated(*loop, std::move(owned), LineSettings(), "sim:");
    }
    Bytes read_within(Duration wait) {
        auto chunk = run(*loop, transport->read(loop->now() + wait));
        REQUIRE(chunk.has_value());
        return chunk->octets;
    }
};

/// Sends one octet, listens for a while, and goes.
class Peer final : public Transport {
public:
    Peer(Loop& loop, Bytes& received) : received_(received), loop_(loop) {}
    Loop& loop() override { return loop_; }
    std::string description() const override { return "peer"; }
    std::optional<LineSettings> line() const override { return std::nullopt; }
    bool datagrams() const override { return false; }
    Task<Result<void>> write(ByteView octets) override {
        received_.insert(received_.end(), octets.begin(), octets.end());
        co_return Result<void>();
    }
    Task<Result<Chunk>> read(TimePoint deadline) override {
        if (reads_++ == 0) {
            Chunk chunk;
            chunk.octets = Bytes{0x55};
            co_return chunk;
        }
        if (reads_ > 4) { co_return fail(Category::endpoint, "the peer closed the connection"); }
        co_await loop_.sleep_until(deadline);
        co_return Chunk();
    }
    Task<Result<void>> configure(const LineSettings&) override { co_return Result<void>(); }
    Task<Result<void>> reopen() override { co_return Result<void>(); }

private:
    Bytes& received_;
    Loop& loop_;
    int reads_ = 0;
};

/// Two peers come, then Ctrl-C.
class TwoPeers final : public Listener {
public:
    TwoPeers(Loop& loop, std::vector<Bytes>& received) : loop_(loop), received_(received) {}
    Loop& loop() override { return loop_; }
    std::string description() const override { return "two peers"; }
    Task<Result<std::unique_ptr<Transport>>> accept() override {
        co_await loop_.sleep_for(30ms);
        if (accepted_ == received_.size()) {
            co_await loop_.sleep_for(10h);
            co_return fail(Category::interrupted, "interrupted");
        }
        co_return std::make_unique<Peer>(loop_, received_[accepted_++]);
    }

private:
    Loop& loop_;
    std::vector<Bytes>& received_;
    std::size_t accepted_ = 0;
};

} // namespace

TEST_CASE("octets arrive when the bus says they are due") {
    Fixture f;
    const Bytes sent{1, 2, 3};
    REQUIRE(run(*f.loop, f.transport->write(sent)).has_value());
    CHECK(f.read_within(1s) == sent);
    CHECK(f.loop->now().time_since_epoch() == 20ms);
    CHECK(f.read_within(1s) == sent);
    CHECK(f.loop->now().time_since_epoch() == 50ms);
}

TEST_CASE("a silent bus lets the deadline pass and the chunk is empty") {
    Fixture f;
    CHECK(f.read_within(300ms).empty());
    CHECK(f.loop->now().time_since_epoch() == 300ms);
}

TEST_CASE("the bus hears of the line's settings at once and when they change") {
    Fixture f;
    CHECK(f.bus->line == "9600 8N1");
    const auto settings = parse_frame("7E1", 300);
    REQUIRE(settings.has_value());
    REQUIRE(run(*f.loop, f.transport->configure(*settings)).has_value());
    CHECK(f.bus->line == "300 7E1");
    CHECK(f.transport->line() == *settings);
}

TEST_CASE("serving carries octets both ways until the peer goes") {
    auto loop = make_virtual_loop();
    Bytes received;
    Peer peer(*loop, received);
    EchoingBus bus;
    CHECK(run(*loop, serve(peer, bus)).has_value());
    CHECK(received == Bytes{0x55, 0x55});
}

TEST_CASE("each peer of a listener has a line of its own") {
    auto loop = make_virtual_loop();
    std::vector<Bytes> received(2);
    TwoPeers listener(*loop, received);
    const EchoingBus bus;
    const auto served = run(*loop, serve(listener, bus, ""));
    REQUIRE_FALSE(served.has_value());
    CHECK(served.error().category == Category::interrupted);
    CHECK(received[0] == Bytes{0x55, 0x55});
    CHECK(received[1] == Bytes{0x55, 0x55});
}
