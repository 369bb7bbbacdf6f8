// The man pages, from the options table and the topics: meterctl(1), and one a subcommand.
#pragma once

#include "commands/io.hpp"
#include "commands/options.hpp"

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace meterctl::commands {

/// "meterctl", "meterctl-read", ...
std::vector<std::string> man_page_names();
/// In man(7); empty when there is no page of that name.
std::string man_page(std::string_view name);

/// `meterctl __man NAME` prints a page, `meterctl __man --to FOLDER` writes all of them as NAME.1.
int run_man(std::span<const std::string> words, Io& io);

} // namespace meterctl::commands
