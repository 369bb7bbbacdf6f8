// The optical head around a line that is made up, in virtual time; and around a pseudo-terminal.
#include "transports/ir.hpp"

#include "tests/transports/fake_line.hpp"
#include "tests/transports/folder.hpp"
#include "tests/transports/links.hpp"

#include <doctest/doctest.h>

using namespace meterctl;
using namespace meterctl::transports;
using namespace meterctl::transports::testing;
using namespace std::chrono_literals;

namespace {

constexpr LineSettings sign_on_line{300, 7, Parity::even, 1};
/// IEC 62056-21, 6.3.1: "/?!" CR LF, and the same with its parity bits.
const Bytes sign_on{0x2F, 0x3F, 0x21, 0x0D, 0x0A};
const Bytes sign_on_with_parity{0xAF, 0x3F, 0x21, 0x8D, 0x0A};

struct Fixture {
    std::unique_ptr<Loop> loop = make_virtual_loop();
    FakeLine* line = nullptr;
    std::unique_ptr<Transport> head;

    explicit Fixture(OpticalOptions options = {}, std::optional<LineSettings> settings = LineSettings{300},
                     bool eight_bits_only = false) {
        auto made = std::make_unique<FakeLine>(*loop, settings);
        line = made.get();
        line->eight_bits_only = eight_bits_only;
        options.line = sign_on_line;
        options.name = "ir:///dev/ttyUSB0";
        auto opened = run(*loop, make_optical(std::move(made), std::move(options)));
        REQUIRE(opened.has_value());
        head = std::move(*opened);
    }

    void write(const Bytes& octets) { REQUIRE(run(*loop, head->write(octets)).has_value()); }
    Chunk read(Duration deadline) {
        auto chunk = run(*loop, head->read(TimePoint(deadline)));
        REQUIRE(chunk.has_value());
        return *chunk;
    }
    Result<void> configure(unsigned baud, const char* frame) {
        return run(*loop, head->configure(*parse_frame(frame, baud)));
    }
};

OpticalOptions with_soft_parity(std::optional<bool> wanted) {
    OpticalOptions options;
    options.soft_parity = wanted;
    return options;
}

OpticalOptions with_echo(bool wanted) {
    OpticalOptions options;
    options.echo = wanted;
    return options;
}

} // namespace

TEST_CASE("a head opens at 300 baud 7E1 and takes the line's time for what it sends") {
    Fixture f;
    CHECK(f.line->asked == std::vector<std::string>{"7E1 300"});
    CHECK(f.head->line() == sign_on_line);
    CHECK(f.head->description() == "ir:///dev/ttyUSB0 300 7E1");
    f.write(sign_on);
    CHECK(f.line->written == std::vector<Bytes>{sign_on});
    CHECK(f.loop->now() - TimePoint() >= 166666us); // five octets of ten bits
    CHECK(f.loop->now() - TimePoint() <= 166667us);
}

TEST_CASE("a line that only does 8N1 gets its parity in software, from then on without asking again") {
    Fixture f({}, LineSettings{300}, true);
    CHECK(f.line->asked == std::vector<std::string>{"7E1 300", "8N1 300"});
    CHECK(f.head->line() == sign_on_line);
    CHECK(f.head->description() == "ir:///dev/ttyUSB0 300 7E1 (parity in software)");
    f.write(sign_on);
    CHECK(f.line->written == std::vector<Bytes>{sign_on_with_parity});
    f.line->say(1s, sign_on_with_parity);
    f.line->say(1s, {0x2F, 0x41, 0xC3, 0xC3}); // 2F lacks its parity bit
    const Chunk heard = f.read(2s);
    CHECK(heard.octets == Bytes{0x2F, 0x41, 0x43, 0x43});
    REQUIRE(heard.faults.size() == 1);
    CHECK(heard.faults[0].index == 0);
    CHECK(heard.faults[0].kind == LineFault::Kind::parity_or_framing);

    REQUIRE(f.configure(4800, "7E1").has_value());
    CHECK(f.line->asked.back() == "8N1 4800");
    CHECK(f.line->asked.size() == 3);
    CHECK(f.head->line()->baud == 4800);
}

