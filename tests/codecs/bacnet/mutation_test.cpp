#include "tests/codecs/bacnet/any_octets.hpp"
#include "tests/codecs/bacnet/vectors.hpp"
#include "tests/codecs/mutate.hpp"

#include <doctest/doctest.h>
#include <random>

using meterctl::Bytes;

namespace {

/// All octets of the vectors, and parts of them that other layers begin with.
std::vector<Bytes> seeds() {
    std::vector<Bytes> all;
    for (const std::string_view layer : {"tag", "apdu", "npdu", "bvlc", "bacnet-ip", "mstp"}) {
        for (const auto& vector : bacnet_vectors::layer(layer)) {
            all.push_back(vector.octets);
            const std::size_t header = layer == "apdu" ? 4 : layer == "mstp" ? 8 : layer == "bacnet-ip" ? 4 : 3;
            if (vector.octets.size() > header) {
                all.emplace_back(vector.octets.begin() + static_cast<std::ptrdiff_t>(header), vector.octets.end());
            }
        }
    }
    for (const std::string_view text : {"analog-input:11", "trend-log:1/record-count", "device/object-list[3]"}) {
        all.emplace_back(text.begin(), text.end());
    }
    return all;
}

} // namespace

TEST_CASE("BACnet: mutated vectors never lead astray: no octet lost, no field outside its frame, no value changed") {
    std::mt19937 random(20261121);
    const auto originals = seeds();
    for (unsigned round = 0; round < 10; ++round) {
        for (const auto& original : originals) {
            auto octets = original;
            if (round > 0) { mutate(octets, random); }
            for (unsigned part = 0; part < bacnet_any::parts; ++part) {
                Bytes input{static_cast<std::uint8_t>(part)};
                if (part < 3) { input.push_back(static_cast<std::uint8_t>(random() & 0xFFU)); }
                input.insert(input.end(), octets.begin(), octets.end());
                const auto wrong = bacnet_any::check(input);
                CAPTURE(meterctl::to_hex(input));
                REQUIRE(wrong == "");
            }
        }
    }
}
