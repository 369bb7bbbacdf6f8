#include "commands/table/table.hpp"

#include <array>

namespace meterctl::commands::table {

namespace {

constexpr std::array positionals{
    PositionalSpec{.name = "MODEL",
                   .brief = "the meter to be, at the address it is delivered with",
                   .completes = Completes::meters},
};

constexpr std::array<std::string_view, 3> framings{"rtu", "tcp", "ascii"};

constexpr std::array options{
    OptionSpec{.name = "--listen",
               .kind = Kind::list,
               .value = "ENDPOINT",
               .brief = "where to serve: tcp://127.0.0.1:1502, udp://..., pty:/tmp/meter0, a serial device",
               .detail = "Port 0 takes a free one. May be given several times: the same bus on each.",
               .completes = Completes::listeners},
    OptionSpec{.name = "--connect",
               .kind = Kind::list,
               .value = "ENDPOINT",
               .brief = "where the meters connect to of themselves, as such do that push: tcp://127.0.0.1:4059",
               .detail = "May be given several times, and beside --listen. A connection that breaks is made anew.",
               .completes = Completes::targets},
    OptionSpec{.name = "--unit",
               .kind = Kind::list,
               .value = "ADDRESS=MODEL",
               .brief = "a meter on the bus; may be given several times",
               .completes = Completes::units},
    OptionSpec{
        .name = "--address", .letter = 'a', .kind = Kind::single, .value = "ADDRESS", .brief = "the address of MODEL"},
    OptionSpec{.name = "--seed",
               .kind = Kind::single,
               .value = "N",
               .fallback = "1",
               .brief = "which day's load the meters see"},
    OptionSpec{.name = "--speed",
               .kind = Kind::single,
               .value = "FACTOR",
               .fallback = "1",
               .brief = "the meters' time over real time; 0 freezes it, so that two readings agree"},
    OptionSpec{.name = "--power",
               .kind = Kind::single,
               .value = "WATTS",
               .brief = "a constant load instead of the day's curve: 7000, 7kW"},
    OptionSpec{.name = "--meters",
               .kind = Kind::single,
               .value = "N",
               .brief = "so many made-up meters on the bus beside those named, where the protocol makes up any"},
    OptionSpec{.name = "--latency",
               .kind = Kind::single,
               .value = "DURATION",
               .fallback = "20ms",
               .brief = "from the end of a request to the start of its answer"},
    OptionSpec{.name = "--drop",
               .kind = Kind::single,
               .value = "SHARE",
               .fallback = "0",
               .brief = "the share of answers that never come: 0 to 1"},
    OptionSpec{.name = "--corrupt",
               .kind = Kind::single,
               .value = "SHARE",
               .fallback = "0",
               .brief = "the share of answers with a flipped bit"},
    OptionSpec{.name = "--duplicate",
               .kind = Kind::single,
               .value = "SHARE",
               .fallback = "0",
               .brief = "the share of answers sent twice"},
    OptionSpec{.name = "--cut",
               .kind = Kind::single,
               .value = "SHARE",
               .fallback = "0",
               .brief = "the share of answers that end early"},
    OptionSpec{.name = "--late",
               .kind = Kind::single,
               .value = "SHARE",
               .fallback = "0",
               .brief = "the share of answers that come when the client has given up"},
    OptionSpec{.name = "--echo", .brief = "send every request back first, as a line that hears itself does"},
    OptionSpec{.name = "--baud",
               .kind = Kind::single,
               .value = "RATE",
               .brief = "pace the octets as a line of this baud rate would; unless given, they are not paced"},
    OptionSpec{.name = "--frame",
               .kind = Kind::single,
               .value = "FRAME",
               .brief = "bits an octet takes when paced, or on a serial device: 8E1"},
    OptionSpec{.name = "--framing",
               .kind = Kind::single,
               .value = "FRAMING",
               .choices = framings,
               .brief = "tcp: MBAP; rtu and ascii: as on a serial line",
               .detail = "Unless given, tcp on sockets and rtu on lines.",
               .completes = Completes::choices},
    OptionSpec{.name = "--masters",
               .kind = Kind::single,
               .value = "ADDRESSES",
               .brief = "BACnet: further masters on the MS/TP line, which have nothing to say: 5,9"},
    OptionSpec{.name = "--router",
               .kind = Kind::single,
               .value = "NETWORK",
               .brief = "BACnet: on sockets, a router to the MS/TP line, which is this network: 7",
               .detail = "Several meters on a socket are behind one anyhow, on network 1."},
    OptionSpec{.name = "--history",
               .kind = Kind::single,
               .value = "RECORDS",
               .brief = "BACnet: records that a trend log has at first; unless given, as many as it holds"},
    OptionSpec{.name = "--clock",
               .kind = Kind::single,
               .value = "STATE",
               .brief = "BACnet: reset: the clock begins at 2000-01-01, as after a power failure"},
    OptionSpec{.name = "--days",
               .kind = Kind::single,
               .value = "COUNT",
               .brief = "DLMS: days of records that the profiles hold at first; 40 unless given"},
    OptionSpec{.name = "--push",
               .kind = Kind::single,
               .value = "SECONDS",
               .brief = "DLMS: a notification on every line each so many seconds of the meter's clock"},
    OptionSpec{.name = "--push-for",
               .kind = Kind::single,
               .value = "CLIENT",
               .brief = "DLMS: notifications are ciphered with this client's keys where no client has an association: "
                        "management"},
    OptionSpec{.name = "--tamper",
               .kind = Kind::single,
               .value = "EVENT[:BITS]",
               .brief =
                   "DLMS: something is done to the meter and lasts: main_cover_opened; behind a colon in hex, which "
                   "such events disconnect the customer"},
    OptionSpec{.name = "--for",
               .kind = Kind::single,
               .value = "DURATION",
               .brief = "stop after this time: 10s, 5m; unless given, at Ctrl-C"},
};

constexpr std::array examples{
    Example{.does = "One meter on a free TCP port",
            .line = "meterctl simulate pro380-mod --listen tcp://127.0.0.1:0 --for 1s"},
    Example{.does = "Two meters on one bus, behind a pseudo-terminal",
            .line = "meterctl simulate --listen pty:meter0 --unit 1=pro380-mod --unit 100=dts307-modbus --for 1s"},
    Example{
        .does = "A bad line: one answer in ten lost, one in twenty damaged",
        .line =
            "meterctl simulate pro380-mod --listen tcp://127.0.0.1:0 --framing rtu --drop 0.1 --corrupt 0.05 --for 1s"},
};

} // namespace

constinit const CommandSpec simulate{
    .name = "simulate",
    .bit = on_simulate,
    .brief = "Be a meter, or a bus of meters",
    .detail = "Serves virtual meters to anybody's client until Ctrl-C (exit code 130) or for the time that --for gives "
              "(exit code 0). All meters see the same load, so that their voltages, powers and energies agree.\n\nEach "
              "place it listens on is told on standard error as a line `meterctl: listening on ENDPOINT` once clients "
              "can connect; scripts can wait for it.",
    .positionals = positionals,
    .options = options,
    .examples = examples,
};

} // namespace meterctl::commands::table
