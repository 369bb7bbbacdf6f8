// `meterctl meters [MODEL] --from TARGET`: a definition file from what a meter tells of itself.
#pragma once

#include "commands/io.hpp"
#include "commands/models.hpp"

namespace meterctl::commands {

/// Writes the definition to --output. Fails as a reading of the meter would; usage error for protocols whose meters
/// tell nothing.
int describe_meter(const Arguments& arguments, const Models& models, Io& io);

} // namespace meterctl::commands
