#include "codecs/dlms/array_stream.hpp"

#include "codecs/dlms/length.hpp"

namespace meterctl::codecs::dlms {

void ArrayStream::feed(ByteView octets) {
    octets_.erase(octets_.begin(), octets_.begin() + static_cast<std::ptrdiff_t>(at_));
    at_ = 0;
    octets_.insert(octets_.end(), octets.begin(), octets.end());
}

/// Reads tag and count; false where they have not come.
Result<bool> ArrayStream::begin() {
    if (octets_.empty()) { return false; }
    if (octets_[0] == static_cast<std::uint8_t>(Type::compact_array)) {
        const auto extent = data_extent(octets_);
        if (!extent) { return tl::unexpected(extent.error()); }
        if (!*extent) { return false; }
        auto data = decode_data(ByteView(octets_).first(**extent));
        if (!data) { return tl::unexpected(std::move(data.error())); }
        compact_ = std::get<std::vector<Data>>(std::move(data->content));
        count_ = static_cast<std::uint32_t>(compact_.size());
        at_ = **extent;
        return true;
    }
    if (octets_[0] != static_cast<std::uint8_t>(Type::array)) {
        const auto type = type_of(octets_[0]);
        return tl::unexpected(
            octets_error("an array was expected, this is " + std::string(type ? type_name(*type) : "no value"), 0));
    }
    ByteReader reader(octets_);
    reader.u8();
    const auto whole = reader.remaining() > 5;
    count_ = read_length(reader);
    if (!count_ && whole) { return tl::unexpected(octets_error("an array whose count is no number", 1)); }
    if (count_) { at_ = reader.offset(); }
    return count_.has_value();
}

Result<std::optional<Data>> ArrayStream::next_of_compact() {
    return std::optional(std::move(compact_[taken_++]));
}

Result<std::optional<Data>> ArrayStream::next() {
    if (!count_) {
        const auto begun = begin();
        if (!begun) { return tl::unexpected(begun.error()); }
        if (!*begun) { return std::nullopt; }
    }
    if (complete()) { return std::nullopt; }
    if (!compact_.empty()) { return next_of_compact(); }
    const auto rest = ByteView(octets_).subspan(at_);
    const auto extent = data_extent(rest);
    if (!extent) { return tl::unexpected(extent.error()); }
    if (!*extent) { return std::nullopt; }
    auto data = decode_data(rest.first(**extent));
    if (!data) { return tl::unexpected(std::move(data.error())); }
    at_ += **extent;
    ++taken_;
    return std::optional(std::move(*data));
}

} // namespace meterctl::codecs::dlms
