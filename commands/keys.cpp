#include "commands/keys.hpp"

#include "commands/secret_file.hpp"

#include <sys/prctl.h>
#include <sys/resource.h>

namespace meterctl::commands {

namespace {

constexpr std::string_view file_option = "--keys";
constexpr std::string_view keys_variable = "METERCTL_KEYS";
/// Room for the keys of some thousand meters.
constexpr std::size_t longest_file = std::size_t{1} << 20U;

Result<std::shared_ptr<const KeyRing>> parsed(std::string_view text, const std::string& origin) {
    auto ring = parse_keys(text);
    if (ring) { return std::make_shared<const KeyRing>(std::move(*ring)); }
    Error error = ring.error();
    error.where = error.where.empty() ? origin : origin + ", " + error.where;
    return tl::unexpected(std::move(error));
}

} // namespace

void keep_memory_private() {
    constexpr rlimit nothing{0, 0};
    ::setrlimit(RLIMIT_CORE, &nothing);
    ::prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
}

Result<std::shared_ptr<const KeyRing>> keys_in(const std::string& path) {
    keep_memory_private();
    const auto text = read_secret_file(path, "file of keys", longest_file, "usage.keys");
    if (!text) { return tl::unexpected(text.error()); }
    return parsed(characters(*text), path);
}

Result<std::shared_ptr<const KeyRing>> keys_of(const Arguments& arguments, const Io& io) {
    if (arguments.given(file_option)) { return keys_in(arguments.text(file_option)); }
    auto text = io.environment(keys_variable);
    if (!text) { return std::shared_ptr<const KeyRing>(); }
    keep_memory_private();
    auto ring = parsed(*text, std::string(keys_variable));
    wipe(*text);
    return ring;
}

} // namespace meterctl::commands
