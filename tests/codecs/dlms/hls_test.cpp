#include "codecs/dlms/hls.hpp"

#include "codecs/dlms/key_transfer.hpp"
#include "codecs/dlms/received_counter.hpp"
#include "codecs/dlms/security_policy.hpp"
#include "tests/codecs/dlms/security_vectors.hpp"

using namespace meterctl;
using namespace meterctl::codecs::dlms;
using namespace security_vectors;

TEST_CASE("HLS 5 proves and checks the Green Book's challenges") {
    const Json vectors = own();
    Keys known = keys(vectors);
    for (const Json& entry : vectors.at("hls")) {
        CAPTURE(entry.at("name"));
        const Bytes challenge = octets(entry.at("challenge").get<std::string>());
        const Proof proof{.mechanism = Mechanism::hls_gmac,
                          .prover = title(entry.at("prover").get<std::string>()),
                          .verifier = title(entry.at("verifier").get<std::string>()),
                          .challenge = challenge,
                          .own_challenge = {},
                          .secret = nullptr,
                          .keys = &known};
        const auto counter = entry.at("counter").get<std::uint32_t>();
        const auto made = prove(proof, counter);
        REQUIRE(made.has_value());
        CHECK(hex(*made) == entry.at("proof").get<std::string>());
        const auto checked = check_proof(proof, *made);
        REQUIRE(checked.has_value());
        CHECK(*checked == std::optional(counter));
        Bytes other = *made;
        other.back() ^= 1U;
        CHECK(check_proof(proof, other).error().code == "dlms.hls_proof");
        other = *made;
        other[4] ^= 1U; // another counter
        CHECK(check_proof(proof, other).error().category == Category::refused);
        CHECK_FALSE(check_proof(proof, {}).has_value());
    }
}

TEST_CASE("hashes of challenge and secret, as the mechanisms order them") {
    // expected: `printf 'P6wRJ21Fsecret' | md5sum`, and so on
    const Bytes challenge = octets("503677524A323146"), own_challenge = octets("4B35366956616759");
    const SecretBytes known(octets("736563726574"));
    struct Row {
        Mechanism mechanism;
        std::string expected;
    };
    for (const Row& row : {
             Row{Mechanism::hls_md5, "95CD32FE7356ECE509986FF8F87E6B1B"},
             Row{Mechanism::hls_sha1, "94D86D988AD084C3507F69CDDC4280D76E63BA5A"},
             Row{Mechanism::hls_sha256, "DCCBF782A36DDC5FDEEC1461A67FEB4C501FAC5F56786AA10676600311E0F8B7"},
             Row{Mechanism::hls, "F2CBE0229066B45DADFE5D84D9D5FA22"},
         }) {
        CAPTURE(mechanism_name(row.mechanism));
        const Proof proof{.mechanism = row.mechanism,
                          .prover = title("4D4D4D0000000001"),
                          .verifier = title("4D4D4D0000BC614E"),
                          .challenge = challenge,
                          .own_challenge = own_challenge,
                          .secret = &known,
                          .keys = nullptr};
        CHECK(hex(prove(proof, 0).value()) == row.expected);
        CHECK(check_proof(proof, octets(row.expected)).has_value());
        Proof without = proof;
        without.secret = nullptr;
        CHECK(prove(without, 0).error().code == "dlms.key_missing");
    }
    Proof neither;
    for (const Mechanism mechanism : {Mechanism::none, Mechanism::lls, Mechanism::hls_ecdsa}) {
        neither.mechanism = mechanism;
        CHECK_FALSE(prove(neither, 0).has_value());
    }
}

TEST_CASE("challenges are random and of the standard's lengths") {
    CHECK_FALSE(make_challenge(7).has_value());
    CHECK_FALSE(make_challenge(65).has_value());
    CHECK(make_challenge(16).value().size() == 16);
    CHECK(make_challenge(16).value() != make_challenge(16).value());
}

