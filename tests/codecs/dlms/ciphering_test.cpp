#include "codecs/dlms/ciphering.hpp"

#include "tests/codecs/dlms/security_vectors.hpp"

using namespace meterctl;
using namespace meterctl::codecs::dlms;
using namespace security_vectors;

namespace {

const std::string guek = "000102030405060708090A0B0C0D0E0F", gak = "D0D1D2D3D4D5D6D7D8D9DADBDCDDDEDF";
const std::string green_title = "4D4D4D0000BC614E";
const std::string get_clock = "C0010000080000010000FF0200";
const std::string both = "C81E3001234567411312FF935A47566827C467BC7D825C3BE4A77C3FCC056B6B";

Keys green_keys() {
    Keys known;
    known.unicast = secret(guek);
    known.authentication = secret(gak);
    return known;
}

Keys all_keys(std::size_t size) {
    Keys known;
    Bytes octet(size);
    std::uint8_t fill = 1;
    for (SecretBytes* key :
         {&known.unicast, &known.broadcast, &known.authentication, &known.master, &known.dedicated}) {
        std::fill(octet.begin(), octet.end(), fill++);
        *key = SecretBytes(octet);
    }
    return known;
}

std::string code_of(const Result<Unprotected>& result) {
    return result ? "fits" : result.error().code;
}

} // namespace

TEST_CASE("the Green Book's examples cipher and decipher") {
    const Json vectors = own();
    for (const Json& entry : vectors.at("apdus")) {
        CAPTURE(entry.at("name"));
        const auto control = SecurityControl::from(octets(entry.at("control").get<std::string>()).front());
        const Protection protection{.ciphering = Ciphering::global,
                                    .control = control,
                                    .title = title(green_title),
                                    .counter = entry.at("counter").get<std::uint32_t>(),
                                    .general = {}};
        const auto plain = octets(entry.at("plain").get<std::string>());
        const auto ciphered = protect(protection, green_keys(), plain);
        REQUIRE(ciphered.has_value());
        CHECK(hex(*ciphered) == entry.at("ciphered").get<std::string>());
        const auto back = unprotect(*ciphered, green_keys(), title(green_title));
        REQUIRE(back.has_value());
        CHECK(back->apdu == plain);
        CHECK(back->head.control == control);
        CHECK(back->head.counter == protection.counter);
        CHECK(back->trust == (control.authenticated ? Trust::authenticated : Trust::without_authenticity));
    }
}

TEST_CASE("what OpenSSL's command line ciphers in suites 0 and 2 is what we cipher, and deciphers") {
    const Json vectors = own().at("openssl");
    const Bytes plain = octets(vectors.at("plain").get<std::string>());
    for (const Json& entry : vectors.at("apdus")) {
        CAPTURE(entry.at("name"));
        Keys known;
        known.unicast = secret(entry.at("guek").get<std::string>());
        known.authentication = secret(entry.at("gak").get<std::string>());
        const Protection protection{.ciphering = Ciphering::general_global,
                                    .control =
                                        SecurityControl::from(octets(entry.at("control").get<std::string>()).front()),
                                    .title = title(vectors.at("title").get<std::string>()),
                                    .counter = vectors.at("counter").get<std::uint32_t>(),
                                    .general = {}};
        const auto ciphered = protect(protection, known, plain);
        REQUIRE(ciphered.has_value());
        CHECK(hex(*ciphered) == entry.at("ciphered").get<std::string>());
        const auto back = unprotect(*ciphered, known, {});
        REQUIRE(back.has_value());
        CHECK(back->apdu == plain);
    }
}

TEST_CASE("every kind of ciphered APDU and every suite comes back, under the key it is for") {
    const Bytes plain = octets(get_clock);
    for (const unsigned suite : {0U, 1U, 2U}) {
        const Keys known = all_keys(key_octets(static_cast<std::uint8_t>(suite)));
        for (const Ciphering ciphering : {Ciphering::global, Ciphering::dedicated, Ciphering::general_global,
                                          Ciphering::general_dedicated, Ciphering::general}) {
            for (const unsigned bits : {0x10U, 0x20U, 0x30U, 0x70U}) {
                CAPTURE(suite);
                CAPTURE(bits);
                Protection protection{.ciphering = ciphering,
                                      .control = SecurityControl::from(static_cast<std::uint8_t>(bits | suite)),
                                      .title = title(green_title),
                                      .counter = 7,
                                      .general = {}};
                protection.general.originator = octets(green_title);
                protection.general.transaction_id = octets("0102030405060708");
                const auto ciphered = protect(protection, known, plain);
                REQUIRE(ciphered.has_value());
                const auto back = unprotect(*ciphered, known, title(green_title));
                REQUIRE(back.has_value());
                CHECK(back->apdu == plain);
                CHECK(back->head.ciphering == ciphering);
                CHECK(back->head.control == protection.control);
            }
        }
    }
}

