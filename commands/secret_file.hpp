// A file of passwords or keys, which nobody but its owner may have rights to.
#pragma once

#include "src/core/secret.hpp"

#include <string>

namespace meterctl::commands {

/// Its first `most` octets; /dev/fd/N is an open descriptor. `what` names it in errors ("password file"), which hold
/// none of it. Usage error, with `code`, where it cannot be read, is no file, or group or others have any right to it.
Result<SecretBytes> read_secret_file(const std::string& path, std::string_view what, std::size_t most,
                                     std::string_view code);

/// The octets as characters, for as long as the secret lives.
std::string_view characters(const SecretBytes& secret);

} // namespace meterctl::commands
