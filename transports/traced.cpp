// The trace decorator: what passes a transport, a packet a line.
#include "transports/gatherer.hpp"
#include "transports/open.hpp"
#include "transports/trace_line.hpp"

#include <fmt/format.h>

namespace meterctl::transports {

namespace {

class Traced final : public Transport {
public:
    Traced(std::unique_ptr<Transport> inner, std::FILE* stream, Side side)
        : inner_(std::move(inner)), stream_(stream), side_(side) {
        introduce();
    }
    Traced(const Traced&) = delete;
    Traced& operator=(const Traced&) = delete;
    ~Traced() override { show(gatherer_.flush()); }

    [[nodiscard]] Loop& loop() override { return inner_->loop(); }
    [[nodiscard]] std::string description() const override { return inner_->description(); }
    [[nodiscard]] std::optional<LineSettings> line() const override { return inner_->line(); }
    [[nodiscard]] bool datagrams() const override { return inner_->datagrams(); }

    Task<Result<void>> write(ByteView octets) override { return write_to({}, octets); }

    Task<Result<void>> write_to(std::string_view peer, ByteView octets) override {
        show(gatherer_.flush());
        // Before they leave: what was sent is of most interest where it could not be.
        print(trace_line(loop().wall_clock(), true, secrets_.hidden(octets)));
        auto written = co_await inner_->write_to(peer, octets);
        if (!written) { remark(describe(written.error())); }
        co_return written;
    }

    Task<Result<Chunk>> read(TimePoint deadline) override {
        auto chunk = co_await inner_->read(deadline);
        if (!chunk) {
            show(gatherer_.flush());
            remark(describe(chunk.error()));
        } else if (chunk->octets.empty()) {
            show(gatherer_.flush());
        } else {
            show(gatherer_.take(*chunk, *inner_));
        }
        co_return chunk;
    }

    Task<Result<void>> configure(const LineSettings& settings) override {
        show(gatherer_.flush());
        auto configured = co_await inner_->configure(settings);
        if (configured) {
            introduce();
        } else {
            remark(describe(configured.error()));
        }
        co_return configured;
    }

    Task<Result<void>> send_break(Duration duration) override {
        show(gatherer_.flush());
        auto sent = co_await inner_->send_break(duration);
        remark(sent ? std::string("break sent") : describe(sent.error()));
        co_return sent;
    }

    void keep_secret(const Secret& secret) override {
        secrets_.keep(secret);
        inner_->keep_secret(secret);
    }

    [[nodiscard]] bool hears_itself() const override { return inner_->hears_itself(); }

    Task<Result<void>> reopen() override {
        show(gatherer_.flush());
        auto opened = co_await inner_->reopen();
        if (!opened) { remark(describe(opened.error())); }
        co_return opened;
    }

private:
    void print(const std::string& text) {
        fmt::print(stream_, "{}\n", text);
        std::fflush(stream_);
    }

    void remark(const std::string& text) { print("# " + text); }

    /// Which line this is, and, for who reads the trace, that what is sent answers what is received.
    void introduce() {
        remark(inner_->description() + std::string(side_ == Side::server ? as_server : std::string_view()));
    }

    void show(const std::optional<Gathered>& packet) {
        if (!packet) { return; }
        std::string text = trace_line(packet->since, false, secrets_.hidden(packet->octets));
        if (!packet->faults.empty()) { text += " # " + describe_faults(packet->faults); }
        print(text);
    }

    std::unique_ptr<Transport> inner_;
    std::FILE* stream_;
    Side side_;
    Gatherer gatherer_;
    Secrets secrets_;
};

} // namespace

std::unique_ptr<Transport> make_traced(std::unique_ptr<Transport> inner, std::FILE* stream, Side side) {
    return std::make_unique<Traced>(std::move(inner), stream, side);
}

} // namespace meterctl::transports
