// The vectors with octets changed, cut and doubled by seed: what must hold of any octets holds of these.
#include "tests/codecs/dlms/any_security.hpp"
#include "tests/codecs/dlms/security_vectors.hpp"
#include "tests/codecs/mutate.hpp"

#include <random>

using namespace meterctl;
using namespace security_vectors;

TEST_CASE("mutations of ciphered APDUs break nothing") {
    std::mt19937 chance(45); // NOLINT(cert-msc32-c,cert-msc51-cpp): the same every time
    std::vector<Bytes> seeds;
    const Json vectors = own();
    for (const Json& entry : vectors.at("apdus")) { seeds.push_back(octets(entry.at("ciphered").get<std::string>())); }
    seeds.push_back(octets("DD0008"
                           "4D4D4D0000BC614E"
                           "000000"
                           "010100"
                           "18"
                           "1FA68B0A8112B447AEF34BD8FB5A7B829D3E862371D2CFE5"
                           "053000000001"));
    seeds.push_back(octets("01010202160009181FA68B0A8112B447AEF34BD8FB5A7B829D3E862371D2CFE5"));
    for (const Bytes& seed : seeds) {
        for (unsigned round = 0; round < 2000; ++round) {
            Bytes input = seed;
            mutate(input, chance);
            input.insert(input.begin(), static_cast<std::uint8_t>(round % dlms_any_security::parts));
            const std::string wrong = dlms_any_security::check(input);
            REQUIRE_MESSAGE(wrong.empty(), wrong, ": ", hex(input));
        }
    }
}
