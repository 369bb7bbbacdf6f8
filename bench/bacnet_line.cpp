// A virtual Leviton S4100 on an MS/TP line of 76800 baud, in virtual time:
//   bench_bacnet_line points    all its points
//   bench_bacnet_line log       a full trend log of 5760 records
// Prints what it took and the least that it could have taken: requests, and milliseconds of the line.
#include "codecs/bacnet/point.hpp"
#include "sessions/protocols.hpp"
#include "src/catalogue/catalogue.hpp"
#include "transports/open.hpp"

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <vector>

using namespace meterctl;
namespace bacnet = codecs::bacnet;

namespace {

constexpr unsigned baud = 76800;
constexpr std::size_t max_apdu = 480;
constexpr std::size_t mstp_octets = 8 + 2 + 2; ///< header, CRC of the data, NPDU
constexpr std::size_t request_header = 4, answer_header = 3;
constexpr double token_octets = 8, turnaround_octets = 4; ///< 40 bit times

template <class T>
T need(Result<T> result) {
    if (!result) {
        std::fprintf(stderr, "bench_bacnet_line: %s\n", describe(result.error()).c_str());
        std::exit(exit_code(result.error().category));
    }
    return std::move(*result);
}

double line_ms(double octets) {
    return octets * 10 * 1000 / baud;
}

/// Requests and answers, each behind a turnaround, and the token there and back between one and the next: the meter may
/// send one frame with each token, and we send one.
double least_ms(std::size_t exchanges, std::size_t request_octets, std::size_t answer_octets) {
    const auto times = static_cast<double>(exchanges);
    const double frames = times * static_cast<double>(2 * mstp_octets + request_header + answer_header) +
                          static_cast<double>(request_octets + answer_octets);
    return line_ms(frames + times * 2 * turnaround_octets + (times - 1) * 2 * (token_octets + turnaround_octets));
}

struct Bench {
    Bench() {
        const catalogue::Definition* found = need(catalogue.find("leviton-s4100"));
        meter = found;
        simulators::Unit unit;
        unit.meter = meter;
        simulators::Options options;
        options.speed = 0;
        options.baud = baud;
        options.bits_per_octet = 10;
        options.latency = std::chrono::milliseconds(0);
        auto bus = need(protocol->simulate(std::span(&unit, 1), options));
        transport =
            transports::make_simulated(*loop, std::move(bus), need(transports::parse_frame("8N1", baud)), "sim:");
        sessions::SessionOptions settings;
        settings.meter = meter;
        settings.settings["max_master"] = "10"; // every 50 tokens the standard has us poll our gap, 36 ms an address
        session = need(protocol->open(*transport, std::move(settings)));
        const std::vector<catalogue::Point> one{*meter->find("model_name")};
        need(transports::run(*loop, session->read(one))); // in the ring from now on
        begun = loop->now();
        before = session->statistics().requests;
    }
    void tell(std::size_t least_requests, double least) {
        const std::chrono::duration<double, std::milli> taken = loop->now() - begun;
        std::printf("%llu %zu %.2f %.2f\n", static_cast<unsigned long long>(session->statistics().requests - before),
                    least_requests, taken.count(), least);
    }

    const sessions::Protocol* protocol = sessions::find_protocol("bacnet");
    catalogue::Catalogue catalogue;
    const catalogue::Definition* meter = nullptr;
    std::unique_ptr<transports::Loop> loop = transports::make_virtual_loop();
    std::unique_ptr<transports::Transport> transport;
    std::unique_ptr<sessions::Session> session;
    transports::TimePoint begun;
    std::uint64_t before = 0;
};

/// ReadPropertyMultiple: an object in its tags, and a property in its own, are asked for and answered once each.
void all_points(Bench& bench) {
    std::vector<catalogue::Point> points;
    for (const auto& point : bench.meter->points) {
        if (!point.method && point.access != catalogue::Access::write) { points.push_back(point); }
    }
    const auto outcome = need(transports::run(*bench.loop, bench.session->read(points)));
    if (!outcome.failures.empty()) { need<int>(tl::unexpected(outcome.failures.front().error)); }
    std::size_t asked = 0, answered = 0;
    std::optional<bacnet::ObjectId> object;
    for (std::size_t i = 0; i < points.size(); ++i) {
        const auto address = need(bacnet::parse_point_address(points[i].address));
        if (address.object != object) {
            asked += 7;
            answered += 7;
        }
        object = address.object;
        asked += 2;
        answered += 4 + outcome.readings[i].raw.size();
    }
    const std::size_t room = max_apdu - answer_header;
    const std::size_t least = (answered + room - 1) / room;
    bench.tell(least, least_ms(least, asked, answered));
}

void whole_log(Bench& bench) {
    constexpr std::size_t records = 5760, record_octets = 22;
    // Object, property, flags, count, the tags around the items, first sequence number; what asks for it.
    constexpr std::size_t head = 5 + 2 + 3 + 2 + 2 + 3, question = 5 + 2 + 1 + 3 + 3 + 1;
    constexpr std::size_t fitting = (max_apdu - answer_header - head) / record_octets;
    constexpr std::size_t least = (records + fitting - 1) / fitting;
    std::size_t had = 0;
    sessions::ProfileSink sink;
    sink.record = [&had](ProfileRecord&&) { return ++had <= records; };
    const auto done = transports::run(*bench.loop, bench.session->profile(bench.meter->profiles.front(), {}, sink));
    if (!done) { need<int>(tl::unexpected(done.error())); }
    if (had != records) { std::exit(1); }
    bench.tell(least, least_ms(least, least * question, records * record_octets + least * head));
}

} // namespace

int main(int count, char** words) {
    Bench bench;
    if (count == 2 && std::strcmp(words[1], "log") == 0) {
        whole_log(bench);
    } else {
        all_points(bench);
    }
    return 0;
}