TEST_CASE("keys wrap and unwrap as RFC 3394 has it, and travel as key_transfer's argument") {
    const Json vectors = own();
    for (const Json& entry : vectors.at("wrapped")) {
        CAPTURE(entry.at("name"));
        const SecretBytes kek = secret(entry.at("kek").get<std::string>());
        const std::string wrapped = entry.at("wrapped").get<std::string>();
        const std::vector<NewKey> keys{{KeyId::authentication, secret(entry.at("key").get<std::string>())}};
        const auto argument = encode_key_transfer(keys, kek);
        REQUIRE(argument.has_value());
        const std::string length = hex(ByteWriter().u8(static_cast<std::uint8_t>(wrapped.size() / 2)).view());
        CHECK(hex(*argument) == "01010202160209" + length + wrapped);
        const auto back = decode_key_transfer(*argument, kek);
        REQUIRE(back.has_value());
        REQUIRE(back->size() == 1);
        CHECK(back->front().key == keys.front().key);
        CHECK(back->front().id == KeyId::authentication);
        SecretBytes other = secret("FF" + entry.at("kek").get<std::string>().substr(2));
        CHECK_FALSE(decode_key_transfer(*argument, other).has_value());
        for (std::size_t size = 0; size < argument->size(); ++size) {
            CHECK_FALSE(decode_key_transfer(ByteView(*argument).first(size), kek).has_value());
        }
        Keys held;
        take_new_keys(held, *back);
        CHECK(held.authentication == keys.front().key);
        CHECK(held.unicast.empty());
    }
    const SecretBytes kek = secret("000102030405060708090A0B0C0D0E0F");
    const std::vector<NewKey> short_key{{KeyId::unicast, secret("0011")}};
    CHECK(encode_key_transfer(short_key, kek).error().code == "dlms.key_size");
    CHECK(encode_key_transfer(short_key, {}).error().code == "dlms.key_missing");
}

TEST_CASE("a received counter grows or is refused") {
    ReceivedCounter counter;
    CHECK(counter.accept(5).has_value());
    CHECK(counter.accept(5).error().code == "dlms.replay");
    CHECK(counter.accept(4).error().category == Category::untrusted);
    CHECK(counter.accept(6).has_value());
    CHECK(counter.last() == std::optional<std::uint32_t>(6));
}

TEST_CASE("security policies of both versions read back, and say what they demand") {
    struct Row {
        unsigned version;
        std::uint8_t value;
        const char* text;
    };
    for (const Row& row : {
             Row{0, 0, "none"},
             Row{0, 1, "authenticated requests, authenticated responses"},
             Row{0, 2, "encrypted requests, encrypted responses"},
             Row{0, 3, "authenticated requests, encrypted requests, authenticated responses, encrypted responses"},
             Row{1, 0, "none"},
             Row{1, 0x0C, "authenticated requests, encrypted requests"},
             Row{1, 0x20, "authenticated responses"},
             Row{1, 0x90, "signed requests, signed responses"},
         }) {
        const auto policy = read_policy(row.version, row.value);
        REQUIRE(policy.has_value());
        CHECK(policy_text(*policy) == row.text);
        CHECK(policy_value(row.version, *policy).value() == row.value);
    }
    CHECK_FALSE(read_policy(0, 4).has_value());
    CHECK_FALSE(read_policy(1, 1).has_value());
    CHECK_FALSE(read_policy(2, 0).has_value());
    CHECK_FALSE(policy_value(0, read_policy(1, 0x04).value()).has_value());
}

TEST_CASE("an APDU weaker than the policy does not satisfy it") {
    const SecurityControl authenticated{.encrypted = false}, encrypted{.authenticated = false}, both;
    const Demand nothing, tag{.authenticated = true}, all{.authenticated = true, .encrypted = true};
    CHECK(satisfies({}, nothing));
    CHECK_FALSE(satisfies({}, tag));
    CHECK(satisfies(authenticated, tag));
    CHECK_FALSE(satisfies(encrypted, tag));
    CHECK_FALSE(satisfies(authenticated, all));
    CHECK(satisfies(both, all));
    CHECK_FALSE(weakest(nothing, 0).has_value());
    CHECK(weakest(tag, 0)->octet() == 0x10);
    CHECK(weakest(all, 2)->octet() == 0x32);
}
