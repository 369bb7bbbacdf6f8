// What `decode` shows of BACnet: frames in streams that are whole, come octet by octet, or are damaged.
#include "codecs/bacnet/apdu.hpp"
#include "codecs/bacnet/bvlc.hpp"
#include "codecs/bacnet/npdu.hpp"
#include "tests/codecs/bacnet/streams.hpp"

#include <doctest/doctest.h>

using namespace bacnet_streams;
using bacnet_vectors::octets;
using meterctl::codecs::DecodeOptions;
using meterctl::codecs::Direction;

namespace {

const Bytes token = octets("55FF000201000073");
const Bytes request = octets("55FF05010200102901040005010F0C0500000119853E113F1359");
const Bytes ack = octets("55FF060201000561010020010F2726");
/// analog-input:1 present-value is 1000, over BACnet/IP, and what asked for it.
const Bytes ip_request = octets("810A001101040005010C0C000000011955");
const Bytes ip_answer = octets("810A0017010030010C0C0000000119553E44447A00003F");

std::string text_of(const DecodedFrame& frame, std::string_view field) {
    const auto* const found = find(frame.fields, field);
    REQUIRE_MESSAGE(found != nullptr, field);
    return found->text.empty() ? found->value.to_string() : found->text;
}

meterctl::catalogue::Definition meter_with(std::string name, std::string address) {
    meterctl::catalogue::Definition meter;
    meterctl::catalogue::Point point;
    point.name = std::move(name);
    point.address = std::move(address);
    point.unit = meterctl::Unit::kilowatt_hour;
    meter.points.push_back(std::move(point));
    return meter;
}

Frames decoded_by(const Decoder& decoder, const Bytes& bytes, const DecodeOptions& options) {
    Frames frames;
    const auto stream = decoder.open(options);
    const auto sink = [&](DecodedFrame&& frame) { frames.push_back(std::move(frame)); };
    meterctl::codecs::ChunkInfo info;
    info.datagram = true;
    stream->feed(bytes, info, sink);
    stream->finish(sink);
    return frames;
}

/// A complex ack of ReadProperty in three segments, as APDUs in datagrams.
std::vector<Bytes> segments() {
    using namespace meterctl::codecs::bacnet;
    const auto data = octets("0C0000000119553E44447A00003F");
    std::vector<Bytes> all;
    for (std::uint8_t at = 0; at < 3; ++at) {
        ComplexAck part;
        part.invoke_id = 1;
        part.service = 12;
        part.segment = Segment{at < 2, at, 4};
        const auto view = meterctl::ByteView(data).subspan(std::size_t{at} * 5, at < 2 ? 5U : data.size() - 10);
        part.data.assign(view.begin(), view.end());
        Npdu npdu;
        npdu.data = encode(Apdu(part));
        all.push_back(encode(Bvlc(CarriedNpdu{BvlcFunction::original_unicast_npdu, encode(npdu)})));
    }
    return all;
}

} // namespace

TEST_CASE("BACnet: every vector is the same whole, octet by octet, and with octets behind it") {
    for (const std::string_view layer : {"mstp", "bacnet-ip"}) {
        const std::string name = layer == "mstp" ? "bacnet-mstp" : "bacnet-ip";
        for (const auto& vector : bacnet_vectors::layer(layer)) {
            CAPTURE(vector.name);
            if (!vector.good() || vector.name.starts_with("Annex G.2")) { continue; } // its data is no NPDU
            const auto frames = whole(name, vector.octets);
            REQUIRE(frames.size() == 1);
            CHECK_FALSE(frames[0].error.has_value());
            check_same(one_by_one(name, vector.octets), frames);
            const auto behind = layer == "mstp" ? token : ip_request;
            const auto more = whole(name, joined({vector.octets, behind}));
            REQUIRE(more.size() == 2);
            CHECK(more[0].summary == frames[0].summary);
            CHECK(more[1].octets == behind);
            CHECK(decoder(name).recognise(vector.octets) >= 85);
        }
    }
}

