#include "sessions/dlms/key_change.hpp"

#include "tests/sessions/dlms/fake_meter.hpp"
#include "tests/sessions/scripted.hpp"

using namespace meterctl;
using namespace meterctl::sessions::dlms;
namespace codec = meterctl::codecs::dlms;

namespace {

const Obis setup{0, 0, 43, 0, 0, 255};
const std::string fresh_text = "guek=101112131415161718191A1B1C1D1E1F\ngak=202122232425262728292A2B2C2D2E2F\n";

SecretBytes key(std::uint8_t fill) {
    return SecretBytes(Bytes(16, fill));
}

Result<KeyChange> plan(const std::string& text, const AssociationOptions& association, Obis of = setup) {
    sessions::SessionOptions options;
    options.new_keys["new"] = std::make_shared<const KeyRing>(parse_keys(text).value());
    return plan_key_change(options, association, of, "new");
}

struct Bench {
    Bench() {
        meter.keys.unicast = key(1);
        meter.keys.authentication = key(2);
        meter.keys.master = key(3);
        options.mechanism = codec::Mechanism::hls_gmac;
        options.ciphered = true;
        options.keys = meter.keys;
        options.own_title = {'M', 'T', 'C', 0, 0, 0, 0, 1};
    }
    Result<void> change(const std::string& text = fresh_text) {
        association = std::make_unique<Association>(link, options);
        const auto opened = transports::run(script.loop(), association->open());
        REQUIRE_MESSAGE(opened.has_value(), (opened ? std::string() : describe(opened.error())));
        auto change = plan(text, options);
        REQUIRE(change.has_value());
        return transports::run(script.loop(), change_keys(*association, *change));
    }

    tests::Scripted script{{}};
    dlms_fake::Meter meter;
    dlms_fake::Link link{meter, script};
    AssociationOptions options;
    std::unique_ptr<Association> association;
};

} // namespace

TEST_CASE("keys are changed under the old ones, and hold from the next APDU on") {
    Bench bench;
    const auto changed = bench.change();
    REQUIRE_MESSAGE(changed.has_value(), describe(changed.error()));
    CHECK(bench.meter.keys.unicast == secret_from_hex("101112131415161718191A1B1C1D1E1F").value());
    CHECK(bench.meter.keys.authentication == secret_from_hex("202122232425262728292A2B2C2D2E2F").value());
    CHECK(bench.meter.keys.master == key(3));
    CHECK(bench.meter.plain.back().front() == 0xC0); // the reading under the new keys
    transports::run(bench.script.loop(), bench.association->release());
    CHECK(bench.meter.releases == 1);
    for (const Bytes& apdu : bench.link.sent) { // wrapped and ciphered
        CHECK(to_hex(apdu, "").find("101112131415161718191A1B1C1D1E1F") == std::string::npos);
    }
}

TEST_CASE("with another master key the meter refuses, and the old keys hold") {
    Bench bench;
    bench.options.keys.master = key(9);
    const auto changed = bench.change();
    REQUIRE_FALSE(changed.has_value());
    CHECK(changed.error().code == "dlms.action.250");
    CHECK(exit_code(changed.error().category) == 6);
    const auto answer = transports::run(
        bench.script.loop(), bench.association->request(tests::hex("C0 01 C1 00 01 00 00 2A 00 00 FF 02 00")));
    CHECK(answer.has_value());
}

TEST_CASE("a meter that says yes and keeps its old keys is found out") {
    Bench bench;
    bench.meter.forgets_new_keys = true;
    const auto changed = bench.change();
    REQUIRE_FALSE(changed.has_value());
    CHECK(changed.error().code == "dlms.keys_unproven");
    CHECK(exit_code(changed.error().category) == 8);
}

TEST_CASE("without a master key, or with no new key that fits, nothing is sent") {
    Bench bench;
    bench.options.keys.master = {};
    CHECK(bench.change().error().code == "dlms.key_missing");
    CHECK(bench.meter.plain.size() == 1); // the HLS action
    CHECK(plan("server_title=484C590000000001", bench.options).error().code == "dlms.key_missing");
    bench.options.control.suite = 2;
    CHECK(plan(fresh_text, bench.options).error().code == "dlms.key_size");
    bench.options.control.suite = 0;
    const auto change = plan(fresh_text, bench.options, Obis{0, 0, 43, 0, 2, 255});
    REQUIRE(change.has_value());
    CHECK(names_of(*change) == "global unicast encryption key, authentication key");
    CHECK_FALSE(change->own);
}

TEST_CASE("keys of another client are changed, and ours hold") {
    Bench bench;
    const auto opened = bench.change(); // ours first, so that an association is open
    REQUIRE(opened.has_value());
    bench.meter.forgets_new_keys = true; // they are not of this client
    const auto change = plan(fresh_text, bench.options, Obis{0, 0, 43, 0, 2, 255}).value();
    CHECK(transports::run(bench.script.loop(), change_keys(*bench.association, change)).has_value());
    CHECK(transports::run(bench.script.loop(),
                          bench.association->request(tests::hex("C0 01 C1 00 01 00 00 2A 00 00 FF 02 00")))
              .has_value());
}
