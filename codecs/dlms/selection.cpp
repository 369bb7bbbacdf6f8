#include "codecs/dlms/selection.hpp"

#include "codecs/dlms/data_value.hpp"
#include "codecs/dlms/obis.hpp"

#include <fmt/format.h>

namespace meterctl::codecs::dlms {
namespace {

constexpr std::uint8_t range_selector = 1, entry_selector = 2;

std::optional<std::uint64_t> number(const Data* data, Type type) {
    if (data == nullptr || data->type != type) { return std::nullopt; }
    return std::get<std::uint64_t>(data->content);
}

std::string bound_text(const Data& data) {
    return to_value(data).value.to_string();
}

} // namespace

std::string CaptureObject::text() const {
    auto out = fmt::format("{}:{}:{}", class_id, logical_name.to_logical_name(), attribute);
    if (data_index != 0) { out += fmt::format("[{}]", data_index); }
    return out;
}

std::optional<CaptureObject> capture_object_of(const Data& data) {
    constexpr std::size_t members = 4;
    if (data.type != Type::structure || data.items()->size() < members) { return std::nullopt; }
    const auto class_id = number(data.at(0), Type::long_unsigned);
    const auto name = logical_name_of(*data.at(1));
    const auto& attribute = *data.at(2);
    const auto index = number(data.at(3), Type::long_unsigned);
    if (!class_id || !name || attribute.type != Type::integer || !index) { return std::nullopt; }
    return CaptureObject{static_cast<std::uint16_t>(*class_id), *name,
                         static_cast<std::int8_t>(std::get<std::int64_t>(attribute.content)),
                         static_cast<std::uint16_t>(*index)};
}

Data to_data(const CaptureObject& object) {
    return Data::structure({Data::long_unsigned(object.class_id), to_data(object.logical_name),
                            Data::integer(object.attribute), Data::long_unsigned(object.data_index)});
}

Selection to_selection(const RangeSelection& range) {
    std::vector<Data> columns;
    columns.reserve(range.columns.size());
    for (const auto& column : range.columns) { columns.push_back(to_data(column)); }
    return {range_selector,
            Data::structure({to_data(range.restricting), range.from, range.to, Data::array(std::move(columns))})};
}

Selection to_selection(const EntrySelection& entries) {
    return {entry_selector,
            Data::structure({Data::double_long_unsigned(entries.from), Data::double_long_unsigned(entries.to),
                             Data::long_unsigned(entries.from_column), Data::long_unsigned(entries.to_column)})};
}

std::optional<RangeSelection> range_of(const Selection& selection) {
    const auto& data = selection.parameter;
    if (selection.selector != range_selector || data.type != Type::structure || data.items()->size() != 4) {
        return std::nullopt;
    }
    const auto restricting = capture_object_of(*data.at(0));
    const auto* const columns = data.at(3)->items();
    if (!restricting || columns == nullptr) { return std::nullopt; }
    RangeSelection range{*restricting, *data.at(1), *data.at(2), {}};
    for (const auto& column : *columns) {
        const auto object = capture_object_of(column);
        if (!object) { return std::nullopt; }
        range.columns.push_back(*object);
    }
    return range;
}

std::optional<EntrySelection> entries_of(const Selection& selection) {
    const auto& data = selection.parameter;
    if (selection.selector != entry_selector || data.type != Type::structure) { return std::nullopt; }
    const auto from = number(data.at(0), Type::double_long_unsigned);
    const auto to = number(data.at(1), Type::double_long_unsigned);
    const auto from_column = number(data.at(2), Type::long_unsigned);
    const auto to_column = number(data.at(3), Type::long_unsigned);
    if (!from || !to || !from_column || !to_column) { return std::nullopt; }
    return EntrySelection{static_cast<std::uint32_t>(*from), static_cast<std::uint32_t>(*to),
                          static_cast<std::uint16_t>(*from_column), static_cast<std::uint16_t>(*to_column)};
}

RangeSelection clock_range(CosemTime from, CosemTime to, bool with_deviation) {
    if (!with_deviation) { from.deviation = to.deviation = CosemTime::any_deviation; }
    return {{}, Data::octet_string(encode_date_time(from)), Data::octet_string(encode_date_time(to)), {}};
}

std::string selection_text(const Selection& selection) {
    if (const auto range = range_of(selection)) {
        return fmt::format("from {} to {}", bound_text(range->from), bound_text(range->to));
    }
    if (const auto entries = entries_of(selection)) {
        return entries->to == 0 ? fmt::format("entries {} to the last", entries->from)
                                : fmt::format("entries {} to {}", entries->from, entries->to);
    }
    return fmt::format("selector {}", selection.selector);
}

} // namespace meterctl::codecs::dlms
