#include "commands/topics.hpp"

#include "commands/options.hpp"
#include "sessions/protocols.hpp"

#include <algorithm>
#include <array>
#include <vector>

namespace meterctl::commands {

namespace {

std::span<const TopicRow> exit_codes() {
    static const std::vector<TopicRow> rows{
        {"0", "all that was asked was done"},
        {"1", "part of it: some points, targets or frames failed; each failure is in the output"},
        {"2", "wrong usage: unknown option, point, meter or unit; nothing was sent"},
        {"3", "the endpoint could not be opened: no such device, refused, busy, no permission"},
        {"4", "no answer in time"},
        {"5", "an answer that cannot be trusted: CRC, framing, decode, decryption"},
        {"6", "the meter refused: exception, access denied, association rejected, wrong key"},
        {"7", "a value was rejected before sending: out of range, not writable, irreversible without --yes"},
        {"8", "a verdict: a verification or a pulse test failed"},
        {"130", "interrupted; what was read so far is in the output"},
    };
    return rows;
}

std::span<const TopicRow> endpoints() {
    static const std::vector<TopicRow> rows{
        {"",
         "An endpoint says how a meter is reached. Options stand behind `?`, parted by `&`; quote it for the shell."},
        {"/dev/ttyUSB0", "a serial line; baud rate and frame as the model has them"},
        {"serial:///dev/ttyUSB0?baud=9600&frame=8E1",
         "the same, with its settings: baud (any rate), frame (data bits, parity N E O M S, stop bits), rs485=1 "
         "(direction control by the driver), echo=1 (a transceiver that hears itself), rts=1, dtr=1 (modem lines that "
         "power a converter; settle=200ms until it works), lock_wait=10s (for another process to let go of the line)"},
        {"ir:///dev/ttyUSB0",
         "an optical head on a serial device: opens at 300 7E1, and switches as the meter offers. RTS and DTR power "
         "the "
         "head unless rts=0 or dtr=0; settle=200ms until it works. The echo of its own light is taken out; echo=0 "
         "keeps "
         "it. Where the adapter only does 8N1, parity is made in software; softparity=1 makes it anyway, softparity=0 "
         "never"},
        {"ir:///dev/ttyUSB0?baud=2400&mode=d&wakeup=1",
         "how IEC 62056-21 is spoken there, on serial devices, sockets and rfc2217 too: baud is the fastest rate that "
         "is chosen (300 keeps that of the sign-on), mode=d only listens to a meter that sends by itself, wakeup=1 "
         "wakes a battery meter"},
        {"ir+rfc2217://gateway:2217", "the same on a remote serial port whose settings can change"},
        {"ir+tcp://bridge:8888",
         "the same behind a transparent bridge, whose own rate (baud=300) stays and whose frame is 8N1 or 7E1: parity "
         "is "
         "made in software, and octets that come without it are taken too; softparity=1 takes none without"},
        {"tcp://10.0.0.5:502",
         "a TCP server; framing=rtu or framing=ascii where it is a transparent serial gateway; connect_timeout=5s"},
        {"udp://10.0.0.5:502",
         "datagrams; bind=47808 sends from that port of this machine (bind=ADDRESS:PORT from that address) and takes "
         "answers from anybody, as a broadcast needs: udp://192.168.1.255:47808?bind=47808"},
        {"rfc2217://gateway:2217?baud=9600&frame=8E1",
         "a remote serial port whose settings can change, as ser2net serves it"},
        {"sim:, sim://pro380-mod?seed=7&drop=0.05&speed=0",
         "a meter inside the process: the same octets, no hardware. `sim:` alone is the meter that --meter names. "
         "Options: seed (which load), speed (0 freezes time), start (the meters' clock: 2026-11-21T02:15:00Z), "
         "power=7kW (a constant load), "
         "latency=20ms, drop, corrupt, duplicate, cut, late (shares of answers, 0 to 1), echo=1, baud (paces the "
         "octets), framing, unit=7:pro380-mod for each meter on the bus, and sim://bus?meters=12 for made-up ones "
         "where "
         "the protocol has such (mbus, bacnet). Its pulse output: constant=1000, and the faults bounce=2ms, lose=0.1 "
         "and "
         "extra=0.1 (shares of pulses), width=12ms, jitter=5ms. For IEC 62056-21 also mode=a to e, wakeup=1, and "
         "misbehave=no_switch, wrong_bcc, nak, silent_sign_on, silent_data, silent_password or silent_command. BACnet: "
         "masters=5,9 (further masters on the MS/TP line), router=7 (BACnet/IP in front of the line, which is network "
         "7), "
         "same_instance=1 (devices of one number), "
         "history=100 (records in a trend log at first), clock=reset (as after a power failure). DLMS: days=120 (what "
         "the "
         "profiles hold at first), push=30 (seconds from one notification to the next), tamper=main_cover_opened:1FF "
         "(an "
         "event of the fraud log that lasts, and the bits, in hex, of the events that disconnect), "
         "misbehave=silent_after:20 (APDUs)"},
        {"tcp-listen://0.0.0.0:4059, udp-listen://0.0.0.0:4059",
         "`decode` only: listens for what others send; meters that push connect there"},
        {"pty:/tmp/meter0", "`simulate` only: a pseudo-terminal, with a link of this name to it"},
        {"line:///dev/ttyS0?signal=dcd", "pulses at an input of a serial port: signal=dcd, cts, dsr or ri; active=low "
                                         "where they pull it down. RTS and DTR "
                                         "are on, for an output wired to them, unless rts=0 or dtr=0. A driver that "
                                         "cannot wait for edges is asked each "
                                         "millisecond; poll=500us asks so often"},
        {"rx:///dev/ttyUSB0?baud=300",
         "pulses on the data line of a serial port, as simple S0 cables put them there: each octet is one, and its "
         "bits "
         "tell its width where baud= is given, at a rate at which an octet outlasts the pulse"},
        {"gpio:///dev/gpiochip0/17?bias=pull-up&active=low",
         "pulses at a line of a GPIO chip: bias=as-is, disabled, pull-up or pull-down; active=low where they pull it "
         "down"},
        {"edges:pulses.csv, edges:-", "recorded edges, from a file or standard input: a table of times and levels with "
                                      "or without a head, what sigrok "
                                      "and Saleae Logic export, or a value change dump; channel=D0 or channel=2 where "
                                      "there are several, active=low, "
                                      "rate=1000000 (samples a second) where it has no times"},
    };
    return rows;
}

std::span<const TopicRow> points() {
    static const std::vector<TopicRow> rows = [] {
        std::vector<TopicRow> made{
            {"", "A point is named the same on every meter, in snake_case: quantity, then direction, then phase or "
                 "tariff: voltage_l1, active_energy_import_t1. `meterctl meters MODEL` lists a model's points."},
            {"voltage_l1", "a name"},
            {"'voltage_*'", "a glob: * ? [...]; quote it for the shell"},
            {"energy", "a group: measurement, energy, setting, identity, status"},
        };
        for (const sessions::Protocol& protocol : sessions::protocols()) {
            std::string text = "in the terms of " + std::string(protocol.title) + ", for what no definition names:";
            for (const std::string_view example : protocol.point_examples) { text += " " + std::string(example); }
            made.push_back({std::string(protocol.point_syntax), text});
        }
        return made;
    }();
    return rows;
}

std::span<const TopicRow> environment() {
    static const std::vector<TopicRow> rows = [] {
        std::vector<TopicRow> made{{"", "The command line wins over the environment."}};
        for (const OptionSpec& option : common_options()) {
            if (option.variable.empty()) { continue; }
            made.push_back({std::string(option.variable), "the value of " + std::string(option.name)});
        }
        made.push_back({"METERCTL_PASSWORD", "the meter's password, where no --password-file is given"});
        made.push_back({"METERCTL_KEYS", "keys as a file of them is written, where no --keys is given"});
        made.push_back({"XDG_STATE_HOME", "where meterctl/frame-counters/ is kept; ~/.local/state unless set"});
        made.push_back({"XDG_CONFIG_HOME", "where meterctl/inventory.json is looked for; ~/.config unless set"});
        made.push_back({"XDG_DATA_HOME", "where meterctl/meters/*.json is looked for; ~/.local/share unless set"});
        made.push_back({"NO_COLOR", "no colour, whatever the terminal"});
        made.push_back({"CLICOLOR_FORCE", "colour, also where there is no terminal"});
        return made;
    }();
    return rows;
}

std::span<const TopicRow> output() {
    static const std::vector<TopicRow> rows{
        {"", "Data goes to standard output (or to --output) and nothing else does. Progress, messages and prompts go "
             "to standard error, progress on a terminal only. The format never depends on where the output goes."},
        {"json", "one document: "
                 "`{\"schema\":\"meterctl/read/1\",\"meter\":...,\"target\":...,\"readings\":[...],\"errors\":[...]}`; "
                 "several targets are several documents, one after the other"},
        {"ndjson", "one document a line, flushed as it comes"},
        {"csv", "RFC 4180 with a header, lines end in LF: time,meter,target,address,name,obis,value,unit,status"},
        {"table", "columns for people; its layout may change"},
        {"numbers", "integers keep all 64 bits, decimals are exact (123456.78), a float is the shortest text that "
                    "reads back to the same float"},
        {"null", "a value that is missing, invalid or not a number, with a flag that says why; never 0"},
        {"time", "RFC 3339, UTC; a meter's own time keeps its deviation, or carries the flag local_time"},
        {"errors", "category (as the exit code has it), what, where, and hints of what to try"},
    };
    return rows;
}

std::span<const TopicRow> keys() {
    static const std::vector<TopicRow> rows = [] {
        std::vector<TopicRow> made{
            {"",
             "A file of keys holds lines `name = value`, and # starts a comment line. What follows a heading [METER] "
             "is of the meter with that serial number or system title; what comes before is of every other. A client "
             "before the name (read.guek) is for where clients have keys of their own. The same as JSON: "
             R"({"guek": "...", "meters": {"12345678": {"guek": "..."}}}.)"},
            {"", "Keys and titles are hexadecimal digits, or text: and as many characters; passwords and secrets are "
                 "text, or 0x and hexadecimal digits. Only the file's owner may have rights to it (chmod 600 FILE)."},
        };
        for (const KeyName& row : key_names()) { made.push_back({std::string(row.name), std::string(row.title)}); }
        return made;
    }();
    return rows;
}

std::span<const TopicRow> inventory() {
    static const std::vector<TopicRow> rows{
        {"", "The inventory gives meters names of your own, so that `meterctl read kitchen` needs no options. It is "
             "meterctl/inventory.json under $XDG_CONFIG_HOME (or ~/.config), or the file that --inventory names:"},
        {"", R"({"defaults": {"meter": "pro380-mod"}, "targets": {"kitchen": {"endpoint": "tcp://10.0.0.5:502"}}})"},
        {"", "A TARGET without `:` and `/` is a name, or a glob that takes in several: `meterctl read 'flat-*'`."},
        {"endpoint", "how the meter is reached; required"},
        {"meter, protocol, address", "as the options of these names"},
        {"timeout, retries", "likewise: \"500ms\", 4"},
        {"defaults", "what holds for all targets that do not say otherwise"},
    };
    return rows;
}

constexpr std::array all_topics{
    Topic{"exit-codes", "What the exit codes mean", exit_codes},
    Topic{"endpoints", "What TARGET and ENDPOINT can be", endpoints},
    Topic{"points", "How points are named", points},
    Topic{"inventory", "Names for your meters", inventory},
    Topic{"keys", "How a file of keys is written", keys},
    Topic{"environment", "The environment variables", environment},
    Topic{"output", "What is written, and in which format", output},
};

} // namespace

std::span<const Topic> topics() {
    return all_topics;
}

const Topic* find_topic(std::string_view name) {
    const auto* const found = std::ranges::find(all_topics, name, &Topic::name);
    return found == all_topics.end() ? nullptr : found;
}

} // namespace meterctl::commands
