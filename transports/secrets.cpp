#include "transports/secrets.hpp"

#include <algorithm>

namespace meterctl::transports {

void Secrets::keep(const Secret& secret) {
    const bool within = secret.count > 0 && secret.first + secret.count <= secret.octets.size();
    if (within && std::ranges::find(kept_, secret) == kept_.end()) { kept_.push_back(secret); }
}

Bytes Secrets::hidden(ByteView octets) const {
    Bytes shown(octets.begin(), octets.end());
    for (const Secret& secret : kept_) {
        auto at = octets.begin();
        while ((at = std::search(at, octets.end(), secret.octets.begin(), secret.octets.end())) != octets.end()) {
            const auto from = at - octets.begin() + static_cast<std::ptrdiff_t>(secret.first);
            std::fill_n(shown.begin() + from, secret.count, std::uint8_t{'*'});
            ++at;
        }
    }
    return shown;
}

} // namespace meterctl::transports
