#include "codecs/recognition.hpp"

namespace meterctl::codecs {

int sureness(const GoodFrames& found, std::size_t octets, int whole, int of_one) {
    if (found.frames == 0) { return 0; }
    if (found.octets >= octets) { return whole; }
    const int share = static_cast<int>(found.octets * 100 / octets);
    const int counted = of_one * static_cast<int>(std::min(found.frames, 2U));
    return std::min(whole - 1, std::max(counted, share * whole / 100));
}

} // namespace meterctl::codecs
