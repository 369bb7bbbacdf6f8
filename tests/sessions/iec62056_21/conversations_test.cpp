// Whole conversations, computed from the standard: what we send must be what stands there, at the rate that stands
// there.
#include "codecs/iec62056_21/messages.hpp"
#include "sessions/iec62056_21/mode_e.hpp"
#include "sessions/iec62056_21/settings.hpp"
#include "sessions/protocols.hpp"
#include "tests/sessions/iec62056_21/meter_script.hpp"

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

using namespace meterctl;
using namespace meterctl::tests;

namespace {

using Json = nlohmann::json;

std::optional<Json> conversations() {
    const auto file = std::filesystem::path(METERCTL_EXTRA_VECTORS) / "iec62056-21/conversations.json";
    if (!std::filesystem::exists(file)) {
        MESSAGE("skipped: the vectors have no iec62056-21/conversations.json");
        return std::nullopt;
    }
    std::ifstream stream(file);
    return Json::parse(stream);
}

/// One side of a conversation as a script, the other as what is expected.
struct Conversation {
    explicit Conversation(const Json& entry) {
        for (const Json& step : entry["steps"]) {
            const Bytes octets = hex(step["hex"].get<std::string>());
            const auto baud = step["baud"].get<unsigned>();
            const bool own_echo = step.value("note", "") == "own echo";
            if (step["dir"] == "to meter") {
                sent.push_back({octets, baud, step["frame"].get<std::string>(), {}, {}});
                answers.emplace_back();
            } else if (own_echo) {
                echo = true;
            } else {
                answers.back().push_back(Said{octets, baud, 200ms});
            }
        }
    }

    std::vector<Written> sent;
    std::vector<std::vector<Said>> answers;
    bool echo = false;
};

struct Run {
    explicit Run(const Json& entry, std::map<std::string, std::string> settings = {})
        : conversation(entry), meter(conversation.answers) {
        meter.echo = conversation.echo;
        options.settings = std::move(settings);
        options.retries = 0;
        const auto* protocol = sessions::find_protocol("iec62056-21");
        REQUIRE(protocol != nullptr);
        auto opened = protocol->open(meter, options);
        REQUIRE_MESSAGE(opened.has_value(), (opened ? std::string() : describe(opened.error())));
        session = std::move(*opened);
    }

    Result<sessions::ReadOutcome> read(const std::vector<std::string>& names = {}) {
        std::vector<catalogue::Point> points;
        for (const std::string& name : names) {
            auto point = sessions::find_protocol("iec62056-21")->parse_point(name);
            REQUIRE_MESSAGE(point.has_value(), (point ? std::string() : describe(point.error())));
            points.push_back(*point);
        }
        return transports::run(meter.clock, session->read(points));
    }

    /// All that was sent, and at which rate, is what stands in the conversation.
    void check_sent(std::size_t count) const {
        REQUIRE(meter.written.size() == count);
        for (std::size_t i = 0; i < count; ++i) {
            CAPTURE(i);
            CHECK(to_hex(meter.written[i].octets) == to_hex(conversation.sent[i].octets));
            CHECK(meter.written[i].baud == conversation.sent[i].baud);
            CHECK(meter.written[i].frame == conversation.sent[i].frame);
        }
    }

    Conversation conversation;
    MeterScript meter;
    sessions::SessionOptions options;
    std::unique_ptr<sessions::Session> session;
};

const Json& named(const Json& all, std::string_view name) {
    for (const Json& entry : all) {
        if (entry["name"] == name) { return entry; }
    }
    FAIL("no conversation is named " << name);
    return all;
}

void check_energies(const Result<sessions::ReadOutcome>& outcome) {
    REQUIRE_MESSAGE(outcome.has_value(), (outcome ? std::string() : describe(outcome.error())));
    std::map<std::string, std::string> values;
    for (const Reading& reading : outcome->readings) { values[reading.name] = reading.value.to_string(); }
    CHECK(values["active_energy_import"] == "123.45");
    CHECK(values["active_energy_export"] == "1.00");
}

} // namespace

TEST_CASE("the readouts of all modes are taken as the standard has them") {
    const auto all = conversations();
    if (!all) { return; }
    struct Row {
        std::string_view name;
        std::map<std::string, std::string> settings;
    };
    const std::vector<Row> rows{
        {"mode_A", {}}, {"mode_B_2400", {}}, {"mode_C_stay_at_300", {{"baud", "300"}}}, {"echo_everywhere", {}}};
    for (const Row& row : rows) {
        CAPTURE(row.name);
        Run run(named(*all, row.name), row.settings);
        check_energies(run.read());
        run.check_sent(run.conversation.sent.size());
    }
}

