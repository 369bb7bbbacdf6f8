#include "tests/codecs/bacnet/mstp_line.hpp"

#include "tests/codecs/bacnet/vectors.hpp"

#include <algorithm>

namespace mstp_line {

MasterSettings settings(std::uint8_t station, std::uint8_t max_master) {
    MasterSettings made;
    made.station = station;
    made.max_master = max_master;
    return made;
}

Bench in_ring(MasterSettings made) {
    Bench bench(std::move(made));
    bench.give_token(2);
    bench.hear(FrameType::reply_to_poll_for_master, 1, 2);
    bench.hear(FrameType::poll_for_master, 3, 2);
    bench.sent();
    return bench;
}

Bytes npdu() {
    return bacnet_vectors::octets("01040005010C0C000000011955");
}

MasterNode& Line::add(MasterSettings settings) {
    const auto address = settings.station;
    const auto baud = settings.baud;
    stations_.push_back({address, baud, std::make_unique<MasterNode>(std::move(settings), now)});
    return *stations_.back().node;
}

void Line::remove(std::uint8_t station) {
    std::erase_if(stations_, [&](const Station& one) { return one.address == station; });
}

MasterNode* Line::find(std::uint8_t station) {
    const auto found = std::ranges::find(stations_, station, &Station::address);
    return found == stations_.end() ? nullptr : found->node.get();
}

void Line::collect() {
    for (auto& station : stations_) {
        const Duration octet(std::chrono::nanoseconds(std::chrono::seconds(10)) / station.baud);
        for (const auto& one : station.node->take_transmissions()) {
            const auto decoded = decode(one.octets);
            if (one.due < busy_until_) { ++collisions; }
            busy_until_ = one.due + octet * one.octets.size();
            if (decoded) { spoken.push_back({one.due, *decoded}); }
            if (decoded && lose_ && decoded->type == static_cast<std::uint8_t>(*lose_)) {
                lose_.reset();
                continue;
            }
            for (std::size_t at = 0; at < one.octets.size(); ++at) {
                octets_.push_back({one.due + octet * (at + 1), station.address, one.octets[at]});
            }
        }
    }
    std::ranges::stable_sort(octets_, {}, &Octet::arrives);
}

std::optional<TimePoint> Line::next() const {
    std::optional<TimePoint> due;
    for (const auto& station : stations_) {
        const auto one = station.node->next_deadline();
        if (one && (!due || *one < *due)) { due = one; }
    }
    if (!octets_.empty() && (!due || octets_.front().arrives <= *due)) { due = octets_.front().arrives; }
    return due;
}

void Line::run(Duration duration) {
    const auto end = now + duration;
    for (;;) {
        collect();
        const auto due = next();
        if (!due || *due > end) { break; }
        now = std::max(now, *due);
        while (!octets_.empty() && octets_.front().arrives <= now) {
            const auto octet = octets_.front();
            octets_.erase(octets_.begin());
            for (auto& station : stations_) {
                if (station.address != octet.from) { station.node->receive(Bytes{octet.octet}, octet.arrives); }
            }
        }
        for (auto& station : stations_) { station.node->advance(now); }
    }
    now = end;
}

} // namespace mstp_line
