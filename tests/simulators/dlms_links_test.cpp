// The lines of virtual DLMS meters: HDLC, the opening of mode E, several meters. Frames are those of IEC 62056-46 and
// IEC 62056-21, annex E.
#include "simulators/dlms_bus.hpp"
#include "src/catalogue/catalogue.hpp"
#include "src/core/hex.hpp"
#include "src/core/parity.hpp"

#include <doctest/doctest.h>

using namespace meterctl;

namespace {

/// SNRM and DISC of client 16 to logical device 1, in one octet each.
constexpr std::string_view snrm = "7E A0 07 03 21 93 0F 01 7E", disc = "7E A0 07 03 21 53 03 C7 7E";
/// HDLC at 9600 baud.
constexpr std::string_view choice = "\x06"
                                    "252\r\n";
constexpr std::uint8_t ua = 0x73, dm = 0x1F;

const catalogue::Definition& dtsd545() {
    static const catalogue::Catalogue catalogue;
    return *catalogue.find("dtsd545").value();
}

class Line {
public:
    explicit Line(std::string framing = {}, std::vector<std::string> addresses = {""}) {
        std::vector<simulators::Unit> units;
        for (const auto& address : addresses) { units.push_back({address, &dtsd545()}); }
        simulators::Options options;
        options.framing = std::move(framing);
        bus_ = simulators::make_dlms_bus(units, options).value();
    }

    /// What is heard within 2 s, in which a sign-on is answered at 300 baud; `then` is the baud rate behind it.
    Bytes say(const Bytes& octets, unsigned then = 0) {
        bus_->receive(octets, now_);
        if (then != 0) { set_baud(then); }
        now_ += std::chrono::seconds(2);
        Bytes heard;
        for (const auto& transmission : bus_->transmit(now_)) {
            heard.insert(heard.end(), transmission.octets.begin(), transmission.octets.end());
        }
        return heard;
    }
    Bytes say(std::string_view hex) { return say(from_hex(hex).value()); }
    Bytes spell(std::string_view text, unsigned then = 0) { return say(Bytes(text.begin(), text.end()), then); }
    void wait(std::chrono::seconds time) {
        now_ += time;
        CHECK(bus_->transmit(now_).empty());
    }
    void set_baud(unsigned baud) { bus_->line_changed(baud, baud == 300 ? "7E1" : "8N1"); }

private:
    std::unique_ptr<simulators::Bus> bus_;
    simulators::TimePoint now_{};
};

/// The control octet of a frame between addresses of one octet; 0 where it is none.
std::uint8_t control_of(const Bytes& frame) {
    constexpr std::size_t least = 9, control = 5;
    return frame.size() < least || frame.front() != 0x7E || frame.back() != 0x7E ? std::uint8_t{0} : frame[control];
}

std::string text_of(const Bytes& octets) {
    return {octets.begin(), octets.end()};
}

} // namespace

TEST_CASE("SNRM is answered by UA, DISC by UA and then by DM") {
    Line line;
    CHECK(control_of(line.say(snrm)) == ua);
    CHECK(control_of(line.say(disc)) == ua);
    CHECK(control_of(line.say(disc)) == dm);
}

TEST_CASE("a sign-on of mode E leads to HDLC, and DISC back to the sign-on") {
    Line line;
    line.set_baud(300);
    CHECK(text_of(line.spell("/?!\r\n")) == "/HLY5\\2D545-METER\r\n");
    CHECK(text_of(line.spell(choice, 9600)) == choice);
    CHECK(control_of(line.say(snrm)) == ua);
    CHECK(control_of(line.say(disc)) == ua);
    line.set_baud(300);
    CHECK(text_of(line.spell("/?24110545!\r\n")).starts_with("/HLY5"));
    CHECK(line.spell("/?1234!\r\n").empty());
}

TEST_CASE("a sign-on with parity bits is answered with them") {
    Line line;
    const std::string text = "/?!\r\n";
    const auto answer = line.say(add_even_parity(Bytes(text.begin(), text.end())));
    const std::string said = "/HLY5\\2D545-METER\r\n";
    CHECK(answer == add_even_parity(Bytes(said.begin(), said.end())));
}

TEST_CASE("whoever stays at the rate of the sign-on hears nothing of HDLC") {
    Line line;
    line.set_baud(300);
    line.spell("/?!\r\n");
    CHECK(text_of(line.spell(choice)) != choice);
    CHECK(line.say(snrm).empty());
}

TEST_CASE("a sign-on takes as long as its octets do at 300 baud, and is no good at another rate") {
    Line line;
    line.set_baud(9600);
    CHECK(line.spell("/?!\r\n").empty());
    line.set_baud(300);
    CHECK(text_of(line.spell("/?!\r\n", 9600)) != "/HLY5\\2D545-METER\r\n");
}

TEST_CASE("where no frame follows a sign-on, another one can begin after ten seconds") {
    Line line;
    line.set_baud(300);
    line.spell("/?!\r\n");
    CHECK(text_of(line.spell(choice, 9600)) == choice);
    line.set_baud(300);
    CHECK(line.spell("/?!\r\n").empty());
    line.wait(std::chrono::seconds(10));
    CHECK(text_of(line.spell("/?!\r\n")).starts_with("/HLY5"));
}

TEST_CASE("frames that are damaged, and octets that are none, are not answered") {
    Line line;
    auto frame = from_hex(snrm).value();
    frame[6] ^= 0x01;
    CHECK(line.say(frame).empty());
    CHECK(line.say(Bytes(300, 0x55)).empty());
    CHECK(control_of(line.say(snrm)) == ua);
}

TEST_CASE("units share no address, and framings are known by name") {
    std::vector<simulators::Unit> units{{"1", &dtsd545()}, {"1", &dtsd545()}};
    simulators::Options options;
    CHECK_FALSE(simulators::make_dlms_bus(units, options));
    units[1].address = "1/18";
    CHECK(simulators::make_dlms_bus(units, options));
    units[1].address = "x";
    CHECK_FALSE(simulators::make_dlms_bus(units, options));
    options.framing = "mbap";
    CHECK_FALSE(simulators::make_dlms_bus(std::span(units).first(1), options));
}

TEST_CASE("over the wrapper only the logical device that is called answers") {
    Line line("wrapper");
    const std::string aarq =
        "60 1D A1 09 06 07 60 85 74 05 08 01 01 BE 10 04 0E 01 00 00 00 06 5F 1F 04 00 00 1E 1D FF FF";
    CHECK(line.say("00 01 00 10 00 02 00 1F " + aarq).empty());
    const auto answer = line.say("00 01 00 10 00 01 00 1F " + aarq);
    REQUIRE(answer.size() > 8);
    CHECK(to_hex(ByteView(answer).first(6)) == "00 01 00 01 00 10");
    CHECK(answer[8] == 0x61);
}
