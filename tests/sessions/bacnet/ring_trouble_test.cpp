// What a session makes of an MS/TP line: whom it listens to, what it never sends, and what it says of lines that are
// not in order. ASHRAE 135, clause 9.
#include "simulators/random.hpp"
#include "tests/sessions/bacnet/simulated_bacnet.hpp"

#include <algorithm>

using namespace meterctl;
using namespace meterctl::tests;
using namespace std::chrono_literals;

namespace {

using mstp::FrameType;
using Next = LineScript::Next;

Result<sessions::ReadOutcome> read_over(transports::Transport& line, std::map<std::string, std::string> settings = {}) {
    sessions::SessionOptions options;
    options.meter = &test::bacnet_meter("leviton-s4100");
    options.settings = std::move(settings);
    options.settings["framing"] = "mstp";
    auto session = sessions::bacnet::open_session(line, std::move(options));
    REQUIRE(session.has_value());
    const std::vector<catalogue::Point> points{bacnet_point("ct_primary")};
    return transports::run(line.loop(), (*session)->read(points));
}

Next say(transports::Duration after, FrameType type, std::uint8_t to, std::uint8_t from, Bytes data = {}) {
    return {after, mstp::encode(mstp::frame(type, to, from, std::move(data)))};
}

struct Scanned {
    std::map<std::string, sessions::Identity> found;
    std::vector<Error> troubles;
};

Scanned scan_over(transports::Transport& line, sessions::ScanOptions options) {
    Scanned scanned;
    options.settings["framing"] = "mstp";
    sessions::ScanSink sink;
    sink.found = [&](const sessions::Identity& identity) { scanned.found[identity.address] = identity; };
    sink.trouble = [&](const std::string&, const Error& error) { scanned.troubles.push_back(error); };
    const auto done = transports::run(line.loop(), sessions::bacnet::scan(line, std::move(options), sink));
    REQUIRE_MESSAGE(done.has_value(), (done ? "" : describe(done.error())));
    return scanned;
}

std::string fact(const sessions::Identity& identity, std::string_view name) {
    const auto found = std::ranges::find(identity.facts, name, &Reading::name);
    return found == identity.facts.end() ? "" : found->value.to_string();
}

simulators::Options with_masters(std::string masters) {
    auto options = over("mstp");
    options.extras["masters"] = std::move(masters);
    return options;
}

} // namespace

TEST_CASE("who only listens sends not one octet, and tells who passes the token to whom") {
    SimulatedBacnet line(with_masters("5,9"));
    const Watched& seen = line.watch();
    sessions::ScanOptions options;
    options.settings["listen_only"] = "1";
    const auto scanned = scan_over(*line.transport, options);
    CHECK(seen.written.empty());
    CHECK(scanned.troubles.empty());
    REQUIRE(scanned.found.size() == 3);
    CHECK(fact(scanned.found.at("1"), "passes_token_to") == "5");
    CHECK(fact(scanned.found.at("5"), "passes_token_to") == "9");
    CHECK(fact(scanned.found.at("9"), "passes_token_to") == "1");
}

TEST_CASE("a scan finds the baud rate of a line by good frames, and sends nothing before") {
    SimulatedBacnet line(with_masters("5"), {{"1", "dts307-bacnet"}}, 38400);
    Watched& seen = line.watch();
    sessions::ScanOptions options;
    for (const unsigned baud : {9600U, 76800U}) { options.lines.push_back(*transports::parse_frame("8N1", baud)); }
    options.candidates = {&test::bacnet_meter("dts307-bacnet")};
    unsigned baud_of_first = 0;
    seen.spoil = [&](ByteView octets) {
        if (baud_of_first == 0) { baud_of_first = line.transport->line()->baud; }
        return Bytes(octets.begin(), octets.end());
    };
    const auto scanned = scan_over(*line.transport, options);
    CHECK(baud_of_first == 38400);
    REQUIRE(scanned.found.contains("1"));
    CHECK(scanned.found.at("1").model == "dts307-bacnet");
    CHECK(scanned.found.at("1").line == "38400 8N1");
}

TEST_CASE("a line at another baud rate is named with its rate, and nothing is sent") {
    SimulatedBacnet line(with_masters("5"), {{"1", "leviton-s4100"}}, 38400);
    const Watched& seen = line.watch();
    const auto configured = line.transport->configure(*transports::parse_frame("8N1", 76800));
    REQUIRE(line.run(line.transport->configure(*transports::parse_frame("8N1", 76800))).has_value());
    const auto outcome = read_over(*line.transport);
    REQUIRE_FALSE(outcome.has_value());
    CHECK(outcome.error().category == Category::untrusted);
    CHECK(outcome.error().code == "bacnet.other_rate");
    CHECK(outcome.error().what.find("38400 8N1") != std::string::npos);
    CHECK(outcome.error().hints.front().find("?baud=38400") == 0);
    CHECK(seen.written.empty());
    CHECK(line.transport->line()->baud == 76800);
}

