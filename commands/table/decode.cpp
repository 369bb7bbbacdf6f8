#include "commands/table/table.hpp"

#include <array>

namespace meterctl::commands::table {

namespace {

constexpr std::array positionals{
    PositionalSpec{.name = "INPUT",
                   .many = true,
                   .brief = "hex, a file, `-` for standard input, a serial device, or a listening endpoint",
                   .completes = Completes::inputs},
};

constexpr std::array options{
    OptionSpec{.name = "--protocol",
               .letter = 'p',
               .kind = Kind::single,
               .value = "NAME",
               .fallback = "auto",
               .brief = "what the octets are; auto tries every protocol whose frames carry a checksum",
               .completes = Completes::decoders},
    OptionSpec{.name = "--summary",
               .brief = "one line a frame: when, who, and in a few words what; neither fields nor values",
               .detail = "Faster by far than all fields, where a long capture is looked through. In JSON, `fields` and "
                         "`readings` are empty."},
    OptionSpec{.name = "--stats",
               .brief = "count frames, damaged frames and skipped octets on standard error at the end"},
    OptionSpec{.name = "--for",
               .kind = Kind::single,
               .value = "DURATION",
               .brief = "stop listening after this time: 10s, 5m",
               .detail = "For listening endpoints and devices. Unless given, until Ctrl-C."},
};

constexpr std::array examples{
    Example{.does = "A request and its answer, with the values named",
            .line = "meterctl decode '01 03 50 02 00 02 74 CB 01 03 04 43 66 80 00 6E 68' -m pro380-mod"},
    Example{.does = "The same, without knowing the meter, as a table",
            .line = "meterctl decode 010350020002 74CB 0103044366 8000 6E68 -f table"},
    Example{.does = "A readout of an optical port, its values a line each",
            .line = "meterctl decode 02 31 2E 38 2E 30 28 31 32 2E 35 2A 6B 57 68 29 03 5D -f csv"},
    Example{.does = "A line a frame, to look through a long capture",
            .line = "meterctl decode 010350020002 74CB 0103044366 8000 6E68 --summary -f table"},
    Example{.does = "From standard input, one document a line",
            .line = "echo 01 03 50 02 00 02 74 CB | meterctl decode - -p modbus-rtu -f ndjson"},
    Example{.does = "A head-end: what DLMS meters push, a value a line, as it comes",
            .line = "meterctl decode tcp-listen://127.0.0.1:0 -f csv --for 1s || true"},
    Example{.does = "A DLMS/COSEM APDU alone, as a gateway hands it over",
            .line = "meterctl decode -p dlms-apdu C4 01 C1 00 06 00 00 13 91 -f table"},
    Example{.does = "Counters of the framer",
            .line = "meterctl decode '01 03 50 02 00 02 74 CB FF FF' --stats -f csv || true"},
};

} // namespace

constinit const CommandSpec decode{
    .name = "decode",
    .bit = on_decode,
    .brief = "Decode frames: hex, files, captures, or what a line carries",
    .detail = "INPUT is hex on the command line (in one argument or several, which are joined), a file of hex or of "
              "octets, a pcap or pcapng capture (also compressed), `-` for standard input, a serial device to listen "
              "on, or a tcp-listen: or udp-listen: endpoint. Without INPUT it reads standard input.\n\nFrames are "
              "found in a stream that can start anywhere and be damaged anywhere. Each is shown as a tree of fields "
              "with their offsets; an answer is decoded with its request, and with --meter its values get their names. "
              "Stretches that are no frame say why. The exit code is 5 where no frame was good, 1 where some were.",
    .positionals = positionals,
    .options = options,
    .examples = examples,
    .default_format = "json",
};

} // namespace meterctl::commands::table
