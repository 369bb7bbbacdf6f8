#include "simulators/iec62056_21_line.hpp"

#include <algorithm>
#include <array>

namespace meterctl::simulators {

namespace {

using namespace std::chrono_literals;

/// Octets are handed over in pieces of about this much line time.
constexpr auto piece_time = 2ms;
/// A late answer comes this much after its time, behind the longest reaction time of the standard.
constexpr auto lateness = 1700ms;
/// What a receiver makes of octets at another rate: runs of one level.
constexpr std::array<std::uint8_t, 8> noise{0x00, 0x80, 0xC0, 0xE0, 0xF0, 0xF8, 0xFE, 0xFF};

} // namespace

OpticalLine::OpticalLine(const Options& options) : options_(options), random_(options.seed, 0x1107) {}

std::chrono::nanoseconds OpticalLine::line_time(std::size_t octets, unsigned baud) const {
    if (baud == 0) { return 0ns; }
    const auto bits = static_cast<std::int64_t>(octets * options_.bits_per_octet);
    return std::chrono::nanoseconds(bits * 1'000'000'000 / static_cast<std::int64_t>(baud));
}

TimePoint OpticalLine::hear(ByteView octets, TimePoint now, unsigned meter_baud) {
    const unsigned baud = client_baud_ == 0 ? meter_baud : client_baud_;
    const TimePoint start = std::max(now, heard_until_);
    heard_until_ = start + line_time(octets.size(), baud);
    if (options_.echo) { send(Bytes(octets.begin(), octets.end()), start, client_baud_); }
    return heard_until_;
}

TimePoint OpticalLine::say(Bytes message, TimePoint at, unsigned baud, Noticeable noticeable) {
    TimePoint start = std::max(at, free_at_);
    const TimePoint end = start + line_time(message.size(), baud);
    free_at_ = end;
    if (message.empty() || random_.happens(options_.drop)) { return end; }
    if (noticeable.count > 0 && random_.happens(options_.corrupt)) {
        message[noticeable.first + random_.below(noticeable.count)] ^=
            static_cast<std::uint8_t>(1U << random_.below(7));
    }
    if (random_.happens(options_.cut)) { message.resize(random_.below(message.size())); }
    if (random_.happens(options_.late)) { start += lateness; }
    send(message, start, baud);
    if (random_.happens(options_.duplicate)) { send(message, start + line_time(message.size(), baud), baud); }
    return end;
}

void OpticalLine::send(const Bytes& octets, TimePoint start, unsigned baud) {
    const auto one = line_time(1, baud);
    const std::size_t piece =
        one == 0ns ? octets.size() : static_cast<std::size_t>(std::max<std::int64_t>(1, piece_time / one));
    for (std::size_t done = 0; done < octets.size();) {
        const std::size_t count = std::min(piece, octets.size() - done);
        const auto* first = octets.data() + done;
        done += count;
        due_.emplace(start + line_time(done, baud), Piece{Bytes(first, first + count), baud});
    }
}

std::optional<TimePoint> OpticalLine::next_deadline() const {
    if (due_.empty()) { return std::nullopt; }
    return due_.begin()->first;
}

std::vector<Transmission> OpticalLine::transmit(TimePoint now) {
    std::vector<Transmission> out;
    while (!due_.empty() && due_.begin()->first <= now) {
        auto first = due_.extract(due_.begin());
        Piece& piece = first.mapped();
        if (piece.baud != 0 && !client_is_at(piece.baud)) {
            for (std::uint8_t& octet : piece.octets) { octet = noise.at(random_.below(noise.size())); }
        }
        out.push_back({first.key(), std::move(piece.octets)});
    }
    return out;
}

} // namespace meterctl::simulators