TEST_CASE("noise is told as noise, and nothing is sent into it") {
    simulators::Random random(7);
    LineScript line([&] {
        Next next{20ms, {}};
        for (int i = 0; i < 12; ++i) { next.octets.push_back(static_cast<std::uint8_t>(random.below(256))); }
        return std::optional(next);
    });
    const auto outcome = read_over(line);
    REQUIRE_FALSE(outcome.has_value());
    CHECK(outcome.error().category == Category::untrusted);
    CHECK(outcome.error().code == "bacnet.noise");
    CHECK_FALSE(outcome.error().hints.empty());
    CHECK(line.written.empty());
}

TEST_CASE("an address that is heard is not taken, and nothing is sent") {
    SimulatedBacnet line(with_masters("5,9"));
    const Watched& seen = line.watch();
    const auto outcome = read_over(*line.transport, {{"mac", "9"}});
    REQUIRE_FALSE(outcome.has_value());
    CHECK(outcome.error().category == Category::rejected);
    CHECK(outcome.error().code == "bacnet.mac_in_use");
    CHECK(outcome.error().what.find("1, 5, 9") != std::string::npos);
    CHECK(seen.written.empty());
    SimulatedBacnet other(with_masters("5,9"));
    CHECK(read_over(*other.transport, {{"mac", "12"}}).has_value());
}

TEST_CASE("a station that turns up with our address ends the session, which says no more") {
    bool polled = false;
    LineScript line([&polled]() -> std::optional<Next> {
        if (std::exchange(polled, true)) { return std::nullopt; }
        return say(30ms, FrameType::poll_for_master, 3, 7); // another 7
    });
    const auto outcome = read_over(line, {{"mac", "7"}});
    REQUIRE_FALSE(outcome.has_value());
    CHECK(outcome.error().category == Category::rejected);
    // It comes once we are at work: silence at first, then the other one speaks.
    unsigned frames = 0;
    LineScript later([]() -> std::optional<Next> { return std::nullopt; });
    later.answer = [&frames](const mstp::Frame&) {
        std::vector<Next> out;
        if (++frames == 3) { out.push_back(say(5ms, FrameType::token, 20, 7)); }
        return out;
    };
    const auto ended = read_over(later, {{"mac", "7"}});
    REQUIRE_FALSE(ended.has_value());
    CHECK(ended.error().category == Category::untrusted);
    CHECK(ended.error().code == "bacnet.duplicate_mac");
    CHECK(ended.error().what.find("address 7") != std::string::npos);
    CHECK(later.written.size() == 3);
}

TEST_CASE("a ring whose token is lost for good is told as such, in a minute, and nothing is sent") {
    // A station that speaks without a token keeps the line from ever being silent for Tno_token.
    LineScript line([] {
        return std::optional(say(200ms, FrameType::data_not_expecting_reply, 255, 9, {1, 0, 0x10}));
    });
    const auto before = line.loop().now();
    const auto outcome = read_over(line);
    REQUIRE_FALSE(outcome.has_value());
    CHECK(outcome.error().category == Category::timeout);
    CHECK(outcome.error().code == "bacnet.token_lost");
    CHECK_FALSE(outcome.error().hints.empty());
    CHECK(line.loop().now() - before <= 75s);
    CHECK(line.written.empty());
}

TEST_CASE("a full ring that asks nobody in is told as such") {
    bool to_one = false;
    LineScript line([&to_one] {
        to_one = !to_one;
        return std::optional(say(15ms, FrameType::token, to_one ? 1 : 2, to_one ? 2 : 1));
    });
    const auto outcome = read_over(line);
    REQUIRE_FALSE(outcome.has_value());
    CHECK(outcome.error().category == Category::timeout);
    CHECK(outcome.error().code == "bacnet.not_admitted");
    CHECK(outcome.error().hints.front().find("1, 2") != std::string::npos);
    CHECK(line.written.empty());
}

TEST_CASE("a master that asks us in and never hears us is told as such") {
    bool token = false;
    std::uint8_t polled = 0;
    LineScript line([&] {
        token = !token;
        polled = static_cast<std::uint8_t>((polled + 1) % 10);
        return std::optional(token
                                 ? say(20ms, FrameType::token, 2, 1)
                                 : say(60ms, FrameType::poll_for_master, static_cast<std::uint8_t>(3 + polled / 2), 2));
    });
    const auto outcome = read_over(line);
    REQUIRE_FALSE(outcome.has_value());
    CHECK(outcome.error().category == Category::timeout);
    CHECK(outcome.error().code == "bacnet.not_heard");
    // Answers to polls, and nothing else.
    CHECK_FALSE(line.written.empty());
    CHECK(std::ranges::all_of(
        line.written, [](const Bytes& frame) { return is(frame_in(frame), FrameType::reply_to_poll_for_master); }));
}

