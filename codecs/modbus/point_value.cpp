#include "codecs/modbus/names.hpp"
#include "codecs/modbus/point.hpp"
#include "src/catalogue/choices.hpp"
#include "src/core/hex.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace meterctl::codecs::modbus {
namespace {

/// Whether the octets, most significant first, are one of the patterns that mean "not available".
bool is_invalid(const catalogue::Point& point, ByteView octets) {
    return std::ranges::any_of(point.invalid, [&](const std::string& pattern) {
        const auto bytes = from_hex(pattern);
        return bytes && std::ranges::equal(*bytes, octets);
    });
}

/// Bits count from the least significant one of the pattern as it stands most significant octet first.
bool bit_is_set(ByteView octets, unsigned bit) {
    const auto octet = bit / 8;
    return octet < octets.size() && ((octets[octets.size() - 1 - octet] >> (bit % 8)) & 1) != 0;
}

void show_bits(const catalogue::Point& point, ByteView octets, Reading& reading) {
    for (const auto& bit : point.bits) {
        const bool set = bit_is_set(octets, bit.bit);
        if (set) { reading.text += (reading.text.empty() ? "" : ", ") + bit.name; }
        if (bit.is_fault && set == bit.fault_when) { reading.flags.push_back("fault:" + bit.name); }
    }
}

bool one_to_one(const Decimal& scale) {
    return scale == Decimal{1, 0};
}

} // namespace

Result<Reading> decode_point(const catalogue::Point& point, std::span<const std::uint16_t> registers) {
    const auto at = point_address(point);
    if (!at) { return tl::unexpected(at.error()); }
    if (registers.size() != at->count) {
        return fail(Category::untrusted, fmt::format("{} registers where it takes {}", registers.size(), at->count),
                    point.name, {}, "modbus.value");
    }
    Reading reading;
    reading.name = point.name;
    reading.obis = point.obis;
    reading.unit = point.unit;
    reading.address = point.address;
    reading.raw = in_order(registers, {});
    const auto octets = in_order(registers, at->order);
    if (is_invalid(point, octets)) {
        reading.flags.emplace_back("not_available");
        return reading;
    }
    auto typed = decode_value(*at->type, at->order, registers);
    if (!typed) { return tl::unexpected(typed.error()); }
    reading.flags = std::move(typed->flags);
    reading.value = one_to_one(point.scale) ? std::move(typed->value) : scaled(typed->value, point.scale);
    show_bits(point, octets, reading);
    if (reading.text.empty()) {
        const auto* const choice = catalogue::choice_of(point, reading.value);
        if (choice != nullptr) { reading.text = choice->label; }
    }
    return reading;
}

Result<std::vector<std::uint16_t>> encode_point(const catalogue::Point& point, const Value& value) {
    const auto at = point_address(point);
    if (!at) { return tl::unexpected(at.error()); }
    const auto where = [&](Error error) {
        error.where = point.name;
        return error;
    };
    const auto& meant = catalogue::meant_by(point, value);
    const auto number = meant.number();
    if (!number || one_to_one(point.scale)) {
        return encode_value(*at->type, at->order, at->count, meant).map_error(where);
    }
    const auto raw = number->divided_by(point.scale);
    if (!raw) {
        return fail(Category::rejected,
                    fmt::format("'{}' is no multiple of {}", value.to_string(), point.scale.to_string()), point.name,
                    {}, "modbus.value");
    }
    return encode_value(*at->type, at->order, at->count, *raw).map_error([&](Error error) {
        error.what = fmt::format("'{}', as {} times {}: {}", value.to_string(), raw->to_string(),
                                 point.scale.to_string(), error.what);
        return where(std::move(error));
    });
}

} // namespace meterctl::codecs::modbus