TEST_CASE("a battery meter is woken with NULs for 2.1 to 2.3 s and called 1.5 to 1.7 s later") {
    const auto all = conversations();
    if (!all) { return; }
    Run run(named(*all, "wake_up_then_A"), {{"wakeup", "1"}});
    check_energies(run.read());
    REQUIRE(run.meter.written.size() == 2);
    const Written& call = run.meter.written[0];
    CHECK(std::all_of(call.octets.begin(), call.octets.end(), [](std::uint8_t octet) { return octet == 0; }));
    CHECK(call.end - call.begin >= 2100ms);
    CHECK(call.end - call.begin <= 2300ms);
    CHECK(run.meter.written[1].begin - call.end >= 1500ms);
    CHECK(run.meter.written[1].begin - call.end <= 1700ms);
    CHECK(to_hex(run.meter.written[1].octets) == to_hex(run.conversation.sent[1].octets));
}

TEST_CASE("programming mode is opened, unlocked, read and left as the standard has it") {
    const auto all = conversations();
    if (!all) { return; }
    Run run(named(*all, "mode_C_programming"), {{"password", "00000000"}});
    const auto outcome = run.read({"reg:1-0:1.8.0*255:R5"});
    REQUIRE_MESSAGE(outcome.has_value(), (outcome ? std::string() : describe(outcome.error())));
    REQUIRE(outcome->readings.size() == 1);
    CHECK(outcome->readings[0].value.to_string() == "123.45");
    CHECK(outcome->readings[0].unit == Unit::kilowatt_hour);
    REQUIRE(run.meter.written.size() == 5);
    for (const std::size_t i : {0U, 1U, 2U}) {
        CHECK(to_hex(run.meter.written[i].octets) == to_hex(run.conversation.sent[i].octets));
        CHECK(run.meter.written[i].baud == run.conversation.sent[i].baud);
    }
    CHECK(to_hex(run.meter.written[4].octets) == to_hex(run.conversation.sent.back().octets));
    CHECK(run.meter.written[4].baud == 9600);
}

TEST_CASE("a wrong password is refused by the meter, and B0 follows") {
    const auto all = conversations();
    if (!all) { return; }
    Run run(named(*all, "mode_C_programming_refused"), {{"password", "00000000"}});
    const auto outcome = run.read({"reg:0001"});
    REQUIRE(outcome.has_value());
    REQUIRE(outcome->failures.size() == 1);
    const Error& error = outcome->failures[0].error;
    CHECK(error.category == Category::refused);
    CHECK(error.what.find("ERROR01") != std::string::npos);
    CHECK(describe(error).find("00000000") == std::string::npos);
    CHECK(to_hex(run.meter.written.back().octets) == "01 42 30 03 71");
}

TEST_CASE("a reading in partial blocks is joined, each acknowledged") {
    const auto all = conversations();
    if (!all) { return; }
    const Json& programming = named(*all, "mode_C_programming");
    const Json& partial = named(*all, "partial_blocks");
    Json joined = programming;
    joined["steps"] = Json::array();
    for (std::size_t i = 0; i < 6; ++i) { joined["steps"].push_back(programming["steps"][i]); }
    for (const Json& step : partial["steps"]) { joined["steps"].push_back(step); }
    Run run(joined, {{"password", "00000000"}});
    const auto outcome = run.read({"reg:P.01:R6"});
    static_cast<void>(outcome); // what the blocks hold is the codec's affair
    REQUIRE(run.meter.written.size() == 6);
    CHECK(to_hex(run.meter.written[4].octets) == "06");
    CHECK(to_hex(run.meter.written[5].octets) == "01 42 30 03 71");
}

TEST_CASE("nobody answers") {
    const auto all = conversations();
    if (!all) { return; }
    Run run(named(*all, "no_answer"));
    const auto outcome = run.read();
    REQUIRE_FALSE(outcome.has_value());
    CHECK(outcome.error().category == Category::timeout);
    CHECK(outcome.error().code == "iec62056_21.timeout");
    run.check_sent(1);
}

TEST_CASE("mode E is opened and handed over at 8N1") {
    const auto all = conversations();
    if (!all) { return; }
    Run run(named(*all, "mode_E_hdlc"));
    const auto opening = transports::run(run.meter.clock, sessions::iec62056_21::open_binary(run.meter, run.options));
    REQUIRE_MESSAGE(opening.has_value(), (opening ? std::string() : describe(opening.error())));
    CHECK(opening->line.baud == 9600);
    CHECK(run.meter.settings->frame() == "8N1");
    CHECK(run.meter.settings->baud == 9600);
    run.check_sent(2);
}

TEST_CASE("a meter that answers mode E with its readout is refused as what it is") {
    const auto all = conversations();
    if (!all) { return; }
    Run run(named(*all, "mode_E_refused_readout"));
    const auto opening = transports::run(run.meter.clock, sessions::iec62056_21::open_binary(run.meter, run.options));
    REQUIRE_FALSE(opening.has_value());
    CHECK(opening.error().code == "iec62056_21.no_mode_e");
}
