// What a scan is to do: where, in which protocol, which addresses at which line settings.
#pragma once

#include "commands/target.hpp"

#include <vector>

namespace meterctl::commands {

struct ScanJob {
    std::string name;            ///< the target as it was given
    std::vector<Target> targets; ///< one, or the hosts of a list or a network
    const sessions::Protocol* protocol = nullptr;
    std::vector<const catalogue::Definition*> candidates;
    std::vector<std::string> addresses;
    std::vector<transports::LineSettings> lines;
    bool by_secondary = false;
    bool listen_only = false;

    [[nodiscard]] const Target& target() const { return targets.front(); }
    [[nodiscard]] bool has_hosts() const { return targets.size() > 1; }
};

/// Usage errors: several targets that are no list of hosts, a protocol that is not scanned, wrong lists.
Result<ScanJob> plan_scan(const Arguments& arguments, const Models& models, const Io& io);

} // namespace meterctl::commands
