// The opening of mode E in front of a virtual meter's HDLC: a sign-on at 300 baud with seven bits and even parity, the
// choice of HDLC and of a rate, its confirmation. IEC 62056-21, clause 6.4.5 and annex E.
#pragma once

#include "src/core/bytes.hpp"

#include <optional>
#include <string>

namespace meterctl::simulators {

class DlmsOptical {
public:
    explicit DlmsOptical(std::string device) : device_(std::move(device)) {}

    /// True of the first octet of every sign-on.
    [[nodiscard]] static bool begins(std::uint8_t octet);
    /// True where such an octet begins a sign-on, or one is under way.
    [[nodiscard]] bool wants(std::uint8_t octet) const;
    /// Takes octets of the sign-on; what the meter says at once, if anything.
    std::optional<Bytes> take(ByteView octets);
    /// HDLC was chosen, and confirmed.
    [[nodiscard]] bool open() const { return open_; }
    /// The rate that was agreed on; 0: none yet.
    [[nodiscard]] unsigned baud() const { return baud_; }
    /// Back to where a sign-on is awaited.
    void close();

private:
    [[nodiscard]] Bytes with_parity(std::string_view text) const;

    std::string device_; ///< the address at sign-on
    std::string line_;   ///< what has come of a message
    bool identified_ = false, open_ = false, parity_ = false;
    unsigned baud_ = 0;
};

} // namespace meterctl::simulators