TEST_CASE("BACnet: a frame is summed up the same where nobody looks at its fields or its readings") {
    for (const std::string_view layer : {"mstp", "bacnet-ip", "apdu"}) {
        for (const auto& vector : bacnet_vectors::layer(layer)) {
            CAPTURE(vector.name);
            const bool bare = layer == "apdu";
            const auto& decoder_of = decoder(bare ? "bacnet-npdu" : layer == "mstp" ? "bacnet-mstp" : "bacnet-ip");
            const auto bytes = bare ? joined({octets("0100"), vector.octets}) : vector.octets;
            const auto all = decoded_by(decoder_of, bytes, {});
            DecodeOptions options;
            options.fields = false;
            const auto without_fields = decoded_by(decoder_of, bytes, options);
            check_same(without_fields, all);
            options.readings = false;
            const auto without_both = decoded_by(decoder_of, bytes, options);
            REQUIRE(without_both.size() == all.size());
            for (std::size_t at = 0; at < all.size(); ++at) {
                CHECK(without_both[at].summary == all[at].summary);
                CHECK(without_both[at].error == all[at].error);
                CHECK(without_both[at].readings.empty());
                CHECK(without_fields[at].answers == all[at].answers);
            }
        }
    }
}

TEST_CASE("BACnet: a summary says four facts, and counts the others") {
    // ReadPropertyMultiple: present-value and reliability of analog-input:1, then of analog-input:2, then an index.
    const auto one = octets("0C000000011E095509671F");
    const auto two = octets("0C000000021E095509671F");
    const auto list = octets("0C020000011E094C19031F");
    const auto said = [](const Bytes& parts) {
        const auto frames = datagrams("bacnet-npdu", {joined({octets("01040005010E"), parts})});
        REQUIRE(frames.size() == 1);
        return frames[0].summary;
    };
    CHECK(said(one) == "read-property-multiple: analog-input:1/reliability");
    CHECK(said(list) == "read-property-multiple: device:1/object-list[3]");
    CHECK(said(joined({one, two, list})) ==
          "read-property-multiple: analog-input:1/reliability, analog-input:2/reliability, device:1/object-list[3]");
    CHECK(said(joined({list, list, list, list})).ends_with("device:1/object-list[3]"));
    CHECK(said(joined({list, list, list, list, list, list})).ends_with("device:1/object-list[3], and 2 more"));
}

TEST_CASE("BACnet: services without a struct are shown by name too") {
    for (const auto& vector : bacnet_vectors::layer("apdu")) {
        CAPTURE(vector.name);
        const auto frames = datagrams("bacnet-npdu", {joined({octets("0100"), vector.octets})});
        REQUIRE(frames.size() == 1);
        CHECK_FALSE(frames[0].error.has_value());
        if (vector.name.starts_with("AtomicReadFile")) {
            CHECK(text_of(frames[0], "end_of_file") == "false");
            CHECK(text_of(frames[0], "start") == "0");
            CHECK(find(frames[0].fields, "data")->value ==
                  meterctl::Value(octets("4368696C6C65723031204F6E2D54696D653D342E3320486F757273")));
        }
        if (vector.name.starts_with("CreateObject")) { CHECK(text_of(frames[0], "object") == "file:13"); }
        if (vector.name.starts_with("GetAlarmSummary")) {
            CHECK(text_of(frames[0], "alarm_state") == "high-limit");
            CHECK(text_of(frames[0], "acked_transitions") == "to-fault, to-normal");
        }
    }
}

TEST_CASE("BACnet: an answer names its request and gives a reading by object, or by a definition's point") {
    const auto frames = datagrams("bacnet-ip", {ip_request, ip_answer});
    REQUIRE(frames.size() == 2);
    CHECK(frames[0].direction == Direction::request);
    CHECK(frames[0].summary == "read-property: analog-input:1");
    CHECK(frames[1].direction == Direction::response);
    CHECK(frames[1].summary == "read-property: analog-input:1 is 1000");
    CHECK(frames[1].answers == 0);
    REQUIRE(frames[1].readings.size() == 1);
    CHECK(frames[1].readings[0].name == "analog-input:1");
    CHECK(frames[1].readings[0].value == meterctl::Value(1000.0F));

    const auto meter = meter_with("active_energy_import", "analog-input:1");
    const auto named = whole("bacnet-ip", ip_answer, &meter);
    REQUIRE(named[0].readings.size() == 1);
    CHECK(named[0].readings[0].name == "active_energy_import");
    CHECK(named[0].readings[0].unit == meterctl::Unit::kilowatt_hour);
}

