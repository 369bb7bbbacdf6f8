// The session on virtual meters: every mode, every fault, and values that agree with the load and with other protocols.
#include "sessions/iec62056_21/mode_e.hpp"
#include "src/core/hex.hpp"
#include "tests/sessions/simulated_bus.hpp"

#include <cmath>
#include <map>

using namespace meterctl;
using namespace meterctl::sessions;
using namespace meterctl::tests;
using namespace std::chrono_literals;

namespace {

const Protocol& iec_protocol() {
    const auto* protocol = find_protocol("iec62056-21");
    REQUIRE(protocol != nullptr);
    return *protocol;
}

using Words = std::map<std::string, std::string>;

/// One virtual meter at a probe.
struct Probe {
    explicit Probe(const Words& extras = {}, simulators::Options options = frozen(),
                   const std::vector<Place>& places = {{"", "pro380-ir"}}) {
        options.extras = extras;
        options.bits_per_octet = 10;
        std::vector<simulators::Unit> units;
        for (const Place& place : places) {
            simulators::Unit unit;
            unit.address = place.address;
            unit.meter = &meter(place.model);
            units.push_back(unit);
        }
        auto bus = iec_protocol().simulate(units, options);
        REQUIRE_MESSAGE(bus.has_value(), (bus ? std::string() : describe(bus.error())));
        transport = transports::make_simulated(*loop, std::move(*bus), *transports::parse_frame("7E1", 300), "sim:");
    }

    std::unique_ptr<Session> session(const Words& settings = {}, std::string_view model = "pro380-ir",
                                     unsigned retries = 2, std::string address = {}) {
        SessionOptions options;
        options.meter = model.empty() ? nullptr : &meter(model);
        options.settings = settings;
        options.retries = retries;
        options.address = std::move(address);
        auto opened = iec_protocol().open(*transport, std::move(options));
        REQUIRE_MESSAGE(opened.has_value(), (opened ? std::string() : describe(opened.error())));
        return std::move(*opened);
    }

    template <class T>
    T run(Task<T> task) {
        return transports::run(*loop, std::move(task));
    }

    std::unique_ptr<transports::Loop> loop = transports::make_virtual_loop();
    std::unique_ptr<transports::Transport> transport;
};

/// As a user names it who has no definition.
catalogue::Point by_name(std::string name) {
    catalogue::Point point;
    point.name = std::move(name);
    return point;
}

catalogue::Point named(std::string_view name) {
    return point(name, "pro380-ir");
}

Result<ReadOutcome> read(Probe& probe, Session& session, const std::vector<catalogue::Point>& points) {
    return probe.run(session.read(points));
}

double energy(const Result<ReadOutcome>& outcome) {
    REQUIRE_MESSAGE(outcome.has_value(), (outcome ? std::string() : describe(outcome.error())));
    for (const Reading& reading : outcome->readings) {
        if (reading.name == "active_energy_import") { return reading.value.number()->to_double(); }
    }
    FAIL("no active_energy_import");
    return 0;
}

/// The register shows hundredths of a kilowatt-hour.
void check_energy(const Result<ReadOutcome>& outcome) {
    CHECK(std::abs(energy(outcome) - load_of("active_energy_import") / 1000) <= 0.005001);
}

/// Every readable point of a model by name.
std::map<std::string, double> values_of(const ReadOutcome& outcome) {
    std::map<std::string, double> values;
    for (const Reading& reading : outcome.readings) {
        if (const auto number = reading.value.number()) { values[reading.name] = number->to_double(); }
    }
    return values;
}

} // namespace

TEST_CASE("every mode reads out the energy that the load has") {
    for (const std::string mode : {"a", "b", "c", "d", "e"}) {
        CAPTURE(mode);
        Probe probe(Words{{"mode", mode}});
        const Words settings = mode == "d" ? Words{{"mode", "d"}} : Words();
        const auto session = probe.session(settings);
        check_energy(read(probe, *session, {named("active_energy_import")}));
    }
}

