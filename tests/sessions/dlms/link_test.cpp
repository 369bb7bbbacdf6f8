// APDUs over both links, against scripts of frames: what is sent, what is made of what comes.
#include "codecs/dlms/hdlc_parameters.hpp"
#include "sessions/dlms/link.hpp"
#include "tests/sessions/iec62056_21/meter_script.hpp"
#include "tests/sessions/scripted.hpp"

#include <doctest/doctest.h>

using namespace meterctl;
using namespace meterctl::tests;
namespace dlms = sessions::dlms;

namespace {

const char* const snrm = "7EA01E032193CD3B818012050180060180070400000001080400000001533B7E";
const char* const ua = "7EA01E210373C37A818012050180060180070400000001080400000001533B7E";
const char* const aarq = "601DA109060760857405080101BE10040E01000000065F1F0400001E5DFFFF";
const char* const aarq_frame =
    "7EA02B032110FBAFE6E600601DA109060760857405080101BE10040E01000000065F1F0400001E5DFFFFB3E27E";
const char* const aare_frame = "7EA03C21033079BCE6E700612EA109060760857405080101A203020100A305A103020100A703020100"
                               "BE10040E0800065F1F0400001E5D04000007F1707E";
const char* const aare =
    "612EA109060760857405080101A203020100A305A103020100A703020100BE10040E0800065F1F0400001E5D04000007";
const char* const disc = "7EA00703215303C77E";

struct Run {
    Scripted transport;
    std::unique_ptr<dlms::ApduLink> link;