TEST_CASE("on a silent line we become the sole master, and tell that nobody answers") {
    LineScript line([]() -> std::optional<Next> { return std::nullopt; });
    const auto outcome = read_over(line, {{"max_master", "5"}});
    REQUIRE_FALSE(outcome.has_value());
    CHECK(outcome.error().category == Category::timeout);
    CHECK(outcome.error().code == "bacnet.no_answer");
    CHECK(std::ranges::count_if(line.written, [](const Bytes& frame) {
              return is(frame_in(frame), FrameType::data_expecting_reply);
          }) == 3);
}

TEST_CASE("answers that are always damaged are told as such") {
    SimulatedBacnet line(over("mstp"));
    Watched& seen = line.watch();
    bool asked = false;
    seen.spoil = [&asked](ByteView octets) {
        asked = asked || is(frame_in(octets), FrameType::data_expecting_reply);
        return Bytes(octets.begin(), octets.end());
    };
    seen.change = [&asked](Bytes& octets) {
        if (asked && octets.size() > 12) { octets[11] ^= 0x10; } // in the data of a frame
    };
    const auto outcome = read_over(*line.transport);
    REQUIRE_FALSE(outcome.has_value());
    CHECK(outcome.error().category == Category::untrusted);
    CHECK(outcome.error().code == "bacnet.damaged");
    CHECK(outcome.error().hints.front().find("two devices of one address") != std::string::npos);
}

TEST_CASE("Ctrl-C while an answer is due: it is heard out, the token goes on, and we are silent") {
    SimulatedBacnet line(with_masters("5,9"));
    Watched& seen = line.watch();
    const auto asked = [&seen] {
        return !seen.written.empty() && is(frame_in(seen.written.back()), FrameType::data_expecting_reply);
    };
    seen.interrupt = asked;
    const auto outcome = read_over(*line.transport);
    REQUIRE_FALSE(outcome.has_value());
    CHECK(outcome.error().category == Category::interrupted);
    REQUIRE(seen.written.size() >= 2);
    const auto request = frame_in(seen.written[seen.written.size() - 2]), last = frame_in(seen.written.back());
    CHECK(is(request, FrameType::data_expecting_reply));
    CHECK(is(last, FrameType::token));
    CHECK(last.source == request.source);
    // The ring runs on: a listener hears tokens of the others, and none made anew.
    const std::size_t sent = seen.written.size();
    sessions::ScanOptions options;
    options.settings["listen_only"] = "1";
    const auto scanned = scan_over(*line.transport, options);
    CHECK(scanned.found.size() == 3);
    CHECK(seen.written.size() == sent);
}

TEST_CASE("two devices of one number are both named, by a scan and by a read") {
    auto options = over("mstp");
    options.extras["same_instance"] = "1";
    const std::vector<BacnetPlace> places{{"1", "leviton-s4100"}, {"4", "leviton-s4100"}};
    SimulatedBacnet line(options, places);
    sessions::ScanOptions scan;
    scan.candidates = {&test::bacnet_meter("leviton-s4100")};
    const auto scanned = scan_over(*line.transport, scan);
    CHECK(scanned.found.size() == 2);
    REQUIRE(scanned.troubles.size() == 1);
    CHECK(scanned.troubles[0].code == "bacnet.duplicate");
    CHECK(scanned.troubles[0].what.find("1004100 is at ") != std::string::npos);
    SimulatedBacnet again(options, places);
    const std::vector<catalogue::Point> points{bacnet_point("ct_primary")};
    const auto outcome = again.run(again.session("leviton-s4100", "device:1004100")->read(points));
    REQUIRE_FALSE(outcome.has_value());
    CHECK(outcome.error().category == Category::untrusted);
    CHECK(outcome.error().code == "bacnet.duplicate_device");
    CHECK(outcome.error().what.find("at 1") != std::string::npos);
    CHECK(outcome.error().what.find("at 4") != std::string::npos);
}

TEST_CASE("a station that passes a token of its own while our answer is due is told as a second token") {
    LineScript line([]() -> std::optional<Next> { return std::nullopt; });
    line.answer = [](const mstp::Frame& frame) {
        std::vector<Next> out;
        if (is(frame, FrameType::data_expecting_reply)) { out.push_back(say(5ms, FrameType::token, 6, 5)); }
        return out;
    };
    const auto outcome = read_over(line, {{"max_master", "7"}});
    REQUIRE_FALSE(outcome.has_value());
    CHECK(outcome.error().category == Category::untrusted);
    CHECK(outcome.error().code == "bacnet.two_tokens");
    CHECK(outcome.error().hints.back().find("turn-round") != std::string::npos);
}
