// What a listener makes of APDUs: trees, blocks joined, what is ciphered, readings. Pushes of real meters are fed as
// their carriers bring them.
#include "codecs/dlms/apdu_fields.hpp"
#include "codecs/dlms/conversation.hpp"
#include "codecs/dlms/decoders.hpp"
#include "src/core/hex.hpp"
#include "tests/codecs/dlms/any_octets.hpp"
#include "tests/codecs/dlms/links.hpp"

#include <algorithm>
#include <doctest/doctest.h>
#include <random>

using namespace dlms_links;
namespace codecs = meterctl::codecs;
namespace dlms = meterctl::codecs::dlms;
using meterctl::Decimal;
using meterctl::Reading;

namespace {

meterctl::KeyRing ring_of(const Json& entry) {
    meterctl::KeyRing ring;
    if (!entry.contains("keys")) { return ring; }
    for (const auto* const name : {"guek", "gak"}) {
        if (!entry.at("keys").contains(name)) { continue; }
        ring.put("", name, meterctl::SecretBytes(octets(entry.at("keys").at(name).get<std::string>())));
    }
    return ring;
}

Frames decoded_with(std::string_view row, const Bytes& octets, const codecs::DecodeOptions& options) {
    Frames frames;
    const auto stream = decoder(row).open(options);
    const codecs::FrameSink sink = [&](DecodedFrame&& frame) { frames.push_back(std::move(frame)); };
    ChunkInfo info;
    stream->feed(octets, info, sink);
    stream->finish(sink);
    return frames;
}

std::vector<Reading> readings_of(const Frames& frames) {
    std::vector<Reading> all;
    for (const auto& frame : frames) { all.insert(all.end(), frame.readings.begin(), frame.readings.end()); }
    return all;
}

bool has_flag(const Reading& reading, std::string_view flag) {
    return std::ranges::find(reading.flags, flag) != reading.flags.end();
}

/// Times stand in the vectors with a space where ours have a T.
void check_text(const Reading& reading, std::string expected) {
    if (reading.value.get<meterctl::DateTime>() != nullptr && expected.size() > 10) { expected[10] = 'T'; }
    CHECK(reading.value.to_string() == expected);
}

/// Equal, or equal but for a power of ten where no scaler was sent.
void check_number(const Reading& reading, const Json& wanted) {
    CAPTURE(reading.name);
    CAPTURE(wanted.dump());
    const auto number = reading.value.number();
    REQUIRE(number.has_value());
    const auto expected = *Decimal::parse(wanted.dump());
    if (has_flag(reading, "unscaled")) {
        CHECK(number->normalized().mantissa == expected.normalized().mantissa);
    } else {
        CHECK(*number == expected);
    }
}

const Reading& reading_named(const std::vector<Reading>& readings, const std::string& name) {
    const auto found = std::ranges::find_if(readings, [&](const Reading& one) {
        return one.name == name || (one.obis && one.obis->to_logical_name() == name);
    });
    REQUIRE_MESSAGE(found != readings.end(), name);
    return *found;
}

void check_push(const Vector& vector, const Frames& frames) {
    const auto& expect = vector.expect;
    const auto readings = readings_of(frames);
    if (expect.contains("complete_pushes")) {
        CHECK(readings.empty());
        CHECK(std::ranges::any_of(frames, [](const DecodedFrame& frame) { return frame.error.has_value(); }));
        return;
    }
    for (const auto& frame : frames) {
        CHECK_MESSAGE(!frame.error.has_value(), (frame.error ? describe(*frame.error) : ""));
    }
    const Json values = expect.value("values", Json::object());
    for (const auto& [code, value] : values.items()) { check_number(reading_named(readings, code), value); }
    const Json strings = expect.value("strings", Json::object());
    for (const auto& [code, value] : strings.items()) {
        if (code.find(':') == std::string::npos) { continue; }
        check_text(reading_named(readings, code), value.get<std::string>());
    }
    const Json named = expect.value("readings", Json::object());
    for (const auto& [name, value] : named.items()) {
        const bool by_position = readings.empty() || expect.contains("model");
        if (by_position) {
            MESSAGE("left to the test of the command line, being named by position: " << name);
            continue;
        }
        const auto& reading = reading_named(readings, name);
        // A vector may give a value in the prefix that its source prints.
        if (value.contains("scaler") || value.at("unit") == "kWh") {
            CHECK(reading.value.number()->normalized().mantissa ==
                  Decimal::parse(value.at("value").dump())->normalized().mantissa);
        } else {
            check_number(reading, value.at("value"));
        }
    }
    const auto time = expect.value("date_time", Json());
    if (time.is_string() && !readings.empty()) {
        REQUIRE(readings.front().time.has_value());
        CHECK(readings.front().time->to_string().starts_with(time.get<std::string>().substr(0, 19)));
    }
}

Frames said(std::string_view hex) {
    return whole("dlms-apdu", octets(hex));
}

} // namespace

