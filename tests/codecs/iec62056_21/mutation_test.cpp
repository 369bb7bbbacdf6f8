#include "codecs/iec62056_21/messages.hpp"
#include "src/core/hex.hpp"
#include "src/core/parity.hpp"
#include "tests/codecs/iec62056_21/any_octets.hpp"
#include "tests/codecs/iec62056_21/vectors.hpp"
#include "tests/codecs/mutate.hpp"

#include <array>
#include <doctest/doctest.h>
#include <random>

using meterctl::Bytes;

namespace {

constexpr std::size_t longest = 3000; ///< octets of a vector that is worth mutating often

/// All octets of the vectors, some with their parity bits, and texts of points and values.
std::vector<Bytes> seeds() {
    std::vector<Bytes> all;
    for (const char* const file : {"messages.json", "readouts.json"}) {
        for (const auto& vector : iec_vectors::vectors(file)) {
            if (vector.octets.size() > longest) { continue; }
            all.push_back(vector.octets);
            all.push_back(meterctl::add_even_parity(vector.octets));
        }
    }
    for (const auto& vector : iec_vectors::extra("dsmr", "telegrams.json")) {
        const auto text = vector.entry.at("text").get<std::string>();
        if (text.size() <= longest) { all.emplace_back(text.begin(), text.end()); }
    }
    constexpr std::string_view telegram = "/XYZ5\\2METER\r\n\r\n1-0:1.8.1(000581.161*kWh)\r\n0-1:24.1.0(003)\r\n"
                                          "0-1:24.2.1(261121101005W)(1.5*m3)\r\n!CAFE\r\n";
    constexpr std::array<std::string_view, 6> texts{
        telegram, "reg:1-0:1.8.0*255(1):R5:W5:hex", "1.8.1&01:number", "261121093015", "-000073.69", "26-11-21 09:30"};
    for (const std::string_view text : texts) { all.emplace_back(text.begin(), text.end()); }
    return all;
}

} // namespace

TEST_CASE("mutated messages never lead astray: no octet lost, no field outside its frame, no reading without a check") {
    std::mt19937 random(20261121);
    const auto originals = seeds();
    for (unsigned round = 0; round < 10; ++round) {
        for (const auto& original : originals) {
            auto octets = original;
            if (round > 0) { mutate(octets, random); }
            for (unsigned part = 0; part < iec_any::parts; ++part) {
                Bytes input{static_cast<std::uint8_t>(part)};
                const bool with_mode = part < 3;
                if (with_mode) { input.push_back(static_cast<std::uint8_t>(random() & 0xFFU)); }
                input.insert(input.end(), octets.begin(), octets.end());
                const auto wrong = iec_any::check(input);
                CAPTURE(meterctl::to_hex(input));
                REQUIRE(wrong == "");
            }
        }
    }
}