TEST_CASE("broadcast and dedicated keys are not the unicast key") {
    const Keys known = all_keys(16);
    Protection protection{
        .ciphering = Ciphering::global, .control = {}, .title = title(green_title), .counter = 1, .general = {}};
    const Bytes plain = octets(get_clock);
    const Bytes unicast = protect(protection, known, plain).value();
    protection.control.broadcast = true;
    const Bytes broadcast = protect(protection, known, plain).value();
    protection.control.broadcast = false;
    protection.ciphering = Ciphering::dedicated;
    const Bytes dedicated = protect(protection, known, plain).value();
    CHECK(dedicated.front() == 0xD0);
    CHECK(Bytes(unicast.begin() + 7, unicast.end()) != Bytes(broadcast.begin() + 7, broadcast.end()));
    CHECK(Bytes(unicast.begin() + 7, unicast.end()) != Bytes(dedicated.begin() + 7, dedicated.end()));
    Keys without = known;
    without.dedicated = SecretBytes();
    CHECK(code_of(unprotect(dedicated, without, title(green_title))) == "dlms.key_missing");
}

TEST_CASE("general-ciphering takes a key that travels with it, wrapped with the master key") {
    Keys known = all_keys(16);
    Keys sender = known;
    sender.master = secret(guek);
    Protection protection{
        .ciphering = Ciphering::general, .control = {}, .title = title(green_title), .counter = 9, .general = {}};
    protection.general.originator = octets(green_title);
    protection.general.key_info = GeneralHead::KeyInfo::wrapped;
    protection.general.key_data = octets("1FA68B0A8112B447AEF34BD8FB5A7B829D3E862371D2CFE5");
    const Bytes ciphered = protect(protection, sender, octets(get_clock)).value();
    known.unicast = SecretBytes(); // not needed
    CHECK(code_of(unprotect(ciphered, known, {})) == "dlms.crypto");
    known.master = sender.master;
    const auto back = unprotect(ciphered, known, {});
    REQUIRE(back.has_value());
    CHECK(hex(back->apdu) == get_clock);
    CHECK(back->head.general.key_data == protection.general.key_data);
}

TEST_CASE("wrong keys and titles are told apart, and nothing deciphered is given away") {
    const Bytes apdu = octets(both);
    struct Row {
        std::string name, key, authentication, title, code;
    };
    const std::string other = "FF0102030405060708090A0B0C0D0E0F";
    for (const Row& row : {
             Row{"all right", guek, gak, "4D4D4D0000BC614E", "fits"},
             Row{"another encryption key", other, gak, "4D4D4D0000BC614E", "dlms.encryption_key"},
             Row{"another authentication key", guek, other, "4D4D4D0000BC614E", "dlms.authentication_key"},
             Row{"another title", guek, gak, "4D4D4D0000BC614F", "dlms.encryption_key"},
             Row{"no authentication key, another encryption key", other, "", "4D4D4D0000BC614E", "dlms.encryption_key"},
             Row{"no encryption key", "", gak, "4D4D4D0000BC614E", "dlms.key_missing"},
             Row{"a key of another size", other + other, gak, "4D4D4D0000BC614E", "dlms.key_size"},
         }) {
        CAPTURE(row.name);
        Keys known;
        known.unicast = secret(row.key);
        known.authentication = secret(row.authentication);
        const auto result = unprotect(apdu, known, title(row.title));
        CHECK(code_of(result) == row.code);
        if (!result) {
            CHECK(describe(result.error()).find(guek) == std::string::npos);
            CHECK(describe(result.error()).find(other) == std::string::npos);
        }
    }
    CHECK(code_of(unprotect(apdu, green_keys(), {})) == "dlms.title_missing");
}

