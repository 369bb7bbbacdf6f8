// Virtual DTSD545 meters: associations, security, access rights, services, profiles, the relay. What is expected comes
// from IEC 62056-5-3 and -6-2 and from the meter's manual.
#include "codecs/dlms/crypto.hpp"
#include "codecs/dlms/date_time.hpp"
#include "codecs/dlms/key_transfer.hpp"
#include "codecs/dlms/obis.hpp"
#include "codecs/dlms/units.hpp"
#include "src/core/hex.hpp"
#include "tests/simulators/dlms_asker.hpp"

#include <algorithm>

using namespace meterctl;
using namespace meterctl::codecs::dlms;
using test::DlmsAsker;

namespace {

constexpr std::uint16_t management = 1, read_client = 2;
constexpr std::uint8_t denied = 3, undefined = 4, inconsistent = 9, out_of_scope = 13;

simulators::Options at(std::string_view start, std::map<std::string, std::string> extras = {}) {
    simulators::Options options;
    options.start = DateTime::parse(start).value().to_utc();
    options.extras = std::move(extras);
    return options;
}

Data clock_object() {
    return Data::structure(
        {Data::long_unsigned(8), to_data(Obis{0, 0, 1, 0, 0, 255}), Data::integer(2), Data::long_unsigned(0)});
}

Data time_data(std::string_view text) {
    return Data::octet_string(encode_date_time(to_cosem(DateTime::parse(text).value())));
}

Selection range(std::string_view from, std::string_view to) {
    return {1, Data::structure({clock_object(), time_data(from), time_data(to), Data::array({})})};
}

Selection entries(std::uint32_t from, std::uint32_t to) {
    return {2, Data::structure({Data::double_long_unsigned(from), Data::double_long_unsigned(to),
                                Data::long_unsigned(1), Data::long_unsigned(0)})};
}

std::string time_text(const Data& data) {
    return show_date_time(date_time_of(data).value()).value.to_string();
}

} // namespace

TEST_CASE("a public association without security reads what the meter is, and nothing that it measured") {
    DlmsAsker client;
    const auto aare = client.open_public();
    CHECK(aare.result == 0);
    CHECK(aare.diagnostic == 0);
    const auto granted = decode_initiate_response(aare.user_information.value()).value();
    CHECK(granted.conformance.bits == 0x001014); // the manual's services of the public client
    CHECK(granted.vaa_name == 7);
    CHECK(client.value(1, "0-0:42.0.0.255", 2).text().starts_with("HLY"));
    CHECK(client.value(15, "0-0:40.0.0.255", 8).whole() == 2);
    CHECK(client.result_of_get(3, "1-0:1.8.0.255", 2) == denied);
    CHECK(client.result_of_get(8, "0-0:1.0.0.255", 2) == denied);
    CHECK(client.result_of_get(3, "1-0:1.99.0.255", 2) == undefined);
    CHECK(client.result_of_get(1, "1-0:1.8.0.255", 2) == inconsistent);
}

TEST_CASE("services outside an association, or that were not granted, are refused") {
    DlmsAsker client;
    const GetRequestNormal request{{}, {3, Obis{1, 0, 1, 8, 0, 255}, 2, {}}};
    CHECK(to_hex(client.exchange(encode(GetRequest(request)))) == "D8 01 01");
    client.open_public();
    CHECK(client.set(8, "0-0:1.0.0.255", 3, Data::long_signed(60)) == DlmsAsker::not_served);
    CHECK(client.act(70, "0-0:96.3.10.255", 1).result.code == DlmsAsker::not_served);
    const auto released = client.exchange(encode(Rlrq{0, {}}));
    CHECK(decode_rlre(released));
    CHECK(to_hex(client.exchange(encode(GetRequest(request)))) == "D8 01 01");
}