TEST_CASE("fields of an element lie within it, also where user information comes twice") {
    CHECK(dlms_any::check_apdu(octets("6311800100BE00BE0F040E0800BE0F040F040E0800BE0F045D0400000007")) == "");
}

TEST_CASE("pushes of real meters give their readings") {
    for (const auto* const file : {"push_hdlc.json", "push_ciphered.json"}) {
        for (const auto& vector : extra(file)) {
            if (vector.layer != "hdlc") { continue; }
            CAPTURE(vector.name);
            const auto ring = ring_of(vector.entry);
            codecs::DecodeOptions options;
            options.keys = &ring;
            check_push(vector, decoded_with("dlms-hdlc", vector.octets(), options));
        }
    }
    for (const auto& vector : extra("push_raw.json")) {
        CAPTURE(vector.name);
        check_push(vector, decoded_with("dlms-apdu", vector.octets(), {}));
    }
}

TEST_CASE("a push whose tag cannot be checked says so with each reading") {
    for (const auto& vector : extra("push_ciphered.json")) {
        if (vector.expect.value("tag_checked", true) || vector.layer != "hdlc") { continue; }
        const auto ring = ring_of(vector.entry);
        codecs::DecodeOptions options;
        options.keys = &ring;
        const auto readings = readings_of(decoded_with("dlms-hdlc", vector.octets(), options));
        REQUIRE_FALSE(readings.empty());
        for (const auto& reading : readings) { CHECK(has_flag(reading, "not_authenticated")); }
    }
}

TEST_CASE("without keys all that is readable is shown, and nothing is said of values") {
    for (const auto& vector : extra("push_ciphered.json")) {
        if (vector.layer != "hdlc") { continue; }
        CAPTURE(vector.name);
        const auto frames = decoded_with("dlms-hdlc", vector.octets(), {});
        CHECK(readings_of(frames).empty());
        for (const auto& frame : frames) { CHECK_FALSE(frame.error.has_value()); }
        const auto& last = frames.back();
        const auto* const counter = find(last.fields, "invocation_counter");
        REQUIRE(counter != nullptr);
        CHECK(counter->value == meterctl::Value(vector.expect.at("invocation_counter").get<std::uint64_t>()));
        const auto* const title = find(last.fields, "system_title");
        REQUIRE(title != nullptr);
        CHECK(hex(*title->value.get<Bytes>()) == vector.expect.at("system_title").get<std::string>());
    }
}

TEST_CASE("sessions that were heard from their start are deciphered, and blocks joined") {
    for (const auto& vector : extra("sessions.json")) {
        CAPTURE(vector.name);
        const auto ring = ring_of(vector.entry);
        codecs::DecodeOptions options;
        options.keys = &ring;
        const auto row = vector.octets().front() == 0x7E ? "dlms-hdlc" : "dlms-wrapper";
        const auto frames = decoded_with(row, vector.octets(), options);
        for (const auto& frame : frames) {
            CHECK_MESSAGE(!frame.error.has_value(), (frame.error ? describe(*frame.error) : ""));
        }
    }
}

TEST_CASE("an APDU is a tree of types, logical names and units, with a line that sums it up") {
    const auto frames = said("0F 40000001 00 01 01 02 03 09 06 0100010700FF 06 00000552 02 02 0F 00 16 1B");
    REQUIRE(frames.size() == 1);
    const auto& frame = frames.front();
    CHECK(frame.summary == "data-notification, array of 1");
    const auto* const body = find(frame.fields, "notification_body");
    REQUIRE(body != nullptr);
    const auto& push = body->children.front();
    CHECK(push.text == "structure of 3");
    CHECK(push.children[0].text == "octet-string, 1-0:1.7.0.255 active_power_import");
    CHECK(push.children[1].text == "double-long-unsigned");
    CHECK(push.children[2].text == "structure of 2, x 10^0 W");
    CHECK(push.children[2].children[1].text == "enum, W");
    REQUIRE(frame.readings.size() == 1);
    CHECK(frame.readings.front().name == "active_power_import");
    CHECK(frame.readings.front().value.to_string() == "1362");
    CHECK(meterctl::symbol(frame.readings.front().unit) == "W");
}

