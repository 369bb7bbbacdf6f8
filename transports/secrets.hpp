// What must not be seen: passwords that pass a transport, in traces and captures of it.
#pragma once

#include "src/core/bytes.hpp"

#include <vector>

namespace meterctl::transports {

/// Octets that will pass, of which some are secret: `count` of them from `first` on.
struct Secret {
    Bytes octets;
    std::size_t first = 0;
    std::size_t count = 0;
    friend bool operator==(const Secret&, const Secret&) = default;
};

class Secrets {
public:
    /// Hidden from now on, also where they come back as an echo.
    void keep(const Secret& secret);
    /// As it may be shown: what is secret is as many asterisks.
    [[nodiscard]] Bytes hidden(ByteView octets) const;

private:
    std::vector<Secret> kept_;
};

} // namespace meterctl::transports