TEST_CASE("HLS with GMAC opens an association, ciphered both ways") {
    DlmsAsker client;
    REQUIRE(client.open(read_client, 100));
    const auto energy = client.value(3, "1-0:1.8.0.255", 2);
    CHECK(energy.type == Type::double_long_unsigned);
    CHECK(scaler_unit_of(client.value(3, "1-0:1.8.0.255", 3)) == ScalerUnit{0, 30});
    CHECK(client.set(8, "0-0:1.0.0.255", 3, Data::long_signed(60)) == DlmsAsker::not_served);
    CHECK(title_text(client.meter_title()) == "484C590000000001");
    CHECK(client.value(64, "0-0:43.0.0.255", 2).whole() == 0x6C);
}

TEST_CASE("wrong keys, wrong contexts and unknown clients are refused with their reasons") {
    auto other = simulators::dlms_simulated_keys(0);
    other.unicast = SecretBytes(Bytes(16, 0x77));
    DlmsAsker client;
    CHECK(client.begin(read_client, 1, other).diagnostic == 13);
    auto forged = simulators::dlms_simulated_keys(0);
    forged.authentication = SecretBytes(Bytes(16, 0x77));
    CHECK(client.begin(read_client, 1, forged).diagnostic == 13);
    CHECK(client.begin(77, 1).diagnostic == 3);
    CHECK(client.begin(16, 1).diagnostic == 2);
    Aarq plain;
    plain.user_information = encode(InitiateRequest{});
    DlmsAsker second;
    second.open_public();
    CHECK(second.begin(management, 1).result == 0);
}

TEST_CASE("an invocation counter that does not grow is refused with the one that is expected") {
    DlmsAsker client;
    REQUIRE(client.open(management, 500));
    const auto last = client.counter() - 1;
    DlmsAsker replay = client.another();
    replay.begin(management, 500);
    CHECK(to_hex(replay.refused) == to_hex(encode(ExceptionResponse{1, 6, last + 1})));
    CHECK(replay.open(management, last + 1));
    const auto remembered = replay.value(1, "0-0:43.1.3.255", 2);
    CHECK(remembered.whole() == replay.counter() - 1);
}

TEST_CASE("the client's proof may have the counter of the APDU around it, but none from before the association") {
    const auto keys = simulators::dlms_simulated_keys(0);
    DlmsAsker client;
    CHECK(client.open(management, 500, keys, 501));
    CHECK_FALSE(client.another().open(management, 600, keys, 600));
    CHECK_FALSE(client.another().open(management, 700, keys, 500));
    CHECK(client.another().open(management, 800, keys, 801));
}

TEST_CASE("every counter that came is in the simulator's log, with whether it was taken") {
    DlmsAsker client;
    REQUIRE(client.open(management, 500));
    DlmsAsker replay = client.another();
    replay.begin(management, 400);
    const auto log = client.value(1, "0-0:128.43.1.255", 2);
    REQUIRE(log.items() != nullptr);
    const auto& notes = *log.items();
    CHECK(notes.front().at(0)->whole() == management);
    CHECK(notes.front().at(1)->whole() == 500);
    CHECK(std::ranges::any_of(notes, [](const Data& note) {
        return note.at(1)->whole() == 400 && note.at(2)->content == Data::boolean(false).content;
    }));
}

TEST_CASE("plain and weaker requests in a ciphered association are refused") {
    DlmsAsker client;
    REQUIRE(client.open(management, 1));
    const GetRequestNormal request{{}, {8, Obis{0, 0, 1, 0, 0, 255}, 2, {}}};
    CHECK(to_hex(client.exchange(encode(GetRequest(request)))) == "D8 01 01");
    Protection authenticated;
    authenticated.control.encrypted = false;
    authenticated.title = client.title;
    authenticated.counter = client.counter() + 5;
    const auto weak = protect(authenticated, client.keys(), encode(GetRequest(request))).value();
    CHECK(to_hex(client.exchange(weak)) == "D8 01 01");
}

