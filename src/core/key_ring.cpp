#include "src/core/key_ring.hpp"

#include "src/core/text.hpp"

#include <set>

namespace meterctl {

void KeyRing::put(std::string_view meter, std::string_view name, SecretBytes secret) {
    meters_[to_lower(meter)].insert_or_assign(to_lower(name), std::move(secret));
}

const SecretBytes* KeyRing::find(std::string_view name, std::string_view client,
                                 std::span<const std::string> meters) const {
    const auto of_meter = [&](std::string_view meter) -> const SecretBytes* {
        const auto secrets = meters_.find(meter);
        if (secrets == meters_.end()) { return nullptr; }
        auto found = secrets->second.find(to_lower(client) + "." + std::string(name));
        if (found == secrets->second.end()) { found = secrets->second.find(name); }
        return found == secrets->second.end() ? nullptr : &found->second;
    };
    for (const std::string& meter : meters) {
        if (meter.empty()) { continue; }
        if (const SecretBytes* found = of_meter(to_lower(meter)); found != nullptr) { return found; }
    }
    return of_meter("");
}

std::vector<std::string> KeyRing::meters() const {
    std::vector<std::string> names;
    for (const auto& [meter, secrets] : meters_) {
        if (!meter.empty()) { names.push_back(meter); }
    }
    return names;
}

std::vector<std::string> KeyRing::clients() const {
    std::set<std::string> names;
    for (const auto& [meter, secrets] : meters_) {
        for (const auto& [name, secret] : secrets) {
            if (const std::size_t dot = name.find('.'); dot != std::string::npos) { names.insert(name.substr(0, dot)); }
        }
    }
    return {names.begin(), names.end()};
}

} // namespace meterctl
