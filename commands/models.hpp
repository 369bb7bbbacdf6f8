// The meter models a command line can name.
#pragma once

#include "commands/arguments.hpp"
#include "commands/io.hpp"
#include "src/catalogue/catalogue.hpp"

#include <string>

namespace meterctl::commands {

struct Models {
    catalogue::Catalogue catalogue;
    /// The model of the only --meter-file, which then needs no --meter; empty otherwise.
    std::string only_file;
};

/// Those built in, the user's own, and those of --meter-file. Usage error where a file is broken.
Result<Models> open_models(const Arguments& arguments, const Io& io);

} // namespace meterctl::commands
