#include "simulators/dlms_optical.hpp"

#include "src/core/parity.hpp"

#include <array>
#include <utility>

namespace meterctl::simulators {

namespace {

constexpr std::uint8_t data_bits = 0x7F, parity_bit = 0x80;
constexpr char acknowledge = '\x06';
constexpr std::size_t longest = 64;
constexpr std::array<unsigned, 10> rates{300, 600, 1200, 2400, 4800, 9600, 19200, 38400, 57600, 115200};
constexpr unsigned offered = 5; ///< 9600 baud

} // namespace

bool DlmsOptical::begins(std::uint8_t octet) {
    return static_cast<char>(octet & data_bits) == '/';
}

bool DlmsOptical::wants(std::uint8_t octet) const {
    if (open_) { return false; }
    return !line_.empty() || begins(octet) || (identified_ && static_cast<char>(octet & data_bits) == acknowledge);
}

Bytes DlmsOptical::with_parity(std::string_view text) const {
    const Bytes octets(text.begin(), text.end());
    return parity_ ? add_even_parity(octets) : octets;
}

std::optional<Bytes> DlmsOptical::take(ByteView octets) {
    for (const std::uint8_t octet : octets) {
        parity_ = parity_ || octet >= parity_bit;
        line_ += static_cast<char>(octet & data_bits);
    }
    if (!line_.ends_with("\r\n")) {
        if (line_.size() > longest) { close(); }
        return std::nullopt;
    }
    const std::string message = std::exchange(line_, {});
    if (message.starts_with("/?") && message.size() >= 5) {
        const std::string address = message.substr(2, message.size() - 5);
        if (message[message.size() - 3] != '!' || (!address.empty() && address != device_)) { return std::nullopt; }
        identified_ = true;
        return with_parity("/HLY" + std::to_string(offered) + "\\2D545-METER\r\n");
    }
    const bool chosen = identified_ && message.size() == 6 && message[0] == acknowledge;
    identified_ = false;
    const auto rate = chosen ? static_cast<unsigned>(message[2] - '0') : 0U;
    if (!chosen || message[1] != '2' || message[3] != '2' || rate > offered) { return std::nullopt; }
    open_ = true;
    baud_ = rates.at(rate);
    return with_parity(message);
}

void DlmsOptical::close() {
    line_.clear();
    identified_ = open_ = parity_ = false;
    baud_ = 0;
}

} // namespace meterctl::simulators
