#include "sessions/dlms/association.hpp"

#include "sessions/dlms/public_client.hpp"
#include "tests/sessions/dlms/fake_meter.hpp"
#include "tests/sessions/scripted.hpp"

#include <algorithm>
#include <filesystem>
#include <set>
#include <unistd.h>

using namespace meterctl;
using namespace meterctl::sessions::dlms;
namespace codec = meterctl::codecs::dlms;
using codec::Mechanism;
using dlms_fake::Link;
using dlms_fake::Meter;

namespace {

SecretBytes key(std::uint8_t fill) {
    return SecretBytes(Bytes(16, fill));
}

const Bytes get{0xC0, 0x01, 0xC1, 0x00, 0x03, 0x01, 0x00, 0x01, 0x08, 0x00, 0xFF, 0x02, 0x00};
const Bytes got{0xC4, 0x01, 0xC1, 0x00, 0x06, 0x00, 0x00, 0x00, 0x2A};

/// A meter, a link to it, and a client that knows its keys.
struct Bench {
    explicit Bench(Mechanism mechanism = Mechanism::hls_gmac, bool ciphered = true) {
        meter.mechanism = options.mechanism = mechanism;
        meter.ciphered = options.ciphered = ciphered;
        meter.keys.unicast = options.keys.unicast = key(1);
        meter.keys.authentication = options.keys.authentication = key(2);
        meter.password = {'1', '2', '3', '4', '5', '6', '7', '8'};
        options.password = SecretBytes(meter.password);
        meter.secret_text = {'s', 'e', 'c'};
        options.secret = SecretBytes(meter.secret_text);
        options.own_title = {'M', 'T', 'C', 0, 0, 0, 0, 1};
        options.counter_objects = {Obis{0, 0, 43, 1, 2, 255}};
        options.notice = [this](const std::string& text) { notices.push_back(text); };
    }
    Association& associate() {
        association = std::make_unique<Association>(link, options);
        opened = run(association->open());
        return *association;
    }
    template <class T>
    T run(Task<T> task) {
        return transports::run(script.loop(), std::move(task));
    }
    std::string code() const { return opened ? "" : opened.error().code; }

    tests::Scripted script{{}};
    Meter meter;
    Link link{meter, script};
    AssociationOptions options;
    std::vector<std::string> notices;
    std::unique_ptr<Association> association;
    Result<void> opened;
};

} // namespace

TEST_CASE("an association of every mechanism opens, serves and is released") {
    for (const bool ciphered : {false, true}) {
        for (const Mechanism mechanism : {Mechanism::none, Mechanism::lls, Mechanism::hls, Mechanism::hls_md5,
                                          Mechanism::hls_sha1, Mechanism::hls_gmac, Mechanism::hls_sha256}) {
            CAPTURE(ciphered);
            CAPTURE(std::string(codec::mechanism_name(mechanism)));
            Bench bench(mechanism, ciphered);
            Association& association = bench.associate();
            REQUIRE_MESSAGE(bench.opened.has_value(), describe(bench.opened.error()));
            CHECK(association.negotiated().conformance.bits == 0x001A1D);
            CHECK(association.negotiated().max_send_pdu == 1024);
            CHECK(bench.run(association.request(get)).value() == got);
            CHECK(bench.meter.plain.back() == get);
            bench.run(association.release());
            CHECK(bench.meter.releases ==
                  (ciphered || mechanism == Mechanism::hls_gmac ? 2 : 1)); // the public client's
            CHECK_FALSE(bench.meter.associated);
            CHECK_FALSE(bench.link.is_open());
            std::set<std::uint32_t> counters(bench.meter.counters.begin(), bench.meter.counters.end());
            CHECK(counters.size() == bench.meter.counters.size());
        }
    }
}

TEST_CASE("a dedicated key is for services, and the global one for what opens and closes") {
    Bench bench;
    bench.options.dedicated_key = true;
    Association& association = bench.associate();
    REQUIRE_MESSAGE(bench.opened.has_value(), describe(bench.opened.error()));
    CHECK(bench.link.sent.back().front() == 0xCB); // the HLS action
    CHECK(bench.run(association.request(get)).value() == got);
    CHECK(bench.link.sent.back().front() == 0xD0);
    bench.run(association.release());
    CHECK(bench.link.sent.back().front() == 0x62);
}

TEST_CASE("general protection takes the general APDUs") {
    Bench bench;
    bench.options.general_protection = true;
    bench.associate();
    CHECK(bench.link.sent.back().front() == 0xDB);
}

