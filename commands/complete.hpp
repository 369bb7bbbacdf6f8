// Completion: what may stand at the end of an unfinished command line. The shells' scripts only ask and show.
#pragma once

#include "commands/arguments.hpp"
#include "commands/io.hpp"

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace meterctl::commands {

struct Candidate {
    std::string text;
    std::string help; ///< one line; may be empty
};

struct Completion {
    std::vector<Candidate> candidates; ///< only those that start with the unfinished word
    bool files = false;                ///< files and folders, too
    bool no_space = false;             ///< the word goes on behind the candidate
};

/// `words` are those behind the program's name, up to the cursor; the last one is unfinished, and may be empty.
Completion complete(std::span<const std::string> words, const Io& io);

/// `meterctl __complete -- WORD...`: a line `candidate<TAB>help` each, then `:` and the names of what else holds:
/// `files`, `nospace`. `meterctl __complete SHELL` prints the shell's script.
int run_complete(std::span<const std::string> words, Io& io);

/// The script for "bash", "zsh" or "fish", as it is installed; empty for any other.
std::string_view completion_script(std::string_view shell);

} // namespace meterctl::commands
