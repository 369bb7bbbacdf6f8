#include "src/catalogue/definition.hpp"

#include <algorithm>

namespace meterctl::catalogue {

const Point* Definition::find(std::string_view name) const {
    const auto found = std::find_if(points.begin(), points.end(), [&](const Point& p) { return p.name == name; });
    return found != points.end() ? &*found : nullptr;
}

const Client* Definition::find_client(std::string_view name) const {
    const auto found = std::ranges::find(clients, name, &Client::name);
    return found != clients.end() ? &*found : nullptr;
}

} // namespace meterctl::catalogue