TEST_CASE("a new counter is asked of the meter, and a known one is not") {
    Bench bench;
    bench.meter.remembered = 5000;
    Association& association = bench.associate();
    REQUIRE(bench.opened.has_value());
    CHECK(bench.meter.counters.front() == 5001);
    CHECK(bench.link.opens == 2);
    bench.run(association.release());
    const auto opens = bench.link.opens;
    REQUIRE(bench.run(association.open()).has_value()); // the same association again
    CHECK(bench.link.opens == opens + 1);
    CHECK(std::ranges::is_sorted(bench.meter.counters));
}

TEST_CASE("a meter that has gone past our counter is found out, by its own word or by asking it") {
    for (const bool says_so : {true, false}) {
        CAPTURE(says_so);
        Bench bench;
        bench.meter.names_expected_counter = says_so;
        Association& association = bench.associate();
        REQUIRE(bench.opened.has_value());
        bench.run(association.release());
        bench.meter.remembered += 1000;
        bench.association = std::make_unique<Association>(bench.link, bench.options);
        bench.opened = bench.run(bench.association->open());
        CHECK_MESSAGE(bench.opened.has_value(), describe(bench.opened.error()));
    }
    Bench bench; // in the midst of an association
    Association& association = bench.associate();
    REQUIRE(bench.opened.has_value());
    bench.meter.remembered += 100;
    CHECK(bench.run(association.request(get)).value() == got);
    CHECK(bench.meter.counters.back() > 100);
}

TEST_CASE("another process of the same key may go ahead again and again, and no key is blamed for it") {
    Bench bench;
    bench.meter.races = 9;
    Association& association = bench.associate();
    CHECK_MESSAGE(bench.opened.has_value(), describe(bench.opened.error()));
    bench.meter.races = 9;
    CHECK(bench.run(association.request(get)).value() == got);
    bench.run(association.release());
    CHECK(std::ranges::is_sorted(bench.meter.counters));

    bench.meter.races = 1000;
    bench.opened = bench.run(bench.association->open());
    CHECK(bench.code() == "dlms.exception.6");
    CHECK(bench.meter.races > 900);
}

TEST_CASE("a wrong key is told from a wrong counter") {
    struct Row {
        const char* name;
        SecretBytes codec::Keys::*key;
    };
    for (const Row& row :
         {Row{"encryption", &codec::Keys::unicast}, Row{"authentication", &codec::Keys::authentication}}) {
        CAPTURE(row.name);
        Bench bench;
        bench.options.keys.*row.key = key(9);
        bench.associate();
        REQUIRE_FALSE(bench.opened.has_value());
        CHECK(bench.opened.error().category == Category::refused);
        CHECK(bench.code() == "dlms.wrong_key"); // the counter was asked for first
        CHECK_FALSE(bench.link.is_open());
    }
    // a counter of before, so that it could be the counter; the meter says which it knows
    Bench bench;
    const auto folder = std::filesystem::temp_directory_path() / ("meterctl-association-" + std::to_string(::getpid()));
    bench.options.counters = folder.string();
    bench.run(bench.associate().release());
    REQUIRE(bench.opened.has_value());
    bench.meter.keys.authentication = key(9); // changed by somebody else
    bench.associate();
    CHECK(bench.code() == "dlms.wrong_key");
    CHECK(describe(bench.opened.error()).find("below ours") != std::string::npos);
    bench.meter.shows_counter = false;
    bench.associate();
    CHECK(bench.code() == "dlms.exception.5");
    std::filesystem::remove_all(folder);
}

TEST_CASE("each reason for refusing an association is told with what to try") {
    for (unsigned diagnostic = 1; diagnostic <= 18; ++diagnostic) {
        Bench bench(Mechanism::lls, false);
        bench.meter.diagnostic = static_cast<std::uint8_t>(diagnostic);
        bench.associate();
        REQUIRE_FALSE(bench.opened.has_value());
        CHECK(exit_code(bench.opened.error().category) == 6);
        CHECK(bench.code() == "dlms.association." + std::to_string(diagnostic));
        constexpr unsigned last_named = 14;
        const bool numbered = bench.opened.error().what.find_first_of("0123456789") != std::string::npos;
        CHECK(numbered == (diagnostic > last_named));
        CHECK_FALSE(bench.link.is_open());
    }
    Bench bench(Mechanism::lls, false);
    bench.options.password = SecretBytes(Bytes{'x'});
    bench.associate();
    CHECK(bench.code() == "dlms.association.13");
    CHECK_FALSE(bench.opened.error().hints.empty());
}

