#include "codecs/dlms/hdlc_address.hpp"
#include "codecs/dlms/hdlc_parameters.hpp"
#include "sessions/dlms/link.hpp"

#include <charconv>
#include <fmt/format.h>

namespace meterctl::sessions::dlms {

namespace hdlc = codecs::dlms::hdlc;

namespace {

constexpr std::string_view over_hdlc = "hdlc", over_wrapper = "wrapper";
constexpr std::string_view sign_on_first = "e", at_once = "direct";

bool is_number(std::string_view text) {
    return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

/// The endpoint's and the command line's, else the definition's.
class Settings {
public:
    explicit Settings(const SessionOptions& options) : options_(options) {}

    [[nodiscard]] std::string text(const std::string& key) const {
        if (const auto own = options_.settings.find(key); own != options_.settings.end()) { return own->second; }
        if (options_.meter == nullptr) { return {}; }
        const auto delivered = options_.meter->settings.find(key);
        return delivered == options_.meter->settings.end() ? std::string() : delivered->second;
    }

    /// nullopt where nothing is said.
    [[nodiscard]] Result<std::optional<std::uint16_t>> number(const std::string& key, unsigned least,
                                                              unsigned most) const {
        const auto said = text(key);
        if (said.empty()) { return std::optional<std::uint16_t>(); }
        return parse(key, said, least, most).map([](std::uint16_t value) { return std::optional(value); });
    }

    static Result<std::uint16_t> parse(std::string_view key, std::string_view said, unsigned least, unsigned most) {
        std::uint32_t value = 0;
        const auto [end, trouble] = std::from_chars(said.data(), said.data() + said.size(), value);
        const bool whole = trouble == std::errc() && end == said.data() + said.size();
        if (whole && value >= least && value <= most) { return static_cast<std::uint16_t>(value); }
        return fail(Category::usage, fmt::format("{}={} is none", key, said), {},
                    {fmt::format("{} to {}", least, most)}, "usage.setting");
    }

private:
    const SessionOptions& options_;
};

template <class Number>
Result<void> take(const Settings& settings, const std::string& key, unsigned least, unsigned most, Number& into) {
    const auto read = settings.number(key, least, most);
    if (!read) { return tl::unexpected(read.error()); }
    if (*read) { into = static_cast<Number>(**read); }
    return {};
}

/// "1": the logical device; "1/17": and the physical address.
Result<void> take_address(LinkOptions& out, std::string_view text) {
    if (text.empty()) { return {}; }
    const auto slash = text.find('/');
    const auto server = Settings::parse("address", text.substr(0, slash), 0, hdlc::last_long);
    if (!server) { return tl::unexpected(server.error()); }
    out.saps.server = *server;
    if (slash == std::string_view::npos) { return {}; }
    const auto physical = Settings::parse("address", text.substr(slash + 1), 0, hdlc::last_long);
    if (!physical) { return tl::unexpected(physical.error()); }
    out.physical = *physical;
    return {};
}

/// Also where its line is a bridge's affair.
bool is_optical(const transports::Transport& transport) {
    return transport.description().starts_with("ir");
}

Result<void> take_framing(LinkOptions& out, const Settings& settings, const transports::Transport& transport) {
    out.framing = settings.text("framing");
    const bool on_line = transport.line() || is_optical(transport);
    if (out.framing.empty()) { out.framing = on_line ? over_hdlc : over_wrapper; }
    if (out.framing == over_hdlc || out.framing == over_wrapper) { return {}; }
    return fail(Category::usage, "DLMS has no framing '" + out.framing + "'", {}, {"hdlc or wrapper"}, "usage.setting");
}

/// An optical head opens by the sign-on of IEC 62056-21, unless told otherwise; nothing else does unless it is told so.
Result<void> take_mode(LinkOptions& out, const Settings& settings, const transports::Transport& transport) {
    const auto mode = settings.text("mode");
    const bool optical = is_optical(transport);
    if (!mode.empty() && mode != sign_on_first && mode != at_once) {
        return fail(Category::usage, "DLMS has no mode '" + mode + "'", {}, {"e or direct"}, "usage.setting");
    }
    out.sign_on = mode == sign_on_first || (mode.empty() && optical);
    if (optical && !out.sign_on) { out.line = transports::LineSettings(); }
    return {};
}

} // namespace

Result<LinkOptions> link_options(const SessionOptions& options, const transports::Transport& transport) {
    const Settings settings(options);
    LinkOptions out;
    out.max_info = hdlc::most_info; // the meter says how much less it takes
    out.window = hdlc::most_window;
    out.timeout = options.timeout;
    out.retries = options.retries;
    out.notice = options.notice;
    out.settings = options.settings;
    auto done = take_framing(out, settings, transport);
    if (done) { done = take_mode(out, settings, transport); }
    const bool on_hdlc = out.framing == over_hdlc;
    const bool own = options.address.empty() && options.meter != nullptr;
    if (done && own) { done = take_address(out, options.meter->address); }
    if (done && is_number(settings.text("client"))) {
        done = take(settings, "client", 0, on_hdlc ? hdlc::last_short : 0xFFFFU, out.saps.client);
    }
    if (done) { done = take(settings, "server", 0, on_hdlc ? hdlc::last_long : 0xFFFFU, out.saps.server); }
    if (done) { done = take(settings, "physical", 0, hdlc::last_long, out.physical); }
    if (done) { done = take(settings, "address_size", 1, 4, out.address_size); }
    if (done) { done = take(settings, "window", 1, hdlc::most_window, out.window); }
    if (done) { done = take(settings, "max_info", hdlc::least_info, hdlc::most_info, out.max_info); }
    if (done) { done = take_address(out, options.address); }
    if (done && on_hdlc) {
        const auto fits = hdlc::server_address(out.saps.server, out.physical, out.address_size);
        if (!fits) { done = tl::unexpected(fits.error()); }
    }
    if (!done) { return tl::unexpected(done.error()); }
    return out;
}

std::unique_ptr<ApduLink> make_link(transports::Transport& transport, LinkOptions options) {
    const bool wrapped = options.framing == over_wrapper || (options.framing.empty() && !transport.line());
    return wrapped ? make_wrapper_link(transport, std::move(options)) : make_hdlc_link(transport, std::move(options));
}

} // namespace meterctl::sessions::dlms
