// TARGET: what the user named, as the meters to talk to.
#pragma once

#include "commands/models.hpp"
#include "sessions/protocols.hpp"
#include "transports/endpoint.hpp"

#include <optional>
#include <string>
#include <vector>

namespace meterctl::commands {

struct Target {
    std::string name; ///< the endpoint as written, or the inventory's name
    transports::Endpoint endpoint;
    const catalogue::Definition* meter = nullptr; ///< null: no model was named
    const sessions::Protocol* protocol = nullptr; ///< null: neither a model nor --protocol says
    std::string address;                          ///< empty: the model's own
    std::optional<transports::Duration> timeout;
    std::optional<unsigned> retries;
    std::string password;                                           ///< empty: none is known
    std::map<std::string, std::shared_ptr<const KeyRing>> new_keys; ///< see SessionOptions
    std::map<std::string, std::shared_ptr<const Bytes>> files;      ///< see SessionOptions
    std::shared_ptr<const KeyRing> keys;                            ///< null: none are known
    std::string client;                                             ///< empty: the model's own
};

/// The options win over the inventory, which wins over the model. Usage errors: no such name (with the nearest), a
/// wrong endpoint, model or protocol, and a model of another protocol than --protocol.
Result<std::vector<Target>> resolve_targets(std::span<const std::string> names, const Arguments& arguments,
                                            const Models& models, const Io& io);

/// What a session needs to know of the target.
sessions::SessionOptions session_options(const Target& target, Io& io);

/// "12 requests, 11 answers, 1 retries": what -v tells at the end; counters that are 0 are left out.
std::string statistics_line(const sessions::Statistics& statistics);

/// The protocol of the target, else the only one that takes all of `points` in its own terms; usage error otherwise.
Result<const sessions::Protocol*> protocol_of(const Target& target, std::span<const std::string> points);

} // namespace meterctl::commands
