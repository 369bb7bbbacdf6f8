#include "commands/table/table.hpp"

#include <array>

namespace meterctl::commands::table {

namespace {

constexpr std::array positionals{
    PositionalSpec{.name = "INPUT",
                   .required = true,
                   .brief = "where pulses come in: line:, rx:, gpio:, edges:FILE, sim://MODEL (`meterctl help "
                            "endpoints`), or with --counter a meter that counts them",
                   .completes = Completes::pulse_inputs},
};

constexpr std::array options{
    OptionSpec{.name = "--output",
               .kind = Kind::single,
               .value = "NAME",
               .brief = "the meter's output that is tested: forward, reverse, led",
               .detail = "Unless given, the model's first.",
               .completes = Completes::outputs},
    OptionSpec{.name = "--constant",
               .kind = Kind::single,
               .value = "N",
               .brief = "the pulse constant in impulses per kWh (kvarh)",
               .detail = "Unless given, the reference meter's setting, or as the model is delivered."},
    OptionSpec{.name = "--combined-code",
               .kind = Kind::single,
               .value = "N",
               .brief = "the code that decides what the output carries, where the meter has such",
               .detail = "Unless given, the reference meter's setting."},
    OptionSpec{.name = "--load",
               .kind = Kind::single,
               .value = "POWER",
               .brief = "the power that the meter measures: 7000, 7kW",
               .detail = "Then the constant is checked against it. Unless given, the reference meter's power."},
    OptionSpec{.name = "--pulses",
               .kind = Kind::single,
               .value = "N",
               .brief = "end after so many pulses behind the first one",
               .detail = "20, unless anything else says when to end. A record is read to its end."},
    OptionSpec{
        .name = "--duration", .kind = Kind::single, .value = "DURATION", .brief = "end after this time: 10s, 5m"},
    OptionSpec{.name = "--energy", .kind = Kind::single, .value = "ENERGY", .brief = "end after this energy: 0.1kWh"},
    OptionSpec{.name = "--timeout",
               .kind = Kind::single,
               .value = "DURATION",
               .variable = "METERCTL_TIMEOUT",
               .brief = "how long to wait for a pulse: 30s, 10m",
               .detail = "Unless given, three periods at the load that is known, else the period at 100 W."},
    OptionSpec{.name = "--debounce",
               .kind = Kind::single,
               .value = "DURATION",
               .brief = "edges that follow each other faster are one change of level: 1ms, 500us",
               .detail = "Unless given, a quarter of the narrowest pulse that the output gives, at most 5ms."},
    OptionSpec{.name = "--edges",
               .brief = "show every edge",
               .detail = "In JSON beside the figures; CSV is then `time,level` alone, which edges:FILE reads."},
    OptionSpec{.name = "--reference",
               .kind = Kind::single,
               .value = "TARGET",
               .brief = "a meter whose energy register is read before and after, and compared with",
               .completes = Completes::targets},
    OptionSpec{.name = "--reference-meter",
               .kind = Kind::single,
               .value = "MODEL",
               .brief = "the reference's model; unless given, the tested meter's",
               .completes = Completes::meters},
    OptionSpec{.name = "--reference-address",
               .kind = Kind::single,
               .value = "ADDRESS",
               .brief = "the reference's address on its bus"},
    OptionSpec{.name = "--reference-point",
               .kind = Kind::single,
               .value = "POINT",
               .brief = "the register; unless given, that of the energy the output counts",
               .completes = Completes::points},
    OptionSpec{.name = "--counter",
               .kind = Kind::single,
               .value = "POINT",
               .brief = "INPUT is a meter that counts the pulses itself, in this point"},
    OptionSpec{.name = "--counter-meter",
               .kind = Kind::single,
               .value = "MODEL",
               .brief = "the model of the meter that counts",
               .completes = Completes::meters},
    OptionSpec{.name = "--interval",
               .kind = Kind::single,
               .value = "DURATION",
               .fallback = "1s",
               .brief = "how often the counter is read"},
    OptionSpec{.name = "--output-file",
               .letter = 'o',
               .kind = Kind::single,
               .value = "FILE",
               .brief = "write to FILE, whole or not at all, instead of standard output",
               .detail = "The file appears under its name when it is complete. `-` is standard output.",
               .completes = Completes::files},
};

constexpr std::array examples{
    Example{.does = "A simulated output against the meter's own register",
            .line = "meterctl pulse-test 'sim://pro380-mod?power=7000&constant=1000' --pulses 20 --reference sim: -f "
                    "table"},
    Example{.does = "The same output with a contact that bounces: exit code 8",
            .line = "meterctl pulse-test 'sim://pro380-mod?power=7000&constant=1000&bounce=2ms' -f table || true"},
    Example{.does = "Every edge, for later",
            .line = "meterctl pulse-test 'sim://pro380-mod?power=7000' --pulses 5 --edges -f csv"},
};

} // namespace

constinit const CommandSpec pulse_test{
    .name = "pulse-test",
    .bit = on_pulse_test,
    .brief = "Test a pulse output: widths, missing pulses, energy",
    .detail = "Watches INPUT and measures the width of pulses, their gaps, periods, jitter and bounce, and finds "
              "pulses that are missing or too many. Each figure stands beside the limit that the model's manual sets, "
              "or IEC 62053-31 where it says nothing. On a terminal, the power that the pulses show runs on standard "
              "error.\n\nWith --reference the energy register of a meter is read before and after, by any protocol, "
              "and the error is given in percent, with its uncertainty: one pulse and one step of the register. Where "
              "that is greater than the accuracy class, the comparison is inconclusive, and says how many pulses are "
              "needed.\n\nThe exit code is 0 where nothing fails and 8 where a check does; 4 where no pulses come; 130 "
              "after Ctrl-C, which ends the test early with what was measured.",
    .positionals = positionals,
    .options = options,
    .examples = examples,
    .default_format = "json",
};

} // namespace meterctl::commands::table
