// The times of the standard, and what is done when they are not kept: against a scripted meter in virtual time.
#include "codecs/iec62056_21/messages.hpp"
#include "sessions/protocols.hpp"
#include "tests/sessions/iec62056_21/meter_script.hpp"

using namespace meterctl;
using namespace meterctl::tests;

namespace {

namespace iec = codecs::iec62056_21;

Bytes data(std::string block) {
    iec::Data message;
    message.block = std::move(block);
    return iec::encode(message);
}

const Bytes identification = ascii("/INM5PRO380\r\n");
const Bytes fast_identification = ascii("/INm5PRO380\r\n");
const Bytes readout = data("1.8.0(000123.45*kWh)\r\n!\r\n");

struct Bench {
    explicit Bench(std::vector<std::vector<Said>> answers, unsigned retries = 2,
                   std::map<std::string, std::string> settings = {})
        : meter(std::move(answers)) {
        sessions::SessionOptions options;
        options.retries = retries;
        options.settings = std::move(settings);
        options.notice = [this](const std::string& text) { notices += text + "\n"; };
        auto opened = sessions::find_protocol("iec62056-21")->open(meter, options);
        REQUIRE(opened.has_value());
        session = std::move(*opened);
    }
    Result<sessions::ReadOutcome> read() {
        const std::vector<catalogue::Point> all;
        return transports::run(meter.clock, session->read(all));
    }
    Result<sessions::ReadOutcome> read(std::string_view point) {
        const auto parsed = sessions::find_protocol("iec62056-21")->parse_point(point);
        REQUIRE(parsed.has_value());
        const std::vector<catalogue::Point> one(1, *parsed);
        return transports::run(meter.clock, session->read(one));
    }

    MeterScript meter;
    std::string notices;
    std::unique_ptr<sessions::Session> session;
};

std::string value_of(const Result<sessions::ReadOutcome>& outcome) {
    REQUIRE_MESSAGE(outcome.has_value(), (outcome ? std::string() : describe(outcome.error())));
    REQUIRE(outcome->readings.size() == 1);
    return outcome->readings[0].value.to_string();
}

} // namespace

TEST_CASE("the option select waits for the meter's reaction time and the switch comes right behind it") {
    struct Row {
        const Bytes* identification;
        transports::Duration least;
    };
    const Row slow{&identification, 200ms}, fast{&fast_identification, 20ms};
    for (const Row& row : {slow, fast}) {
        Bench bench({{{*row.identification, 300, 200ms}}, {{readout, 9600, 20ms}}});
        CHECK(value_of(bench.read()) == "123.45");
        REQUIRE(bench.meter.written.size() == 2);
        const auto heard = bench.meter.written[0].end + 200ms + 13 * 10'000'000'000ns / 300;
        CHECK(bench.meter.written[1].begin - heard >= row.least);
        CHECK(bench.meter.written[1].begin - heard <= row.least + 10ms);
        CHECK(to_hex(bench.meter.written[1].octets) == "06 30 35 30 0D 0A");
        CHECK(bench.meter.written[1].baud == 300);
    }
}

TEST_CASE("an answer at the end of the longest reaction time is still taken") {
    Bench bench({{{identification, 300, 1500ms}}, {{readout, 9600, 1500ms}}}, 0);
    CHECK(value_of(bench.read()) == "123.45");
}

TEST_CASE("silence of 1500 ms in the middle of a message ends it") {
    const Bytes half(readout.begin(), readout.begin() + 10), rest(readout.begin() + 10, readout.end());
    Bench kept({{{identification}}, {{half, 9600}, {rest, 9600, 1400ms}}}, 0);
    CHECK(value_of(kept.read()) == "123.45");
    Bench cut({{{identification}}, {{half, 9600}, {rest, 9600, 4s}}}, 0);
    const auto outcome = cut.read();
    REQUIRE_FALSE(outcome.has_value());
    CHECK(outcome.error().category == Category::untrusted);
}