TEST_CASE("an InitiateResponse that is an error is told by its reason") {
    Bench bench(Mechanism::none, false);
    codec::ConfirmedServiceError error;
    error.value = 3;
    bench.meter.initiate_answer = codec::encode(error);
    bench.associate();
    CHECK(bench.code() == "dlms.initiate.3");
    bench.meter.diagnostic = 1;
    bench.associate();
    CHECK(bench.code() == "dlms.initiate.3");
}

TEST_CASE("a meter that does not prove itself is not believed") {
    for (const Mechanism mechanism : {Mechanism::hls_gmac, Mechanism::hls_md5}) {
        Bench bench(mechanism, false);
        bench.meter.proves_wrongly = true;
        bench.associate();
        CHECK(bench.code() == "dlms.hls_proof");
    }
    Bench bench;
    bench.meter.echoes_challenge = true;
    bench.associate();
    CHECK(bench.code() == "dlms.challenge");
}

TEST_CASE("a secret that the meter does not share is refused by it") {
    Bench bench(Mechanism::hls_md5, false);
    bench.options.secret = SecretBytes(Bytes{'x'});
    bench.associate();
    CHECK(bench.code() == "dlms.hls_refused");
}

TEST_CASE("what repeats, or is less protected than asked, is refused") {
    Bench bench;
    Association& association = bench.associate();
    REQUIRE(bench.opened.has_value());
    CHECK(bench.run(association.request(get)).has_value());
    bench.meter.repeats_counter = true;
    CHECK(bench.run(association.request(get)).has_value());
    const auto replayed = bench.run(association.request(get));
    REQUIRE_FALSE(replayed.has_value());
    CHECK(replayed.error().code == "dlms.replay");
    bench.meter.repeats_counter = false;
    bench.meter.answers_plainly = true;
    CHECK(bench.run(association.request(get)).error().code == "dlms.weaker_answer");
}

TEST_CASE("a meter with another system title than the keys were given for is not talked to") {
    Bench bench;
    bench.options.meter_title = codec::SystemTitle{'A', 'B', 'C', 0, 0, 0, 0, 9};
    bench.associate();
    CHECK(bench.code() == "dlms.title");
    CHECK(exit_code(bench.opened.error().category) == 5);
    CHECK_FALSE(bench.link.is_open());
    bench.options.meter_title = bench.meter.title;
    bench.associate();
    CHECK(bench.opened.has_value());
}

TEST_CASE("without keys or passwords nothing is sent") {
    Bench bench;
    bench.options.keys = {};
    bench.associate();
    CHECK(bench.code() == "dlms.key_missing");
    CHECK(exit_code(bench.opened.error().category) == 2);
    CHECK(bench.link.sent.empty());
    Bench plain(Mechanism::lls, false);
    plain.options.password = {};
    plain.associate();
    CHECK(plain.code() == "dlms.key_missing");
    CHECK(plain.link.sent.empty());
}

TEST_CASE("late answers to something else are not taken for the AARE") {
    Bench bench(Mechanism::none, false);
    bench.link.strangers = {got, codec::encode(codec::Rlre{})};
    bench.associate();
    CHECK_MESSAGE(bench.opened.has_value(), describe(bench.opened.error()));
}

TEST_CASE("a release that is not answered is a release") {
    Bench bench;
    bench.meter.silent_to_release = true;
    Association& association = bench.associate();
    bench.run(association.release());
    CHECK_FALSE(association.is_open());
    CHECK_FALSE(bench.link.is_open());
    bench.run(association.release()); // nothing more
    CHECK(bench.meter.releases == 2);
}

TEST_CASE("notifications in an association are deciphered") {
    Bench bench;
    bench.options.meter_title = bench.meter.title;
    Association& association = bench.associate();
    const Bytes notification = tests::hex("0F 00 00 00 01 00 12 00 2A");
    const codec::Protection protection{.ciphering = codec::Ciphering::general_global,
                                       .control = {},
                                       .title = bench.meter.title,
                                       .counter = 9000,
                                       .general = {}};
    const Bytes ciphered = codec::protect(protection, bench.meter.keys, notification).value();
    bench.link.notifications = {ciphered, notification, ciphered};
    CHECK(association.take_notifications() == std::vector<Bytes>{notification, notification}); // the last one repeats
}
