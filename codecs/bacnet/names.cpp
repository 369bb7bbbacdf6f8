#include "codecs/bacnet/names.hpp"

#include <algorithm>
#include <charconv>
#include <fmt/format.h>

namespace meterctl::codecs::bacnet::names {

std::string_view find(Table table, std::uint32_t number) {
    const auto row = std::ranges::lower_bound(table, number, {}, &Name::number);
    return row != table.end() && row->number == number ? row->text : std::string_view();
}

std::string text(Table table, std::uint32_t number, std::uint32_t proprietary) {
    const auto known = find(table, number);
    if (!known.empty()) { return std::string(known); }
    return fmt::format("{} {}", number >= proprietary ? "proprietary" : "reserved", number);
}

std::optional<std::uint32_t> parse(Table table, std::string_view name) {
    const auto row = std::ranges::find(table, name, &Name::text);
    if (row != table.end()) { return row->number; }
    std::uint32_t number = 0;
    const auto [end, problem] = std::from_chars(name.data(), name.data() + name.size(), number);
    const bool whole = problem == std::errc{} && end == name.data() + name.size() && !name.empty();
    return whole ? std::optional(number) : std::nullopt;
}

} // namespace meterctl::codecs::bacnet::names
