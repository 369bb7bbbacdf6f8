// Every vector decodes to what it expects, and what was decoded encodes to the same octets.
#include "codecs/bacnet/mstp_frame.hpp"
#include "tests/codecs/bacnet/described.hpp"

#include <doctest/doctest.h>

using namespace bacnet_vectors;
using namespace meterctl::codecs::bacnet;
using meterctl::Bytes;
using meterctl::ByteView;

namespace {

/// Services that have no struct of their own: their fields are compared elsewhere.
bool has_struct(const Json& expect) {
    const std::vector<std::string> without{"atomic-read-file", "create-object", "get-alarm-summary"};
    return std::ranges::find(without, expect.value("service", "")) == without.end();
}

void check_apdu(ByteView octets, const Json& expect, Json found = Json::object()) {
    const auto apdu = decode_apdu(octets);
    REQUIRE(apdu.has_value());
    describe(*apdu, found);
    if (expect.contains("device") && expect.at("device").is_number()) { found["device"] = found["device"]["instance"]; }
    if (has_struct(expect)) { check_expected(expect, found); }
    CHECK(hex(again(*apdu)) == hex(octets));
}

void check_npdu(ByteView octets, const Json& expect, Json found = Json::object()) {
    const auto npdu = decode_npdu(octets);
    REQUIRE(npdu.has_value());
    CHECK(hex(encode(*npdu)) == hex(octets));
    describe(*npdu, found);
    const bool explains_apdu = expect.contains("service") || expect.contains("pdu") || expect.contains("value");
    if (explains_apdu) { return check_apdu(npdu->data, expect, found); }
    check_expected(expect, found);
}

void check_datagram(const Vector& vector) {
    const auto message = decode_bvlc(vector.octets);
    REQUIRE(message.has_value());
    CHECK(hex(encode(*message)) == hex(vector.octets));
    Json found = Json::object();
    describe(*message, found);
    const auto* const carried = std::get_if<CarriedNpdu>(&*message);
    if (carried == nullptr || vector.layer == "bvlc") { return check_expected(vector.expect, found); }
    check_npdu(carried->npdu, vector.expect, found);
}

} // namespace

TEST_CASE("BACnet: single tags decode to what clause 20.2 says and encode to the same octets") {
    for (const auto& vector : layer("tag")) {
        CAPTURE(vector.name);
        const auto elements = all_elements(vector.octets);
        REQUIRE(elements.has_value());
        const auto& element = elements->front();
        const auto& expect = vector.expect;
        if (expect.contains("opening")) {
            CHECK(element.tag.kind == Tag::Kind::opening);
            CHECK(element.tag.number == expect.at("opening").get<unsigned>());
            continue;
        }
        if (expect.contains("tag")) {
            CHECK(element.tag.number == expect.at("tag").get<unsigned>());
            const auto value = decode_application(element);
            REQUIRE(value.has_value());
            check_expected(expect.at("value"), described(*value));
            const bool shortest =
                hex(vector.octets).substr(0, 4) != "7503" && hex(vector.octets).substr(0, 4) != "7504";
            if (shortest) { CHECK(hex(encode_primitive(*value)) == hex(vector.octets)); }
            continue;
        }
        CHECK(element.tag.number == expect.at("context").get<unsigned>());
        if (expect.contains("data")) { CHECK(hex(element.content) == expect.at("data").get<std::string>()); }
        struct Form {
            const char* name;
            Application type;
        };
        for (const auto& [name, type] :
             {Form{"real", Application::real}, Form{"unsigned", Application::unsigned_integer},
              Form{"signed", Application::signed_integer}, Form{"double", Application::double_real},
              Form{"text", Application::character_string}, Form{"object", Application::object_identifier}}) {
            if (!expect.contains(name)) { continue; }
            const auto value = decode_content(type, element.content);
            REQUIRE(value.has_value());
            check_expected(Json{{name, expect.at(name)}}, described(*value));
            meterctl::ByteWriter writer;
            write_context(writer, element.tag.number, *value);
            CHECK(hex(writer.view()) == hex(vector.octets));
        }
    }
}

TEST_CASE("BACnet: APDUs, Annex F among them, decode to what they say and encode to the same octets") {
    for (const auto& vector : layer("apdu")) {
        CAPTURE(vector.name);
        check_apdu(vector.octets, vector.expect);
    }
}

TEST_CASE("BACnet: NPDUs decode to what they say and encode to the same octets") {
    for (const auto& vector : layer("npdu")) {
        CAPTURE(vector.name);
        check_npdu(vector.octets, vector.expect);
    }
}

TEST_CASE("BACnet: datagrams decode to what they say and encode to the same octets") {
    auto all = layer("bvlc");
    for (auto& more : layer("bacnet-ip")) { all.push_back(std::move(more)); }
    for (auto& more : captured()) { all.push_back(std::move(more)); }
    for (const auto& vector : all) {
        CAPTURE(vector.name);
        if (vector.good()) {
            check_datagram(vector);
            continue;
        }
        const auto message = decode_bvlc(vector.octets);
        REQUIRE_FALSE(message.has_value());
        CHECK(message.error().where == "byte offset 2");
        CHECK(message.error().what == "length 255 but 8 octets");
    }
}

TEST_CASE("BACnet: MS/TP frames decode to what they say and encode to the same octets") {
    for (const auto& vector : layer("mstp")) {
        CAPTURE(vector.name);
        const auto frame = mstp::decode(vector.octets);
        if (vector.expect.contains("error")) {
            REQUIRE_FALSE(frame.has_value());
            const auto expected = vector.expect.at("error").get<std::string>();
            const auto& what = frame.error().what;
            const bool crc = expected == "data crc" && frame.error().code == "bacnet.data_crc";
            CHECK_MESSAGE((crc || what.starts_with(expected)), what);
            continue;
        }
        if (vector.expect.contains("frames")) { continue; } // octets behind a frame: the streams' matter
        REQUIRE(frame.has_value());
        CHECK(hex(mstp::encode(*frame)) == hex(vector.octets));
        Json found{{"type", mstp::type_text(frame->type)},
                   {"type_number", frame->type},
                   {"destination", frame->destination},
                   {"source", frame->source},
                   {"data", hex(frame->data)},
                   {"length", frame->data.size()}};
        if (frame->type >= mstp::first_cobs_type) { found.erase("length"); }
        auto expect = vector.expect;
        if (frame->type >= mstp::first_cobs_type) { expect.erase("length"); }
        if (frame->data.empty() || frame->data[0] != 1 || expect.contains("data")) {
            check_expected(expect, found);
            continue;
        }
        check_npdu(frame->data, expect, found);
    }
}
