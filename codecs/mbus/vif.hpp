// The value information field: what a record's number is of, in which unit and with which power of ten.
// EN 13757-3:2018 clause 6.4, tables 10 (main), 12 (FD), 13 (FD FD), 14 (FB), 15 and 16 (VIFEs that combine with any).
#pragma once

#include "src/core/unit.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace meterctl::codecs::mbus {

/// How the data of a record are read.
enum class Content : std::uint8_t {
    number,
    unsigned_number,
    digits, ///< an identification: BCD as text, for leading zeros belong to it
    bits,
    date,
    time, ///< date and time, or time alone, by the length of the data
    raw,  ///< the maker's own, or a code that the standard keeps for later: the number as sent
};

enum class VifTable : std::uint8_t { main, fb, fd, fd_fd, ef };

struct VifRow {
    std::string_view name;  ///< "energy", "flow_temperature"; empty where the standard keeps the code for later
    std::string_view title; ///< as the standard says it: "flow temperature"
    Unit unit = Unit::none;
    int exponent = 0; ///< the value is the data x factor x 10^exponent
    Content content = Content::raw;
    std::int64_t factor = 1;
};

/// The row of a code, whose extension bit does not count.
const VifRow& vif_row(VifTable table, std::uint8_t code);

/// What a VIFE makes of the value in front of it.
enum class Effect : std::uint8_t {
    none,     ///< says more of it only: "at phase L1"
    factor,   ///< x 10^exponent
    constant, ///< plus a constant
    count,    ///< a count takes its place
    duration, ///< a duration takes its place, in `unit`
    date,     ///< a date, with or without time, takes its place
    unsigned_type,
    bits_type,
    error,        ///< a record error takes its place
    profile,      ///< the data are several values packed together
    manufacturer, ///< all VIFEs behind are the maker's own
    extension,    ///< the next VIFE is of the second table
};

struct VifeRow {
    std::string_view name;  ///< part of a reading's name: "l1", "export", "per_hour", "lower_limit"; may be empty
    std::string_view title; ///< "at phase L1"; empty where the standard keeps the code for later
    Effect effect = Effect::none;
    Unit unit = Unit::none;
    int exponent = 0;
};

/// Rows of what a slave sends: codes 00 to 1F are record errors among others.
const VifeRow& vife_row(std::uint8_t code);
/// Rows of the codes behind FC.
const VifeRow& vife_extension_row(std::uint8_t code);
/// What a master asks to be done with an object: "write", "add value", ...; empty for other codes.
std::string_view action_title(std::uint8_t code);

} // namespace meterctl::codecs::mbus
