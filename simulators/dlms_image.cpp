#include "simulators/dlms_image.hpp"

#include "codecs/dlms/crypto.hpp"

#include <algorithm>

namespace meterctl::simulators {

namespace dlms = codecs::dlms;
using dlms::Data;

DlmsAnswer<void> DlmsImage::initiate(const Data& parameter) {
    const auto* const parts = parameter.items();
    if (!enabled_) { return tl::unexpected(DlmsRefusal::temporary_failure); }
    const auto size = parts != nullptr && parts->size() == 2 ? (*parts)[1].whole() : std::nullopt;
    if (!size || *size < 1 || *size > largest) { return tl::unexpected(DlmsRefusal::type_unmatched); }
    if (!(*parts)[0].text().starts_with(maker)) { return tl::unexpected(DlmsRefusal::read_write_denied); }
    identifier_ = (*parts)[0].text();
    size_ = static_cast<std::uint32_t>(*size);
    blocks_.assign((size_ + block_size - 1) / block_size, {});
    status_ = Status::initiated;
    return {};
}

DlmsAnswer<void> DlmsImage::take_block(const Data& parameter) {
    const auto* const parts = parameter.items();
    if (!enabled_ || status_ != Status::initiated) { return tl::unexpected(DlmsRefusal::temporary_failure); }
    const auto number = parts != nullptr && parts->size() == 2 ? (*parts)[0].whole() : std::nullopt;
    const auto* const octets = number ? (*parts)[1].octets() : nullptr;
    if (octets == nullptr || *number < 0 || static_cast<std::size_t>(*number) >= blocks_.size()) {
        return tl::unexpected(DlmsRefusal::type_unmatched);
    }
    const auto at = static_cast<std::size_t>(*number);
    const std::size_t wanted = at + 1 < blocks_.size() ? block_size : size_ - at * block_size;
    if (octets->size() != wanted) { return tl::unexpected(DlmsRefusal::type_unmatched); }
    blocks_[at] = *octets;
    return {};
}

DlmsAnswer<void> DlmsImage::verify(TimePoint now) {
    if (status_ == Status::verification_successful) { return {}; }
    if (status_ == Status::verification_failed) { return tl::unexpected(DlmsRefusal::other_reason); }
    const bool complete = !blocks_.empty() && first_missing() == blocks_.size();
    if (status_ == Status::initiated && !complete) {
        status_ = Status::verification_failed;
        return tl::unexpected(DlmsRefusal::other_reason);
    }
    if (status_ == Status::initiated) {
        status_ = Status::verification_initiated;
        due_ = now + verification;
    } else if (status_ == Status::verification_initiated && now >= due_) {
        status_ = good() ? Status::verification_successful : Status::verification_failed;
        if (status_ == Status::verification_successful) { return {}; }
        return tl::unexpected(DlmsRefusal::other_reason);
    }
    return tl::unexpected(DlmsRefusal::temporary_failure);
}

DlmsAnswer<void> DlmsImage::activate(TimePoint now) {
    if (status_ == Status::verification_successful) {
        status_ = Status::activation_initiated;
        due_ = now + activation;
    }
    return tl::unexpected(DlmsRefusal::temporary_failure);
}

bool DlmsImage::advance(TimePoint now) {
    if (now < due_) { return false; }
    if (status_ == Status::verification_initiated && !when_asked_) {
        status_ = good() ? Status::verification_successful : Status::verification_failed;
    }
    if (status_ != Status::activation_initiated) { return false; }
    status_ = Status::activation_successful;
    return true;
}

Bytes DlmsImage::whole() const {
    Bytes octets;
    octets.reserve(size_);
    for (const Bytes& block : blocks_) { octets.insert(octets.end(), block.begin(), block.end()); }
    return octets;
}

bool DlmsImage::good() const {
    constexpr std::size_t hash_octets = 32;
    const Bytes octets = whole();
    if (octets.size() <= hash_octets) { return false; }
    const ByteView view(octets);
    const auto hash = dlms::crypto::digest(dlms::crypto::Hash::sha256, view.first(octets.size() - hash_octets));
    return hash && std::ranges::equal(*hash, view.last(hash_octets));
}

Data DlmsImage::blocks() const {
    Bytes octets((blocks_.size() + 7) / 8);
    for (std::size_t at = 0; at < blocks_.size(); ++at) {
        if (!blocks_[at].empty()) { octets[at / 8] |= static_cast<std::uint8_t>(0x80U >> (at % 8)); }
    }
    return Data::bit_string(std::move(octets), blocks_.size());
}

std::uint32_t DlmsImage::first_missing() const {
    const auto missing = std::ranges::find_if(blocks_, [](const Bytes& block) { return block.empty(); });
    return static_cast<std::uint32_t>(missing - blocks_.begin());
}

Data DlmsImage::to_activate() const {
    if (status_ < Status::verification_successful || status_ == Status::verification_failed) { return Data::array({}); }
    const ByteView identifier(reinterpret_cast<const std::uint8_t*>(identifier_.data()), identifier_.size());
    const auto signature = dlms::crypto::digest(dlms::crypto::Hash::sha256, whole());
    return Data::array({Data::structure({Data::double_long_unsigned(size_), Data::octet_string(identifier),
                                         Data::octet_string(signature.value_or(Bytes()))})});
}

} // namespace meterctl::simulators
