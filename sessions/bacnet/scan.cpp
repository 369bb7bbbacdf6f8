#include "sessions/bacnet/scan.hpp"

#include "sessions/bacnet/identify.hpp"
#include "sessions/bacnet/ring_ear.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace meterctl::sessions::bacnet {

namespace bacnet = codecs::bacnet;

namespace {

using namespace std::chrono_literals;

constexpr Duration listening = 1500ms;   ///< at one baud rate; a silent ring polls more often
constexpr Duration only_listening = 10s; ///< where nothing is sent at all
constexpr Duration time_to_say = 3s;
constexpr unsigned most_questions = 4;

class Scan {
public:
    Scan(transports::Transport& transport, ScanOptions options, ScanSink sink, LinkOptions link)
        : transport_(transport), options_(std::move(options)), sink_(std::move(sink)), link_(std::move(link)) {}

    Task<Result<void>> run() {
        const bool ip = link_.framing.empty() ? transport_.datagrams() : link_.framing == "ip";
        if (!ip) {
            auto tuned = co_await tune();
            if (!tuned) { co_return tl::unexpected(tuned.error()); }
            if (!*tuned || link_.listen_only) { co_return Result<void>(); }
        }
        auto asked = co_await ask();
        co_return asked;
    }

private:
    void report(std::string current, std::size_t done, std::size_t total, Duration left) {
        if (!sink_.progress) { return; }
        ScanProgress progress;
        progress.current = std::move(current);
        progress.done = done;
        progress.total = total;
        progress.left = left;
        sink_.progress(progress);
    }

    [[nodiscard]] std::string line_text() const {
        const auto line = transport_.line();
        return line ? fmt::format("{} {}", line->baud, line->frame()) : std::string();
    }

    /// Listens at each line setting until frames are heard. False where there is only noise.
    Task<Result<bool>> tune() {
        std::vector<transports::LineSettings> lines = options_.lines;
        const bool given = !lines.empty();
        bool noise = false;
        const std::size_t count = std::max<std::size_t>(1, lines.size());
        for (std::size_t i = 0; i < count; ++i) {
            if (given) {
                auto configured = co_await transport_.configure(lines[i]);
                if (!configured) { co_return tl::unexpected(configured.error()); }
            }
            report(fmt::format("listening at {}", line_text()), i, count, listening * static_cast<int>(count - i));
            auto frames = co_await hear_ring();
            if (!frames || *frames) { co_return frames; }
            noise = noise || noise_;
        }
        if (noise) {
            report("listening at the other baud rates", count, count, Duration::zero());
            const auto other = co_await find_rate(transport_, lines);
            if (!other) { co_return tl::unexpected(other.error()); }
            if (*other) {
                auto configured = co_await transport_.configure(**other);
                if (!configured) { co_return tl::unexpected(configured.error()); }
                auto ring = co_await hear_ring();
                co_return ring;
            }
            if (sink_.trouble) {
                const auto error = fail(
                    Category::untrusted, "octets are heard, and no MS/TP frame among them", transport_.description(),
                    {"--bauds 9600,19200,38400,57600,76800,115200", "A and B the other way"}, "bacnet.noise");
                sink_.trouble(line_text(), error.value());
            }
            co_return false;
        }
        if (given) {
            auto configured = co_await transport_.configure(lines.front());
            if (!configured) { co_return tl::unexpected(configured.error()); }
        }
        co_return true;
    }

    /// Listens at the line's setting. True where frames are heard.
    Task<Result<bool>> hear_ring() {
        RingEar ear;
        const std::function<bool()> enough = [] { return false; };
        const Duration time = link_.listen_only ? only_listening : options_.timeout.value_or(listening);
        auto heard = co_await listen(transport_, ear, transport_.loop().now() + time, enough);
        if (!heard) { co_return tl::unexpected(heard.error()); }
        noise_ = ear.only_noise();
        if (ear.good() > 0) { tell_ring(ear); }
        co_return ear.good() > 0;
    }

    /// What the ring told by itself; the only news where nothing may be sent.
    void tell_ring(const RingEar& ear) {
        if (!link_.listen_only || !sink_.found) { return; }
        for (const std::uint8_t master : ear.ring().masters()) {
            const auto& seen = ear.ring().station(master);
            Identity identity;
            identity.address = fmt::format("{}", master);
            identity.line = line_text();
            if (seen.successor) {
                Reading reading;
                reading.name = "passes_token_to";
                reading.value = std::uint64_t{*seen.successor};
                reading.address = "mstp";
                identity.facts.push_back(std::move(reading));
            }
            sink_.found(identity);
        }
    }

