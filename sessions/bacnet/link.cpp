#include "sessions/bacnet/link.hpp"

#include <array>
#include <charconv>
#include <fmt/format.h>

namespace meterctl::sessions::bacnet {
namespace {

Result<std::uint32_t> number_of(const std::string& name, const std::string& text, std::uint32_t least,
                                std::uint32_t most) {
    std::uint32_t value = 0;
    const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), value);
    const bool whole = problem == std::errc{} && end == text.data() + text.size();
    if (whole && value >= least && value <= most) { return value; }
    return fail(Category::usage, fmt::format("{}: '{}' is outside {} to {}", name, text, least, most), {}, {},
                "bacnet.setting");
}

struct Row {
    std::string_view name;
    std::uint32_t least, most;
    void (*set)(LinkOptions& options, std::uint32_t value);
};

constexpr std::array rows{
    Row{"mac", 0, 127,
        [](LinkOptions& options, std::uint32_t value) { options.mac = static_cast<std::uint8_t>(value); }},
    Row{"max_master", 0, 127,
        [](LinkOptions& options, std::uint32_t value) { options.max_master = static_cast<std::uint8_t>(value); }},
    Row{"max_info_frames", 1, 255, [](LinkOptions& options, std::uint32_t value) { options.max_info_frames = value; }},
    Row{"foreign", 1, 65535,
        [](LinkOptions& options, std::uint32_t value) { options.foreign = static_cast<std::uint16_t>(value); }},
    Row{"listen_only", 0, 1, [](LinkOptions& options, std::uint32_t value) { options.listen_only = value != 0; }},
};

} // namespace

Result<LinkOptions> link_options(const std::map<std::string, std::string>& settings) {
    LinkOptions options;
    for (const Row& row : rows) {
        const auto found = settings.find(std::string(row.name));
        if (found == settings.end()) { continue; }
        const auto value = number_of(found->first, found->second, row.least, row.most);
        if (!value) { return tl::unexpected(value.error()); }
        row.set(options, *value);
    }
    if (const auto framing = settings.find("framing"); framing != settings.end()) {
        // What lines and sockets are usually called stands for what they carry here.
        const bool line = framing->second == "mstp" || framing->second == "rtu";
        const bool ip = framing->second == "ip" || framing->second == "udp";
        if (!line && !ip) {
            return fail(Category::usage, "no framing '" + framing->second + "'", {}, {"ip or mstp"}, "bacnet.setting");
        }
        options.framing = ip ? "ip" : "mstp";
    }
    return options;
}

std::unique_ptr<Link> make_link(transports::Transport& transport, LinkOptions options) {
    const bool ip = options.framing.empty() ? transport.datagrams() : options.framing == "ip";
    return ip ? make_ip_link(transport, std::move(options)) : make_mstp_link(transport, std::move(options));
}

} // namespace meterctl::sessions::bacnet
