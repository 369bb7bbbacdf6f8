#include "transports/secrets.hpp"

#include <doctest/doctest.h>
#include <string>

using namespace meterctl;
using namespace meterctl::transports;

namespace {

Bytes octets(std::string_view text) {
    return Bytes(text.begin(), text.end());
}

std::string shown(const Secrets& secrets, std::string_view text) {
    const Bytes hidden = secrets.hidden(octets(text));
    return std::string(hidden.begin(), hidden.end());
}

} // namespace

TEST_CASE("a secret is hidden in its message, wherever that stands, and its octets elsewhere are not") {
    Secrets secrets;
    secrets.keep(Secret{octets("P1(0000)"), 3, 4});
    CHECK(shown(secrets, "P1(0000)") == "P1(****)");
    CHECK(shown(secrets, "P1(0000)P1(0000)") == "P1(****)P1(****)");
    CHECK(shown(secrets, "F.F(0000)") == "F.F(0000)");
    CHECK(shown(secrets, "P1(00") == "P1(00");
    CHECK(shown(secrets, "") == "");
}

TEST_CASE("what is no part of its message is kept for nothing") {
    Secrets secrets;
    secrets.keep(Secret{octets("P1()"), 3, 0});
    secrets.keep(Secret{octets("P1()"), 3, 5});
    CHECK(shown(secrets, "P1()") == "P1()");
}
