// Data records of the application layer: data information block, value information block and data.
// EN 13757-3:2018 clause 6. Records view the octets they were decoded from.
#pragma once

#include "codecs/mbus/vif.hpp"
#include "src/core/bytes.hpp"
#include "src/core/error.hpp"
#include "src/core/value.hpp"

#include <array>
#include <optional>
#include <string>
#include <vector>

namespace meterctl::codecs::mbus {

/// Of several octets: mode 1 (CI 72, 73, 51, 52), as nearly every meter, or mode 2 (CI 76, 77, 55, 56).
enum class ByteOrder : std::uint8_t { low_first, high_first };

/// Who sends: codes 00 to 1F of a VIFE are record errors of a slave and actions asked for by a master.
enum class Sender : std::uint8_t { slave, master };

enum class Function : std::uint8_t { instantaneous, maximum, minimum, error };

/// The lowest four bits of a DIF.
enum class Coding : std::uint8_t {
    none,
    int8,
    int16,
    int24,
    int32,
    real32,
    int48,
    int64,
    selection, ///< no data: selects records for readout
    bcd2,
    bcd4,
    bcd6,
    bcd8,
    variable, ///< the first octet of the data, LVAR, says length and type
    bcd12,
    special, ///< no record but one of the special DIFs
};

/// DIFs that are no records.
namespace dif {
inline constexpr std::uint8_t manufacturer_data = 0x0F; ///< all that follows is the maker's own
inline constexpr std::uint8_t more_follows = 0x1F;      ///< the same, and a further telegram is to be asked for
inline constexpr std::uint8_t filler = 0x2F;
inline constexpr std::uint8_t global_readout = 0x7F; ///< of a master: all data wanted
} // namespace dif

inline constexpr std::size_t max_extensions = 10; ///< DIFEs of a DIF, VIFEs of a VIF

struct Dib {
    Coding coding = Coding::none;
    Function function = Function::instantaneous;
    std::uint64_t storage = 0; ///< 0 the current value; up to 2^41 - 1
    std::uint32_t tariff = 0;  ///< 0 the total of all; up to 2^20 - 1
    std::uint32_t subunit = 0; ///< up to 1023

    friend bool operator==(const Dib&, const Dib&) = default;
};

struct Vife {
    enum class Kind : std::uint8_t { combinable, extension, manufacturer, action };
    Kind kind = Kind::combinable;
    std::uint8_t code = 0; ///< with its extension bit
};

struct Vib {
    VifTable table = VifTable::main;
    std::uint8_t code = 0x7F;    ///< of `table`, without extension bit
    const VifRow* row = nullptr; ///< never null in a decoded record
    ByteView text{};             ///< a unit in plain text, as sent: the last character first
    std::array<Vife, max_extensions> vifes{};
    std::uint8_t vife_count = 0;

    [[nodiscard]] std::span<const Vife> extensions() const { return {vifes.data(), vife_count}; }
};

struct Record {
    enum class Kind : std::uint8_t {
        data,
        manufacturer_data, ///< the octets behind DIF 0F or 1F
        global_readout     ///< of a master
    };
    Kind kind = Kind::data;
    std::size_t offset = 0; ///< of the DIF in the octets decoded
    ByteView header{};      ///< DIB and VIB: what names a record
    std::size_t dib_octets = 0;
    ByteView data{};
    Dib dib;
    Vib vib;
    Unit unit = Unit::none; ///< of `value`
    Value value;            ///< scaled; null where a flag says why
    std::vector<std::string>
        flags;        ///< "not_available", "invalid_digits", "invalid_date", "overflow", "local_time", ...
    std::string text; ///< BCD digits that are no number, a date that is none

    [[nodiscard]] std::size_t octets() const { return header.size() + data.size(); }
};

/// Where and why records end before their octets do.
struct Damage {
    std::size_t offset = 0; ///< of the record that is none, in the octets decoded
    std::string what;       ///< "a DIF with more than 10 DIFEs"
    std::string code;       ///< "mbus.too_many_difes"
};

struct Records {
    std::vector<Record> records; ///< those before any damage
    bool more_follows = false;
    std::optional<Damage> damage;
};

/// All records of a telegram, fillers left out; never more than there are octets.
Records decode_records(ByteView octets, ByteOrder order = ByteOrder::low_first, Sender sender = Sender::slave);

/// The shortest DIB. Category::rejected where a number is larger than DIFEs can hold.
Result<Bytes> encode_dib(const Dib& dib);

/// A record with the header `header` (DIB and VIB, checked) that holds `value`: a number in the unit of the VIB,
/// exactly (a real takes the float whose shortest text it is), a date-time, a text, octets, or null, which is the most
/// negative integer, BCD digits F, an invalid date, NaN, or a text without characters. Category::rejected where it does
/// not fit.
Result<Bytes> encode_record(ByteView header, const Value& value, ByteOrder order = ByteOrder::low_first,
                            Sender sender = Sender::slave);

/// The record that a header alone stands for, without value: for points and definitions. Usage error where the octets
/// are no DIB and VIB, or more than one.
Result<Record> decode_header(ByteView header, Sender sender = Sender::slave);

/// "instantaneous", "maximum", "minimum", "error".
std::string_view function_name(Function function);
/// "int32", "bcd8", "variable", ...
std::string_view coding_name(Coding coding);

} // namespace meterctl::codecs::mbus
