// Where the candidates of each kind of value come from.
#pragma once

#include "commands/complete.hpp"
#include "commands/options.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace meterctl::commands {

/// What the finished words say, as far as candidates depend on it.
struct Context {
    std::string model;                    ///< of --meter, of sim://MODEL or of the inventory's name; may be empty
    std::vector<std::string> meter_files; ///< of --meter-file
    std::string inventory;                ///< of --inventory, else the default one; may be empty
    std::string unfinished;               ///< the word at the cursor
};

/// All candidates of a kind; those that do not start with the unfinished word are left out by the caller.
Completion candidates(Completes kind, std::span<const std::string_view> choices, const Context& context, const Io& io);

} // namespace meterctl::commands
