#include "simulators/dlms_bus.hpp"

#include "simulators/dlms_links.hpp"

#include <algorithm>
#include <array>
#include <charconv>

namespace meterctl::simulators {

namespace {

struct FramingRow {
    std::string_view name;
    std::unique_ptr<Bus> (*make)(const std::shared_ptr<DlmsSite>& site);
};
constexpr std::array framing_rows{
    FramingRow{"", make_dlms_hdlc_link},        FramingRow{"rtu", make_dlms_hdlc_link},
    FramingRow{"serial", make_dlms_hdlc_link},  FramingRow{"hdlc", make_dlms_hdlc_link},
    FramingRow{"tcp", make_dlms_wrapper_link},  FramingRow{"wrapper", make_dlms_wrapper_link},
    FramingRow{"udp", make_dlms_datagram_link},
};

constexpr std::uint16_t last_address = 0x3FFD;

std::optional<std::uint16_t> number(std::string_view text) {
    std::uint16_t value = 0;
    const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), value);
    const bool whole = problem == std::errc() && end == text.data() + text.size() && !text.empty();
    return whole && value <= last_address ? std::optional(value) : std::nullopt;
}

/// "1": the logical device; "1/17": the physical one of HDLC too.
Result<DlmsStation> station_of(const Unit& unit) {
    const std::string& text = unit.address.empty() ? unit.meter->address : unit.address;
    DlmsStation station;
    const auto slash = text.find('/');
    const auto first = number(std::string_view(text).substr(0, slash));
    const auto second =
        slash == std::string::npos ? std::optional<std::uint16_t>(0) : number(std::string_view(text).substr(slash + 1));
    if (!text.empty() && (!first || !second)) {
        return fail(Category::usage, "'" + text + "' is no HDLC address", unit.meter->model, {"1", "1/17"});
    }
    if (!text.empty()) { station.logical = *first; }
    if (slash != std::string::npos) { station.physical = *second; }
    return station;
}

} // namespace

std::optional<unsigned> DlmsSite::silent_after() const {
    const auto found = options.extras.find("misbehave");
    constexpr std::string_view word = "silent_after:";
    if (found == options.extras.end() || !found->second.starts_with(word)) { return std::nullopt; }
    return number(std::string_view(found->second).substr(word.size()));
}

void DlmsSite::advance_to(TimePoint now) {
    for (DlmsStation& station : stations) { station.meter->advance_to(now); }
}

std::optional<TimePoint> DlmsSite::next_event() const {
    std::optional<TimePoint> next;
    for (const DlmsStation& station : stations) { next = sooner(next, station.meter->next_event()); }
    return next;
}

Result<std::unique_ptr<Bus>> make_dlms_bus(std::span<const Unit> units, const Options& options) {
    const auto* const framing = std::ranges::find(framing_rows, options.framing, &FramingRow::name);
    if (framing == framing_rows.end()) {
        return fail(Category::usage, "unknown framing '" + options.framing + "'", {}, {"hdlc or wrapper"});
    }
    auto site = std::make_shared<DlmsSite>();
    site->options = options;
    for (const Unit& unit : units) {
        auto station = station_of(unit);
        if (!station) { return tl::unexpected(station.error()); }
        auto meter = DlmsMeter::create(*unit.meter, options);
        if (!meter) { return tl::unexpected(meter.error()); }
        station->meter = std::move(*meter);
        const bool usual = unit.address.find('/') == std::string::npos;
        if (usual) { station->physical = station->meter->physical(); }
        const bool taken = std::ranges::any_of(site->stations, [&](const DlmsStation& other) {
            return other.logical == station->logical &&
                   (other.physical == station->physical || framing->make != make_dlms_hdlc_link);
        });
        if (taken) {
            return fail(Category::usage, "two units have one address", unit.meter->model,
                        {"another address for one of them"});
        }
        site->stations.push_back(std::move(*station));
    }
    return framing->make(site);
}

} // namespace meterctl::simulators
