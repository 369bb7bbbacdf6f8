#include "sessions/bacnet/ring_ear.hpp"

#include <algorithm>
#include <array>

namespace meterctl::sessions::bacnet {

namespace mstp = codecs::bacnet::mstp;

namespace {

using namespace std::chrono_literals;

constexpr Duration frame_abort = 100ms;
constexpr std::array usual_rates{76800U, 38400U, 9600U, 19200U, 57600U, 115200U};
constexpr Duration at_each_rate = 800ms;         ///< a master that is alone polls in each 35 ms
constexpr std::uint8_t nobody = mstp::broadcast; ///< who only listens has no address

} // namespace

void RingEar::heard(const mstp::Heard& heard, TimePoint now) {
    observer_.heard(heard, now);
    ++(heard.valid ? good_ : bad_);
    const bool poll = heard.valid && heard.frame.type == static_cast<std::uint8_t>(mstp::FrameType::poll_for_master);
    if (poll) { last_poll_ = heard.frame; }
}

bool RingEar::taken(std::uint8_t station, std::optional<std::uint8_t> not_this) const {
    return seen(station) || station == not_this;
}

std::optional<std::uint8_t> RingEar::polled_next(std::uint8_t max_master, std::optional<std::uint8_t> not_this) const {
    if (!last_poll_) { return std::nullopt; }
    const unsigned places = max_master + 1U;
    const std::uint8_t poller = last_poll_->source;
    const auto successor = observer_.station(poller).successor;
    unsigned next = last_poll_->destination;
    for (unsigned tried = 0; tried < places; ++tried) {
        next = (next + 1) % places;
        // Behind the poller's gap its polls begin again in front of it.
        if (next == poller || (successor && *successor != poller && next == *successor)) {
            next = (poller + 1U) % places;
        }
        const auto station = static_cast<std::uint8_t>(next);
        if (!taken(station, not_this)) { return station; }
    }
    return std::nullopt;
}

bool RingEar::settled() const {
    if (!last_poll_) { return false; }
    return observer_.station(last_poll_->source).successor.has_value() ||
           observer_.station(last_poll_->destination).polled > 1;
}

std::uint8_t RingEar::unheard(std::uint8_t max_master, std::optional<std::uint8_t> not_this) const {
    for (unsigned station = 0; station <= max_master; ++station) {
        if (!taken(static_cast<std::uint8_t>(station), not_this)) { return static_cast<std::uint8_t>(station); }
    }
    return max_master;
}

std::optional<std::uint8_t> RingEar::master_behind(std::uint8_t station) const {
    const auto masters = observer_.masters();
    if (masters.empty()) { return std::nullopt; }
    const auto next = std::ranges::upper_bound(masters, station);
    return next == masters.end() ? masters.front() : *next;
}

Task<Result<void>> listen(transports::Transport& transport, RingEar& ear, TimePoint deadline,
                          std::function<bool()> enough) {
    mstp::Receiver receiver(nobody, frame_abort);
    transports::Loop& loop = transport.loop();
    while (loop.now() < deadline && !enough()) {
        auto chunk = co_await transport.read(std::min(deadline, receiver.next_deadline().value_or(deadline)));
        if (!chunk) { co_return tl::unexpected(chunk.error()); }
        const TimePoint now = loop.now();
        ear.noticed(chunk->octets.size() + chunk->faults.size());
        for (const std::uint8_t octet : chunk->octets) {
            if (const auto heard = receiver.octet(octet, now)) { ear.heard(*heard, now); }
        }
        if (const auto heard = receiver.advance(now)) { ear.heard(*heard, now); }
    }
    co_return Result<void>();
}

Task<Result<std::optional<transports::LineSettings>>> find_rate(transports::Transport& transport,
                                                                std::vector<transports::LineSettings> tried) {
    std::optional<transports::LineSettings> found;
    const auto own = transport.line();
    if (!own) { co_return found; }
    for (const unsigned baud : usual_rates) {
        const auto line = transports::parse_frame("8N1", baud);
        if (!line || std::ranges::find(tried, *line) != tried.end()) { continue; }
        auto configured = co_await transport.configure(*line);
        if (!configured) { break; } // an adapter that lacks a rate, or a remote line that has one
        RingEar ear;
        const std::function<bool()> enough = [&ear] { return ear.good() > 0; };
        auto heard = co_await listen(transport, ear, transport.loop().now() + at_each_rate, enough);
        if (!heard) { co_return tl::unexpected(heard.error()); }
        if (ear.good() > 0) {
            found = *line;
            break;
        }
    }
    auto back = co_await transport.configure(*own);
    if (!back) { co_return tl::unexpected(back.error()); }
    co_return found;
}

} // namespace meterctl::sessions::bacnet
