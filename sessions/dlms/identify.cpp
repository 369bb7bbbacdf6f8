#include "sessions/dlms/identify.hpp"

#include "sessions/identify_rule.hpp"

#include <array>
#include <fmt/format.h>

namespace meterctl::sessions::dlms {

namespace {

using catalogue::Definition;

constexpr std::array facts{
    Fact{"logical_device_name", "1:0-0:42.0.0.255:2", "text"},
    Fact{"serial_number", "1:0-0:96.1.0.255:2", "text"},
    Fact{"software_version", "1:1-0:0.2.0.255:2", "text"},
};

} // namespace

Task<Result<Identity>> identify(Reader& reader, ApduLink& link, std::vector<const Definition*> candidates) {
    auto points = identity_points(facts, candidates);
    auto outcome = co_await reader.read(std::move(points));
    if (!outcome) { co_return tl::unexpected(outcome.error()); }
    Identity identity = identity_of(facts, candidates, std::move(outcome->readings));
    identity.address = link.address();
    if (const auto line = link.transport().line()) { identity.line = fmt::format("{} {}", line->baud, line->frame()); }
    co_return identity;
}

} // namespace meterctl::sessions::dlms
