#include "transports/capture_tcp.hpp"

#include <algorithm>
#include <utility>

namespace meterctl::transports {

namespace {

constexpr std::int32_t plausible_window = 16 << 20;
constexpr std::size_t max_held_octets = std::size_t{64} << 10U;
constexpr std::size_t max_held_segments = 64;
constexpr std::size_t max_held_by_all = std::size_t{4} << 20U;
constexpr auto max_wait = std::chrono::seconds(2);

/// How far `a` lies behind `b` in sequence space (RFC 9293, 3.4).
std::int32_t distance(std::uint32_t a, std::uint32_t b) {
    return static_cast<std::int32_t>(a - b);
}

} // namespace

void TcpDirection::segment(std::uint32_t sequence, bool syn, const TcpPiece& piece, std::uint32_t missing,
                           const Emit& emit) {
    if (syn) { ++sequence; }
    if (!started_) {
        started_ = true;
        next_ = sequence;
    }
    const std::int32_t ahead = distance(sequence, next_);
    const bool elsewhere = ahead > plausible_window || ahead < -plausible_window;
    if (elsewhere || (syn && ahead != 0)) { // the ports are used anew, or the numbers are damaged
        flush(emit);
        jump(sequence, false);
    }
    if (piece.octets.empty() && missing == 0) { return; }
    if (distance(sequence, next_) > 0) {
        hold(sequence, piece);
    } else {
        deliver(sequence, piece, emit);
        if (missing > 0) { jump(next_ + missing, true); }
    }
    while (!held_.empty() && (distance(held_.front().sequence, next_) <= 0 || must_release(piece.time))) {
        release(emit);
    }
}

void TcpDirection::deliver(std::uint32_t sequence, const TcpPiece& piece, const Emit& emit) {
    const auto known = static_cast<std::uint32_t>(std::max(0, -distance(sequence, next_)));
    if (known >= piece.octets.size()) {
        counters_->retransmitted += piece.octets.size();
        return;
    }
    counters_->retransmitted += known;
    TcpPiece fresh = piece;
    fresh.octets = piece.octets.subspan(known);
    fresh.gap = std::exchange(gap_, false);
    next_ += static_cast<std::uint32_t>(fresh.octets.size());
    waiting_since_ = piece.time;
    emit(fresh);
}

void TcpDirection::hold(std::uint32_t sequence, const TcpPiece& piece) {
    if (held_.empty()) { waiting_since_ = piece.time; }
    const auto place = std::find_if(held_.begin(), held_.end(),
                                    [sequence](const Held& held) { return distance(held.sequence, sequence) >= 0; });
    if (place != held_.end() && place->sequence == sequence && place->octets.size() >= piece.octets.size()) {
        counters_->retransmitted += piece.octets.size();
        return;
    }
    ++counters_->out_of_order;
    held_octets_ += piece.octets.size();
    counters_->held += piece.octets.size();
    held_.insert(place, Held{sequence, Bytes(piece.octets.begin(), piece.octets.end()), piece.time, piece.frame});
}

bool TcpDirection::must_release(CaptureTime now) const {
    if (held_octets_ > max_held_octets || held_.size() > max_held_segments) { return true; }
    if (counters_->held > max_held_by_all) { return true; }
    if (acknowledgment_seen_) {
        const std::int32_t beyond = distance(acknowledged_, held_.front().sequence);
        if (beyond >= 0 && beyond < plausible_window) { return true; }
    }
    return now && waiting_since_ && *now - *waiting_since_ > max_wait;
}

void TcpDirection::release(const Emit& emit) {
    const Held first = std::move(held_.front());
    held_.erase(held_.begin());
    held_octets_ -= first.octets.size();
    counters_->held -= first.octets.size();
    if (distance(first.sequence, next_) > 0) { jump(first.sequence, true); }
    deliver(first.sequence, TcpPiece{first.octets, first.time, first.frame, false}, emit);
}

void TcpDirection::jump(std::uint32_t sequence, bool countable) {
    ++counters_->gaps;
    if (countable) { counters_->lost += sequence - next_; }
    gap_ = true;
    next_ = sequence;
}

void TcpDirection::acknowledged(std::uint32_t number, const Emit& emit) {
    acknowledged_ = number;
    acknowledgment_seen_ = true;
    while (!held_.empty() && must_release(std::nullopt)) { release(emit); }
}

void TcpDirection::flush(const Emit& emit) {
    while (!held_.empty()) { release(emit); }
}

} // namespace meterctl::transports
