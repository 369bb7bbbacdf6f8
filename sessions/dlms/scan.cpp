#include "sessions/dlms/scan.hpp"

#include "codecs/dlms/object_list.hpp"
#include "sessions/dlms/association_options.hpp"
#include "sessions/dlms/identify.hpp"
#include "sessions/dlms/timing.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <set>

namespace meterctl::sessions::dlms {

namespace dlms = codecs::dlms;

namespace {

using namespace std::chrono_literals;

/// A meter answers SNRM at once, as it has nothing to look up.
constexpr Duration silent_on_line = 600ms, silent_on_network = 2s;
constexpr unsigned first_physical = 16, last_physical = 125;
constexpr std::uint16_t sap_assignment_class = 17;

bool ends_all(const Error& error) {
    return error.category == Category::interrupted || error.category == Category::usage ||
           (error.category == Category::endpoint && error.code != ApduLink::link_lost);
}

bool is_silence(const Error& error) {
    return error.category == Category::timeout;
}

/// Those that meters are delivered with come first: the logical device alone, then physical 17 and 16.
std::vector<std::string> usual_addresses(const LinkOptions& link) {
    if (link.framing == "wrapper") { return {"1"}; }
    std::vector<std::string> addresses{"1", "1/17", "1/16", "1/1"};
    if (link.sign_on) { return addresses; }
    for (unsigned physical = first_physical; physical <= last_physical; ++physical) {
        auto address = fmt::format("1/{}", physical);
        if (std::ranges::find(addresses, address) == addresses.end()) { addresses.push_back(std::move(address)); }
    }
    return addresses;
}

class Scan {
public:
    Scan(transports::Transport& transport, ScanOptions options, ScanSink sink)
        : transport_(transport), options_(std::move(options)), sink_(std::move(sink)) {}

    Task<Result<void>> run() {
        const auto usual = link_options(session_options({}), transport_);
        if (!usual) { co_return tl::unexpected(usual.error()); }
        const auto addresses = options_.addresses.empty() ? usual_addresses(*usual) : options_.addresses;
        const std::size_t lines = std::max<std::size_t>(1, options_.lines.size());
        progress_.total = lines * addresses.size();
        for (std::size_t i = 0; i < lines; ++i) {
            if (!options_.lines.empty()) {
                auto configured = co_await transport_.configure(options_.lines[i]);
                if (!configured) { co_return configured; }
            }
            for (const std::string& address : addresses) {
                tell(address);
                auto tried = co_await visit(address);
                if (!tried && ends_all(tried.error())) { co_return tried; }
                ++progress_.done;
                tell(address);
            }
        }
        co_return Result<void>();
    }

private:
    [[nodiscard]] SessionOptions session_options(const std::string& address) const {
        SessionOptions options;
        options.settings = options_.settings;
        options.settings.try_emplace("client", "16");
        options.address = address;
        options.retries = options_.retries;
        return options;
    }

    [[nodiscard]] Duration budget() const {
        return options_.timeout.value_or(transport_.line() ? silent_on_line : silent_on_network);
    }

    void tell(const std::string& address) {
        if (!sink_.progress) { return; }
        const auto line = transport_.line();
        progress_.current = (line ? fmt::format("{} {} ", line->baud, line->frame()) : "") + "address " + address;
        progress_.left = budget() * static_cast<int>(progress_.total - progress_.done);
        sink_.progress(progress_);
    }

    void trouble(const std::string& address, const Error& error) const {
        if (sink_.trouble && !is_silence(error)) { sink_.trouble(address, error); }
    }

    /// The error of what ends the scan, or of a silent address.
    Task<Result<void>> visit(const std::string& address) {
        const auto options = session_options(address);
        auto link = link_options(options, transport_);
        if (!link) { co_return tl::unexpected(link.error()); }
        if (link->framing == "hdlc") {
            auto there = co_await knock(*link);
            if (!there) {
                trouble(address, there.error());
                co_return there;
            }
        }
        if (options_.timeout || link->framing != "hdlc") { link->timeout = budget(); }
        auto identity = co_await ask(options, *link);
        if (!identity) {
            trouble(address, identity.error());
            co_return tl::unexpected(identity.error());
        }
        if (sink_.found && is_new(*identity)) { sink_.found(*identity); }
        co_return Result<void>();
    }

    /// Whether SNRM is answered.
    Task<Result<void>> knock(LinkOptions options) {
        options.timeout = budget();
        options.retries = options_.retries;
        const auto link = make_link(transport_, std::move(options));
        auto opened = co_await link->open();
        co_await link->close();
        co_return opened;
    }

    /// A meter that refuses the public client is found all the same.
    Task<Result<Identity>> ask(SessionOptions options, LinkOptions link_options) {
        auto association_options = sessions::dlms::association_options(options);
        if (!association_options) { co_return tl::unexpected(association_options.error()); }
        const bool connected = link_options.framing == "hdlc";
        association_options->saps.server = link_options.saps.server;
        link_options.saps = association_options->saps;
        const auto link = make_link(transport_, std::move(link_options));
        Association association(*link, std::move(*association_options));
        Services services(association);
        Reader reader(association, services, nullptr);
        Identity bare;
        bare.address = link->address();
        auto opened = co_await association.open();
        if (!opened) {
            const bool refused = connected || opened.error().category == Category::refused;
            if (!refused) { co_return tl::unexpected(opened.error()); }
            trouble(bare.address, opened.error());
            co_return bare;
        }
        auto identity = co_await identify(reader, *link, options_.candidates);
        if (identity) {
            auto devices = co_await logical_devices(reader);
            if (devices) { identity->facts.push_back(std::move(*devices)); }
        }
        co_await association.release();
        if (!identity && identity.error().category == Category::refused) { co_return bare; }
        co_return identity;
    }

    /// The meter's list of its logical devices, where it has one.
    static Task<std::optional<Reading>> logical_devices(Reader& reader) {
        dlms::PointAddress address;
        address.class_id = sap_assignment_class;
        address.logical_name = {0, 0, 41, 0, 0, 255};
        auto data = co_await reader.attribute(address);
        if (!data) { co_return std::nullopt; }
        std::string text;
        for (const dlms::LogicalDevice& device : dlms::logical_devices_of(*data)) {
            text += fmt::format("{}{}: {}", text.empty() ? "" : ", ", device.sap, device.name);
        }
        if (text.empty()) { co_return std::nullopt; }
        Reading reading;
        reading.name = "logical_devices";
        reading.value = text;
        reading.address = address.text();
        co_return reading;
    }

    /// Meters answer at their logical device alone, and at its physical address too.
    bool is_new(const Identity& identity) {
        std::string who = identity.serial_number;
        for (const Reading& fact : identity.facts) { who += "\n" + fact.value.to_string(); }
        return who.empty() || seen_.insert(who).second;
    }

    transports::Transport& transport_;
    ScanOptions options_;
    ScanSink sink_;
    ScanProgress progress_;
    std::set<std::string> seen_;
};

} // namespace

Task<Result<void>> scan(transports::Transport& transport, ScanOptions options, ScanSink sink) {
    Scan scan(transport, std::move(options), std::move(sink));
    auto done = co_await scan.run();
    co_return done;
}

} // namespace meterctl::sessions::dlms