TEST_CASE("the infra-red port shows what the Modbus port shows, to its resolution") {
    Probe probe;
    const auto optical = probe.session();
    std::vector<catalogue::Point> points;
    for (const auto& one : meter("pro380-ir").points) {
        if (one.group == "energy" || one.group == "measurement") { points.push_back(one); }
    }
    const auto there = read(probe, *optical, points);
    REQUIRE(there.has_value());
    CHECK(there->failures.empty());
    SimulatedBus bus;
    const auto modbus = bus.session();
    const auto here = bus.run(modbus->read(meter("pro380-mod").points));
    REQUIRE(here.has_value());
    const auto ours = values_of(*there), theirs = values_of(*here);
    std::size_t energies = 0;
    for (const auto& [name, value] : ours) {
        CAPTURE(name);
        REQUIRE(theirs.contains(name));
        const bool is_energy = name.find("energy") != std::string::npos;
        const double step = is_energy ? 0.01 : name.starts_with("voltage") ? 0.1 : 0.011;
        CHECK(std::abs(value - theirs.at(name)) <= step / 2 + 0.0015);
        energies += is_energy ? 1 : 0;
    }
    CHECK(energies == 24);
}

TEST_CASE("a generic meter reads all that it shows, names it by its codes, and takes common names") {
    Probe probe({}, frozen(), {{"", "iec62056-21"}});
    for (const std::string model : {"iec62056-21", ""}) {
        const auto session = probe.session({}, model);
        const auto all = read(probe, *session, {});
        check_energy(all);
        CHECK(all->readings.size() >= 10);
        check_energy(read(probe, *session, {by_name("active_energy_import")}));
        const auto own = iec_protocol().parse_point("1.8.0");
        REQUIRE(own.has_value());
        const auto outcome = read(probe, *session, {*own});
        REQUIRE(outcome.has_value());
        REQUIRE(outcome->readings.size() == 1);
        CHECK(std::abs(outcome->readings[0].value.number()->to_double() - load_of("active_energy_import") / 1000) <=
              0.005001);
    }
}

TEST_CASE("what the readout does not have fails alone") {
    Probe probe;
    const auto session = probe.session();
    const auto missing = iec_protocol().parse_point("9.9.9");
    REQUIRE(missing.has_value());
    const auto outcome = read(probe, *session, {named("active_energy_import"), *missing});
    REQUIRE(outcome.has_value());
    CHECK(outcome->readings.size() == 1);
    REQUIRE(outcome->failures.size() == 1);
    CHECK(outcome->failures[0].error.code == "iec62056_21.no_data_set");
}

TEST_CASE("a meter is called by its address, and does not answer to another") {
    Probe probe({}, frozen(), {{"17", "pro380-ir"}, {"18", "iec62056-21"}});
    const auto mine = probe.session({}, "pro380-ir", 0, "17");
    check_energy(read(probe, *mine, {named("active_energy_import")}));
    const auto other = probe.session({}, "pro380-ir", 0, "19");
    const auto outcome = read(probe, *other, {named("active_energy_import")});
    REQUIRE_FALSE(outcome.has_value());
    CHECK(outcome.error().category == Category::timeout);
    CHECK(describe(outcome.error()).find("no --address") != std::string::npos);
}

TEST_CASE("settings are written with the password, and read back") {
    Probe probe;
    const auto session = probe.session({{"password", "00000000"}});
    const auto outcome = probe.run(session->write(named("s0_output_rate"), Value(Decimal{100, 0})));
    REQUIRE_MESSAGE(outcome.has_value(), (outcome ? std::string() : describe(outcome.error())));
    CHECK(outcome->before.number() == Decimal{1000, 0});
    CHECK(outcome->verified);
    const auto after = read(probe, *session, {named("s0_output_rate")});
    REQUIRE(after.has_value());
    CHECK(after->readings[0].value.number() == Decimal{100, 0});
}

TEST_CASE("without the password, or with a wrong one, nothing is written, and the meter is let go of") {
    for (const Words& settings : {Words(), Words{{"password", "1234"}}}) {
        Probe probe;
        const auto session = probe.session(settings);
        const auto outcome = probe.run(session->write(named("s0_output_rate"), Value(Decimal{100, 0})));
        REQUIRE_FALSE(outcome.has_value());
        CHECK(outcome.error().category == Category::refused);
        CHECK(describe(outcome.error()).find("1234") == std::string::npos);
        const auto after = read(probe, *session, {named("active_energy_import")});
        check_energy(after);
        CHECK(session->statistics().timeouts == 0);
    }
}