TEST_CASE("without the authentication key it deciphers, and says that nobody vouches for it") {
    Keys known = green_keys();
    known.authentication = SecretBytes();
    const auto result = unprotect(octets(both), known, title(green_title));
    REQUIRE(result.has_value());
    CHECK(hex(result->apdu) == get_clock);
    CHECK(result->trust == Trust::not_authenticated);
    CHECK(trust_text(result->trust).find("not authenticated") != std::string_view::npos);
}

TEST_CASE("an authenticated APDU reads without keys, and its damage shows with them") {
    const std::string plain_with_tag = "C81E1001234567C0010000080000010000FF020006725D910F9221D263877516";
    const auto unknown = unprotect(octets(plain_with_tag), {}, {});
    REQUIRE(unknown.has_value());
    CHECK(unknown->trust == Trust::not_authenticated);
    CHECK(hex(unknown->apdu) == get_clock);
    Bytes damaged = octets(plain_with_tag);
    damaged[12] ^= 1U;
    CHECK(code_of(unprotect(damaged, green_keys(), title(green_title))) == "dlms.authentication_key");
}

TEST_CASE("every changed bit of a ciphered APDU is refused") {
    const Bytes good = octets(both);
    for (std::size_t bit = 0; bit < good.size() * 8; ++bit) {
        Bytes damaged = good;
        damaged[bit / 8] ^= static_cast<std::uint8_t>(1U << bit % 8);
        if (bit / 8 == 0) { continue; } // another APDU's tag, whose content is then no such APDU or none
        const auto result = unprotect(damaged, green_keys(), title(green_title));
        CAPTURE(bit);
        if (result) { CHECK(result->trust != Trust::authenticated); }
    }
}

TEST_CASE("damaged heads are refused and claimed lengths lead nowhere") {
    for (const char* text : {"", "C8", "C800", "C804300000", "C8FF", "C884FFFFFFFF30", "C880", "C81030000000011111",
                             "DB07010203040506070530000000010203", "DB", "DB08", "DD", "DD0000000000010300", "C0",
                             "DD84FFFFFFFF", "C8053000000001", "C81E3001234567411312FF935A47566827C467BC"}) {
        CAPTURE(text);
        CHECK_FALSE(read_ciphered_head(octets(text)).has_value());
        CHECK_FALSE(unprotect(octets(text), green_keys(), title(green_title)).has_value());
    }
}

TEST_CASE("compression, unknown suites and agreed keys are named") {
    Bytes apdu = octets(both);
    apdu[2] = 0xB0;
    CHECK(code_of(unprotect(apdu, green_keys(), title(green_title))) == "dlms.compression");
    apdu[2] = 0x33;
    CHECK(code_of(unprotect(apdu, green_keys(), title(green_title))) == "dlms.suite");
    const Bytes agreed = octets("DD"
                                "00"
                                "084D4D4D0000BC614E"
                                "00"
                                "00"
                                "00"
                                "010200"
                                "00"
                                "06"
                                "200000000111");
    CHECK(code_of(unprotect(agreed, green_keys(), {})) == "dlms.key_agreement");
}

TEST_CASE("what has no ciphered form of its own needs a general one") {
    Protection protection{
        .ciphering = Ciphering::global, .control = {}, .title = title(green_title), .counter = 1, .general = {}};
    const Bytes notification = octets("0F0000000100"
                                      "0500000001");
    CHECK_FALSE(protect(protection, green_keys(), notification).has_value());
    protection.ciphering = Ciphering::general_global;
    CHECK(protect(protection, green_keys(), notification).has_value());
    CHECK_FALSE(protect(protection, green_keys(), {}).has_value());
}

TEST_CASE("tags have the standard's names") {
    CHECK(ciphered_name(0xC8) == "glo-get-request");
    CHECK(ciphered_name(0xD7) == "ded-action-response");
    CHECK(ciphered_name(0x21) == "glo-initiateRequest");
    CHECK(ciphered_name(0xDB) == "general-glo-ciphering");
    CHECK(ciphered_name(0xC0).empty());
    CHECK(plain_tag(0xCF) == std::optional<std::uint8_t>(0xC7));
    CHECK_FALSE(plain_tag(0xDB).has_value());
}
