#include "src/core/key_ring.hpp"

#include "src/core/hex.hpp"

#include <doctest/doctest.h>

using namespace meterctl;

namespace {

const std::string a = "000102030405060708090A0B0C0D0E0F", b = "D0D1D2D3D4D5D6D7D8D9DADBDCDDDEDF";

std::string found(const KeyRing& ring, std::string_view name, std::string_view client = "",
                  const std::vector<std::string>& meters = {}) {
    const SecretBytes* secret = ring.find(name, client, meters);
    return secret == nullptr ? "none" : to_hex(secret->view(), "");
}

} // namespace

TEST_CASE("keys of lines and of JSON are found by meter, client and name") {
    const std::string lines = "# all meters\nGUEK = " + a + "\nread.guek=" + b + "\n\n[12345678]\r\ngak = 0x" + b +
                              "\nlls_password = 12345678\n[484C590000000001]\nguek = "
                              "text:abcdefghijklmnop\nhls_secret=0x0102\n";
    const std::string json = "{\"guek\": \"" + a + "\", \"read.guek\": \"" + b +
                             "\",\n \"meters\": {\"12345678\": {\"gak\": \"" + b +
                             "\", \"lls_password\": \"12345678\"}, \"484c590000000001\": {\"guek\": "
                             "\"text:abcdefghijklmnop\", \"hls_secret\": \"0x0102\"}}}\n";
    for (const std::string& text : {lines, json}) {
        const auto ring = parse_keys(text);
        REQUIRE_MESSAGE(ring.has_value(), describe(ring.error()));
        CHECK(found(*ring, "guek") == a);
        CHECK(found(*ring, "guek", "read") == b);
        CHECK(found(*ring, "guek", "management") == a);
        CHECK(found(*ring, "guek", "", {"unknown"}) == a);
        CHECK(found(*ring, "gak") == "none");
        CHECK(found(*ring, "gak", "read", {"", "12345678"}) == b);
        CHECK(found(*ring, "guek", "read", {"12345678"}) == b);
        CHECK(found(*ring, "lls_password", "", {"12345678"}) == "3132333435363738");
        CHECK(found(*ring, "guek", "", {"x", "484C590000000001"}) == "6162636465666768696A6B6C6D6E6F70");
        CHECK(found(*ring, "hls_secret", "", {"484C590000000001"}) == "0102");
        CHECK(ring->clients() == std::vector<std::string>{"read"});
        CHECK(ring->meters() == std::vector<std::string>{"12345678", "484c590000000001"});
    }
}

TEST_CASE("what is wrong in a file of keys is told by line, and nothing of the file is shown") {
    struct Row {
        std::string text, line, what;
    };
    for (const Row& row : {
             Row{"guek = " + a + "\ngack = " + a, "line 2", "gak"},
             Row{a + " = guek", "line 1", "name of no key"},
             Row{"guek = " + a.substr(1), "line 1", "hexadecimal"},
             Row{"guek = " + a.substr(2), "line 1", "15 octets"},
             Row{"server_title = " + a, "line 1", "16 octets, not 8"},
             Row{"lls_password =", "line 1", "empty"},
             Row{"guek " + a, "line 1", "name = value"},
             Row{"[12345678\nguek = " + a, "line 1", "heading"},
             Row{"{\"guek\": \"" + a + "\"\n\"gak\": \"" + b + "\"}", "line 2", "comma"},
             Row{"{\"guek\": 1}", "line 1", "quotes"},
             Row{"{\"guek\": \"" + a, "line 1", "end"},
             Row{"{\"guek\" \"" + a + "\"}", "line 1", "colon"},
             Row{"{\"meters\": \"" + a + "\"}", "line 1", "object"},
             Row{"{\"guek\": \"" + a + "\"} x", "line 1", "follows"},
         }) {
        CAPTURE(row.what);
        const auto ring = parse_keys(row.text);
        REQUIRE_FALSE(ring.has_value());
        CHECK(ring.error().category == Category::usage);
        const std::string told = describe(ring.error());
        CHECK_MESSAGE(told.find(row.line) != std::string::npos, told);
        CHECK_MESSAGE(told.find(row.what) != std::string::npos, told);
        CHECK(told.find(a.substr(2, 20)) == std::string::npos);
        CHECK(told.find(b.substr(2, 20)) == std::string::npos);
    }
    CHECK_FALSE(parse_keys("").has_value());
    CHECK_FALSE(parse_keys("# nothing\n").has_value());
    CHECK_FALSE(parse_keys("{}").has_value());
}
