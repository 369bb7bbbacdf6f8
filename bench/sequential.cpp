// Reads through a session, one request after the other on one connection:
//   bench_sequential ENDPOINT TIMES POINT...    prints the seconds it took
#include "sessions/protocols.hpp"
#include "transports/open.hpp"

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

using namespace meterctl;

namespace {

template <class T>
T need(Result<T> result) {
    if (!result) {
        std::fprintf(stderr, "bench_sequential: %s\n", describe(result.error()).c_str());
        std::exit(exit_code(result.error().category));
    }
    return std::move(*result);
}

Task<void> read_often(sessions::Session& session, const std::vector<catalogue::Point>& points, long times) {
    for (long i = 0; i < times; ++i) {
        const sessions::ReadOutcome outcome = need(co_await session.read(points));
        if (outcome.readings.size() != points.size()) { need<int>(tl::unexpected(outcome.failures.front().error)); }
    }
}

} // namespace

int main(int count, char** words) {
    if (count < 4) {
        std::fputs("usage: bench_sequential ENDPOINT TIMES POINT...\n", stderr);
        return 2;
    }
    const sessions::Protocol& modbus = *sessions::find_protocol("modbus");
    std::vector<catalogue::Point> points;
    for (int i = 3; i < count; ++i) { points.push_back(need(modbus.parse_point(words[i]))); }

    const auto loop = transports::make_real_loop();
    const auto endpoint = need(transports::parse_endpoint(words[1]));
    const auto transport = need(transports::run(*loop, transports::open_transport(*loop, endpoint, {})));
    sessions::SessionOptions options;
    options.address = "1";
    const auto session = need(modbus.open(*transport, options));
    const auto begin = std::chrono::steady_clock::now();
    transports::run(*loop, read_often(*session, points, std::stol(words[2])));
    const std::chrono::duration<double> taken = std::chrono::steady_clock::now() - begin;
    std::printf("%.6f\n", taken.count());
    return 0;
}
