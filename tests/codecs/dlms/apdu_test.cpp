#include "codecs/dlms/apdu.hpp"
#include "codecs/dlms/selection.hpp"
#include "src/core/hex.hpp"
#include "tests/codecs/dlms/vectors.hpp"

#include <doctest/doctest.h>

namespace dlms = meterctl::codecs::dlms;
using dlms_vectors::octets;
using dlms_vectors::own;
using meterctl::Bytes;
using meterctl::to_hex;

namespace {

template <class Inner, class Apdu>
const Inner& inside(const meterctl::Result<dlms::Apdu>& apdu) {
    REQUIRE_MESSAGE(apdu.has_value(), (apdu ? "" : apdu.error().what));
    const auto* const service = std::get_if<Apdu>(&*apdu);
    REQUIRE(service != nullptr);
    const auto* const one = std::get_if<Inner>(service);
    REQUIRE(one != nullptr);
    return *one;
}

const meterctl::Obis relay{0, 0, 96, 3, 10, 255};

} // namespace

TEST_CASE("every APDU decodes and encodes to the same octets") {
    for (const auto& vector : own("apdus.json")) {
        CAPTURE(vector.name);
        const auto apdu = dlms::decode_apdu(vector.octets());
        REQUIRE_MESSAGE(apdu.has_value(), vector.name, ": ", (apdu ? "" : apdu.error().what));
        CHECK(to_hex(dlms::encode_apdu(*apdu)) == to_hex(vector.octets()));
    }
}

TEST_CASE("an APDU cut anywhere, or with octets behind it, is an error with its place") {
    for (const auto& vector : own("apdus.json")) {
        const auto whole = vector.octets();
        for (std::size_t size = 0; size < whole.size(); ++size) {
            CAPTURE(vector.name);
            CAPTURE(size);
            const auto apdu = dlms::decode_apdu(meterctl::ByteView(whole).first(size));
            const bool counter_left_out = whole[0] == 0xD8 && size == 3;
            const bool released = whole[0] == 0x63;
            if (counter_left_out || (released && size > 0)) { continue; }
            REQUIRE_FALSE(apdu.has_value());
            CHECK(apdu.error().where.starts_with("byte offset"));
        }
        auto longer = whole;
        longer.push_back(0x00);
        if (whole[0] != 0x63) { CHECK_MESSAGE(!dlms::decode_apdu(longer).has_value(), vector.name); }
    }
}

TEST_CASE("requests say what they ask") {
    const auto get = dlms::decode_apdu(octets("C001C100070100630100FF020102020406000000010600000002120001120000"));
    const auto& normal = inside<dlms::GetRequestNormal, dlms::GetRequest>(get);
    CHECK(normal.invoke == dlms::Invoke{1, true, true});
    CHECK(normal.attribute.text() == "7:1-0:99.1.0.255:2");
    REQUIRE(normal.attribute.selection.has_value());
    CHECK(dlms::entries_of(*normal.attribute.selection) == dlms::EntrySelection{1, 2, 1, 0});
    CHECK(dlms::to_selection(dlms::EntrySelection{1, 2, 1, 0}) == *normal.attribute.selection);
    CHECK(dlms::selection_text(*normal.attribute.selection) == "entries 1 to 2");

    const auto action = dlms::decode_apdu(octets("C301C10046000060030AFF01010F00"));
    const auto& called = inside<dlms::ActionRequestNormal, dlms::ActionRequest>(action);
    CHECK(called.method == dlms::MethodDescriptor{70, relay, 1});
    CHECK(called.parameter == dlms::Data::integer(0));
    CHECK(called.method.text() == "70:0-0:96.3.10.255:m1");
}

TEST_CASE("the invoke octet is id, class and priority") {
    CHECK(dlms::Invoke::from(0xC1) == dlms::Invoke{1, true, true});
    CHECK(dlms::Invoke::from(0x45) == dlms::Invoke{5, true, false});
    for (unsigned octet = 0; octet < 256; ++octet) {
        if ((octet & 0x30U) != 0) { continue; }
        CHECK(dlms::Invoke::from(static_cast<std::uint8_t>(octet)).octet() == octet);
    }
}

