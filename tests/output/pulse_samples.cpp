#include "src/output/pulse_document.hpp"
#include "tests/output/samples.hpp"
#include "tests/output/text_sink.hpp"

namespace meterctl::output::testing {

namespace {

using namespace std::chrono_literals;

FigureRecord figure(std::string name, std::string unit, Decimal least, Decimal most) {
    FigureRecord made;
    made.name = std::move(name);
    made.unit = std::move(unit);
    made.count = 20;
    made.minimum = least;
    made.maximum = most;
    made.mean = made.median = most;
    made.deviation = Decimal{25, -2};
    return made;
}

ReferenceRecord reference() {
    ReferenceRecord made;
    made.meter = "pro380-mod";
    made.target = "/dev/ttyUSB0";
    made.address = "1";
    made.name = "active_energy_import";
    made.before = Value(14403.45F);
    made.after = Value(14403.47F);
    made.unit = Unit::kilowatt_hour;
    made.pulses = 21;
    made.energy = Decimal{2, -2};
    made.error = Decimal{5, 0};
    made.one_pulse = Decimal{5, 0};
    made.one_step = Decimal{50, 0};
    made.uncertainty = Decimal{55, 0};
    made.accuracy = Decimal{1, 0};
    made.accuracy_source = "manual 5.1";
    return made;
}

PulseTestRecord pulse_test() {
    PulseTestRecord made;
    made.output = "forward";
    made.quantity = "active_energy_import";
    made.input = "line:///dev/ttyS0 dcd";
    made.constant = Decimal{1000, 0};
    made.constant_unit = Unit::impulse_per_kilowatt_hour;
    made.debounce = Decimal{625, -3};
    made.pulses = 20;
    made.duration = Decimal{102857, -4};
    made.energy = Decimal{2, -2};
    made.energy_unit = Unit::kilowatt_hour;
    made.power = Decimal{7000, 0};
    made.figures = {figure("power", "W", Decimal{6990, 0}, Decimal{7000, 0}),
                    figure("pulse_width", "ms", Decimal{118, -1}, Decimal{12, 0})};
    made.missing = {{Decimal{4114, -3}, 2}};
    made.extra = {Decimal{7471, -3}};
    made.reference = reference();
    made.checks = {
        {"pulse_width", Decimal{12, 0}, "ms", Decimal{18, 0}, Decimal{22, 0}, "fail", "21 of 21 pulses are too narrow"},
        {"missing_pulses", Decimal{2, 0}, "", {}, Decimal{0, 0}, "fail", "2 pulses lost in 1 place, the first"},
        {"pulse_gap", {}, "ms", {}, {}, "no_limit", ""},
        {"bounce", Decimal{0, 0}, "ms", {}, Decimal{0, 0}, "pass", ""},
        {"energy_error", Decimal{5, 0}, "%", Decimal{-1, 0}, Decimal{1, 0}, "inconclusive", "known to 55 % only"}};
    made.limits_source = "manual 5";
    made.passed = false;
    made.notes = {"the driver cannot wait for edges: polled every 1 ms"};
    return made;
}

} // namespace

std::string pulse_test_text(const Options& options) {
    TextSink text;
    Head about = head();
    about.target = "line:///dev/ttyS0";
    about.address.clear();
    about.serial_number.clear();
    PulseTestRecord test = pulse_test();
    if (is_json(options.format)) { test.edges = {{0ns, false}, {514285714ns, true}, {526285714ns, false}}; }
    const std::vector<Failure> failures{target_failure(), {{}, point_failure().error}};
    write_pulse_test(text.sink(), options, about, test, failures);
    return text.arrived();
}

} // namespace meterctl::output::testing