TEST_CASE("before the third pass only the proof is taken") {
    DlmsAsker client;
    CHECK(client.begin(management, 1).diagnostic == 14);
    const GetRequestNormal request{{}, {8, Obis{0, 0, 1, 0, 0, 255}, 2, {}}};
    CHECK(to_hex(client.exchange(client.cover(encode(GetRequest(request))))) == "D8 01 01");
    const auto wrong = client.act(15, "0-0:40.0.0.255", 1, Data::octet_string(Bytes(17, 0x10)));
    CHECK(wrong.result.code != 0);
}

TEST_CASE("the list of objects tells each client what it may do, and comes in blocks") {
    DlmsAsker open;
    open.open_public();
    const auto few = open.value(15, "0-0:40.0.0.255", 2);
    DlmsAsker client;
    REQUIRE(client.open(management, 1));
    const auto all = client.value(15, "0-0:40.0.0.255", 2);
    CHECK(client.blocks > 10);
    CHECK(all.items()->size() > 300);
    CHECK(few.items()->size() < 20);
    for (const Data& item : *few.items()) { CHECK(item.at(0)->whole() != 3); }
    const auto relay = std::ranges::find_if(*all.items(), [](const Data& item) { return item.at(0)->whole() == 70; });
    REQUIRE(relay != all.items()->end());
    const auto& methods = *relay->at(3)->at(1)->items();
    CHECK(methods.size() == 2);
    CHECK(methods[0].at(1)->whole() == 1);
}

TEST_CASE("the energy profile holds what the clock had come to, and gives out a range of it and no more") {
    DlmsAsker client(at("2026-03-10T12:00:00Z"));
    REQUIRE(client.open(read_client, 1));
    const auto columns = client.value(7, "1-0:99.1.0.255", 3);
    CHECK(columns.items()->size() == 9);
    CHECK(client.value(7, "1-0:99.1.0.255", 4).whole() == 1800);
    const auto day = client.value(7, "1-0:99.1.0.255", 2, range("2026-03-02T00:00:00Z", "2026-03-02T23:59:59Z"));
    REQUIRE(day.items() != nullptr);
    CHECK(day.items()->size() <= 48);
    CHECK(day.items()->size() > 40);
    for (const Data& record : *day.items()) {
        CHECK(record.items()->size() == 9);
        CHECK(time_text(*record.at(0)).starts_with("2026-03-02"));
    }
    const auto last = client.value(7, "1-0:99.1.0.255", 7).whole().value();
    const auto newest = client.value(7, "1-0:99.1.0.255", 2,
                                     entries(static_cast<std::uint32_t>(last), static_cast<std::uint32_t>(last)));
    REQUIRE(newest.items()->size() == 1);
    CHECK(time_text(*newest.items()->front().at(0)) == "2026-03-10T12:00:00Z");
    const Selection unknown{3, Data::null()};
    const auto refused = client.get(7, "1-0:99.1.0.255", 2, unknown);
    CHECK(std::get<AccessResult>(refused).code == out_of_scope);
}

TEST_CASE("profiles go on filling while the meter's clock runs") {
    auto options = at("2026-03-10T12:00:00Z", {{"days", "0"}});
    options.speed = 600;
    DlmsAsker client(options);
    REQUIRE(client.open(read_client, 1));
    client.wait(std::chrono::seconds(30)); // 5 h
    const auto records = client.value(7, "1-0:99.1.0.255", 2);
    CHECK(records.items()->size() == 10);
    CHECK(time_text(*records.items()->front().at(0)) == "2026-03-10T12:30:00Z");
    CHECK(client.value(7, "1-0:99.2.0.255", 7).whole() >= 21);
}

