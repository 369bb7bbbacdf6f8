// The load profile of a virtual DTSD545 over HDLC on a line of 9600 baud, in virtual time:
//   bench_dlms_line plain ENTRIES       without security
//   bench_dlms_line ciphered ENTRIES    authenticated and encrypted, as the meter is delivered
// Prints the line's time in ms and the least that it could have been: the records as one A-XDR array in one APDU, in
// frames filled to what the meter takes, of which each is asked for by an RR, and nothing else.
#include "sessions/protocols.hpp"
#include "src/catalogue/catalogue.hpp"
#include "src/core/key_ring.hpp"
#include "transports/open.hpp"

#include <cstdio>
#include <cstdlib>
#include <string_view>

using namespace meterctl;

namespace {

constexpr unsigned baud = 9600, bits_per_octet = 10;
constexpr std::size_t information = 512; ///< of the meter's HDLC setup
/// Flags, format, addresses of two octets and one, control, HCS, FCS; an RR has no information and so no FCS.
constexpr std::size_t frame_octets = 12, ready_octets = 10;
constexpr std::string_view keys = "guek = 000102030405060708090A0B0C0D0E0F\ngak = D0D1D2D3D4D5D6D7D8D9DADBDCDDDEDF\n";

template <class T>
T need(Result<T> result) {
    if (!result) {
        std::fprintf(stderr, "bench_dlms_line: %s\n", describe(result.error()).c_str());
        std::exit(exit_code(result.error().category));
    }
    if constexpr (!std::is_void_v<T>) { return std::move(*result); }
}

double line_ms(std::size_t octets) {
    return static_cast<double>(octets) * bits_per_octet * 1000 / baud;
}

/// A line whose octets are counted.
class Counted final : public transports::Transport {
public:
    explicit Counted(std::unique_ptr<transports::Transport> inner) : inner_(std::move(inner)) {}

    transports::Loop& loop() override { return inner_->loop(); }
    std::string description() const override { return inner_->description(); }
    std::optional<transports::LineSettings> line() const override { return inner_->line(); }
    bool datagrams() const override { return inner_->datagrams(); }
    Task<Result<void>> write(ByteView octets) override {
        sent += octets.size();
        return inner_->write(octets);
    }
    Task<Result<transports::Chunk>> read(transports::TimePoint deadline) override {
        auto chunk = co_await inner_->read(deadline);
        if (chunk && !chunk->octets.empty()) {
            last = chunk->octets.size();
            received += last;
            ++chunks;
        }
        co_return chunk;
    }
    Task<Result<void>> configure(const transports::LineSettings& settings) override {
        return inner_->configure(settings);
    }
    Task<Result<void>> reopen() override { return inner_->reopen(); }

    std::size_t sent = 0, received = 0, last = 0, chunks = 0;

private:
    std::unique_ptr<transports::Transport> inner_;
};

std::size_t least_octets(std::size_t data) {
    const std::size_t frames = (data + information - 1) / information;
    return data + frames * frame_octets + (frames - 1) * ready_octets;
}

struct Bench {
    Bench(bool ciphered, std::string framing) : meter(*need(catalogue.find("dtsd545"))) {
        for (catalogue::Client& client : meter.clients) {
            if (ciphered || client.name != "read") { continue; }
            client.authentication = "none";
            client.suite.reset();
            client.policy.clear();
        }
        simulators::Unit unit;
        unit.meter = &meter;
        simulators::Options options;
        options.speed = 0;
        options.framing = std::move(framing);
        options.baud = options.framing == "hdlc" ? baud : 0;
        options.bits_per_octet = bits_per_octet;
        options.latency = std::chrono::milliseconds(0);
        options.extras["days"] = "250";
        auto bus = need(protocol->simulate(std::span(&unit, 1), options));
        auto line = need(transports::parse_frame("8N1", baud));
        transport = std::make_unique<Counted>(transports::make_simulated(*loop, std::move(bus), line, "sim:"));
        sessions::SessionOptions settings;
        settings.meter = &meter;
        settings.settings["client"] = "read";
        settings.settings["framing"] = options.framing;
        if (ciphered) { settings.keys = std::make_shared<KeyRing>(need(parse_keys(keys))); }
        session = need(protocol->open(*transport, std::move(settings)));
    }

    /// Time from the association to its end, in ms.
    double fetch(std::uint64_t entries) {
        sessions::ProfileSelection selection;
        selection.last = entries;
        std::uint64_t records = 0;
        sessions::ProfileSink sink;
        sink.head = [&](const ProfileHead&) { // told when the first block has come
            head_octets = transport->received - transport->last;
            head_chunks = transport->chunks - 1;
        };
        sink.record = [&records](ProfileRecord&&) { return ++records > 0; };
        const auto begun = loop->now();
        need(transports::run(*loop, session->profile(meter.profiles.front(), selection, sink)));
        const std::chrono::duration<double, std::milli> taken = loop->now() - begun;
        if (records == entries) { return taken.count(); }
        std::fprintf(stderr, "bench_dlms_line: %llu records\n", static_cast<unsigned long long>(records));
        std::exit(1);
    }

    const sessions::Protocol* protocol = sessions::find_protocol("dlms");
    catalogue::Catalogue catalogue;
    catalogue::Definition meter;
    std::unique_ptr<transports::Loop> loop = transports::make_virtual_loop();
    std::unique_ptr<Counted> transport;
    std::unique_ptr<sessions::Session> session;
    std::size_t head_octets = 0, head_chunks = 0; ///< before the first block
};

/// Of the records alone: over the wrapper each block comes as one chunk, with a known head, and the release is the
/// last.
std::size_t data_octets(std::uint64_t entries) {
    constexpr std::size_t wrapper = 8, block = 12, release = 5;
    Bench bench(false, "wrapper");
    bench.fetch(entries);
    const std::size_t blocks = bench.transport->chunks - bench.head_chunks - 1;
    return bench.transport->received - bench.head_octets - blocks * (wrapper + block) - wrapper - release;
}

} // namespace

int main(int count, char** words) {
    if (count != 3) { return exit_code(Category::usage); }
    const std::uint64_t entries = std::strtoull(words[2], nullptr, 10);
    const std::size_t data = data_octets(entries);
    Bench bench(std::string_view(words[1]) == "ciphered", "hdlc");
    const double taken = bench.fetch(entries);
    std::printf("%.1f %.1f %zu %zu %zu\n", taken, line_ms(least_octets(data)), bench.transport->sent,
                bench.transport->received, data);
    return 0;
}