TEST_CASE("a wrong block check is answered by NAK, and the repetition taken") {
    Bytes damaged = readout;
    damaged[8] ^= 0x01;
    Bench bench({{{identification}}, {{damaged, 9600}}, {{readout, 9600}}});
    CHECK(value_of(bench.read()) == "123.45");
    REQUIRE(bench.meter.written.size() == 3);
    CHECK(to_hex(bench.meter.written[2].octets) == "15");
    CHECK(bench.meter.written[2].baud == 9600);
    CHECK(bench.session->statistics().crc_errors == 1);
}

TEST_CASE("a parity error in a message without a block check is no message") {
    Bench bench({{{identification}}, {{readout, 9600}}}, 0);
    Bytes wrong_parity = identification;
    wrong_parity[4] = 0xB5; // '5' with odd parity
    Bench damaged({{{wrong_parity, 300}}, {{readout, 9600}}}, 0);
    CHECK(value_of(bench.read()) == "123.45");
    const auto outcome = damaged.read();
    REQUIRE_FALSE(outcome.has_value());
    CHECK(outcome.error().code == "iec62056_21.noise");
}

TEST_CASE("parity in software is added and taken off where the line only does 8N1") {
    const auto parity = [](const Bytes& octets) {
        Bytes coded = octets;
        for (std::uint8_t& octet : coded) {
            if (__builtin_parity(octet) != 0) { octet |= 0x80; }
        }
        return coded;
    };
    Bench bench({{{parity(identification), 300}}, {{parity(readout), 9600}}}, 0, {{"frame", "8N1"}});
    bench.meter.settings = transports::parse_frame("8N1", 300).value();
    sessions::SessionOptions options;
    options.settings = {{"frame", "8N1"}};
    auto opened = sessions::find_protocol("iec62056-21")->open(bench.meter, options);
    REQUIRE(opened.has_value());
    bench.session = std::move(*opened);
    CHECK(value_of(bench.read()) == "123.45");
    CHECK(to_hex(bench.meter.written[0].octets) == "AF 3F 21 8D 0A");
}

TEST_CASE("a meter that identifies itself and never switches is read at the rate of the sign-on, and that is said") {
    const Said late{readout, 300, 200ms};
    Bench bench({{{identification}}, {late}, {{identification}}, {late}});
    CHECK(value_of(bench.read()) == "123.45");
    REQUIRE(bench.meter.written.size() == 4);
    CHECK(to_hex(bench.meter.written[3].octets) == "06 30 30 30 0D 0A");
    CHECK(bench.notices.find("keeping 300 Bd") != std::string::npos);
}

TEST_CASE("each way to get nowhere has its own message") {
    const Said nothing_switches{readout, 300};
    Bytes damaged = readout;
    damaged.back() ^= 0x01;
    const Said wrong{damaged, 9600}, nak{ascii("\x15"), 9600};
    struct Row {
        std::string_view title;
        std::vector<std::vector<Said>> answers;
        bool echo = false;
        std::string_view code, hint;
        Category category = Category::timeout;
    };
    const std::vector<Row> rows{
        {"no meter", {}, false, "iec62056_21.timeout", "probe on the meter's port", Category::timeout},
        {"only the echo", {}, true, "iec62056_21.echo", "turn it round", Category::timeout},
        {"noise",
         {{{ascii("\x55\x7F\x01garbage"), 300}}},
         false,
         "iec62056_21.noise",
         "turn the probe round",
         Category::untrusted},
        {"no switch",
         {{{identification}}, {nothing_switches}},
         false,
         "iec62056_21.no_switch",
         "?baud=300",
         Category::untrusted},
        {"silent after the switch",
         {{{identification}}},
         false,
         "iec62056_21.no_switch",
         "?baud=300",
         Category::timeout},
        {"block check",
         {{{identification}}, {wrong}},
         false,
         "iec62056_21.block_check",
         "slower rate",
         Category::untrusted},
        {"NAK", {{{identification}}, {nak}}, false, "iec62056_21.nak", "slower rate", Category::untrusted},
    };
    for (const Row& row : rows) {
        CAPTURE(row.title);
        Bench bench(row.answers, 0);
        bench.meter.echo = row.echo;
        const auto outcome = bench.read();
        REQUIRE_FALSE(outcome.has_value());
        CAPTURE(describe(outcome.error()));
        CHECK(outcome.error().code == row.code);
        CHECK(outcome.error().category == row.category);
        CHECK(describe(outcome.error()).find(row.hint) != std::string::npos);
    }
}

