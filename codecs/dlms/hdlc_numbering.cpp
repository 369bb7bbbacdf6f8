#include "codecs/dlms/hdlc_numbering.hpp"

#include <algorithm>

namespace meterctl::codecs::dlms::hdlc {
namespace {

constexpr unsigned modulus = 8;

std::uint8_t ahead(std::uint8_t number, std::uint8_t of) {
    return static_cast<std::uint8_t>((number + modulus - of) % modulus);
}

} // namespace

void Outgoing::add(ByteView message, std::size_t max_info) {
    do {
        const auto part = message.first(std::min(message.size(), max_info));
        message = message.subspan(part.size());
        segments_.push_back({Bytes(part.begin(), part.end()), !message.empty()});
    } while (!message.empty());
}

std::vector<Frame> Outgoing::window(std::size_t most) {
    std::vector<Frame> frames;
    for (; sent_ < segments_.size() && sent_ < most; ++sent_) {
        Frame& frame = frames.emplace_back();
        frame.control.type = FrameType::i;
        frame.control.send = next();
        frame.segmented = segments_[sent_].more;
        frame.information = segments_[sent_].information;
    }
    most_sent_ = std::max(most_sent_, sent_);
    return frames;
}

bool Outgoing::acknowledge(std::uint8_t receive) {
    const std::size_t count = ahead(receive, first_);
    if (count > most_sent_) { return false; }
    segments_.erase(segments_.begin(), segments_.begin() + static_cast<std::ptrdiff_t>(count));
    sent_ = sent_ > count ? sent_ - count : 0;
    most_sent_ -= count;
    first_ = receive;
    return true;
}

Incoming::Taken Incoming::take(const Frame& frame) {
    const auto number = ahead(frame.control.send, next_);
    if (number != 0) { return number > most_window / 2 ? Taken::duplicate : Taken::gap; }
    if (message_.size() + frame.information.size() > longest_message) { return Taken::too_long; }
    next_ = static_cast<std::uint8_t>((next_ + 1U) % modulus);
    message_.insert(message_.end(), frame.information.begin(), frame.information.end());
    open_ = frame.segmented;
    return open_ ? Taken::segment : Taken::message;
}

Bytes Incoming::take_message() {
    Bytes message = std::move(message_);
    message_.clear();
    if (has_llc(message)) { message.erase(message.begin(), message.begin() + llc_octets); }
    return message;
}

} // namespace meterctl::codecs::dlms::hdlc
