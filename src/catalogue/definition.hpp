// A meter definition: meters/*.json as plain structs. It knows no protocol: addresses, types and word orders are
// texts in the protocol's own terms, which the protocol's codec parses and checks.
#pragma once

#include "src/core/obis.hpp"
#include "src/core/unit.hpp"
#include "src/core/value.hpp"

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace meterctl::catalogue {

enum class Access { read, write, read_write };

/// One allowed or named value of a point: {2, "none"}.
struct Choice {
    Value value;               ///< integer or decimal, as written to the meter after scaling, or text
    std::string label;         ///< "even"; may be empty
    bool irreversible = false; ///< this value cannot be left again (PRO380 combined code 10)
    std::string warning;
};

/// One bit or digit of a status word.
struct StatusBit {
    unsigned bit = 0; ///< 0 = least significant bit of the value
    std::string name; ///< snake_case
    std::string title;
    bool fault_when = true; ///< the bit's value that means something is wrong
    bool is_fault = false;
};

/// What a value has to be to another point's: a system voltage from 82 to 660 times the ratio of the transformers.
struct Ratio {
    std::string to; ///< the other point's name
    std::optional<Decimal> minimum, maximum;
};

struct Point {
    std::string name;
    std::string title;
    std::optional<Obis> obis;
    std::string address; ///< "holding:0x5002"
    std::string type;    ///< "float32", "uint16", "bcd16", "hex32", "ascii", ...
    std::string order;   ///< word order; empty: the protocol's usual one
    unsigned length = 0; ///< registers or octets where the type does not say; 0: by type
    Decimal scale{1, 0};
    Unit unit = Unit::none;
    Access access = Access::read;
    bool method = false;    ///< an action rather than a value: written with no value, or with its argument
    std::string write_with; ///< "fc06", "fc16"; empty: the protocol's usual one
    std::optional<Decimal> minimum, maximum, step;
    std::optional<Ratio> ratio;       ///< a range that moves with another point's value
    std::vector<std::string> after;   ///< points that are written before this one, where they are written together
    unsigned min_interval_s = 0;      ///< least time between two writes
    std::vector<Choice> choices;      ///< one outside the range may be written as well
    bool choices_only = false;        ///< values outside `choices` are rejected before sending
    std::vector<std::string> invalid; ///< raw patterns in hex that mean "not available"
    std::vector<StatusBit> bits;
    bool irreversible = false;
    bool confirm = false;      ///< asks before writing
    bool unsettled = false;    ///< encoding or access not proven on a real meter: shown, never written without --yes
    bool changes_line = false; ///< address, baud or parity: takes effect after the answer
    std::string warning;       ///< why it asks
    std::string group;         ///< "measurement", "energy", "setting", "identity", "status"
    std::string applies_to;    ///< "CT version", ...; empty: all
    std::string simulate;      ///< the load model's quantity, or a constant, that the simulator serves
    std::string source;        ///< where the address comes from
    std::string reported_name; ///< what the device itself calls it, where it does: "KWh_Import"
    std::string reported_unit; ///< what the device itself says, where it is another unit than it counts in: "kWh"
};

/// How a meter of this model is told from others: all rules of one set must hold.
struct IdentifyRule {
    std::string address; ///< what is read: a point's address, or "device-id:0", "server-id"
    std::string type;
    std::vector<std::string> equals; ///< any of these, as text
    std::string contains;            ///< case-insensitive
    std::optional<Decimal> minimum, maximum;
};

struct Line {
    unsigned baud = 9600;
    std::string frame = "8N1";
    std::vector<unsigned> bauds; ///< those the meter can be set to, most usual first
    std::vector<std::string> frames;
};

/// What a pulse output counts under some codes of a setting (PRO380: the combined code).
struct PulseCarry {
    std::vector<long> codes;
    std::string quantity; ///< empty: nothing, the output stays silent
};

/// One pulse output and one set of constants whose widths agree; several rows of one name are one output.
struct PulseOutput {
    std::string name;                                                  ///< "forward", "reverse", "led"
    std::string quantity;                                              ///< "active_energy_import"
    std::optional<Decimal> constant;                                   ///< impulses per unit as delivered
    std::vector<Decimal> constants;                                    ///< those it can be set to
    std::vector<std::pair<std::optional<Decimal>, Decimal>> widths_ms; ///< {up to this power in W, width}
    std::optional<Decimal> minimum_gap_ms;
    std::optional<Decimal> maximum_bounce_ms; ///< 0 where there is no contact that could bounce
    bool optical = false;                     ///< an LED: IEC 62053-31, of two-wire outputs, does not hold
    std::string wiring;                       ///< where it is connected, and to what
    std::string constant_point, code_point;   ///< the settings that hold the constant and the code; of any row
    std::vector<PulseCarry> carries;          ///< of any row; empty: always `quantity`
    std::string applies_to;                   ///< the software that has these widths: "1.19"; empty: all other
    std::string source;
};

/// How wrong the meter's energies may be, in percent.
struct AccuracyClass {
    std::optional<Decimal> active, reactive;
    std::string source;
};

/// What an event's number in a log means.
struct ProfileEvent {
    unsigned code = 0;
    std::string name; ///< snake_case
    std::string title;
};

struct Profile {
    std::string name;
    std::string title;
    std::string address;
    std::vector<std::string> columns; ///< names of points, in the order of the channels, as delivered
    std::optional<unsigned> period_s; ///< as delivered; 0: recorded when something happens
    std::optional<unsigned> entries;  ///< records that fit
    std::string status;               ///< the column whose bits say what a record is worth
    std::vector<ProfileEvent> events; ///< what the numbers of its event column mean
    bool unsettled = false;           ///< its address or the events' numbers are not proven on a real meter
    std::string source;
};

/// One of the parties that a meter tells apart, and what it may do.
struct Client {
    std::string name; ///< "public"
    std::string title;
    unsigned sap = 0;                  ///< its service access point
    std::string authentication;        ///< "none", "lls", "hls", "hls_md5", "hls_sha1", "hls_gmac", "hls_sha256"
    std::optional<unsigned> suite;     ///< security suite; none: nothing is ciphered
    std::vector<std::string> policy;   ///< "authenticated_request", "encrypted_response", ...: as delivered
    std::vector<std::string> services; ///< what it may ask: "get", "block_transfer_with_get", ...
    std::string association;           ///< address of its association, ...
    std::string security_setup;        ///< ... of its security setup ...
    std::string counter;               ///< ... and of the invocation counter that the meter remembers of it
    std::vector<std::string> reads;    ///< groups, and globs of points and profiles
    std::vector<std::string> writes;
    bool unsettled = false; ///< the addresses are not proven on a real meter
    std::string source;
};

struct Definition {
    std::string model;
    std::string extends; ///< the model whose definition this one completes; the catalogue hands out completed ones
    std::string title;
    std::string maker;
    std::vector<std::string> sources; ///< documents
    std::string protocol;             ///< "modbus", ...
    Line line;
    std::string address; ///< as delivered
    std::optional<long> address_minimum, address_maximum;
    std::vector<std::vector<IdentifyRule>> identify; ///< alternatives, each a set of rules
    std::map<std::string, std::string> settings;     ///< protocol's own: "max_registers", "readable", "max_gap", ...
    std::vector<Point> points;
    std::vector<Profile> profiles;
    std::vector<Client> clients; ///< of protocols that tell such apart; the usual one first
    std::vector<PulseOutput> pulse_outputs;
    std::string pulse_outputs_of; ///< the model that has the same outputs and accuracy, where none are given here
    AccuracyClass accuracy;
    std::vector<std::string> notes;      ///< for the user
    std::vector<std::string> not_public; ///< what the maker does not publish
    std::string default_read; ///< groups or globs, parted by blanks, that `read` without points takes; empty: all
    std::string origin;       ///< "built in", or the file's path

    [[nodiscard]] const Point* find(std::string_view name) const;
    [[nodiscard]] const Client* find_client(std::string_view name) const;
};

} // namespace meterctl::catalogue
