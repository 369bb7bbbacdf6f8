#include "sessions/dlms/own_title.hpp"

#include "src/core/hex.hpp"
#include "src/core/text.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <unistd.h>

namespace meterctl::sessions::dlms {

namespace {

using codecs::dlms::SystemTitle;

constexpr std::array<std::uint8_t, 3> maker{'M', 'T', 'C'};
constexpr SystemTitle of_no_place{'M', 'T', 'C', 0, 0, 0, 0, 1};

tl::unexpected<Error> trouble(const std::string& path) {
    const std::string why = std::strerror(errno); // NOLINT(concurrency-mt-unsafe): one thread
    return fail(Category::endpoint, "our system title cannot be kept: " + why, path,
                {"client_title in the file of keys", "XDG_STATE_HOME, where it is kept, on a disk that can be written"},
                "dlms.own_title");
}

std::optional<SystemTitle> read_title(const std::string& path) {
    std::ifstream file(path);
    std::string text;
    std::getline(file, text);
    const auto octets = from_hex(text);
    return octets ? codecs::dlms::system_title(*octets) : std::nullopt;
}

} // namespace

Result<SystemTitle> own_system_title(const std::string& folder) {
    if (folder.empty()) { return of_no_place; }
    const std::string path = folder + "/client-title";
    if (const auto title = read_title(path)) { return *title; }
    std::error_code ignored;
    std::filesystem::create_directories(folder, ignored);
    const auto random = codecs::dlms::crypto::random_octets(codecs::dlms::title_octets - maker.size());
    if (!random) { return tl::unexpected(random.error()); }
    SystemTitle title{};
    std::ranges::copy(*random, std::ranges::copy(maker, title.begin()).out);
    const std::string fresh = path + "." + std::to_string(::getpid());
    std::ofstream file(fresh);
    file << to_hex(title, "") << '\n';
    file.close();
    // the first of several processes wins, and all of them take its title
    const bool linked = file && (::link(fresh.c_str(), path.c_str()) == 0 || errno == EEXIST);
    Result<SystemTitle> failed = linked ? Result<SystemTitle>(title) : Result<SystemTitle>(trouble(path));
    ::unlink(fresh.c_str());
    if (!linked) { return failed; }
    const auto kept = read_title(path);
    if (kept) { return *kept; }
    return fail(Category::endpoint, "this file should hold our system title and does not", path, {"removing it"},
                "dlms.own_title");
}

} // namespace meterctl::sessions::dlms
