#include "codecs/modbus/field_reader.hpp"

#include "codecs/modbus/names.hpp"
#include "codecs/modbus/packing.hpp"

#include <algorithm>
#include <iterator>

namespace meterctl::codecs::modbus {

/// Called after the octets were read.
void FieldReader::add(std::string_view name, Value value, std::string text, std::size_t octets) {
    const auto offset = placement_.base + placement_.per_octet * (reader_.offset() - octets);
    fields_.push_back(
        {std::string(name), std::move(value), std::move(text), offset, placement_.per_octet * octets, {}});
}

void FieldReader::function(std::uint8_t code, std::string text) {
    if (reader_.remaining() == 0) { return; }
    reader_.u8();
    add("function", Value(std::uint64_t{code}), std::move(text), 1);
}

std::optional<std::uint8_t> FieldReader::u8(std::string_view name, std::string text) {
    if (reader_.remaining() < 1) { return std::nullopt; }
    const auto value = reader_.u8();
    add(name, Value(std::uint64_t{value}), std::move(text), 1);
    return value;
}

std::optional<std::uint16_t> FieldReader::u16(std::string_view name, std::string text) {
    if (reader_.remaining() < 2) { return std::nullopt; }
    const auto value = reader_.u16be();
    add(name, Value(std::uint64_t{value}), std::move(text), 2);
    return value;
}

Bytes FieldReader::octets(std::string_view name, std::size_t count, std::string text) {
    const auto view = reader_.take(std::min(count, reader_.remaining()));
    Bytes bytes(view.begin(), view.end());
    if (!bytes.empty()) { add(name, Value(bytes), std::move(text), bytes.size()); }
    return bytes;
}

std::string FieldReader::text(std::string_view name, std::size_t count) {
    const auto view = reader_.take(std::min(count, reader_.remaining()));
    const bool printable = std::ranges::all_of(view, [](std::uint8_t one) { return one >= 0x20 && one < 0x7F; });
    std::string characters(view.begin(), view.end());
    add(name, printable ? Value(characters) : Value(Bytes(view.begin(), view.end())), {}, view.size());
    return characters;
}

std::vector<std::uint16_t> FieldReader::registers(std::string_view name, std::size_t count, Table table,
                                                  std::optional<std::uint16_t> first) {
    const auto octets = std::min(count, reader_.remaining()) / 2 * 2;
    const auto opened = open(name);
    std::vector<std::uint16_t> values;
    List list;
    for (std::size_t i = 0; i < octets / 2; ++i) {
        const auto known = first && *first + i <= 0xFFFF;
        const auto place = known ? point_text(table, static_cast<std::uint16_t>(*first + i)) : std::string("register");
        values.push_back(*u16(place));
        list.emplace_back(std::uint64_t{values.back()});
    }
    close(opened);
    fields_.back().value = std::move(list);
    return values;
}

std::vector<bool> FieldReader::bits(std::string_view name, std::size_t count, std::size_t bits) {
    const auto view = reader_.take(std::min(count, reader_.remaining()));
    auto values = unpack_bits(view, std::min(bits, 8 * view.size()));
    List list;
    for (const bool bit : values) { list.emplace_back(bit); }
    add(name, std::move(list), {}, view.size());
    return values;
}

FieldReader::Opened FieldReader::open(std::string_view name) {
    const Opened opened{fields_.size(), reader_.offset()};
    add(name, {}, {}, 0);
    return opened;
}

void FieldReader::close(Opened opened) {
    const auto first = std::next(fields_.begin(), static_cast<std::ptrdiff_t>(opened.field) + 1);
    auto& parent = fields_[opened.field];
    parent.children.assign(std::make_move_iterator(first), std::make_move_iterator(fields_.end()));
    parent.length = placement_.per_octet * (reader_.offset() - opened.offset);
    fields_.erase(first, fields_.end());
}

std::vector<Field> FieldReader::take() {
    octets("excess", reader_.remaining());
    return std::move(fields_);
}

} // namespace meterctl::codecs::modbus