TEST_CASE("BACnet: NaN is null with a flag, an error in an answer is null and named, a unit comes from Units") {
    const auto nan = datagrams("bacnet-npdu", {octets("010030010C0C0000001219553E447FC000003F")});
    REQUIRE(nan[0].readings.size() == 1);
    CHECK(nan[0].readings[0].value.is_null());
    CHECK(nan[0].readings[0].flags == std::vector<std::string>{"not_a_number"});
    const auto several = datagrams(
        "bacnet-npdu",
        {octets("0100 30020E 0C000000211E 2955 4E44422933334F 2975 4E91304F 1F 0C000000321E29555E9101911F5F1F")});
    REQUIRE_FALSE(several[0].error.has_value());
    REQUIRE(several[0].readings.size() == 3);
    CHECK(several[0].readings[0].unit == meterctl::Unit::kilowatt);
    CHECK(several[0].readings[1].text == "kilowatts");
    CHECK(several[0].readings[2].value.is_null());
    CHECK(several[0].readings[2].flags == std::vector<std::string>{"refused"});
    CHECK(several[0].readings[2].text == "object, unknown-object");
}

TEST_CASE("BACnet: a segmented answer gives its readings with the last segment") {
    const auto frames = datagrams("bacnet-ip", segments());
    REQUIRE(frames.size() == 3);
    CHECK(frames[0].readings.empty());
    CHECK(frames[1].summary.starts_with("read-property segment 1"));
    REQUIRE(frames[2].readings.size() == 1);
    CHECK(frames[2].readings[0].value == meterctl::Value(1000.0F));
}

TEST_CASE("BACnet: octets after a frame, and before one, are noise; the frames are found") {
    Counters counters;
    const auto frames =
        whole("bacnet-mstp", joined({octets("00 FF 55"), token, octets("FF"), request, ack}), nullptr, &counters);
    REQUIRE(frames.size() == 5);
    CHECK(frames[0].octets == octets("00FF55"));
    CHECK(frames[0].error->code == "bacnet.noise");
    CHECK(frames[1].octets == token);
    CHECK(frames[2].octets == octets("FF"));
    CHECK(frames[4].answers == 12);
    CHECK(frames[4].summary == "1 > 2 write-property done");
    CHECK(counters.frames == 3);
    CHECK(counters.skipped_octets == 4);
}

TEST_CASE("BACnet: a capture's own header before each frame is shown as such") {
    const auto front = octets("0000000000000001");
    const auto frames = datagrams("bacnet-mstp", {joined({front, token}), request, joined({front, ack})});
    REQUIRE(frames.size() == 3);
    CHECK(frames[0].fields[0].name == "pseudo_header");
    CHECK(frames[0].fields[1].offset == 8);
    CHECK_FALSE(frames[0].error.has_value());
    CHECK(frames[1].fields[0].name == "preamble");
    CHECK(frames[2].summary == "1 > 2 write-property done");
}

TEST_CASE("BACnet: a wrong CRC is named with its place, and the frame behind it is found") {
    auto damaged = ack;
    damaged.back() ^= 1U;
    Counters counters;
    const auto frames = whole("bacnet-mstp", joined({damaged, token}), nullptr, &counters);
    REQUIRE(frames.size() == 2);
    CHECK(frames[0].error->what == "the data CRC is 27 27, not 27 26");
    CHECK(frames[0].error->where == "byte offset 13");
    CHECK(frames[1].octets == token);
    CHECK(counters.crc_errors == 1);

    auto header = token;
    header[3] ^= 1U;
    const auto after = whole("bacnet-mstp", joined({header, request}));
    REQUIRE(after.size() == 2);
    CHECK(after[0].error->code == "bacnet.header_crc");
    CHECK(after[1].octets == request);
}

