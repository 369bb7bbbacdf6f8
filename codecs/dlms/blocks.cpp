#include "codecs/dlms/blocks.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace meterctl::codecs::dlms {
namespace {

constexpr unsigned most_repeats = 3; ///< of asking for a lost block

tl::unexpected<Error> wrong(std::string what, const std::string& code) {
    return fail(Category::untrusted, std::move(what), {}, {}, "dlms.block." + code);
}

tl::unexpected<Error> too_long(std::size_t limit) {
    return wrong(fmt::format("a transfer of more than {} octets", limit), "too_long");
}

} // namespace

Result<void> BlockOrder::accept(std::uint32_t number, bool last) {
    if (complete_) { return wrong(fmt::format("block {} behind the last, {}", number, received_), "behind_last"); }
    if (received_ > 0 && number == received_) { return wrong(fmt::format("block {} came twice", number), "duplicate"); }
    if (number > received_ + 1) {
        return wrong(fmt::format("block {} came where {} was due", number, received_ + 1), "lost");
    }
    if (number != received_ + 1) {
        return wrong(fmt::format("block {} came where {} was due", number, received_ + 1), "order");
    }
    received_ = number;
    complete_ = last;
    return {};
}

Result<void> BlockAssembler::accept(const Block& block) {
    auto in_order = order_.accept(block.number, block.last);
    if (!in_order) { return in_order; }
    if (block.raw.size() > limit_ - raw_.size()) { return too_long(limit_); }
    raw_.insert(raw_.end(), block.raw.begin(), block.raw.end());
    return {};
}

Block block_of(ByteView raw, std::size_t size, std::uint32_t number) {
    const auto begin = std::min((std::size_t{number} - 1) * size, raw.size());
    const auto part = raw.subspan(begin, std::min(size, raw.size() - begin));
    return {begin + part.size() == raw.size(), number, Bytes(part.begin(), part.end())};
}

GeneralBlock GeneralBlockReceiver::answer() {
    return {true, false, window_, ++sent_, received_, {}};
}

Result<GeneralBlockReceiver::Step> GeneralBlockReceiver::accept(const GeneralBlock& block) {
    const auto due = static_cast<std::uint16_t>(received_ + 1);
    if (block.number == due) {
        if (block.data.size() > limit_ - apdu_.size()) { return too_long(limit_); }
        apdu_.insert(apdu_.end(), block.data.begin(), block.data.end());
        received_ = due;
        asked_again_ = 0;
        if (block.last) { return Step{true, std::nullopt}; }
    } else if (block.number < due) {
        ++duplicates_;
    } else {
        if (window_ == 0) { return wrong(fmt::format("block {} came where {} was due", block.number, due), "lost"); }
        gap_ = true;
    }
    const bool wants_answer = !block.streaming || block.last;
    if (!wants_answer || window_ == 0) { return Step{}; }
    if (std::exchange(gap_, false) && ++asked_again_ > most_repeats) {
        return wrong(fmt::format("block {} was lost {} times", due, asked_again_), "lost");
    }
    return Step{false, answer()};
}

GeneralBlockSender::GeneralBlockSender(Bytes apdu, std::size_t size, std::uint8_t window)
    : apdu_(std::move(apdu)), size_(std::max<std::size_t>(size, 1)), window_(std::max<std::uint8_t>(window, 1)) {}

std::uint16_t GeneralBlockSender::count() const {
    const auto blocks = std::max<std::size_t>((apdu_.size() + size_ - 1) / size_, 1);
    return static_cast<std::uint16_t>(std::min<std::size_t>(blocks, 0xFFFF));
}

std::vector<GeneralBlock> GeneralBlockSender::due(std::uint16_t acknowledged) const {
    std::vector<GeneralBlock> blocks;
    const auto end = std::min<unsigned>(count(), confirmed_ + unsigned{window_});
    blocks.reserve(end - confirmed_);
    for (unsigned number = confirmed_ + 1U; number <= end; ++number) {
        auto part = block_of(apdu_, size_, number);
        const bool last = number == count();
        blocks.push_back(
            {last, number != end, window_, static_cast<std::uint16_t>(number), acknowledged, std::move(part.raw)});
    }
    return blocks;
}

Result<void> GeneralBlockSender::acknowledge(const GeneralBlock& answer) {
    if (answer.acknowledged > count()) {
        return wrong(fmt::format("block {} confirmed, which was not sent", answer.acknowledged), "order");
    }
    confirmed_ = std::max(confirmed_, answer.acknowledged);
    if (answer.window > 0) { window_ = answer.window; }
    return {};
}

} // namespace meterctl::codecs::dlms
