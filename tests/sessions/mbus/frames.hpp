// M-Bus frames for tests, checksum and lengths made here: what is given is C, A, CI and data, or C and A.
#pragma once

#include "tests/sessions/scripted.hpp"

namespace meterctl::tests {

inline std::string mbus_frame(std::string_view content) {
    const Bytes octets = hex(content);
    unsigned sum = 0;
    for (const std::uint8_t octet : octets) { sum += octet; }
    const auto length = static_cast<std::uint8_t>(octets.size());
    const Bytes tail{static_cast<std::uint8_t>(sum), 0x16};
    if (length == 2) { return "10 " + to_hex(octets) + " " + to_hex(tail); }
    const Bytes head{0x68, length, length, 0x68};
    return to_hex(head) + " " + to_hex(octets) + " " + to_hex(tail);
}

/// The answer of slave 12345678 INM, version 1, electricity, at address 1, with these records.
inline std::string mbus_answer(std::string_view records, std::string_view address = "01",
                               std::string_view id = "78 56 34 12") {
    return mbus_frame("08 " + std::string(address) + " 72 " + std::string(id) + " CD 25 01 02 00 00 00 00 " +
                      std::string(records));
}

inline Reaction mbus_ack() {
    return answer("E5");
}

} // namespace meterctl::tests
