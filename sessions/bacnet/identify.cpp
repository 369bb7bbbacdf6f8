#include "sessions/bacnet/identify.hpp"

#include "sessions/identify_rule.hpp"

#include <array>
#include <fmt/format.h>

namespace meterctl::sessions::bacnet {

namespace {

using catalogue::Definition;

constexpr std::array facts{
    Fact{"device_instance", "device/object-identifier", "instance"},
    Fact{"device_name", "device/object-name", "text"},
    Fact{"vendor_name", "device/vendor-name", "text"},
    Fact{"vendor_identifier", "device/vendor-identifier", "unsigned"},
    Fact{"model_name", "device/model-name", "text"},
    Fact{"firmware_version", "device/firmware-revision", "text"},
    Fact{"software_version", "device/application-software-version", "text"},
    Fact{"location", "device/location", "text"},
    Fact{"serial_number", "device/serial-number", "text"},
};

} // namespace

Task<Result<Identity>> identify(Properties& properties, std::vector<const Definition*> candidates) {
    auto points = identity_points(facts, candidates);
    ReaderOptions options;
    Reader reader(properties, options);
    auto outcome = co_await reader.read(std::move(points));
    if (!outcome) { co_return tl::unexpected(outcome.error()); }
    if (outcome->readings.empty() && !outcome->failures.empty()) {
        co_return tl::unexpected(outcome->failures.front().error);
    }
    Identity identity = identity_of(facts, candidates, std::move(outcome->readings));
    identity.address = properties.station().text();
    if (const auto line = properties.client().link().transport().line(); line && !properties.client().link().is_ip()) {
        identity.line = fmt::format("{} {}", line->baud, line->frame());
    }
    co_return identity;
}

} // namespace meterctl::sessions::bacnet
