// The inventory: meters under names of the user's own, so that `meterctl read kitchen` needs no endpoint and no
// options.
//
//   {"defaults": {"meter": "pro380-mod"},
//    "targets": {"kitchen": {"endpoint": "tcp://10.0.0.5:502", "address": "1"}}}
#pragma once

#include "src/core/error.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace meterctl::catalogue {

/// One target; what is not given is empty, and then the command line, the model or the protocol decides.
struct InventoryTarget {
    std::string name;
    std::string endpoint;
    std::string meter;
    std::string protocol;
    std::string address;
    std::string timeout; ///< "500ms"
    std::optional<unsigned> retries;
};

struct Inventory {
    std::vector<InventoryTarget> targets; ///< in the order of the file, `defaults` filled in

    /// Those whose name is, or matches, `pattern` (glob), in the order of the file.
    [[nodiscard]] std::vector<const InventoryTarget*> find(std::string_view pattern) const;
};

/// Usage errors name file, line and key, for an unknown key also the nearest known one.
Result<Inventory> parse_inventory(std::string_view json, std::string_view origin);
/// Usage error where the file cannot be read.
Result<Inventory> load_inventory(const std::string& path);

} // namespace meterctl::catalogue
