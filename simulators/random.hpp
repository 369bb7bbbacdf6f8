// Seeded randomness that is the same on every machine (the distributions of <random> are not).
#pragma once

#include <cstdint>

namespace meterctl::simulators {

/// splitmix64: a good 64-bit mix of any number.
constexpr std::uint64_t mix(std::uint64_t x) {
    x += 0x9E3779B97F4A7C15U;
    x = (x ^ (x >> 30U)) * 0xBF58476D1CE4E5B9U;
    x = (x ^ (x >> 27U)) * 0x94D049BB133111EBU;
    return x ^ (x >> 31U);
}

/// A number in [0, 1) that belongs to these three.
constexpr double fraction(std::uint64_t seed, std::uint64_t stream, std::uint64_t index) {
    return static_cast<double>(mix(mix(mix(seed) ^ stream) ^ index) >> 11U) * 0x1p-53;
}

/// A sequence of them.
class Random {
public:
    explicit Random(std::uint64_t seed, std::uint64_t stream = 0) : seed_(seed), stream_(stream) {}
    double next() { return fraction(seed_, stream_, index_++); }
    bool happens(double share) { return share > 0 && next() < share; }
    std::uint64_t below(std::uint64_t limit) { return static_cast<std::uint64_t>(next() * static_cast<double>(limit)); }

private:
    std::uint64_t seed_, stream_;
    std::uint64_t index_ = 0;
};

} // namespace meterctl::simulators
