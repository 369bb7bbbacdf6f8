// What a master tells a slave in SND_UD. EN 13757-7:2018 clauses 5, 7.1 and 11; EN 13757-3:2018 clause 9.
#pragma once

#include "codecs/mbus/identity.hpp"
#include "codecs/mbus/record.hpp"
#include "src/core/datetime.hpp"

#include <span>

namespace meterctl::codecs::mbus {

/// CI field and data of a SND_UD.
struct Command {
    std::uint8_t ci = 0;
    Bytes data;
};

/// CI 52: the slaves meant listen at address 253 from now on, the others no longer.
Command select(const Selection& selection);
/// CI 50, with the application (high nibble) and its block (low nibble) where one is wanted.
Command reset_application(std::optional<std::uint8_t> sub_code = std::nullopt);
/// Usage error above 250.
Result<Command> set_primary_address(unsigned address);
/// A new identification number, eight decimal digits. Usage error.
Result<Command> set_identification(std::string_view digits);
/// Type F (minutes) or I (seconds). Category::rejected where the time is incomplete or out of the type's years.
Result<Command> set_clock(const DateTime& time, bool with_seconds = false);
/// CI B8 to BF. Usage error, with the possible ones, for others.
Result<Command> set_baud(unsigned baud);
/// The baud rate of a CI field; nullopt where it sets none.
std::optional<unsigned> baud_of(std::uint8_t ci);
/// CI 51: the next readout holds these records only; each a header (DIB and VIB) as the slave sends it. Usage error.
Result<Command> select_records(std::span<const Bytes> headers);
/// CI 51, DIF 7F: the next readout holds all records.
Command global_readout();
/// CI 51 with one record that replaces what it names; `value` as in encode_record.
Result<Command> write_record(ByteView header, const Value& value);
/// CI and data as they are typed: "B4", "51 01 7A 08". Usage error.
Result<Command> raw_command(std::string_view hex);

/// In words: "select 1FFFFFFF", "set the primary address to 8", "application reset, sub code 10".
std::string command_text(std::uint8_t ci, ByteView data);

} // namespace meterctl::codecs::mbus
