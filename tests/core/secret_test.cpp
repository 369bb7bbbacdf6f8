#include "src/core/secret.hpp"

#include <doctest/doctest.h>

using namespace meterctl;

TEST_CASE("secrets compare whole, copy and move") {
    const SecretBytes a(Bytes{1, 2, 3});
    SecretBytes b = a;
    CHECK(a == b);
    const SecretBytes moved = std::move(b);
    CHECK(moved == a);
    CHECK_FALSE(a == SecretBytes(Bytes{1, 2}));
    CHECK_FALSE(a == SecretBytes(Bytes{1, 2, 4}));
    SecretBytes c;
    CHECK(c.empty());
    c = a;
    CHECK(c.size() == 3);
}

TEST_CASE("wiping leaves zeros") {
    Bytes octets{1, 2, 3};
    wipe(octets);
    CHECK(octets == Bytes{0, 0, 0});
    std::string text = "secret";
    const char* at = text.data();
    wipe(text);
    CHECK(text.empty());
    CHECK(at[0] == '\0');
}

TEST_CASE("a secret in hexadecimal is read as people paste it, and an error shows none of it") {
    CHECK(secret_from_hex("0x01 02:03").value() == SecretBytes(Bytes{1, 2, 3}));
    const auto wrong = secret_from_hex("0102Q3");
    REQUIRE_FALSE(wrong.has_value());
    CHECK(describe(wrong.error()).find('Q') == std::string::npos);
    CHECK(describe(wrong.error()).find("offset 4") != std::string::npos);
}
