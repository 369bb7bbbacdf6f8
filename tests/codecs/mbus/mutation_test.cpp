#include "codecs/mbus/frame.hpp"
#include "tests/codecs/mbus/any_octets.hpp"
#include "tests/codecs/mbus/vectors.hpp"
#include "tests/codecs/mutate.hpp"

#include "src/core/hex.hpp"

#include <doctest/doctest.h>
#include <random>

using meterctl::Bytes;

namespace {

namespace mbus = meterctl::codecs::mbus;

/// Frames, and the records in them without frame and header.
std::vector<Bytes> seeds() {
    std::vector<Bytes> all;
    for (const auto& vector : mbus_vectors::answers()) {
        all.push_back(vector.octets);
        constexpr std::size_t records_at = 19, end = 2;
        const auto size = vector.octets.size();
        all.emplace_back(vector.octets.begin() + records_at,
                         vector.octets.begin() + static_cast<std::ptrdiff_t>(size - end));
    }
    for (const std::string_view text : {"12345678", "1234FFFF-INM-01-02", "FFFFFFFF-*-*-02", "12345678CD250102"}) {
        all.emplace_back(text.begin(), text.end());
    }
    return all;
}

/// Length and checksum made right again, so that the records behind them are looked at.
void mend(Bytes& octets) {
    constexpr std::size_t overhead = 6, longest = 255, least = 3;
    if (octets.size() < overhead + least || octets.size() > overhead + longest) { return; }
    const auto length = octets.size() - overhead;
    octets[0] = octets[3] = mbus::long_start;
    octets[1] = octets[2] = static_cast<std::uint8_t>(length);
    octets[length + 4] = mbus::checksum(meterctl::ByteView(octets).subspan(4, length));
    octets.back() = mbus::stop_octet;
}

TEST_CASE("mutated answers never lead astray: no octet lost, no field outside its frame, no value changed") {
    std::mt19937 random(20261121);
    const auto originals = seeds();
    for (unsigned round = 0; round < 20; ++round) {
        for (const auto& original : originals) {
            auto octets = original;
            if (round > 0) { mutate(octets, random); }
            if (round % 2 == 0) { mend(octets); }
            for (unsigned part = 0; part < mbus_any::parts; ++part) {
                Bytes input{static_cast<std::uint8_t>(part)};
                const bool with_mode = part < 4;
                if (with_mode) { input.push_back(static_cast<std::uint8_t>(random() & 0xFFU)); }
                input.insert(input.end(), octets.begin(), octets.end());
                const auto wrong = mbus_any::check(input);
                CAPTURE(meterctl::to_hex(input));
                REQUIRE(wrong == "");
            }
        }
    }
}

} // namespace
