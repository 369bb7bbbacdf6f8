#include "sessions/dlms/association_options.hpp"

#include "sessions/dlms/own_title.hpp"
#include "src/core/hex.hpp"

#include <doctest/doctest.h>
#include <filesystem>
#include <unistd.h>

using namespace meterctl;
using namespace meterctl::sessions;
using namespace meterctl::sessions::dlms;
using codecs::dlms::Feature;
using codecs::dlms::Mechanism;

namespace {

catalogue::Definition definition() {
    catalogue::Definition made;
    made.model = "acme";
    catalogue::Client everybody;
    everybody.name = "public";
    everybody.sap = 16;
    everybody.authentication = "none";
    catalogue::Client reader;
    reader.name = "read";
    reader.sap = 2;
    reader.authentication = "hls_gmac";
    reader.suite = 0;
    reader.services = {"get", "get_with_list", "action"};
    reader.policy = {"authenticated_request", "encrypted_request", "encrypted_response"};
    reader.security_setup = "64:0-0:43.0.2.255:2";
    reader.counter = "1:0-0:43.1.2.255:2";
    made.clients = {everybody, reader};
    return made;
}

const std::string a = "000102030405060708090A0B0C0D0E0F", b = "D0D1D2D3D4D5D6D7D8D9DADBDCDDDEDF";

struct Case {
    catalogue::Definition meter = definition();
    SessionOptions options;
    Case() { options.meter = &meter; }
    Result<AssociationOptions> make(const std::vector<std::string>& meters = {}) {
        return association_options(options, meters);
    }
};

} // namespace

TEST_CASE("a client of the definition, by name or number, says how to associate") {
    for (const char* client : {"read", "2"}) {
        Case one;
        one.options.settings["client"] = client;
        const auto made = one.make();
        REQUIRE_MESSAGE(made.has_value(), describe(made.error()));
        CHECK(made->saps.client == 2);
        CHECK(made->mechanism == Mechanism::hls_gmac);
        CHECK(made->ciphered);
        CHECK(made->control.octet() == 0x30);
        CHECK_FALSE(made->answers.authenticated);
        CHECK(made->answers.encrypted);
        CHECK(made->counter_objects == std::vector<Obis>{Obis{0, 0, 43, 1, 2, 255}});
        CHECK(made->security_setup == Obis{0, 0, 43, 0, 2, 255});
        CHECK(made->conformance.has(Feature::multiple_references));
        CHECK_FALSE(made->conformance.has(Feature::set));
    }
    Case first;
    CHECK(first.make()->saps.client == 16);
    CHECK(first.make()->mechanism == Mechanism::none);
    Case unknown;
    unknown.options.settings["client"] = "reed";
    CHECK(unknown.make().error().code == "usage.client");
    Case number; // of no definition
    number.options.settings["client"] = "5";
    CHECK(number.make()->saps.client == 5);
}

TEST_CASE("meters of short names are asked for the services that they know") {
    Case one;
    one.options.settings = {{"client", "public"}, {"names", "short"}};
    const auto made = one.make();
    REQUIRE_MESSAGE(made.has_value(), describe(made.error()));
    CHECK(made->short_names);
    CHECK(made->conformance.bits == 0x180320); // read, write, multiple-references, information-report, parameterized
    one.options.settings["names"] = "long";
    CHECK(one.make().error().code == "usage.setting");
    one.options.settings = {{"client", "read"}, {"names", "short"}};
    CHECK(one.make().error().what == "HLS needs logical names");
}

TEST_CASE("an endpoint's settings win over the definition's") {
    Case one;
    one.options.settings = {
        {"client", "read"},     {"ciphering", "general"},        {"security", "authenticated"}, {"pdu", "512"},
        {"server", "17"},       {"counter", "0-0:43.1.0.255"},   {"challenge", "32"},           {"suite", "2"},
        {"ask_counter", "yes"}, {"authentication", "hls_sha256"}};
    const auto made = one.make();
    REQUIRE_MESSAGE(made.has_value(), describe(made.error()));
    CHECK(made->general_protection);
    CHECK(made->control.octet() == 0x12);
    CHECK(made->answers.authenticated);
    CHECK_FALSE(made->answers.encrypted);
    CHECK(made->max_receive_pdu == 512);
    CHECK(made->saps.server == 17);
    CHECK(made->counter_objects.front() == Obis{0, 0, 43, 1, 0, 255});
    CHECK(made->challenge_octets == 32);
    CHECK(made->ask_counter);
    CHECK(made->mechanism == Mechanism::hls_sha256);
    for (const auto& [key, value] : std::map<std::string, std::string>{{"ciphering", "maybe"},
                                                                       {"security", "much"},
                                                                       {"authentication", "hls9"},
                                                                       {"suite", "3"},
                                                                       {"pdu", "x"},
                                                                       {"challenge", "7"},
                                                                       {"counter", "here"}}) {
        CAPTURE(key);
        Case wrong;
        wrong.options.settings[key] = value;
        CHECK(wrong.make().error().category == Category::usage);
    }
}

TEST_CASE("keys are those of the client and the meter") {
    Case one;
    one.options.settings["client"] = "read";
    one.options.keys = std::make_shared<const KeyRing>(
        parse_keys("guek=" + a + "\nread.guek=" + b + "\nclient_title=4D4D4D0000BC614E\n[777]\nread.gak=" + a +
                   "\nserver_title=484C590000000001\n[888]\ngak=" + b)
            .value());
    const auto made = one.make({"777"});
    REQUIRE(made.has_value());
    CHECK(made->keys.unicast == secret_from_hex(b).value());
    CHECK(made->keys.authentication == secret_from_hex(a).value());
    CHECK(codecs::dlms::title_text(*made->meter_title) == "484C590000000001");
    CHECK(codecs::dlms::title_text(made->own_title) == "4D4D4D0000BC614E");
    CHECK(one.make({"888"})->keys.authentication == secret_from_hex(b).value());
    CHECK(one.make()->keys.authentication.empty());
    Case password;
    password.options.settings["password"] = "12345678";
    CHECK(password.make()->password.size() == 8);
    CHECK(password.make()->secret.size() == 8);
}

TEST_CASE("our own title is made once and kept; without a place it is always the same") {
    const auto folder = std::filesystem::temp_directory_path() / ("meterctl-title-" + std::to_string(::getpid()));
    const auto first = own_system_title(folder.string());
    REQUIRE_MESSAGE(first.has_value(), describe(first.error()));
    CHECK(own_system_title(folder.string()).value() == *first);
    CHECK(own_system_title("").value() == own_system_title("").value());
    CHECK(own_system_title("").value() != *first);
    CHECK((*first)[0] == 'M');
    std::filesystem::remove_all(folder);
    CHECK_FALSE(own_system_title("/proc/nowhere").has_value());
}
