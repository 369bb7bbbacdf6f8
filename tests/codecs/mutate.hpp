// Octets changed, cut, doubled and filled by seed, as noise and attackers do.
#pragma once

#include "src/core/bytes.hpp"

#include <random>

/// One to four changes anywhere in the octets.
inline void mutate(meterctl::Bytes& octets, std::mt19937& random) {
    const auto below = [&](std::size_t limit) { return limit == 0 ? 0 : random() % limit; };
    const auto any = [&] { return static_cast<std::uint8_t>(random() & 0xFFU); };
    for (auto times = 1 + below(4); times > 0; --times) {
        const auto at = below(octets.size());
        const auto place = octets.begin() + static_cast<std::ptrdiff_t>(at);
        switch (octets.empty() ? 3 : below(7)) {
        case 0:
            octets[at] = static_cast<std::uint8_t>(octets[at] ^ (1U << below(8)));
            break;
        case 1:
            octets[at] = any();
            break;
        case 2:
            octets.resize(at);
            break;
        case 3:
            octets.insert(place, any());
            break;
        case 4:
            octets[at] = 0xFF;
            break;
        case 5:
            octets.erase(place);
            break;
        default: {
            const meterctl::Bytes front(octets.begin(), place);
            octets.insert(octets.end(), front.begin(), front.end());
            break;
        }
        }
    }
}