TEST_CASE("what claims more than the octets hold is an error") {
    for (const char* const hex : {
             "C003C184FFFFFFFF 00080000010000FF0200",        // a list of four billion attributes
             "C403C184FFFFFFFF 0000",                        //
             "C402C1000000000100 84FFFFFFFF 00",             // four billion octets of raw data
             "C104C1 84FFFFFFFF 00010000800000FF0200 01 00", //
             "0584FFFFFFFF020008",                           //
             "E0810001000084FFFFFFFF00",                     //
             "D94000000100 84FFFFFFFF 0100030100010800FF02", //
             "C001C100080000010000FF0202",                   // access-selection neither 00 nor 01
             "C401C102",                                     // neither data nor an error
             "C009C100000001",                               // no type of a get-request
             "0F00000001 0B 07EA0B15060A000000FFC4 00",      // a date-time of 11 octets
         }) {
        CAPTURE(hex);
        CHECK_FALSE(dlms::decode_apdu(octets(hex)).has_value());
    }
}

TEST_CASE("ciphered APDUs and those that are none are told apart") {
    for (const char* const hex : {"C8", "CF", "D0", "D7", "DB", "DC", "DD", "21", "28", "4E"}) {
        const auto apdu = dlms::decode_apdu(octets(hex));
        REQUIRE_FALSE(apdu.has_value());
        CHECK(apdu.error().code == "dlms.ciphered");
    }
    for (const char* const hex : {"7E", "00", "C6", "FF"}) {
        CHECK(dlms::decode_apdu(octets(hex)).error().code == "dlms.unknown_apdu");
    }
}

TEST_CASE("a date-time with a data tag before its length is read all the same") {
    const auto apdu = dlms::decode_apdu(octets("0F00000000090C07E10A1405032B1EFF8000001105"));
    REQUIRE(apdu.has_value());
    const auto& push = std::get<dlms::DataNotification>(*apdu);
    REQUIRE(push.time.has_value());
    CHECK(dlms::show_date_time(*push.time).value.to_string() == "2017-10-20T03:43:30");
    CHECK(push.body == dlms::Data::unsigned_integer(5));
}

TEST_CASE("an action's answer in blocks holds its result, or what it returns alone") {
    const auto returned = dlms::GetResult(dlms::Data::integer(5));
    const dlms::ActionResult whole{{0}, returned};
    CHECK(*dlms::decode_action_result(octets("0001000F05")) == whole);
    CHECK(*dlms::decode_action_result(octets("000F05")) == whole);
    CHECK(*dlms::decode_action_result(octets("0F05")) == whole);
    CHECK(*dlms::decode_action_result(octets("0300")) == dlms::ActionResult{{3}, std::nullopt});
    CHECK_FALSE(dlms::decode_action_result(octets("0001")).has_value());
}

TEST_CASE("a range by the clock can leave the deviation out") {
    const auto from = *dlms::decode_date_time(octets("07E10A010700000000FFC480"));
    const auto to = *dlms::decode_date_time(octets("07E10A010701000000FFC480"));
    const auto selection = dlms::to_selection(dlms::clock_range(from, to));
    CHECK(to_hex(dlms::encode(selection.parameter), "") == "020402041200080906"
                                                           "0000010000FF"
                                                           "0F02120000"
                                                           "090C07E10A010700000000FFC480"
                                                           "090C07E10A010701000000FFC480"
                                                           "0100");
    CHECK(dlms::selection_text(selection) == "from 2017-10-01T00:00:00+01:00 to 2017-10-01T01:00:00+01:00");
    const auto range = dlms::range_of(dlms::to_selection(dlms::clock_range(from, to, false)));
    REQUIRE(range.has_value());
    CHECK(to_hex(*range->from.octets(), "") == "07E10A01070000000080"
                                               "0080");
    CHECK(range->restricting.text() == "8:0-0:1.0.0.255:2");
    CHECK_FALSE(dlms::entries_of(selection).has_value());
}

TEST_CASE("an AARE that was not written by the book is taken where its sense is clear") {
    // RLRE whose lengths are short, as some servers send it
    const auto release = dlms::decode_rlre(octets("6311800100BE0F040E0800065F1F0400401E5D04000007"));
    REQUIRE(release.has_value());
    CHECK(release->reason == 0);
    CHECK_FALSE(release->lengths_valid);
    // a rejection without user information
    const auto rejected = dlms::decode_aare(octets("6117A109060760857405080101A203020101A305A10302010D"));
    REQUIRE(rejected.has_value());
    CHECK(rejected->result == 1);
    CHECK(rejected->diagnostic == 13);
    CHECK_FALSE(rejected->user_information.has_value());
    // lengths that do not fit
    CHECK_FALSE(dlms::decode_aare(octets("6118A109060760857405080101A203020101A305A10302010D")).has_value());
    // another context name, and none
    CHECK_FALSE(dlms::decode_aare(octets("6117A109060760857405090101A203020101A305A10302010D")).has_value());
    CHECK_FALSE(dlms::decode_aare(octets("610CA203020101A305A10302010D")).has_value());
}