TEST_CASE("a plan of a write is the command as it would go out") {
    Probe probe;
    const auto session = probe.session();
    const auto planned = session->plan_write(named("s0_output_rate"), Value(Decimal{100, 0}));
    REQUIRE(planned.has_value());
    REQUIRE(planned->size() == 1);
    CHECK(to_hex(planned->front().octets) == "01 57 31 02 34 30 30 44 28 31 30 30 29 03 27");
    const auto readout = session->plan_write(named("active_energy_import"), Value(Decimal{100, 0}));
    REQUIRE_FALSE(readout.has_value());
    CHECK(readout.error().category == Category::rejected);
}

TEST_CASE("partial blocks are joined") {
    Probe probe;
    const auto session = probe.session();
    const auto reg = iec_protocol().parse_point("reg:1.8.0:R6");
    REQUIRE(reg.has_value());
    const auto outcome = read(probe, *session, {*reg});
    REQUIRE(outcome.has_value());
    REQUIRE(outcome->readings.size() == 1);
    CHECK(outcome->readings[0].value.number()->to_double() ==
          doctest::Approx(load_of("active_energy_import") / 1000).epsilon(1e-6));
}

TEST_CASE("a battery meter answers only when it was woken") {
    Probe awake(Words{{"wakeup", "1"}});
    check_energy(read(awake, *awake.session({{"wakeup", "1"}}), {named("active_energy_import")}));
    Probe asleep(Words{{"wakeup", "1"}});
    const auto outcome = read(asleep, *asleep.session(), {named("active_energy_import")});
    REQUIRE_FALSE(outcome.has_value());
    CHECK(describe(outcome.error()).find("?wakeup=1") != std::string::npos);
}

TEST_CASE("a meter that hears the choice and does not switch is read at the rate of the sign-on") {
    Probe probe(Words{{"misbehave", "no_switch"}});
    check_energy(read(probe, *probe.session(), {named("active_energy_import")}));
}

TEST_CASE("what goes wrong for ever ends, and says how") {
    struct Row {
        std::string what;
        std::string_view point, code;
    };
    const std::vector<Row> rows{{"wrong_bcc", "active_energy_import", "iec62056_21.block_check"},
                                {"nak", "active_energy_import", "iec62056_21.nak"},
                                {"silent_sign_on", "active_energy_import", "iec62056_21.timeout"},
                                {"silent_data", "active_energy_import", "iec62056_21.timeout"},
                                {"nak", "s0_output_rate", "iec62056_21.nak"},
                                {"wrong_bcc", "s0_output_rate", "iec62056_21.block_check"},
                                {"silent_data", "s0_output_rate", "iec62056_21.timeout"},
                                {"silent_password", "s0_output_rate", "iec62056_21.timeout"},
                                {"silent_command", "s0_output_rate", "iec62056_21.timeout"}};
    for (const Row& row : rows) {
        CAPTURE(row.what);
        CAPTURE(row.point);
        Probe probe(Words{{"misbehave", row.what}});
        const auto session = probe.session({{"password", "00000000"}});
        const auto outcome = read(probe, *session, {named(row.point)});
        REQUIRE((!outcome.has_value() || outcome->failures.size() == 1));
        const Error error = outcome ? outcome->failures[0].error : outcome.error();
        CAPTURE(describe(error));
        CHECK(error.code == row.code);
        CHECK_FALSE(error.hints.empty());
    }
}

TEST_CASE("an echo is heard through, in a readout and in programming mode") {
    simulators::Options options = frozen();
    options.echo = true;
    Probe probe({}, options);
    const auto session = probe.session({{"password", "00000000"}});
    check_energy(read(probe, *session, {named("active_energy_import")}));
    CHECK(session->statistics().echoes == 2);
    const auto outcome = probe.run(session->write(named("lcd_cycle_time"), Value(Decimal{12, 0})));
    REQUIRE_MESSAGE(outcome.has_value(), (outcome ? std::string() : describe(outcome.error())));
    CHECK(outcome->verified);
    CHECK(session->statistics().echoes == session->statistics().requests);
}

