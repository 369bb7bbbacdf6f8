// OBIS codes (IEC 62056-61): A-B:C.D.E*F, reduced forms allowed.
#pragma once

#include "src/core/error.hpp"

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace meterctl {

struct Obis {
    std::uint8_t a = 1, b = 0, c = 0, d = 0, e = 0, f = 255;

    /// "1-0:32.7.0"; "*F" is appended where F is not 255.
    [[nodiscard]] std::string to_string() const;
    /// "1-0:32.7.0.255", as DLMS tools print a logical name.
    [[nodiscard]] std::string to_logical_name() const;
    /// "1-0:1.8.0", "1-0:1.8.0*255", "1-0:1.8.0.255", "1.8.0" (A=1, B=0). Usage error otherwise.
    static Result<Obis> parse(std::string_view text);

    friend auto operator<=>(const Obis&, const Obis&) = default;
};

} // namespace meterctl