TEST_CASE("registers of the daily profile lead up to those of today") {
    DlmsAsker client(at("2026-03-10T00:00:30Z"));
    REQUIRE(client.open(read_client, 1));
    const auto days = client.value(7, "0-0:98.2.0.255", 2);
    REQUIRE(days.items()->size() > 30);
    std::int64_t before = 0;
    for (const Data& record : *days.items()) {
        const auto energy = record.at(2)->whole().value();
        CHECK(energy > before);
        before = energy;
    }
    const auto now = client.value(3, "1-0:1.8.0.255", 2).whole().value();
    CHECK(now >= before);
    CHECK(now - before < 1000); // Wh of half a minute, and of the step before midnight
}

TEST_CASE("the relay follows the control mode, with success whatever it does") {
    DlmsAsker client;
    REQUIRE(client.open(management, 1));
    const std::string_view relay = "0-0:96.3.10.255";
    CHECK(client.value(70, relay, 3).whole() == 1);
    CHECK(client.value(70, relay, 4).whole() == 5);
    CHECK(client.act(70, relay, 1).result.code == 0);
    CHECK(client.value(70, relay, 3).whole() == 0);
    CHECK(client.act(70, relay, 2).result.code == 0);
    CHECK(client.value(70, relay, 3).whole() == 2); // mode 5: ready, until somebody presses the button
    CHECK(client.set(70, relay, 4, Data::enumerated(4)) == 0);
    CHECK(client.act(70, relay, 2).result.code == 0);
    CHECK(client.value(70, relay, 3).whole() == 1);
    CHECK(client.set(70, relay, 4, Data::enumerated(7)) != 0);
    CHECK(client.set(70, relay, 4, Data::enumerated(0)) == 0);
    CHECK(client.act(70, relay, 1).result.code == 0);
    CHECK(client.value(70, relay, 3).whole() == 1);
    const auto log = client.value(7, "0-0:99.98.2.255", 2);
    CHECK(log.items()->size() >= 3);
}

TEST_CASE("keys change under the master key, and hold from the next association on") {
    DlmsAsker client;
    REQUIRE(client.open(management, 1));
    NewKey fresh{KeyId::unicast, SecretBytes(Bytes(16, 0x55))};
    const auto argument = encode_key_transfer(std::span(&fresh, 1), client.keys().master).value();
    CHECK(client.act(64, "0-0:43.0.3.255", 2, decode_data(argument).value()).result.code == 0);
    const auto next = client.counter() + 10;
    DlmsAsker old = client.another();
    CHECK_FALSE(old.open(management, next));
    auto keys = simulators::dlms_simulated_keys(0);
    keys.unicast = fresh.key;
    DlmsAsker renewed = client.another();
    CHECK(renewed.open(management, next + 10, keys));
}

TEST_CASE("a firmware image is taken block by block, verified and activated") {
    DlmsAsker client;
    REQUIRE(client.open(management, 1));
    const std::string_view image = "0-0:44.0.0.255";
    Bytes firmware(418, 0xA5);
    const auto hash = codecs::dlms::crypto::digest(codecs::dlms::crypto::Hash::sha256, firmware).value();
    firmware.insert(firmware.end(), hash.begin(), hash.end());
    const auto block = [&](std::uint32_t number) {
        const auto from = ByteView(firmware).subspan(number * std::size_t{200});
        return Data::structure({Data::double_long_unsigned(number),
                                Data::octet_string(from.first(std::min<std::size_t>(from.size(), 200)))});
    };
    const auto initiate = [&](std::string_view name) {
        const Bytes octets(name.begin(), name.end());
        return client.act(18, image, 1, Data::structure({Data::octet_string(octets), Data::double_long_unsigned(450)}))
            .result.code;
    };
    CHECK(client.act(18, image, 2, block(0)).result.code != 0);
    CHECK(initiate("ABC 2.0") != 0);
    CHECK(initiate("HLY 2.0") == 0);
    CHECK(client.act(18, image, 2, block(0)).result.code == 0);
    CHECK(client.act(18, image, 2, block(2)).result.code == 0);
    CHECK(client.value(18, image, 4).whole() == 1);
    CHECK(client.act(18, image, 3).result.code == 250);
    CHECK(client.value(18, image, 6).whole() == 4);
    CHECK(initiate("HLY 2.0") == 0);
    for (const std::uint32_t number : {2U, 1U, 0U}) { CHECK(client.act(18, image, 2, block(number)).result.code == 0); }
    CHECK(client.act(18, image, 3).result.code == 2);
    client.wait(std::chrono::seconds(4));
    CHECK(client.value(18, image, 6).whole() == 3);
    CHECK(client.value(18, image, 7).at(0)->at(2)->octets()->size() == 32);
    CHECK(client.act(18, image, 4).result.code == 2);
    client.wait(std::chrono::seconds(6));
    CHECK(client.value(18, image, 6).whole() == 6);
    CHECK(client.value(1, "1-0:0.2.0.255", 2).text() == "HLY 2.0");
}

