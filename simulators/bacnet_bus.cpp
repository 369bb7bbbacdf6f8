#include "simulators/bacnet_bus.hpp"

#include "simulators/bacnet_links.hpp"

#include <algorithm>
#include <array>

namespace meterctl::simulators {

namespace {

struct FramingRow {
    std::string_view name;
    std::unique_ptr<Bus> (*make)(const std::shared_ptr<BacnetSite>& site);
};
constexpr std::array framing_rows{
    FramingRow{"", make_mstp_link}, FramingRow{"mstp", make_mstp_link}, FramingRow{"rtu", make_mstp_link},
    FramingRow{"ip", make_ip_link}, FramingRow{"udp", make_ip_link},    FramingRow{"tcp", make_ip_link},
};

} // namespace

std::unique_ptr<Bus> make_bacnet_link(const std::shared_ptr<BacnetSite>& site, std::string_view framing) {
    const auto* row = std::ranges::find(framing_rows, framing, &FramingRow::name);
    return row == framing_rows.end() ? make_mstp_link(site) : row->make(site);
}

Result<std::unique_ptr<Bus>> make_bacnet_bus(std::span<const Unit> units, const Options& options) {
    if (std::ranges::find(framing_rows, options.framing, &FramingRow::name) == framing_rows.end()) {
        return fail(Category::usage, "unknown framing '" + options.framing + "'", {}, {"mstp or ip"});
    }
    auto installation = BacnetInstallation::create(units, options);
    if (!installation) { return tl::unexpected(installation.error()); }
    auto site = std::make_shared<BacnetSite>();
    site->installation = std::move(*installation);
    return make_bacnet_link(site, options.framing);
}

} // namespace meterctl::simulators