TEST_CASE("BACnet: a cut frame costs itself and not the next") {
    const auto cut = Bytes(request.begin(), request.begin() + 15);
    const auto frames = whole("bacnet-mstp", joined({cut, ack, token}));
    REQUIRE(frames.size() == 3);
    CHECK(frames[0].octets == cut);
    CHECK(frames[0].error->what == "incomplete: 15 of 26 octets");
    CHECK(frames[1].octets == ack);
    const auto alone = whole("bacnet-mstp", cut);
    REQUIRE(alone.size() == 1);
    CHECK(find(alone[0].fields, "destination") != nullptr);
    using std::chrono::milliseconds;
    const auto later = decoded("bacnet-mstp", {{cut, {milliseconds(0), Direction::unknown, false}},
                                               {token, {milliseconds(500), Direction::unknown, false}}});
    REQUIRE(later.size() == 2);
    CHECK(later[1].octets == token);
}

TEST_CASE("BACnet: every flipped bit of an MS/TP frame is noticed, and the frame behind it found") {
    for (std::size_t bit = 0; bit < 8 * request.size(); ++bit) {
        CAPTURE(bit);
        auto flipped = request;
        flipped[bit / 8] = static_cast<std::uint8_t>(flipped[bit / 8] ^ (1U << (bit % 8)));
        const auto frames = whole("bacnet-mstp", joined({flipped, token}));
        REQUIRE_FALSE(frames.empty());
        CHECK(frames.back().octets == token);
        for (std::size_t at = 0; at + 1 < frames.size(); ++at) { CHECK(frames[at].error.has_value()); }
    }
}

TEST_CASE("BACnet: what is wrong with a datagram is said with the offset in the frame") {
    struct Case {
        std::string_view hex, what, where;
    };
    for (const auto& [hex, what, where] : {
             Case{"810A00FF01001008", "length 255 but 8 octets", "byte offset 2"},
             Case{"810A00080200100A", "protocol version 2, only 1 is known", "byte offset 4"},
             Case{"810A000F010030010C0C00000001F9", "a tag cut at the end", "byte offset 14"},
             Case{"810A0011010030010C0C00000001195E", "length 17 but 16 octets", "byte offset 2"},
             Case{"810A0010010030010C0C000000013E44", "a length of 4, 0 octets are left", "byte offset 15"},
             Case{"810A000F010030010C0C000000013E", "opening tag 3 without its closing one", "byte offset 14"},
             Case{"810A000F010030010C0C000000013F", "closing tag 3 without an opening one", "byte offset 14"},
             Case{"810A00070100F0", "the reserved PDU type 15", "byte offset 6"},
         }) {
        CAPTURE(hex);
        const auto frames = datagrams("bacnet-ip", {octets(hex)});
        REQUIRE(frames.size() == 1);
        REQUIRE(frames[0].error.has_value());
        CHECK(frames[0].error->what == what);
        CHECK(frames[0].error->where == where);
        CHECK(frames[0].readings.empty());
    }
}

TEST_CASE("BACnet: values nested without end stop at a depth, in bounded time and memory") {
    auto apdu = octets("010030010C");
    apdu.resize(1400, 0x3E);
    const auto frames = datagrams("bacnet-npdu", {apdu});
    REQUIRE(frames.size() == 1);
    CHECK(frames[0].error->what == "values nested more than 32 deep");
}

TEST_CASE("BACnet: a decoder holds little back, however long the noise") {
    for (const std::string_view name : {"bacnet-mstp", "bacnet-ip"}) {
        CAPTURE(name);
        const auto stream = decoder(name).open({});
        std::size_t given = 0, returned = 0;
        const auto sink = [&](DecodedFrame&& frame) { returned += frame.octets.size(); };
        std::uint32_t state = 1;
        for (unsigned round = 0; round < 300; ++round) {
            Bytes noise(64);
            for (auto& one : noise) {
                state = state * 1664525U + 1013904223U;
                one = static_cast<std::uint8_t>(state >> 24U);
            }
            stream->feed(noise, {}, sink);
            given += noise.size();
            CHECK(given - returned <= 3000);
        }
        stream->finish(sink);
        CHECK(given == returned);
    }
}
