#include "src/core/secret.hpp"

#include "src/core/hex.hpp"

#include <cstring>

namespace meterctl {

void wipe(std::span<std::uint8_t> octets) {
    if (!octets.empty()) { ::explicit_bzero(octets.data(), octets.size()); }
}

void wipe(std::string& text) {
    if (!text.empty()) { ::explicit_bzero(text.data(), text.size()); }
    text.clear();
}

SecretBytes& SecretBytes::operator=(const SecretBytes& other) {
    if (this != &other) { *this = SecretBytes(other); }
    return *this;
}

SecretBytes& SecretBytes::operator=(SecretBytes&& other) noexcept {
    if (this != &other) {
        wipe(octets_);
        octets_ = std::move(other.octets_);
        other.octets_.clear();
    }
    return *this;
}

bool operator==(const SecretBytes& a, const SecretBytes& b) {
    return equal_in_constant_time(a.octets_, b.octets_);
}

bool equal_in_constant_time(ByteView a, ByteView b) {
    if (a.size() != b.size()) { return false; }
    unsigned difference = 0;
    for (std::size_t i = 0; i < a.size(); ++i) { difference |= static_cast<unsigned>(a[i] ^ b[i]); }
    return difference == 0;
}

Result<SecretBytes> secret_from_hex(std::string_view text) {
    auto octets = from_hex(text);
    if (!octets) { return fail(Category::usage, "what should be hexadecimal digits is not", octets.error().where); }
    SecretBytes secret(*octets);
    wipe(*octets);
    return secret;
}

} // namespace meterctl
