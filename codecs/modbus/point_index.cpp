#include "codecs/modbus/exchange.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace meterctl::codecs::modbus {
namespace {

std::vector<std::uint16_t> words_of(const std::vector<bool>& bits) {
    return {bits.begin(), bits.end()};
}

Reading text_reading(const catalogue::Point& point, ByteView text) {
    const bool printable = std::ranges::all_of(text, [](std::uint8_t one) { return one >= 0x20 && one < 0x7F; });
    Reading reading;
    reading.name = point.name;
    reading.obis = point.obis;
    reading.address = point.address;
    reading.raw.assign(text.begin(), text.end());
    if (printable) {
        reading.value = std::string(text.begin(), text.end());
    } else {
        reading.value = reading.raw;
        reading.flags.emplace_back("not_text");
    }
    return reading;
}

} // namespace

PointIndex::PointIndex(const catalogue::Definition* definition) {
    if (definition == nullptr) { return; }
    for (const auto& point : definition->points) {
        if (auto registers = point_address(point)) {
            rows_.push_back({&point, {IdentifyAddress::Kind::registers, 0, *registers, {}}});
        } else if (auto identity = identify_address({point.address, {}, {}, {}, {}, {}})) {
            rows_.push_back({&point, std::move(*identity)});
        }
    }
}

void PointIndex::add_registers(Table table, unsigned first, std::span<const std::uint16_t> words,
                               std::vector<Reading>& readings) const {
    for (const auto& row : rows_) {
        const auto& at = row.at.registers;
        const bool inside = row.at.kind == IdentifyAddress::Kind::registers && at.table == table && at.first >= first &&
                            at.first + at.count <= first + words.size();
        if (!inside) { continue; }
        if (auto reading = decode_point(*row.point, words.subspan(at.first - first, at.count))) {
            readings.push_back(std::move(*reading));
        }
    }
}

void PointIndex::add_text(IdentifyAddress::Kind kind, std::uint8_t object, ByteView text,
                          std::vector<Reading>& readings) const {
    for (const auto& row : rows_) {
        if (row.at.kind == kind && row.at.object == object) { readings.push_back(text_reading(*row.point, text)); }
    }
}

std::vector<Reading> PointIndex::readings(const Request& request, const Response& response) const {
    std::vector<Reading> found;
    if (rows_.empty()) { return found; }
    if (const auto* const id = std::get_if<DeviceId>(&response)) {
        for (const auto& object : id->objects) {
            const Bytes text(object.text.begin(), object.text.end());
            add_text(IdentifyAddress::Kind::device_id, object.id, text, found);
        }
    } else if (const auto* const server = std::get_if<ServerId>(&response)) {
        add_text(IdentifyAddress::Kind::server_id, 0, server->data, found);
    } else if (const auto* const registers = std::get_if<ReadRegistersAnswer>(&response)) {
        const auto* const read = std::get_if<ReadRequest>(&request);
        const auto* const both = std::get_if<ReadWriteRegisters>(&request);
        if (read != nullptr) { add_registers(read->table, read->address, registers->registers, found); }
        if (both != nullptr) { add_registers(Table::holding, both->read_address, registers->registers, found); }
    } else if (const auto* const bits = std::get_if<ReadBitsAnswer>(&response)) {
        const auto* const read = std::get_if<ReadRequest>(&request);
        if (read != nullptr) { add_registers(read->table, read->address, words_of(bits->bits), found); }
    }
    return found;
}

} // namespace meterctl::codecs::modbus
