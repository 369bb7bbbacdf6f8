#include "simulators/dlms_bus.hpp"

#include "simulators/dlms_links.hpp"
#include "simulators/extras.hpp"

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
constexpr std::uint64_t most_days = 400, longest_push = 86400;
constexpr std::string_view silent_word = "silent_after:", verifying_word = "verify_when_asked";

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

Result<void> check_misbehaviour(const Options& options) {
    const auto said = options.extras.find("misbehave");
    if (said == options.extras.end() || said->second == verifying_word) { return {}; }
    const std::string_view text = said->second;
    if (text.starts_with(silent_word) && number(text.substr(silent_word.size()))) { return {}; }
    return fail(Category::usage, "misbehave: '" + said->second + "' is none", {},
                {std::string(silent_word) + "20", std::string(verifying_word)}, "usage.value");
}

/// EVENT, or EVENT:BITS in hex.
Result<void> check_tamper(std::span<const Unit> units, const Options& options) {
    const auto said = options.extras.find("tamper");
    if (said == options.extras.end()) { return {}; }
    const std::string_view text = said->second;
    const std::size_t colon = text.find(':');
    const std::string_view bits = colon == std::string_view::npos ? "0" : text.substr(colon + 1);
    std::uint32_t filter = 0;
    const auto [end, problem] = std::from_chars(bits.data(), bits.data() + bits.size(), filter, 16);
    const bool hex = problem == std::errc() && end == bits.data() + bits.size();
    const auto logs = [&](const catalogue::Profile& profile) {
        return std::ranges::find(profile.events, text.substr(0, colon), &catalogue::ProfileEvent::name) !=
               profile.events.end();
    };
    const bool known =
        std::ranges::any_of(units, [&](const Unit& unit) { return std::ranges::any_of(unit.meter->profiles, logs); });
    if (hex && known) { return {}; }
    return fail(Category::usage,
                "tamper: '" + said->second + (hex ? "' is no event" : "' has no bits behind the colon"), {},
                {"main_cover_opened", "main_cover_opened:1FF"}, "usage.value");
}

Result<void> check_extras(std::span<const Unit> units, const Options& options) {
    auto good = check_extra_number(options, "days", most_days);
    if (good) { good = check_extra_number(options, "push", longest_push); }
    if (good) { good = check_misbehaviour(options); }
    if (good) { good = check_tamper(units, options); }
    return good;
}

} // namespace

std::optional<unsigned> DlmsSite::silent_after() const {
    const auto found = options.extras.find("misbehave");
    if (found == options.extras.end() || !found->second.starts_with(silent_word)) { return std::nullopt; }
    return number(std::string_view(found->second).substr(silent_word.size()));
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
    if (auto good = check_extras(units, options); !good) { return tl::unexpected(good.error()); }
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
