#include "simulators/faults.hpp"

#include <algorithm>
#include <limits>

namespace meterctl::simulators {

namespace {

using namespace std::chrono_literals;

/// Paced octets are handed over in pieces of about this much line time.
constexpr auto piece_time = 2ms;
/// A late answer comes this much after its time, plus a random share of the spread: behind a time-out of 1 s.
constexpr auto lateness = 1300ms;
constexpr auto lateness_spread = 500ms;

} // namespace

FaultyLine::FaultyLine(const Options& options) : options_(options), random_(options.seed, 0xFA17) {}

std::chrono::nanoseconds FaultyLine::line_time(std::size_t octets) const {
    if (options_.baud == 0) { return 0ns; }
    const auto bits = static_cast<std::int64_t>(octets * options_.bits_per_octet);
    return std::chrono::nanoseconds(bits * 1'000'000'000 / static_cast<std::int64_t>(options_.baud));
}

TimePoint FaultyLine::hear(ByteView octets, TimePoint now) {
    const TimePoint start = std::max(now, heard_until_);
    heard_until_ = start + line_time(octets.size());
    if (options_.echo) { send(Bytes(octets.begin(), octets.end()), start, piece_octets()); }
    return heard_until_;
}

void FaultyLine::answer(Bytes frame, TimePoint request_end) {
    if (frame.empty() || random_.happens(options_.drop)) { return; }
    corrupt(frame, 0, frame.size());
    if (random_.happens(options_.cut)) { frame.resize(random_.below(frame.size())); }
    deliver(frame, request_end, piece_octets());
}

void FaultyLine::answer_in_stream(Bytes frame, TimePoint request_end, std::size_t first, std::size_t count) {
    if (random_.happens(options_.drop) || random_.happens(options_.cut)) { return; }
    corrupt(frame, first, count);
    deliver(frame, request_end, frame.size());
}

void FaultyLine::corrupt(Bytes& frame, std::size_t first, std::size_t count) {
    if (!random_.happens(options_.corrupt)) { return; }
    frame[first + random_.below(count)] ^= static_cast<std::uint8_t>(1U << random_.below(8));
}

void FaultyLine::deliver(const Bytes& frame, TimePoint request_end, std::size_t piece) {
    const TimePoint at = request_end + options_.latency;
    const bool late = random_.happens(options_.late);
    const int copies = random_.happens(options_.duplicate) ? 2 : 1;
    for (int copy = 0; copy < copies; ++copy) {
        if (late) { // comes in one piece, and holds up nothing that is on time
            const auto spread = std::chrono::milliseconds(random_.below(lateness_spread.count()));
            due_.emplace(at + lateness + spread + line_time(frame.size()), frame);
        } else {
            send(frame, at, piece);
        }
    }
}

/// As many octets as are handed over at once on a paced line.
std::size_t FaultyLine::piece_octets() const {
    if (options_.baud == 0) { return std::numeric_limits<std::size_t>::max(); }
    return static_cast<std::size_t>(std::max<std::int64_t>(1, piece_time / line_time(1)));
}

void FaultyLine::send(const Bytes& frame, TimePoint at, std::size_t piece) {
    const TimePoint start = std::max(at, free_at_);
    for (std::size_t done = 0; done < frame.size();) {
        const std::size_t count = std::min(piece, frame.size() - done);
        const auto* first = frame.data() + done;
        done += count;
        due_.emplace(start + line_time(done), Bytes(first, first + count));
    }
    if (options_.baud != 0) { free_at_ = start + line_time(frame.size()); }
}

std::optional<TimePoint> FaultyLine::next_deadline() const {
    if (due_.empty()) { return std::nullopt; }
    return due_.begin()->first;
}

std::vector<Transmission> FaultyLine::transmit(TimePoint now) {
    std::vector<Transmission> out;
    while (!due_.empty() && due_.begin()->first <= now) {
        auto first = due_.extract(due_.begin());
        out.push_back({first.key(), std::move(first.mapped())});
    }
    return out;
}

} // namespace meterctl::simulators
