#include "sessions/iec62056_21/settings.hpp"

#include "codecs/iec62056_21/point.hpp"
#include "src/core/text.hpp"
#include "transports/options.hpp"

#include <algorithm>
#include <array>

namespace meterctl::sessions::iec62056_21 {

namespace iec = codecs::iec62056_21;

namespace {

constexpr unsigned push_baud = 2400; ///< mode D, clause 6.4.4
constexpr std::array<std::string_view, 6> modes{"auto", "a", "b", "c", "d", "e"};
constexpr std::size_t max_password = 32;

/// Of a session's options or of a definition.
template <class Settings>
std::string setting(const Settings& of, const std::string& key) {
    const auto found = of.settings.find(key);
    return found == of.settings.end() ? std::string() : found->second;
}

/// The line of the sign-on. A frame that the endpoint names is the hardware's own, and stays.
Result<transports::LineSettings> opening_line(const SessionOptions& options, const transports::Transport& transport,
                                              bool listens) {
    transports::LineSettings line = standard_line();
    if (listens) { line.baud = push_baud; }
    // A definition's line is that of the sign-on, unless it is of a meter that only sends.
    const bool sends = options.meter != nullptr && setting(*options.meter, "mode") == "d";
    if (options.meter != nullptr && listens == sends) {
        const auto usual = transports::parse_frame(options.meter->line.frame, options.meter->line.baud);
        if (!usual) { return tl::unexpected(usual.error()); }
        line = *usual;
    }
    const std::string frame = setting(options, "frame");
    const auto own = transport.line();
    if (!frame.empty() && own) {
        const unsigned baud = line.baud;
        line = *own;
        line.baud = baud;
    }
    return line;
}

Result<void> check_text(std::string_view text, std::string_view what, std::size_t most) {
    const bool printable = std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c < '\x7F'; });
    if (printable && text.size() <= most && text.find_first_of("/!()") == std::string_view::npos) { return {}; }
    return fail(Category::usage, "this is no " + std::string(what) + " of IEC 62056-21", {},
                {"at most " + std::to_string(most) + " letters and digits"});
}

} // namespace

Result<ClientOptions> client_options(const SessionOptions& options, const transports::Transport& transport) {
    ClientOptions client;
    iec::Settings own;
    if (options.meter != nullptr) {
        auto settings = iec::settings(*options.meter);
        if (!settings) { return tl::unexpected(settings.error()); }
        own = std::move(*settings);
    }
    client.address = options.address.empty() && options.meter != nullptr ? options.meter->address : options.address;
    if (auto fits = check_text(client.address, "address", iec::max_address); !fits) {
        return tl::unexpected(fits.error());
    }
    std::string mode = to_lower(setting(options, "mode"));
    if (mode.empty()) { mode = own.mode; }
    if (!mode.empty() && std::ranges::find(modes, mode) == modes.end()) {
        return fail(Category::usage, "IEC 62056-21 has no mode '" + mode + "'", {}, {"a, b, c, d, e or auto"});
    }
    client.listens = mode == "d";
    const auto opening = opening_line(options, transport, client.listens);
    if (!opening) { return tl::unexpected(opening.error()); }
    client.opening = *opening;
    client.max_baud = own.max_baud;
    if (const std::string baud = setting(options, "baud"); !baud.empty()) {
        const auto rate = transports::parse_baud(baud);
        if (!rate) { return tl::unexpected(rate.error()); }
        client.max_baud = *rate;
        if (client.listens) { client.opening.baud = *rate; }
    }
    client.wake_up = own.wake_up;
    if (const std::string wake_up = setting(options, "wakeup"); !wake_up.empty()) {
        const auto flag = transports::parse_flag(wake_up);
        if (!flag) { return tl::unexpected(flag.error()); }
        client.wake_up = *flag;
    }
    client.ignore_block_check = own.ignore_block_check;
    if (own.answer) { client.reaction = *own.answer; }
    if (options.timeout) { client.reaction = client.push = *options.timeout; }
    client.retries = options.retries;
    client.password = own.password;
    client.password_type = own.password_type;
    if (const std::string password = setting(options, "password"); !password.empty()) { client.password = password; }
    if (auto fits = check_text(client.password, "password", max_password); !fits) {
        return tl::unexpected(fits.error());
    }
    client.notice = options.notice;
    return client;
}

} // namespace meterctl::sessions::iec62056_21