    explicit Run(std::vector<Reaction> reactions, dlms::LinkOptions options = {}) : transport(std::move(reactions)) {
        if (options.framing == "wrapper") { transport.settings.reset(); }
        link = dlms::make_link(transport, std::move(options));
    }
    template <class T>
    T run(Task<T> task) {
        return transports::run(transport.loop(), std::move(task));
    }
    std::string text(const Result<Bytes>& answer) { return answer ? to_hex(*answer, "") : answer.error().code; }
    std::string written(std::size_t index) {
        REQUIRE(transport.written.size() > index);
        return to_hex(transport.written[index], "");
    }
};

dlms::LinkOptions wrapped() {
    dlms::LinkOptions options;
    options.framing = "wrapper";
    return options;
}

TEST_CASE("HDLC: connected, asked and released with the frames of a recorded conversation") {
    Run run({answer(ua), answer(aare_frame), answer("7EA00721037301407E")});
    REQUIRE(run.run(run.link->open()).has_value());
    CHECK(run.link->is_open());
    CHECK(run.text(run.run(run.link->request(hex(aarq)))) == aare);
    run.run(run.link->close());
    CHECK_FALSE(run.link->is_open());
    REQUIRE(run.transport.written.size() == 3);
    CHECK(run.written(0) == snrm);
    CHECK(run.written(1) == aarq_frame);
    CHECK(run.written(2) == disc);
}

TEST_CASE("HDLC: nobody answers: as many tries as asked for, and what to check") {
    Run run({});
    const auto opened = run.run(run.link->open());
    REQUIRE_FALSE(opened.has_value());
    CHECK(opened.error().category == Category::timeout);
    CHECK(opened.error().what.starts_with("no answer in 3 tries"));
    CHECK(opened.error().where == "client 16, server 1 at script");
    CHECK(run.transport.written.size() == 3);
}

TEST_CASE("HDLC: only the echo comes back, octets that are no frames, damaged frames") {
    Run echo({answer(snrm), answer(snrm), answer(snrm)});
    const auto echoed = echo.run(echo.link->open());
    CHECK(echoed.error().category == Category::timeout);
    CHECK(echoed.error().what.ends_with("only our own frames came back"));
    Run noise({answer("FF00FF55"), answer("FF00"), answer("FF00")});
    const auto noisy = noise.run(noise.link->open());
    CHECK(noisy.error().category == Category::untrusted);
    CHECK(noisy.error().code == "dlms.noise");
    Run damage({answer("7EA00721037302407E"), answer("7EA00721037302407E"), answer("7EA00721037302407E")});
    const auto damaged = damage.run(damage.link->open());
    CHECK(damaged.error().code == "dlms.damaged");
    CHECK(damage.link->statistics().crc_errors == 3);
}

TEST_CASE("HDLC: a meter that takes no connection, and one that drops it") {
    const char* const dm = "7EA00721031F6BE97E";
    Run refusing({answer(dm)});
    CHECK(refusing.run(refusing.link->open()).error().category == Category::refused);
    Run dropping({answer(ua), answer(dm)});
    REQUIRE(dropping.run(dropping.link->open()).has_value());
    CHECK(dropping.text(dropping.run(dropping.link->request(hex(aarq)))) == dlms::ApduLink::link_lost);
    CHECK_FALSE(dropping.link->is_open());
    CHECK(dropping.text(dropping.run(dropping.link->request(hex(aarq)))) == dlms::ApduLink::link_lost);
}

TEST_CASE("HDLC: a push between request and answer is kept for who asks for it") {
    Run run({answer(ua), answer("7EA0132103134A92E6E7000F00000001000073A87EA0102103301EA4E6E700C401C100EB957E")});
    REQUIRE(run.run(run.link->open()).has_value());
    CHECK(run.text(run.run(run.link->request(hex("C001C1")))) == "C401C100");
    const auto notifications = run.link->take_notifications();
    REQUIRE(notifications.size() == 1);
    CHECK(to_hex(notifications[0], "") == "0F000000010000");
}

TEST_CASE("HDLC: after a silence of more than a minute, the connection is made sure of first") {
    Run run({answer(ua), answer("7EA00721031F6BE97E")});
    REQUIRE(run.run(run.link->open()).has_value());
    run.run(run.transport.loop().sleep_for(61s));
    CHECK(run.text(run.run(run.link->request(hex("C001C1")))) == dlms::ApduLink::link_lost);
    CHECK(run.written(1) == "7EA00703211115A67E");
}

TEST_CASE("wrapper: the header of a recorded client, answers in parts, and two in one read") {
    Run run({answer("0001000100100005630380"), answer("0001000100100002C7010001000100100003D80102")}, wrapped());
    REQUIRE(run.run(run.link->open()).has_value());
    CHECK(run.transport.written.empty());
    const auto first = run.run(run.link->request(hex(aarq)));
    CHECK(run.written(0) == std::string("000100100001001F") + aarq);
    CHECK(first.error().category == Category::untrusted); // two octets are missing
    CHECK(run.text(run.run(run.link->request(hex("6200")))) == "C701");
    CHECK(run.text(run.run(run.link->next())) == "D80102");
}

TEST_CASE("wrapper: notifications are kept, strangers and echoes dropped") {
    Run run({answer("000100100001000262000001000100020002C4010001000100100007"
                    "0F0000000100000001000100100002C402")},
            wrapped());
    REQUIRE(run.run(run.link->open()).has_value());
    CHECK(run.text(run.run(run.link->request(hex("6200")))) == "C402");
    const auto notifications = run.link->take_notifications();
    REQUIRE(notifications.size() == 1);
    CHECK(to_hex(notifications[0], "") == "0F000000010000");
    CHECK(run.link->statistics().echoes == 1);
    CHECK(run.link->statistics().dropped_foreign == 1);
}

TEST_CASE("wrapper: silence is not asked again, and HDLC is recognised") {
    Run silent({}, wrapped());
    REQUIRE(silent.run(silent.link->open()).has_value());
    const auto nothing = silent.run(silent.link->request(hex(aarq)));
    CHECK(nothing.error().category == Category::timeout);
    CHECK(silent.transport.written.size() == 1);
    Run other({answer(aare_frame)}, wrapped());
    REQUIRE(other.run(other.link->open()).has_value());
    const auto hdlc = other.run(other.link->request(hex(aarq)));
    CHECK(hdlc.error().category == Category::untrusted);
    CHECK(hdlc.error().hints.front().starts_with("framing=hdlc"));
}

TEST_CASE("wrapper: who was closed is opened on a new socket, as another client") {
    Run run({answer("0001000100100002C401"), answer("0001000100020002C402")}, wrapped());
    REQUIRE(run.run(run.link->open()).has_value());
    CHECK(run.text(run.run(run.link->request(hex("6200")))) == "C401");
    run.run(run.link->close());
    CHECK(run.text(run.run(run.link->request(hex("6200")))) == dlms::ApduLink::link_lost);
    run.link->speak_as({2, 1});
    REQUIRE(run.run(run.link->open()).has_value());
    CHECK(run.transport.reopened == 1);
    CHECK(run.text(run.run(run.link->request(hex("6200")))) == "C402");
    CHECK(run.written(1) == "0001000200010002"
                            "6200");
}

TEST_CASE("mode E: the sign-on, the switch to 8N1, and SNRM at the agreed rate") {
    const auto said = [](const char* octets, unsigned baud) {
        Said one;
        one.octets = hex(octets);
        one.baud = baud;
        return std::vector<Said>(octets[0] == '\0' ? 0 : 1, one);
    };
    // At the new rate is the standard's; at the old one, or not at all, is what meters do.
    for (const auto& confirmation : {said("063235320D0A", 9600), said("063235320D0A", 300), said("", 300)}) {
        MeterScript meter({said("2F484C59355C32445453440D0A", 300), confirmation, said(ua, 9600)});
        dlms::LinkOptions options;
        options.framing = "hdlc";
        options.sign_on = true;
        const auto link = dlms::make_link(meter, options);
        const auto opened = transports::run(meter.clock, link->open());
        REQUIRE_MESSAGE(opened.has_value(), (opened ? std::string() : describe(opened.error())));
        CHECK(meter.settings->baud == 9600);
        CHECK(meter.settings->frame() == "8N1");
    }
}

struct Row {
    std::map<std::string, std::string> settings;
    std::string address, expected;
};

TEST_CASE("options are taken from the endpoint, and what is none is told") {
    Scripted transport({});
    const Row rows[] = {
        {{}, "", "hdlc 16 1 - 0 7 2030"},
        {{{"client", "1"}, {"physical", "17"}}, "", "hdlc 1 1 17 0 7 2030"},
        {{{"client", "read"}, {"address_size", "4"}}, "1/9876", "hdlc 16 1 9876 4 7 2030"},
        {{{"window", "1"}, {"max_info", "128"}}, "16/17", "hdlc 16 16 17 0 1 128"},
        {{{"framing", "wrapper"}, {"client", "102"}}, "3", "wrapper 102 3 - 0 7 2030"},
        {{{"window", "8"}}, "", "window=8 is none"},
        {{{"max_info", "31"}}, "", "max_info=31 is none"},
        {{{"framing", "rtu"}}, "", "DLMS has no framing 'rtu'"},
        {{{"mode", "c"}}, "", "DLMS has no mode 'c'"},
        {{{"address_size", "2"}}, "1/9876", "9876 is above 127, the most in 2 octets"},
        {{{"client", "128"}}, "", "client=128 is none"},
        {{}, "1/x", "address=x is none"},
    };
    for (const auto& row : rows) {
        sessions::SessionOptions session;
        session.settings = row.settings;
        session.address = row.address;
        const auto options = dlms::link_options(session, transport);
        if (!options) {
            CHECK(options.error().category == Category::usage);
            CHECK(options.error().what == row.expected);
            continue;
        }
        const auto physical = options->physical ? std::to_string(*options->physical) : "-";
        CHECK(options->framing + " " + std::to_string(options->saps.client) + " " +
                  std::to_string(options->saps.server) + " " + physical + " " + std::to_string(options->address_size) +
                  " " + std::to_string(options->window) + " " + std::to_string(options->max_info) ==
              row.expected);
    }
}

} // namespace
