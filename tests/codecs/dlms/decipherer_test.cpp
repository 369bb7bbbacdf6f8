#include "codecs/dlms/decipherer.hpp"

#include "tests/codecs/dlms/security_vectors.hpp"

using namespace meterctl;
using namespace meterctl::codecs;
using namespace meterctl::codecs::dlms;
using namespace security_vectors;

namespace {

const std::string guek = "000102030405060708090A0B0C0D0E0F", gak = "D0D1D2D3D4D5D6D7D8D9DADBDCDDDEDF";
const std::string other = "FF0102030405060708090A0B0C0D0E0F";
const std::string plain = "C0010000080000010000FF0200";
const std::string both = "C81E3001234567411312FF935A47566827C467BC7D825C3BE4A77C3FCC056B6B";

KeyRing ring(const std::string& text) {
    auto read = parse_keys(text);
    REQUIRE_MESSAGE(read.has_value(), (read ? std::string() : describe(read.error())));
    return *read;
}

std::string code_of(const Result<Decipherer::Opened>& result) {
    return result ? "fits" : result.error().code;
}

} // namespace

TEST_CASE("the title comes from the association, else from the file of keys") {
    const KeyRing keys = ring("guek=" + guek + "\ngak=" + gak);
    Decipherer heard(&keys);
    CHECK(code_of(heard.open(octets(both), Direction::unknown)) == "dlms.title_missing");
    heard.take_client_title(octets("4D4D4D0000BC614E"));
    CHECK(code_of(heard.open(octets(both), Direction::response)) == "dlms.title_missing"); // the meter's is not known
    const auto opened = heard.open(octets(both), Direction::unknown);
    REQUIRE(opened.has_value());
    CHECK(hex(opened->unprotected.apdu) == plain);

    const KeyRing with_title = ring("guek=" + guek + "\ngak=" + gak + "\nclient_title=4D4D4D0000BC614E");
    Decipherer told(&with_title);
    CHECK(code_of(told.open(octets(both), Direction::request)) == "fits");
}

TEST_CASE("keys of one meter and of one client are found, and the nearest error is told") {
    const KeyRing keys = ring("guek=" + other + "\nread.guek=" + guek + "\ngak=" + gak +
                              "\n[484C590000000001]\nguek=" + other + "\ngak=" + other);
    Decipherer decipherer(&keys);
    decipherer.take_client_title(octets("4D4D4D0000BC614E"));
    CHECK(code_of(decipherer.open(octets(both), Direction::request)) == "fits");
    decipherer.take_server_title(octets("484C590000000001"));
    CHECK(code_of(decipherer.open(octets(both), Direction::request)) == "dlms.encryption_key");
    const KeyRing wrong_gak = ring("guek=" + other + "\nread.guek=" + guek + "\ngak=" + other);
    Decipherer nearly(&wrong_gak);
    nearly.take_client_title(octets("4D4D4D0000BC614E"));
    CHECK(code_of(nearly.open(octets(both), Direction::request)) == "dlms.authentication_key");
}

TEST_CASE("a counter that comes again is told, of each sender and key for itself") {
    const KeyRing keys = ring("guek=" + guek + "\ngak=" + gak);
    Decipherer decipherer(&keys);
    Keys known;
    known.unicast = secret(guek);
    known.authentication = secret(gak);
    const auto from = [&](std::uint8_t last, std::uint32_t counter) {
        const Protection protection{.ciphering = Ciphering::general_global,
                                    .control = {},
                                    .title = {'A', 'B', 'C', 0, 0, 0, 0, last},
                                    .counter = counter,
                                    .general = {}};
        const auto opened = decipherer.open(protect(protection, known, octets(plain)).value(), Direction::unknown);
        REQUIRE(opened.has_value());
        return opened->repeated;
    };
    CHECK_FALSE(from(1, 7));
    CHECK(from(1, 7));
    CHECK_FALSE(from(2, 3));
    CHECK_FALSE(from(1, 8));
    CHECK(from(1, 2));
}

TEST_CASE("a dedicated key is taken from the InitiateRequest, or from the file") {
    Keys known;
    known.dedicated = secret(other);
    known.authentication = secret(gak);
    const Protection protection{.ciphering = Ciphering::dedicated,
                                .control = {},
                                .title = title("4D4D4D0000BC614E"),
                                .counter = 1,
                                .general = {}};
    const Bytes apdu = protect(protection, known, octets(plain)).value();
    const KeyRing keys = ring("guek=" + guek + "\ngak=" + gak + "\nclient_title=4D4D4D0000BC614E");
    Decipherer decipherer(&keys);
    CHECK(code_of(decipherer.open(apdu, Direction::request)) == "dlms.key_missing");
    decipherer.take_dedicated_key(octets(other));
    CHECK(code_of(decipherer.open(apdu, Direction::request)) == "fits");
}

TEST_CASE("without keys it says which are missing, and reads what is only authenticated") {
    Decipherer decipherer(nullptr);
    CHECK_FALSE(decipherer.has_keys());
    CHECK(code_of(decipherer.open(octets(both), Direction::request)) == "dlms.key_missing");
    const auto opened =
        decipherer.open(octets("C81E1001234567C0010000080000010000FF020006725D910F9221D263877516"), Direction::request);
    REQUIRE(opened.has_value());
    CHECK(opened->unprotected.trust == Trust::not_authenticated);
}
