#include "codecs/mbus/point.hpp"

#include <algorithm>

namespace meterctl::codecs::mbus {
namespace {

using Kind = PointAddress::Kind;

const Record* find_header(ByteView header, std::span<const Record> records) {
    const auto found =
        std::ranges::find_if(records, [&](const Record& record) { return std::ranges::equal(record.header, header); });
    return found == records.end() ? nullptr : &*found;
}

/// The `number`th of those that are data, from 1.
const Record* find_number(std::size_t number, std::span<const Record> records) {
    for (const auto& record : records) {
        if (record.kind == Record::Kind::data && --number == 0) { return &record; }
    }
    return nullptr;
}

Reading part_reading(const catalogue::Point& point, const Header& header, HeaderPart part) {
    auto reading = reading_of(point, part_of(header, part));
    if (part == HeaderPart::status && reading.text.empty()) { reading.text = status_text(header.status); }
    return reading;
}

} // namespace

PointIndex::PointIndex(const catalogue::Definition* definition) {
    if (definition == nullptr) { return; }
    for (const auto& point : definition->points) {
        auto at = point_address(point);
        const bool shown = at && (at->kind == Kind::record || at->kind == Kind::number || at->kind == Kind::part);
        if (shown) { rows_.push_back({&point, std::move(*at)}); }
    }
}

std::vector<Reading> PointIndex::readings(const Header& header, std::span<const Record> records,
                                          std::size_t before) const {
    std::vector<Reading> found;
    for (const auto& [point, at] : rows_) {
        if (at.kind == Kind::part) {
            found.push_back(part_reading(*point, header, at.part));
            continue;
        }
        const auto* record = at.kind == Kind::record ? find_header(at.header, records) : nullptr;
        if (at.kind == Kind::number && at.number > before) { record = find_number(at.number - before, records); }
        if (record != nullptr) { found.push_back(reading_of(*point, *record)); }
    }
    return found;
}

} // namespace meterctl::codecs::mbus
