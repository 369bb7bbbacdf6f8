// Points in the terms of Modbus: "holding:0x5002" with type, order and length from a definition, or all in one text
// ("holding:0x5002:float32:cdab", "input:30:uint32:cdab", "coil:1", "holding:0x10:ascii:8", "ref:420483",
// "4x20483:float32"). Numbers are protocol addresses, counted from 0; only "ref:" and "4x" take 1-based references.
#pragma once

#include "codecs/modbus/pdu.hpp"
#include "codecs/modbus/values.hpp"
#include "src/catalogue/definition.hpp"
#include "src/core/reading.hpp"

#include <chrono>
#include <optional>

namespace meterctl::codecs::modbus {

struct PointAddress {
    Table table = Table::holding;
    std::uint16_t first = 0;
    std::uint16_t count = 1; ///< of registers or bits
    const ValueType* type = nullptr;
    Order order;
};

/// A definition's point. Usage error that names the point.
Result<PointAddress> point_address(const catalogue::Point& point);

/// A point that no definition names, as a point whose name is `text` in its canonical address. Usage error with hints.
Result<catalogue::Point> ad_hoc_point(std::string_view text);
/// Whether `text` is meant as one (its first part is a table, "ref" or "4x...").
bool is_ad_hoc_point(std::string_view text);

/// A value as the user sees it: scaled, with unit, label, status bits and flags. `registers` are those of the point's
/// address; for coils and discrete inputs each is 0 or 1. Untrusted where their number is wrong.
Result<Reading> decode_point(const catalogue::Point& point, std::span<const std::uint16_t> registers);

/// The registers (or 0 and 1 for coils) that hold `value`, a number as the user sees it, a label of the point's
/// choices, or a text. Nothing is rounded: Category::rejected where it does not fit. Ranges and access are not checked.
Result<std::vector<std::uint16_t>> encode_point(const catalogue::Point& point, const Value& value);

/// What an identify rule reads.
struct IdentifyAddress {
    enum class Kind { registers, device_id, server_id };
    Kind kind = Kind::registers;
    std::uint8_t object = 0; ///< of device_id
    PointAddress registers;  ///< of registers
    catalogue::Point point;  ///< for decode_point
};
Result<IdentifyAddress> identify_address(const catalogue::IdentifyRule& rule);

struct Block {
    Table table = Table::holding;
    std::uint16_t first = 0;
    std::uint16_t count = 0;
    friend bool operator==(const Block&, const Block&) = default;
};

/// A definition's settings for this protocol.
struct Settings {
    std::uint16_t max_registers = max_read_registers; ///< in one request
    std::optional<std::uint16_t> max_gap;             ///< registers read along to join two points; unset: by cost
    std::vector<Block> readable;                      ///< what may be read in one request; empty: all
    std::chrono::milliseconds pause{0};               ///< between an answer and the next request
    std::optional<std::chrono::milliseconds> answer;  ///< the longest time the meter takes to answer
};
Result<Settings> settings(const catalogue::Definition& definition);

/// Checks every address, type, order, length, identify rule and setting of a definition; the error names the point.
Result<void> validate(const catalogue::Definition& definition);

} // namespace meterctl::codecs::modbus