TEST_CASE("an echo that the transport took out still tells where the probe is") {
    Bench bench({}, 0);
    bench.meter.echo_removed = true;
    const auto outcome = bench.read();
    REQUIRE_FALSE(outcome.has_value());
    CHECK(outcome.error().code == "iec62056_21.echo");
    CHECK(outcome.error().category == Category::timeout);
}

TEST_CASE("an interruption in programming mode sends B0 all the same") {
    const Bytes operand = iec::encode(iec::password_command("12345678", '0'));
    const Said acknowledged{ascii("\x06"), 9600};
    const std::vector<std::vector<Said>> answers{{{identification}}, {{operand, 9600}}, {acknowledged}, {}};
    for (const std::size_t writes : {2U, 3U, 4U}) { // option select, password, read command
        CAPTURE(writes);
        Bench bench(answers, 2, {{"password", "1234"}});
        bench.meter.interrupt_after = writes;
        const auto outcome = bench.read("reg:0001");
        REQUIRE_FALSE(outcome.has_value());
        CHECK(outcome.error().category == Category::interrupted);
        REQUIRE(bench.meter.written.size() == writes + 1);
        CHECK(to_hex(bench.meter.written.back().octets) == "01 42 30 03 71");
    }
}

TEST_CASE("an interruption of the sign-on sends nothing more") {
    Bench bench({{{identification}}});
    bench.meter.interrupt_after = 1;
    const auto outcome = bench.read("reg:0001");
    REQUIRE_FALSE(outcome.has_value());
    CHECK(outcome.error().category == Category::interrupted);
    CHECK(bench.meter.written.size() == 1);
}

TEST_CASE("a register that the meter answers for another one is not taken") {
    const Bytes operand = iec::encode(iec::password_command("", '0'));
    const Bytes other = data("0002(7)");
    Bench bench({{{identification}}, {{operand, 9600}}, {{other, 9600}}, {}}, 0);
    const auto outcome = bench.read("reg:0001");
    REQUIRE(outcome.has_value());
    REQUIRE(outcome->failures.size() == 1);
    CHECK(outcome->failures[0].error.code == "iec62056_21.mismatch");
}

TEST_CASE("mode D: what a meter pushes is taken, from the next identification on, and nothing is sent") {
    const Bytes telegram = ascii("/XYZ3ABC\r\n\r\n1.8.0(000123.45*kWh)\r\n!\r\n");
    const Bytes tail = ascii("8.0(000001.00*kWh)\r\n!\r\n");
    Bench bench({}, 0, {{"mode", "d"}});
    bench.meter.say(tail, 2400, transports::TimePoint(1s));
    bench.meter.say(telegram, 2400, transports::TimePoint(6s));
    CHECK(value_of(bench.read()) == "123.45");
    CHECK(bench.meter.written.empty());
    CHECK(bench.meter.settings->baud == 2400);
    CHECK(bench.meter.settings->frame() == "7E1");
}

TEST_CASE("mode D: a meter that pushes nothing is told from one that is not there to be asked") {
    Bench bench({}, 0, {{"mode", "d"}});
    const auto outcome = bench.read();
    REQUIRE_FALSE(outcome.has_value());
    CHECK(outcome.error().category == Category::timeout);
    CHECK(outcome.error().what.find("nothing by itself") != std::string::npos);
}

TEST_CASE("what cannot be asked for is refused before anything is sent") {
    const std::vector<std::map<std::string, std::string>> wrong{
        {{"mode", "x"}}, {{"baud", "fast"}}, {{"wakeup", "maybe"}}, {{"password", "with(brackets)"}}};
    for (const auto& settings : wrong) {
        MeterScript meter;
        sessions::SessionOptions options;
        options.settings = settings;
        const auto opened = sessions::find_protocol("iec62056-21")->open(meter, options);
        REQUIRE_FALSE(opened.has_value());
        CHECK(opened.error().category == Category::usage);
    }
}