TEST_CASE("a session in eight bits goes through as it is") {
    Fixture f({}, LineSettings{300}, true);
    REQUIRE(f.configure(9600, "8N1").has_value());
    CHECK(f.head->line() == *parse_frame("8N1", 9600));
    const Bytes hdlc{0x7E, 0xA0, 0x0A, 0xC3, 0x7E};
    f.write(hdlc);
    CHECK(f.line->written.back() == hdlc);
    f.line->say(1s, hdlc);
    f.line->say(2s, {0x7E, 0xA0, 0xFF, 0x7E});
    const Chunk heard = f.read(3s);
    CHECK(heard.octets == Bytes{0x7E, 0xA0, 0xFF, 0x7E});
    CHECK(heard.faults.empty());
}

TEST_CASE("parity in software is made when asked for, and not when forbidden") {
    Fixture forced(with_soft_parity(true));
    CHECK(forced.line->asked == std::vector<std::string>{"8N1 300"});
    forced.write(sign_on);
    CHECK(forced.line->written.back() == sign_on_with_parity);

    const auto loop = make_virtual_loop();
    auto line = std::make_unique<FakeLine>(*loop, LineSettings{300});
    line->eight_bits_only = true;
    OpticalOptions options = with_soft_parity(false);
    options.line = sign_on_line;
    const auto opened = run(*loop, make_optical(std::move(line), std::move(options)));
    REQUIRE_FALSE(opened.has_value());
    CHECK(opened.error().code == line_refused);
}

TEST_CASE("behind a bridge parity is made in software, and a bridge that strips it is understood") {
    Fixture f({}, std::nullopt);
    CHECK(f.line->asked.empty());
    f.write(sign_on);
    CHECK(f.line->written.back() == sign_on_with_parity);
    f.line->say(1s, {0x2F, 0x41, 0x43}); // 2F and 43 have an odd number of ones: nobody checked a parity bit
    Chunk heard = f.read(2s);
    CHECK(heard.octets == Bytes{0x2F, 0x41, 0x43});
    CHECK(heard.faults.empty());
    f.line->say(2s, {0xAF, 0x41, 0x43}); // AF proves that parity bits come through
    heard = f.read(3s);
    CHECK(heard.octets == Bytes{0x2F, 0x41, 0x43});
    REQUIRE(heard.faults.size() == 1);
    CHECK(heard.faults[0].index == 2);
}

TEST_CASE("a bridge cannot switch its baud rate, and says what can") {
    Fixture f({}, std::nullopt);
    const auto switched = f.configure(4800, "7E1");
    REQUIRE_FALSE(switched.has_value());
    CHECK(switched.error().category == Category::endpoint);
    CHECK(switched.error().what == "the bridge cannot switch to 4800 baud");
    CHECK(switched.error().hints.front().find("ir+rfc2217://") == 0);
    CHECK_FALSE(f.head->line().has_value());
    CHECK(f.head->description() == "ir:///dev/ttyUSB0 300 7E1 (parity in software)");
    CHECK(f.configure(300, "8N1").has_value());
    CHECK(f.head->description() == "ir:///dev/ttyUSB0 300 8N1");
}

TEST_CASE("the echo of the head is taken out where it is heard") {
    Fixture f;
    f.write(sign_on);
    CHECK_FALSE(f.head->hears_itself());
    f.line->say(200ms, {0x2F, 0x3F});
    f.line->say(210ms, {0x21, 0x0D, 0x0A});
    f.line->say(500ms, {0x2F, 0x41});
    CHECK(f.read(205ms).octets.empty()); // half an echo is no answer
    CHECK(f.read(1s).octets == Bytes{0x2F, 0x41});
    CHECK(f.head->hears_itself());

    f.write({0x06, 0x30, 0x35, 0x30, 0x0D, 0x0A});
    f.line->say(1s, {0x02});
    CHECK(f.read(2s).octets == Bytes{0x02});
    CHECK_FALSE(f.head->hears_itself());
}

