// Keys and passwords: octets that wipe themselves and have no text. Nothing prints them, formats them or turns them
// into a Value; who needs them asks for `view()` and hands it to a cipher.
#pragma once

#include "src/core/bytes.hpp"
#include "src/core/error.hpp"

#include <span>
#include <string>
#include <string_view>

namespace meterctl {

/// Overwrites in a way that no compiler leaves out.
void wipe(std::span<std::uint8_t> octets);
void wipe(std::string& text);

class SecretBytes {
public:
    SecretBytes() = default;
    explicit SecretBytes(ByteView octets) : octets_(octets.begin(), octets.end()) {}
    SecretBytes(const SecretBytes&) = default;
    SecretBytes(SecretBytes&&) noexcept = default;
    SecretBytes& operator=(const SecretBytes& other);
    SecretBytes& operator=(SecretBytes&& other) noexcept;
    ~SecretBytes() { wipe(octets_); }

    [[nodiscard]] ByteView view() const { return octets_; }
    [[nodiscard]] std::size_t size() const { return octets_.size(); }
    [[nodiscard]] bool empty() const { return octets_.empty(); }
    /// Takes as long whatever differs.
    friend bool operator==(const SecretBytes& a, const SecretBytes& b);

private:
    Bytes octets_;
};

/// Takes as long whatever differs.
bool equal_in_constant_time(ByteView a, ByteView b);

/// Hex as people paste it (see from_hex). The error names the offset and nothing of the text.
Result<SecretBytes> secret_from_hex(std::string_view text);

} // namespace meterctl
