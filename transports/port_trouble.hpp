// Why a serial device cannot be had, in terms that help: who holds it, which group may use it, which devices there are.
#pragma once

#include "src/core/error.hpp"

#include <string>

namespace meterctl::transports {

/// The endpoint error for open(2) of `path` that failed with `number`.
tl::unexpected<Error> open_failure(int number, const std::string& path);

/// "minicom (pid 1234)", of the process that has locked the file; empty where none is found.
std::string lock_holder(int fd);

} // namespace meterctl::transports
