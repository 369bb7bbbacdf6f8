#include "tests/codecs/modbus/any_octets.hpp"
#include "tests/codecs/modbus/streams.hpp"
#include "tests/codecs/mutate.hpp"

#include <doctest/doctest.h>
#include <random>

using meterctl::Bytes;

namespace {

/// All octets of the vectors, each with its request before it and framed in every way.
std::vector<Bytes> seeds() {
    std::vector<Bytes> all;
    for (const std::string_view layer : {"rtu", "tcp", "ascii"}) {
        for (const auto& vector : modbus_vectors::layer(layer)) {
            all.push_back(modbus_streams::joined({vector.request, vector.octets}));
        }
    }
    for (const auto& vector : modbus_vectors::layer("pdu")) {
        all.push_back(vector.octets);
        all.push_back(meterctl::codecs::modbus::rtu::encode(1, vector.octets));
        all.push_back(meterctl::codecs::modbus::tcp::encode(1, 1, vector.octets));
    }
    for (const std::string_view text :
         {"holding:0x5002:float32:cdab", "input:30:uint32", "ref:420483", "4x1:ascii:8"}) {
        all.emplace_back(text.begin(), text.end());
    }
    return all;
}

} // namespace

TEST_CASE("mutated vectors never lead astray: no octet lost, no field outside its frame, no value changed") {
    std::mt19937 random(20261121);
    const auto originals = seeds();
    for (unsigned round = 0; round < 20; ++round) {
        for (const auto& original : originals) {
            auto octets = original;
            if (round > 0) { mutate(octets, random); }
            for (unsigned part = 0; part < modbus_any::parts; ++part) {
                Bytes input{static_cast<std::uint8_t>(part)};
                const bool with_mode = part < 3;
                if (with_mode) { input.push_back(static_cast<std::uint8_t>(random() & 0xFFU)); }
                input.insert(input.end(), octets.begin(), octets.end());
                const auto wrong = modbus_any::check(input);
                CAPTURE(meterctl::to_hex(input));
                REQUIRE(wrong == "");
            }
        }
    }
}
