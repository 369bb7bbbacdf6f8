// Settings that only some simulators take (`Options::extras`), and what each may say: who misspells one is told, and
// does not test against a meter that does something else.
#pragma once

#include "simulators/bus.hpp"
#include "src/core/error.hpp"

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace meterctl::simulators {

/// Usage error unless it is a whole number up to `most`, or not set.
Result<void> check_extra_number(const Options& options, const std::string& key, std::uint64_t most);

/// Usage error unless it is one of the words, or not set.
Result<void> check_extra_word(const Options& options, const std::string& key, std::span<const std::string> words);

} // namespace meterctl::simulators