TEST_CASE("an echo that comes after the reader's patience is still an echo, of the last write only") {
    Fixture f;
    f.write(sign_on);
    CHECK(f.read(200ms).octets.empty());
    f.line->say(300ms, sign_on);
    CHECK(f.read(400ms).octets.empty());
    CHECK(f.head->hears_itself());

    f.write(sign_on);
    CHECK(f.read(1s).octets.empty()); // this one has no echo
    f.write({0x06});
    f.line->say(2s, {0x06, 0x02});
    CHECK(f.read(3s).octets == Bytes{0x02});
}

TEST_CASE("an answer that begins like the request is whole where there is no echo") {
    Fixture f;
    f.write(sign_on);
    f.line->say(200ms, {0x2F});
    f.line->say(300ms, {0x41, 0x42});
    CHECK(f.read(1s).octets == Bytes{0x2F, 0x41, 0x42});
    f.write({0x02, 0x03});
    f.line->say(2s, {0x02});
    CHECK(f.read(3s).octets == Bytes{0x02}); // nothing more came in time
}

TEST_CASE("with echo=0 everything heard is given") {
    Fixture f(with_echo(false));
    f.write(sign_on);
    f.line->say(200ms, sign_on);
    CHECK(f.read(1s).octets == sign_on);
    CHECK_FALSE(f.head->hears_itself());
}

TEST_CASE("the end of an echo is waited for before the line is switched, where there was one") {
    Fixture f;
    f.write(sign_on);
    f.line->say(200ms, sign_on);
    CHECK(f.read(250ms).octets.empty());
    const TimePoint before = f.loop->now();
    f.write({0x06, 0x30});
    const Duration late = f.loop->now() + 30ms - TimePoint();
    f.line->say(late, {0x06, 0x30});
    REQUIRE(f.configure(4800, "7E1").has_value());
    CHECK(f.loop->now() == TimePoint(late));
    CHECK(f.loop->now() > before);
    CHECK(f.line->coming.empty());
}

TEST_CASE("a link that has no break says so") {
    Fixture f;
    const auto sent = run(*f.loop, f.head->send_break(250ms));
    REQUIRE_FALSE(sent.has_value());
    CHECK(sent.error().category == Category::endpoint);
    CHECK(sent.error().what == "the link cannot send a break");
}

TEST_CASE("a head on a pseudo-terminal, which has no modem lines, switches its baud rate under the meter's eyes") {
    const Folder folder;
    const auto loop = make_real_loop();
    const auto listener = listen_on(*loop, "pty:" + folder / "head0");
    OpenOptions options;
    options.line = sign_on_line;
    std::string told;
    options.notice = [&told](const std::string& notice) { told += notice; };
    const auto head = open_link(*loop, "ir://" + folder / "head0", options);
    const auto meter = run(*loop, listener->accept());
    REQUIRE(meter.has_value());
    CHECK(told.empty());
    CHECK((*meter)->line()->baud == 300);
    REQUIRE(run(*loop, head->configure(*parse_frame("7E1", 4800))).has_value());
    CHECK((*meter)->line()->baud == 4800);
    REQUIRE(run(*loop, head->write(sign_on)).has_value());
    CHECK(run(*loop, read_exactly(**meter, 5)) == sign_on);
    REQUIRE(run(*loop, (*meter)->write(counted(9))).has_value());
    CHECK(run(*loop, read_exactly(*head, 9)) == counted(9));
}

TEST_CASE("who asks for lines that are not there is told") {
    const Folder folder;
    const auto loop = make_real_loop();
    const auto listener = listen_on(*loop, "pty:" + folder / "head0");
    OpenOptions options;
    std::string told;
    options.notice = [&told](const std::string& notice) { told += notice; };
    const auto head = open_link(*loop, "ir://" + (folder / "head0") + "?rts=0&softparity=1", options);
    CHECK(told.find("has no RTS and DTR lines") != std::string::npos);
}
