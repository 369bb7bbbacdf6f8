// Seeded mutations of the vectors: what must hold whatever octets come.
#include "tests/codecs/dlms/hdlc_any_octets.hpp"
#include "tests/codecs/dlms/links.hpp"
#include "tests/codecs/mutate.hpp"

#include <doctest/doctest.h>
#include <random>

using namespace dlms_links;

namespace {

TEST_CASE("HDLC and wrapper: whatever octets come, no octet is lost and nothing runs past the end") {
    std::mt19937 random(11);
    std::vector<Bytes> seeds;
    for (const auto& vector : hdlc_frames()) { seeds.push_back(vector.octets()); }
    // A data-notification in two M-Bus frames.
    seeds.push_back(octets("6819196853FF0001670F00000001000101020309060100010800"
                           "FF0600EF16680E0E6853FF11016700055202020F00161E6916"));
    for (const auto* const file : {"wrapper.json", "sessions.json", "push_ciphered.json"}) {
        for (const auto& vector : extra(file)) { seeds.push_back(vector.octets()); }
    }
    for (const auto& seed : seeds) {
        for (unsigned part = 0; part < hdlc_any::parts; ++part) {
            for (unsigned turn = 0; turn < 20; ++turn) {
                Bytes octets = seed;
                if (turn > 0) { mutate(octets, random); }
                octets.insert(octets.begin(),
                              {static_cast<std::uint8_t>(part), static_cast<std::uint8_t>(random() & 0xFFU)});
                const auto wrong = hdlc_any::check(octets);
                CHECK_MESSAGE(wrong.empty(), wrong, " ", hex(octets));
            }
        }
    }
}

} // namespace
