// P1 telegrams of smart meters (DSMR 2.2 to 5.0 and what Belgium, Luxembourg, Sweden and others made of it): an
// identification, data lines as in IEC 62056-21, and `!` with a CRC-16 over all from '/' to '!'.
#pragma once

#include "codecs/iec62056_21/data_set.hpp"
#include "codecs/iec62056_21/framer.hpp"
#include "codecs/iec62056_21/messages.hpp"
#include "src/catalogue/definition.hpp"
#include "src/core/reading.hpp"

#include <optional>

namespace meterctl::codecs::iec62056_21 {

inline constexpr std::size_t max_telegram = std::size_t{16} * 1024;

struct Telegram {
    enum class Check {
        missing,       ///< DSMR 2.2 and 3.0 have none
        good,          ///< CRC-16/ARC
        good_x25,      ///< CRC-16/X-25, as Hungarian meters of Holley send it
        good_restored, ///< good with CR LF put back where a program left LF alone
        wrong
    };
    Identification identification;
    DataBlock data; ///< offsets count from `data_offset`
    std::size_t data_offset = 0;
    std::size_t mark = 0; ///< offset of the '!'
    Check check = Check::missing;
    std::uint16_t sent = 0, computed = 0;
};

/// frame: a whole telegram, whatever its CRC. skip: octets before one, or one that was cut. `silent` as in Awaiting.
Step next_telegram(ByteView buffer, bool silent, Counters& counters);
/// A telegram as next_telegram found it. Untrusted where its shape is wrong; a wrong CRC is told by `check`.
Result<Telegram> decode_telegram(ByteView octets);

/// Readings of a telegram: texts in hex turned into characters, counters of connected meters (gas, water, heat) named
/// by their device type.
std::vector<Reading> telegram_readings(const Telegram& telegram, const catalogue::Definition* meter = nullptr);

} // namespace meterctl::codecs::iec62056_21
