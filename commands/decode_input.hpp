// INPUT of `decode`: hex as typed, files, standard input, or an endpoint to listen on.
#pragma once

#include "src/core/bytes.hpp"
#include "src/core/error.hpp"
#include "transports/endpoint.hpp"

#include <optional>
#include <span>
#include <string>
#include <vector>

namespace meterctl::commands {

struct DecodeInput {
    std::string name;                             ///< shown with its frames; empty for what was typed
    std::string path;                             ///< of a file, or "-"
    std::optional<Bytes> typed;                   ///< octets of the command line
    std::optional<transports::Endpoint> endpoint; ///< to listen on
};

/// Words that are hex belong together. No word: standard input. Usage error for a word that is neither a file, nor hex,
/// nor an endpoint.
Result<std::vector<DecodeInput>> decode_inputs(std::span<const std::string> words);

} // namespace meterctl::commands