TEST_CASE("firmware whose hash does not fit is found bad") {
    DlmsAsker client;
    REQUIRE(client.open(management, 1));
    const std::string_view image = "0-0:44.0.0.255";
    CHECK(client
              .act(18, image, 1,
                   Data::structure({Data::octet_string(Bytes{'H', 'L', 'Y'}), Data::double_long_unsigned(50)}))
              .result.code == 0);
    CHECK(
        client.act(18, image, 2, Data::structure({Data::double_long_unsigned(0), Data::octet_string(Bytes(50, 0xA5))}))
            .result.code == 0);
    CHECK(client.act(18, image, 3).result.code == 2);
    client.wait(std::chrono::seconds(4));
    CHECK(client.value(18, image, 6).whole() == 4);
}

TEST_CASE("a push is one notification on every line, ciphered where the association is") {
    DlmsAsker client;
    REQUIRE(client.open(management, 1));
    CHECK(client.act(40, "0-0:25.9.0.255", 1).result.code == 0);
    client.wait(std::chrono::seconds(1));
    auto options = at("2026-03-10T12:00:00Z", {{"push", "30"}});
    DlmsAsker listener(options);
    listener.open_public();
    (void)listener.take_apdus();
    listener.wait(std::chrono::seconds(65));
    const auto pushed = listener.take_apdus();
    REQUIRE(pushed.size() == 2);
    const auto apdu = decode_apdu(pushed.front());
    REQUIRE(apdu);
    const auto* const notification = std::get_if<DataNotification>(&*apdu);
    REQUIRE(notification != nullptr);
    CHECK(notification->body.items()->size() == 5);
}

TEST_CASE("a setting that says nothing known is refused") {
    const DlmsAsker meter(at("2026-01-05T12:00:00Z", {{"tamper", "main_cover_opened:1FF"}, {"days", "0"}}));
    using Words = std::map<std::string, std::string>;
    for (const Words& extras :
         {Words{{"days", "-1"}}, Words{{"days", "99999999999"}}, Words{{"push", "often"}}, Words{{"misbehave", "now"}},
          Words{{"misbehave", "silent_after:"}}, Words{{"tamper", "cover"}}, Words{{"tamper", "main_cover_opened:"}}}) {
        simulators::Options options;
        options.extras = extras;
        const catalogue::Catalogue catalogue;
        const simulators::Unit unit{"", catalogue.find("dtsd545").value()};
        const auto bus = simulators::make_dlms_bus(std::span(&unit, 1), options);
        REQUIRE_FALSE_MESSAGE(bus.has_value(), extras.begin()->second);
        CHECK(bus.error().category == Category::usage);
    }
}

TEST_CASE("octets that are no request end nothing") {
    DlmsAsker client;
    for (unsigned first = 0; first < 256; ++first) {
        const Bytes junk{static_cast<std::uint8_t>(first), 0x01, 0xFF, 0x84, 0xFF, 0xFF, 0xFF, 0xFF};
        client.exchange(junk);
    }
    CHECK(client.open_public().result == 0);
}