TEST_CASE("each APDU has a line of its own") {
    struct Row {
        const char* hex;
        const char* summary;
    };
    for (const auto& row : {
             Row{"C001C1 0003 0100010800FF 02 00", "get-request-normal 3:1-0:1.8.0.255:2 active_energy_import"},
             Row{"C401C1 00 060000002A", "get-response-normal 42"},
             Row{"C401C1 01 03", "get-response-normal read-write-denied"},
             Row{"C301C1 0046 000060030AFF 01 01 0F00", "action-request-normal 70:0-0:96.3.10.255:m1, 0"},
             Row{"C701C1 00 00", "action-response-normal success"},
             Row{"D80106 00000071",
                 "exception-response: service-not-allowed, invocation-counter-error, 113 is expected"},
             Row{"0E010603", "confirmed-service-error: initiate: pdu-size-too-short"},
             Row{"6215 800100 BE10 040E 0100000006 5F1F0400007E1F 04B0",
                 "RLRQ: initiate-request: priority-mgmt-supported, attribute0-supported-with-get, "
                 "block-transfer-with-get-or-read, block-transfer-with-set-or-write, block-transfer-with-action, "
                 "multiple-references, get, set, selective-access, event-notification, action"},
             Row{"6117A109060760857405080101A203020101A305A10302010D",
                 "AARE rejected-permanent, authentication-failure"},
             Row{"6203800100", "RLRQ"},
         }) {
        CAPTURE(row.hex);
        const auto frames = said(row.hex);
        REQUIRE(frames.size() == 1);
        CHECK(frames.front().summary == row.summary);
    }
}

TEST_CASE("an answer is told with what was asked, and scaled where its scaler was heard") {
    codecs::DecodeOptions options;
    Frames frames;
    const auto stream = decoder("dlms-apdu").open(options);
    const codecs::FrameSink sink = [&](DecodedFrame&& frame) { frames.push_back(std::move(frame)); };
    ChunkInfo info;
    info.datagram = true;
    for (const auto* const apdu :
         {"C001C1 0003 0100200700FF 03 00", "C401C1 00 02020FFF1623", "C001C2 0003 0100200700FF 02 00",
          "C402C2 00 00000001 00 02 1209", "C002C2 00000001", "C402C2 01 00000002 00 01 2B"}) {
        stream->feed(octets(apdu), info, sink);
    }
    stream->finish(sink);
    REQUIRE(frames.size() == 6);
    for (const auto& frame : frames) { CHECK_FALSE(frame.error.has_value()); }
    REQUIRE(frames.back().readings.size() == 1);
    const auto& reading = frames.back().readings.front();
    CHECK(reading.name == "voltage_l1");
    CHECK(reading.value.to_string() == "234.7");
    CHECK(meterctl::symbol(reading.unit) == "V");
    CHECK(reading.address == "3:1-0:32.7.0.255:2");
    CHECK(frames.back().summary == "get-response-with-datablock block 2, the last, 1 octets: 2347");
}

TEST_CASE("several APDUs one behind the other are frames of their own") {
    const auto frames = said("C401C10104 C401C10101");
    REQUIRE(frames.size() == 2);
    CHECK(frames[0].summary == "get-response-normal object-undefined");
    CHECK(frames[1].summary == "get-response-normal hardware-fault");
    CHECK(frames[1].offset == 5);
}

TEST_CASE("damaged APDUs keep what could be read") {
    const auto cut = said("C001C1 0003 0100010800");
    REQUIRE(cut.size() == 1);
    REQUIRE(cut.front().error.has_value());
    CHECK(cut.front().error->where == "byte offset 5");
    CHECK(find(cut.front().fields, "class_id") != nullptr);
    CHECK(find(cut.front().fields, "undecoded") != nullptr);
    const auto none = said("7E");
    CHECK(none.front().error->code == "dlms.unknown_apdu");
}

TEST_CASE("a dedicated key is not shown") {
    const auto frames = said("01 01 10 00112233445566778899AABBCCDDEEFF 00 00 06 5F1F0400007E1F 04B0");
    const auto* const key = find(frames.front().fields, "dedicated_key");
    REQUIRE(key != nullptr);
    CHECK(key->value.is_null());
    CHECK(key->text == "16 octets, not shown");
}

TEST_CASE("whatever octets come, values and APDUs keep what must hold") {
    std::mt19937 random(7);
    std::vector<Bytes> seeds;
    for (const auto& vector : own("apdus.json")) { seeds.push_back(vector.octets()); }
    for (const auto* const file : {"axdr.json", "acse.json", "xdlms.json", "push_raw.json"}) {
        for (const auto& vector : extra(file)) {
            if (vector.octets().size() < 2000) { seeds.push_back(vector.octets()); }
        }
    }
    const auto seed_count = seeds.size();
    for (std::size_t index = 0; index < seed_count; ++index) {
        for (unsigned turn = 0; turn < 25; ++turn) {
            Bytes mutated = seeds[index];
            for (auto times = turn; times > 0 && !mutated.empty(); times /= 2) {
                const auto at = static_cast<std::ptrdiff_t>(random() % mutated.size());
                const auto any = static_cast<std::uint8_t>(random() & 0xFFU);
                if (random() % 3 == 0) { mutated.insert(mutated.begin() + at, any); }
                if (random() % 3 == 0) { mutated.erase(mutated.begin() + at); }
                if (!mutated.empty()) { mutated[random() % mutated.size()] = any; }
            }
            for (const auto& wrong : {dlms_any::check_data(mutated), dlms_any::check_apdu(mutated)}) {
                CHECK_MESSAGE(wrong.empty(), wrong, " ", hex(mutated));
            }
        }
    }
}
