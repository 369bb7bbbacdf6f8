#include "codecs/bacnet/segmentation.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace meterctl::codecs::bacnet {
namespace {

tl::unexpected<Error> wrong(std::string what) {
    return fail(Category::untrusted, std::move(what), {}, {}, "bacnet.segment");
}

std::uint8_t behind(std::uint8_t sequence) {
    return static_cast<std::uint8_t>(sequence + 1);
}

} // namespace

Reassembly::Step Reassembly::due(bool negative) const {
    return {complete_, true, negative, last_, window_};
}

Result<Reassembly::Step> Reassembly::receive(const Segment& segment, ByteView data) {
    if (!started_ && segment.sequence != 0) {
        return wrong(fmt::format("segment {} where segment 0 is due", segment.sequence));
    }
    if (complete_) { return due(false); }
    if (started_ && segment.sequence != behind(last_)) {
        const auto back = static_cast<std::uint8_t>(last_ - segment.sequence);
        const bool repeated = back < window_;
        if (repeated || asked_again_) { return Step{false, false, false, last_, window_}; }
        asked_again_ = true;
        acknowledged_ = last_;
        return due(true);
    }
    if (data.size() > limit_ - data_.size()) {
        return wrong(fmt::format("a segmented message of more than {} octets", limit_));
    }
    data_.insert(data_.end(), data.begin(), data.end());
    if (!started_) { window_ = std::clamp(segment.window, std::uint8_t{1}, window_); }
    last_ = segment.sequence;
    complete_ = !segment.more_follows;
    asked_again_ = false;
    const bool full = static_cast<std::uint8_t>(last_ - acknowledged_) >= window_;
    const bool first = !started_;
    started_ = true;
    if (!first && !full && !complete_) { return Step{false, false, false, last_, window_}; }
    acknowledged_ = last_;
    return due(false);
}

Segmentation::Segmentation(Bytes message, std::size_t most, std::uint8_t window)
    : message_(std::move(message)), most_(std::max<std::size_t>(most, 1)), proposed_(std::max<std::uint8_t>(window, 1)),
      count_(std::max<std::size_t>(1, (message_.size() + most_ - 1) / most_)) {}

std::vector<Segmentation::Part> Segmentation::due() const {
    std::vector<Part> parts;
    const std::size_t end = std::min(count_, next_ + granted_);
    for (std::size_t at = next_; at < end; ++at) {
        const auto begin = at * most_;
        Part part;
        part.segment = {at + 1 < count_, static_cast<std::uint8_t>(at), proposed_};
        part.data = ByteView(message_).subspan(begin, std::min(most_, message_.size() - begin));
        parts.push_back(part);
    }
    return parts;
}

bool Segmentation::acknowledge(std::uint8_t sequence, std::uint8_t window) {
    const auto ahead = static_cast<std::uint8_t>(sequence - static_cast<std::uint8_t>(next_));
    const bool moves = ahead < granted_ && next_ + ahead < count_;
    if (moves) { next_ += ahead + 1U; }
    const auto before = static_cast<std::uint8_t>(next_ - 1);
    if (moves || sequence == before) { granted_ = std::max<std::uint8_t>(window, 1); }
    return moves;
}

} // namespace meterctl::codecs::bacnet
