// The settings that a definition may have for its protocol: a table of names and of what sets each.
#pragma once

#include "src/catalogue/definition.hpp"
#include "src/core/error.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace meterctl::codecs {

template <class Settings>
struct SettingRow {
    std::string_view name;
    Result<void> (*set)(Settings& settings, std::string_view text);
};

/// Usage error with `code`: the protocol has no setting of that name; the hints are those that look like it.
tl::unexpected<Error> unknown_setting(const catalogue::Definition& definition, std::string_view name,
                                      std::vector<std::string> known, std::string_view code);

/// Decimal; usage error with `code` where the text is no number from `least` to `most`.
Result<std::uint32_t> number_setting(std::string_view name, std::string_view text, std::uint32_t least,
                                     std::uint32_t most, std::string_view code);

/// "true" or "false"; usage error with `code` where it is neither.
Result<bool> flag_setting(std::string_view name, std::string_view text, std::string_view code);

/// What the definition sets. `of_others` are names that mean something to somebody else.
template <class Settings, std::size_t Count>
Result<Settings> read_settings(const catalogue::Definition& definition,
                               const std::array<SettingRow<Settings>, Count>& rows, std::string_view code,
                               std::span<const std::string_view> of_others = {}) {
    Settings settings;
    for (const auto& [name, text] : definition.settings) {
        if (std::ranges::find(of_others, name) != of_others.end()) { continue; }
        const auto row = std::ranges::find(rows, name, &SettingRow<Settings>::name);
        if (row == rows.end()) {
            std::vector<std::string> known;
            known.reserve(rows.size());
            for (const auto& one : rows) { known.emplace_back(one.name); }
            return unknown_setting(definition, name, std::move(known), code);
        }
        if (auto set = row->set(settings, text); !set) { return tl::unexpected(set.error()); }
    }
    return settings;
}

} // namespace meterctl::codecs
