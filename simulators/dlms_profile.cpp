#include "simulators/dlms_profile.hpp"

#include "codecs/dlms/length.hpp"

#include <algorithm>

namespace meterctl::simulators {

namespace dlms = codecs::dlms;
using dlms::Data;

namespace {

constexpr std::uint8_t by_range_selector = 1, by_entry_selector = 2;
constexpr std::uint16_t clock_class = 8;

Bytes only(const Bytes& record, const std::vector<std::size_t>& columns) {
    const auto whole = dlms::decode_data(record);
    std::vector<Data> kept;
    for (const auto column : columns) {
        const auto* const value = whole ? whole->at(column) : nullptr;
        kept.push_back(value == nullptr ? Data::null() : *value);
    }
    return dlms::encode(Data::structure(std::move(kept)));
}

/// A capture object as it is sent; nullopt where it is none.
std::optional<DlmsCapture> capture_of(const Data& data) {
    const auto* const parts = data.items();
    if (parts == nullptr || parts->size() != 4) { return std::nullopt; }
    const auto class_id = (*parts)[0].whole(), attribute = (*parts)[2].whole(), index = (*parts)[3].whole();
    const auto name = dlms::logical_name_of((*parts)[1]);
    if (!class_id || !name || !attribute || !index) { return std::nullopt; }
    return DlmsCapture{static_cast<std::uint16_t>(*class_id), *name, static_cast<std::int8_t>(*attribute),
                       static_cast<std::uint16_t>(*index)};
}

} // namespace

void DlmsProfile::add(SystemTime time, Bytes record) {
    if (capacity_ == 0) { return; }
    while (records_.size() >= capacity_) { records_.pop_front(); }
    records_.push_back({time, std::move(record)});
}

Data DlmsProfile::capture_objects() const {
    std::vector<Data> items;
    items.reserve(columns_.size());
    for (const DlmsCapture& column : columns_) {
        items.push_back(Data::structure({Data::long_unsigned(column.class_id), dlms::to_data(column.name),
                                         Data::integer(column.attribute), Data::long_unsigned(column.data_index)}));
    }
    return Data::array(std::move(items));
}

DlmsAnswer<std::vector<std::size_t>> DlmsProfile::chosen(const Data& list) const {
    std::vector<std::size_t> found;
    if (list.items() == nullptr) { return tl::unexpected(DlmsRefusal::type_unmatched); }
    for (const Data& item : *list.items()) {
        const auto wanted = capture_of(item);
        if (!wanted) { return tl::unexpected(DlmsRefusal::type_unmatched); }
        const auto same = std::ranges::find_if(columns_, [&](const DlmsCapture& column) {
            return column.class_id == wanted->class_id && column.name == wanted->name &&
                   column.attribute == wanted->attribute && column.data_index == wanted->data_index;
        });
        if (same == columns_.end()) { return tl::unexpected(DlmsRefusal::object_undefined); }
        found.push_back(static_cast<std::size_t>(same - columns_.begin()));
    }
    return found;
}

DlmsAnswer<DlmsProfile::Part> DlmsProfile::by_range(const Data& range, int deviation) const {
    const auto* const parts = range.items();
    if (parts == nullptr || parts->size() != 4) { return tl::unexpected(DlmsRefusal::type_unmatched); }
    const auto restricting = capture_of((*parts)[0]);
    if (!restricting || restricting->class_id != clock_class) { return tl::unexpected(DlmsRefusal::other_reason); }
    const auto limit = [&](const Data& data) -> std::optional<SystemTime> {
        const auto time = dlms::date_time_of(data);
        return time ? system_time(*time, deviation) : std::nullopt;
    };
    const auto from = limit((*parts)[1]), to = limit((*parts)[2]);
    if (!from || !to) { return tl::unexpected(DlmsRefusal::type_unmatched); }
    auto columns = chosen((*parts)[3]);
    if (!columns) { return tl::unexpected(columns.error()); }
    Part part{{}, std::move(*columns)};
    for (const Record& record : records_) { // in their order, which a clock that is set back makes none of times
        if (record.time >= *from && record.time <= *to) { part.records.push_back(&record); }
    }
    return part;
}

std::vector<const DlmsProfile::Record*> DlmsProfile::between(std::size_t first, std::size_t end) const {
    std::vector<const Record*> found;
    for (std::size_t at = first; at < end; ++at) { found.push_back(&records_[at]); }
    return found;
}

DlmsAnswer<DlmsProfile::Part> DlmsProfile::by_entry(const Data& entries) const {
    const auto* const parts = entries.items();
    if (parts == nullptr || parts->size() != 4) { return tl::unexpected(DlmsRefusal::type_unmatched); }
    std::array<std::size_t, 4> numbers{};
    for (std::size_t at = 0; at < 4; ++at) {
        const auto number = (*parts)[at].whole();
        if (!number || *number < 0) { return tl::unexpected(DlmsRefusal::type_unmatched); }
        numbers.at(at) = static_cast<std::size_t>(*number);
    }
    const auto [from, to_or_last, from_column, to_column] = numbers;
    const std::size_t to = to_or_last == 0 ? records_.size() : std::min(to_or_last, records_.size());
    const std::size_t last_column = to_column == 0 ? columns_.size() : to_column;
    if (from == 0 || from_column == 0 || last_column > columns_.size()) {
        return tl::unexpected(DlmsRefusal::scope_of_access_violated);
    }
    Part part{between(from - 1, to), {}};
    const bool all = from_column == 1 && last_column == columns_.size();
    for (std::size_t column = from_column; !all && column <= last_column; ++column) {
        part.columns.push_back(column - 1);
    }
    return part;
}

DlmsAnswer<Bytes> DlmsProfile::read(const DlmsAttribute::Selection& selection, int deviation) const {
    DlmsAnswer<Part> part = Part{between(0, selection ? 0 : records_.size()), {}};
    if (selection && selection->selector == by_range_selector) { part = by_range(selection->parameter, deviation); }
    if (selection && selection->selector == by_entry_selector) { part = by_entry(selection->parameter); }
    if (!part) { return tl::unexpected(part.error()); }
    ByteWriter out;
    out.u8(static_cast<std::uint8_t>(dlms::Type::array));
    dlms::write_length(out, part->records.size());
    for (const Record* const record : part->records) {
        if (part->columns.empty()) {
            out.bytes(record->octets);
        } else {
            out.bytes(only(record->octets, part->columns));
        }
    }
    return out.take();
}

} // namespace meterctl::simulators
