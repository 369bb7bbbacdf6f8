#include "codecs/modbus/values.hpp"
#include "src/core/text.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>

namespace meterctl::codecs::modbus {
namespace {

constexpr std::array types{
    ValueType{"bool", Kind::boolean, 1},
    ValueType{"uint16", Kind::uint, 1},
    ValueType{"int16", Kind::sint, 1},
    ValueType{"uint32", Kind::uint, 2},
    ValueType{"int32", Kind::sint, 2},
    ValueType{"uint48", Kind::uint, 3},
    ValueType{"int48", Kind::sint, 3},
    ValueType{"uint64", Kind::uint, 4},
    ValueType{"int64", Kind::sint, 4},
    ValueType{"float32", Kind::real, 2},
    ValueType{"float64", Kind::real, 4},
    ValueType{"bcd16", Kind::bcd, 1},
    ValueType{"bcd32", Kind::bcd, 2},
    ValueType{"bcd64", Kind::bcd, 4},
    ValueType{"hex16", Kind::hex, 1},
    ValueType{"hex32", Kind::hex, 2},
    ValueType{"hex64", Kind::hex, 4},
    ValueType{"hex", Kind::hex, 0},
    ValueType{"ascii", Kind::ascii, 0},
    ValueType{"bits16", Kind::bits, 1},
    ValueType{"bits32", Kind::bits, 2},
    ValueType{"bits64", Kind::bits, 4},
    ValueType{"sign_magnitude16", Kind::sign_magnitude, 1},
    ValueType{"sign_magnitude32", Kind::sign_magnitude, 2},
    ValueType{"modulo10000_32", Kind::modulo_10000, 2},
    ValueType{"modulo10000_48", Kind::modulo_10000, 3},
    ValueType{"modulo10000_64", Kind::modulo_10000, 4},
    ValueType{"unix_time", Kind::unix_time, 2},
    ValueType{"date_registers", Kind::date_registers, 6},
    ValueType{"date_packed", Kind::date_packed, 3},
    ValueType{"date_iec870", Kind::date_iec870, 4},
};

/// The name of an order over some registers, made by the order itself: "abcd" put through it.
std::string order_name(Order order, unsigned registers) {
    std::string name;
    for (unsigned word = 0; word < registers; ++word) {
        const unsigned from = order.words_reversed ? registers - 1 - word : word;
        const auto high = static_cast<char>('a' + 2 * from);
        const auto low = static_cast<char>(high + 1);
        name += order.octets_swapped ? std::string{low, high} : std::string{high, low};
    }
    return name;
}

} // namespace

std::span<const ValueType> value_types() {
    return types;
}

Result<const ValueType*> value_type(std::string_view name) {
    if (const auto* const found = std::ranges::find(types, name, &ValueType::name); found != types.end()) {
        return found;
    }
    std::vector<std::string> names;
    names.reserve(types.size());
    for (const auto& type : types) { names.emplace_back(type.name); }
    auto hints = nearest(name, names);
    if (hints.empty()) { hints.emplace_back(fmt::format("one of {}", fmt::join(names, ", "))); }
    return fail(Category::usage, fmt::format("no type '{}'", name), {}, std::move(hints), "modbus.type");
}

Result<Order> parse_order(std::string_view name, unsigned registers) {
    if (name.empty()) { return Order{}; }
    constexpr unsigned most_letters = 4; // text and dates of more registers are ordered within each register only
    const auto named = registers > most_letters ? 1 : registers;
    std::vector<std::string> names;
    for (const bool swapped : {false, true}) {
        for (const bool reversed : {false, true}) {
            const Order order{reversed, swapped};
            if (named == 1 && reversed) { continue; }
            names.push_back(order_name(order, named));
            if (names.back() == name) { return order; }
        }
    }
    return fail(Category::usage,
                fmt::format("no word order '{}' over {} register{}", name, registers, registers == 1 ? "" : "s"), {},
                {fmt::format("one of {}", fmt::join(names, ", "))}, "modbus.order");
}

Bytes in_order(std::span<const std::uint16_t> registers, Order order) {
    Bytes octets;
    octets.reserve(2 * registers.size());
    for (std::size_t i = 0; i < registers.size(); ++i) {
        const auto word = registers[order.words_reversed ? registers.size() - 1 - i : i];
        const auto high = static_cast<std::uint8_t>(word >> 8);
        const auto low = static_cast<std::uint8_t>(word & 0xFF);
        octets.push_back(order.octets_swapped ? low : high);
        octets.push_back(order.octets_swapped ? high : low);
    }
    return octets;
}

std::vector<std::uint16_t> from_order(ByteView octets, Order order) {
    std::vector<std::uint16_t> registers;
    registers.reserve(octets.size() / 2);
    for (std::size_t i = 0; i + 1 < octets.size(); i += 2) {
        const auto high = octets[order.octets_swapped ? i + 1 : i];
        const auto low = octets[order.octets_swapped ? i : i + 1];
        registers.push_back(static_cast<std::uint16_t>((high << 8) | low));
    }
    if (order.words_reversed) { std::ranges::reverse(registers); }
    return registers;
}

} // namespace meterctl::codecs::modbus
