// Options that several subcommands share.
#include "commands/table/table.hpp"

#include <array>

namespace meterctl::commands::table {

namespace {

constexpr CommandSet talking = on_read | on_write | on_scan | on_dump_profile;
/// `meters --from` talks to a meter as well.
constexpr CommandSet asking = talking | on_meters;
constexpr CommandSet records = talking | on_decode | on_meters;
constexpr CommandSet working = records | on_simulate | on_pulse_test;

constexpr std::array<std::string_view, 4> formats{"json", "ndjson", "csv", "table"};
constexpr std::array<std::string_view, 3> colours{"auto", "always", "never"};
constexpr std::array<std::string_view, 2> unit_scales{"meter", "base"};

constexpr std::array rows{
    OptionSpec{.name = "--meter",
               .letter = 'm',
               .kind = Kind::single,
               .value = "MODEL",
               .variable = "METERCTL_METER",
               .brief = "the meter's model: its points, its line settings and its address",
               .detail = "`meterctl meters` lists the models. Without one, points are named in the protocol's own "
                         "terms (`meterctl help points`). `scan` looks for this model only.",
               .on = asking | on_decode | on_pulse_test,
               .completes = Completes::meters},
    OptionSpec{.name = "--meter-file",
               .kind = Kind::list,
               .value = "FILE",
               .brief = "a meter definition of your own, which adds to those built in or overrides one",
               .detail = "May be given several times. Where the file names one model, --meter may be left out. "
                         "meterctl-meters(5) describes the format.",
               .on = working,
               .completes = Completes::files},
    OptionSpec{.name = "--protocol",
               .letter = 'p',
               .kind = Kind::single,
               .value = "NAME",
               .brief = "the protocol, where no model says",
               .on = asking,
               .completes = Completes::protocols},
    OptionSpec{
        .name = "--address",
        .letter = 'a',
        .kind = Kind::single,
        .value = "ADDRESS",
        .brief = "the meter's address on its bus",
        .detail =
            "Unless given, the address the model is delivered with. On an M-Bus also a secondary address: "
            "12345678, 1234FFFF (F for any digit), 12345678-INM-01-02; 254 is the only meter there. Of BACnet also "
            "device:473001, name:OBJECT_NAME and NETWORK:MAC behind a router.",
        .on = on_read | on_write | on_dump_profile | on_meters},
    OptionSpec{.name = "--password-file",
               .kind = Kind::single,
               .value = "FILE",
               .variable = "METERCTL_PASSWORD_FILE",
               .brief = "the file whose first line is the meter's password",
               .detail = "Nobody but its owner may read it (chmod 600 FILE); /dev/fd/N is an open descriptor. Unless "
                         "given, the environment variable METERCTL_PASSWORD is the password. There is no option that "
                         "takes the password itself, since command lines show in the list of processes.",
               .on = asking,
               .completes = Completes::files},
    OptionSpec{.name = "--keys",
               .kind = Kind::single,
               .value = "FILE",
               .variable = "METERCTL_KEYS_FILE",
               .brief = "the file with the meter's keys, passwords and secrets",
               .detail = "Nobody but its owner may read it (chmod 600 FILE); /dev/fd/N is an open descriptor. Unless "
                         "given, the environment variable METERCTL_KEYS holds what such a file does. `meterctl help "
                         "keys` says how it is written. There is no option that takes a key itself, since command "
                         "lines show in the list of processes. For DLMS/COSEM; a meter at sim:// comes with its keys.",
               .on = asking | on_decode,
               .completes = Completes::files},
    OptionSpec{.name = "--client",
               .kind = Kind::single,
               .value = "CLIENT",
               .variable = "METERCTL_CLIENT",
               .brief = "who we are to the meter (DLMS): public, read, management, or a number",
               .detail = "What a client may read and write is the meter's to say; `meterctl meters MODEL` lists the "
                         "clients of a model. Unless given, the model's first, or the first that may read the profile.",
               .on = on_read | on_write | on_dump_profile | on_meters},
    OptionSpec{.name = "--timeout",
               .kind = Kind::single,
               .value = "DURATION",
               .variable = "METERCTL_TIMEOUT",
               .brief = "how long to wait for an answer: 500ms, 2s",
               .detail = "Unless given, it follows from the baud rate and the length of the frames.",
               .on = asking},
    OptionSpec{.name = "--retries",
               .kind = Kind::single,
               .value = "N",
               .variable = "METERCTL_RETRIES",
               .brief = "how often a lost or damaged frame is asked for again",
               .detail = "Unless given, 2 for `read` and `write`, and 0 for `scan`.",
               .on = asking | on_pulse_test},
    OptionSpec{.name = "--inventory",
               .kind = Kind::single,
               .value = "FILE",
               .variable = "METERCTL_INVENTORY",
               .brief = "the file that TARGET names come from",
               .detail = "Unless given, meterctl/inventory.json under $XDG_CONFIG_HOME (or ~/.config).",
               .on = asking | on_pulse_test,
               .completes = Completes::files},
    OptionSpec{.name = "--format",
               .letter = 'f',
               .kind = Kind::single,
               .value = "FORMAT",
               .choices = formats,
               .variable = "METERCTL_FORMAT",
               .brief = "how records are written",
               .detail = "json is one document a target, ndjson one a line, flushed as it comes, csv is RFC 4180 with "
                         "a header, table is for people. The format never depends on where the output goes.",
               .on = records | on_pulse_test,
               .completes = Completes::choices},
    OptionSpec{.name = "--output",
               .letter = 'o',
               .kind = Kind::single,
               .value = "FILE",
               .brief = "write to FILE, whole or not at all, instead of standard output",
               .detail = "The file appears under its name when it is complete. `-` is standard output.",
               .on = records,
               .completes = Completes::files},
    OptionSpec{.name = "--unit-scale",
               .kind = Kind::single,
               .value = "SCALE",
               .fallback = "meter",
               .choices = unit_scales,
               .brief = "units as the meter has them (kWh), or base units (Wh)",
               .detail = "The conversion is exact.",
               .on = on_read | on_dump_profile | on_decode,
               .completes = Completes::choices},
    OptionSpec{.name = "--raw", .brief = "show the octets each value came from", .on = on_read | on_decode},
    OptionSpec{.name = "--trace",
               .brief = "show each frame in hex, with its direction and time, on standard error",
               .on = asking | on_simulate | on_pulse_test},
    OptionSpec{.name = "--capture",
               .kind = Kind::single,
               .value = "FILE",
               .brief = "write the frames to a pcapng file, which Wireshark and `meterctl decode` read",
               .on = asking | on_simulate | on_pulse_test,
               .completes = Completes::files},
    OptionSpec{.name = "--quiet",
               .letter = 'q',
               .brief = "nothing but data and errors: no progress, no warnings",
               .on = working},
    OptionSpec{.name = "--verbose",
               .letter = 'v',
               .brief = "tell each step, and count frames, retries and time-outs, on standard error",
               .on = working},
    OptionSpec{.name = "--color",
               .kind = Kind::single,
               .value = "WHEN",
               .fallback = "auto",
               .choices = colours,
               .brief = "colour in help and messages",
               .detail = "auto: on a terminal, unless NO_COLOR is set; CLICOLOR_FORCE turns it on everywhere.",
               .on = on_all,
               .completes = Completes::choices},
    OptionSpec{.name = "--help", .letter = 'h', .brief = "-h prints a summary, --help all there is", .on = on_all},
    OptionSpec{.name = "--version", .brief = "print the version", .on = on_all},
};

} // namespace

constinit const std::span<const OptionSpec> common{rows};

} // namespace meterctl::commands::table