    /// Broadcasts get lost, in either direction: asked until a round brings nothing new.
    Task<Result<std::vector<FoundDevice>>> everybody(Client& client) {
        const std::optional<bacnet::InstanceLimits> all;
        const Duration wait = options_.timeout.value_or(time_to_say);
        std::vector<FoundDevice> found;
        for (unsigned round = 0; round < most_questions; ++round) {
            auto answers = co_await client.who_is(all, wait);
            if (!answers) { co_return tl::unexpected(answers.error()); }
            const std::size_t before = found.size();
            for (FoundDevice& one : *answers) {
                const bool again = std::ranges::any_of(found, [&](const FoundDevice& other) {
                    return other.station == one.station && other.said.device == one.said.device;
                });
                if (!again) { found.push_back(std::move(one)); }
            }
            if (round > 0 && found.size() == before && !found.empty()) { break; }
        }
        co_return found;
    }

    Task<Result<void>> ask() {
        report("asking who is there", 0, 1, time_to_say);
        ClientOptions asking;
        asking.timeout = options_.timeout;
        asking.retries = std::max(1U, options_.retries);
        Client client(make_link(transport_, link_), asking);
        auto found = co_await everybody(client);
        if (!found) { co_return tl::unexpected(found.error()); }
        tell_duplicates(*found);
        for (std::size_t i = 0; i < found->size(); ++i) {
            const FoundDevice& one = (*found)[i];
            const std::string address = one.station.text();
            const bool wanted = options_.addresses.empty() ||
                                std::ranges::find(options_.addresses, address) != options_.addresses.end() ||
                                std::ranges::find(options_.addresses, std::to_string(one.said.device.instance)) !=
                                    options_.addresses.end();
            if (!wanted) { continue; }
            report(fmt::format("device {}", one.said.device.instance), i, found->size(), Duration::zero());
            constexpr std::uint32_t longest = 1476;
            const auto most = static_cast<std::uint16_t>(std::min(one.said.max_apdu, longest));
            Properties properties(client, one.station, std::min(most, client.link().max_apdu()), true);
            auto identity = co_await identify(properties, options_.candidates);
            if (!identity) {
                const bool over = identity.error().category == Category::interrupted ||
                                  identity.error().category == Category::endpoint;
                if (over) { co_return tl::unexpected(identity.error()); }
                if (sink_.trouble) { sink_.trouble(address, identity.error()); }
                continue;
            }
            if (identity->address.empty()) { identity->address = fmt::format("device:{}", one.said.device.instance); }
            if (sink_.found) { sink_.found(*identity); }
        }
        co_await client.link().rest();
        co_return Result<void>();
    }

    /// Two devices of one number, or two numbers at one address.
    void tell_duplicates(const std::vector<FoundDevice>& found) {
        if (!sink_.trouble) { return; }
        for (std::size_t i = 0; i < found.size(); ++i) {
            for (std::size_t j = 0; j < i; ++j) {
                const bool one_number = found[i].said.device == found[j].said.device;
                const bool one_place = found[i].station == found[j].station;
                if (!one_number && !one_place) { continue; }
                const std::string what =
                    one_number ? fmt::format("device {} is at {} and at {}", found[i].said.device.instance,
                                             found[j].station.text(), found[i].station.text())
                               : fmt::format("devices {} and {} have one address", found[j].said.device.instance,
                                             found[i].said.device.instance);
                const auto error = fail(Category::untrusted, what, transport_.description(),
                                        {"connect one at a time, and change one"}, "bacnet.duplicate");
                sink_.trouble(found[i].station.text(), error.value());
            }
        }
    }

    transports::Transport& transport_;
    ScanOptions options_;
    ScanSink sink_;
    LinkOptions link_;
    bool noise_ = false; ///< where we listened last
};

} // namespace

Task<Result<void>> scan(transports::Transport& transport, ScanOptions options, ScanSink sink) {
    auto link = link_options(options.settings);
    if (!link) { co_return tl::unexpected(link.error()); }
    Scan search(transport, std::move(options), std::move(sink), std::move(*link));
    auto done = co_await search.run();
    co_return done;
}

} // namespace meterctl::sessions::bacnet
