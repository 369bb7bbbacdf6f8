// Points in the terms of IEC 62056-21: an id as the meter sends it in its readout ("1.8.0", "F.F", "0-0:96.1.0",
// "1.8.1*01"), or a register of programming mode ("reg:0001", "reg:1.8.0"), read by R1..R6 and written by W1..W6 (or
// E2).
#pragma once

#include "codecs/iec62056_21/data_set.hpp"
#include "codecs/iec62056_21/messages.hpp"
#include "src/catalogue/definition.hpp"
#include "src/core/reading.hpp"

#include <chrono>
#include <optional>

namespace meterctl::codecs::iec62056_21 {

struct PointAddress {
    enum class Kind {
        readout, ///< a data set of the readout, by its id
        reg      ///< a register in programming mode
    };
    Kind kind = Kind::readout;
    std::string id;           ///< "1.8.0"; "0001" of "reg:0001"
    std::string value;        ///< between the brackets of the read command: "1" of "reg:1.8.0(1)"; mostly empty
    char read_type = '1';     ///< D of R
    char write_command = 'W'; ///< W or E
    char write_type = '1';    ///< its D
};

/// A definition's point. Usage error that names the point.
Result<PointAddress> point_address(const catalogue::Point& point);
/// A point that no definition names, as a point whose name is `text`: "1.8.0", "reg:0001", "reg:6002:R3",
/// "reg:0001:R1:W1". Usage error with hints.
Result<catalogue::Point> ad_hoc_point(std::string_view text);
Result<void> validate(const catalogue::Definition& definition);

/// A value as the user sees it: typed, scaled, with unit, label and flags, from the groups of the point's data set.
/// Untrusted where it is not what the point's type says.
Result<Reading> decode_point(const catalogue::Point& point, std::span<const Group> groups);
/// What stands between the brackets of the write command. Nothing is rounded: Category::rejected where it does not fit.
Result<std::string> encode_point(const catalogue::Point& point, const Value& value);

/// A definition's settings for this protocol.
struct Settings {
    std::string mode;     ///< "auto", "a", "b", "c", "d", "e": what a session assumes
    std::string password; ///< for P1 (or P2), as delivered; empty: asked for
    char password_type = '1';
    std::optional<unsigned> max_baud;                ///< the fastest that is asked for
    std::optional<std::chrono::milliseconds> answer; ///< the longest time the meter takes to answer
    bool wake_up = false;                            ///< battery meters: NULs before the sign-on
    bool ignore_block_check = false;
};
Result<Settings> settings(const catalogue::Definition& definition);

} // namespace meterctl::codecs::iec62056_21
