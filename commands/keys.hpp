// Keys: from a file that nobody else may read, or from the environment, never from the command line.
#pragma once

#include "commands/arguments.hpp"
#include "commands/io.hpp"
#include "src/core/key_ring.hpp"

#include <memory>

namespace meterctl::commands {

/// The keys of --keys, else of METERCTL_KEYS, else nullptr. From then on the process leaves no core. Usage error where
/// the file cannot be read, can be read by others, or holds no keys; no error text holds any of it.
Result<std::shared_ptr<const KeyRing>> keys_of(const Arguments& arguments, const Io& io);

/// A file of new keys for a meter, as it stands for the value of a point of type "keys". Errors as of keys_of().
Result<std::shared_ptr<const KeyRing>> keys_in(const std::string& path);

/// No core, and no memory that another process of the same user can look into.
void keep_memory_private();

} // namespace meterctl::commands