TEST_CASE("a thousand reads of a bad line bring the meter's value or an error, never another value") {
    std::size_t right = 0;
    for (std::uint64_t seed = 1; seed <= 1000; ++seed) {
        simulators::Options options = frozen();
        options.seed = seed;
        options.drop = 0.1;
        options.corrupt = 0.1;
        options.cut = 0.05;
        options.duplicate = 0.05;
        options.late = 0.03;
        Probe probe({}, options, {{"", "iec62056-21"}});
        const auto session = probe.session({}, "iec62056-21");
        const auto outcome = read(probe, *session, {by_name("active_energy_import"), by_name("voltage_l1")});
        if (!outcome) { continue; }
        const auto wanted = [seed] {
            simulators::Options load_options = frozen();
            load_options.seed = seed;
            simulators::LoadModel load(load_options);
            load.advance_to(simulators::TimePoint{});
            return load.value(*simulators::find_quantity("active_energy_import")) / 1000;
        };
        CAPTURE(seed);
        CHECK(outcome->failures.empty());
        CHECK(std::abs(energy(outcome) - wanted()) <= 0.005001);
        ++right;
    }
    CHECK(right > 700);
}

TEST_CASE("the whole readout takes its line time and the standard's shortest reaction times, and little more") {
    Probe probe;
    const auto session = probe.session();
    const auto all = read(probe, *session, {});
    REQUIRE(all.has_value());
    const std::chrono::duration<double> taken = probe.loop->now().time_since_epoch();
    std::size_t octets = 0;
    {
        Probe other;
        auto settings = *transports::parse_frame("7E1", 9600);
        const Bytes call{'/', '?', '!', '\r', '\n'}, choice{6, '0', '5', '0', '\r', '\n'};
        static_cast<void>(other.run(other.transport->write(call)));
        other.run(other.loop->sleep_for(2s - 200ms));
        const auto met = other.run(other.transport->read(other.loop->now()));
        REQUIRE(met.has_value());
        static_cast<void>(other.run(other.transport->write(choice)));
        other.run(other.loop->sleep_for(200ms));
        static_cast<void>(other.run(other.transport->configure(settings)));
        other.run(other.loop->sleep_for(10s));
        octets = other.run(other.transport->read(other.loop->now()))->octets.size();
    }
    REQUIRE(octets > 500);
    const double opening = (5 + 13 + 6) * 10 / 300.0, data = static_cast<double>(octets) * 10 / 9600.0;
    const double reactions = 3 * 0.2;
    CHECK(taken.count() <= 1.02 * (opening + data + reactions));
}

TEST_CASE("scan finds the meter under the probe by a sign-on without an address") {
    Probe probe;
    std::vector<Identity> found;
    ScanOptions options;
    options.candidates = {&meter("pro380-mod"), &meter("iec62056-21"), &meter("pro380-ir")};
    ScanSink sink;
    sink.found = [&](const Identity& identity) { found.push_back(identity); };
    const auto done = probe.run(iec_protocol().scan(*probe.transport, options, sink));
    REQUIRE(done.has_value());
    REQUIRE(found.size() == 1);
    CHECK(found[0].model == "pro380-ir");
    CHECK(found[0].serial_number == "24110380");
    CHECK(found[0].line == "9600 7E1");
}

TEST_CASE("scan tells a meter that identifies itself and falls silent from nobody") {
    for (const std::string what : {"silent_data", "silent_sign_on"}) {
        Probe probe(Words{{"misbehave", what}});
        std::size_t found = 0, trouble = 0;
        ScanSink sink;
        sink.found = [&](const Identity& identity) {
            ++found;
            CHECK(identity.facts.size() == 2);
        };
        sink.trouble = [&](const std::string&, const Error&) { ++trouble; };
        const ScanOptions options;
        const auto done = probe.run(iec_protocol().scan(*probe.transport, options, sink));
        REQUIRE(done.has_value());
        CHECK(found == (what == "silent_data" ? 1U : 0U));
        CHECK(trouble == (what == "silent_data" ? 1U : 0U));
    }
}

TEST_CASE("mode E is opened on a meter that offers it, at the rate that is allowed, and refused on others") {
    SessionOptions options;
    options.settings = {{"baud", "4800"}};
    Probe offering(Words{{"mode", "e"}});
    const auto opening = offering.run(iec62056_21::open_binary(*offering.transport, options));
    REQUIRE_MESSAGE(opening.has_value(), (opening ? std::string() : describe(opening.error())));
    CHECK(opening->line.baud == 4800);
    CHECK(offering.transport->line()->frame() == "8N1");
    Probe refusing;
    const auto refused = refusing.run(iec62056_21::open_binary(*refusing.transport, options));
    REQUIRE_FALSE(refused.has_value());
    CHECK(refused.error().code == "iec62056_21.no_mode_e");
}
