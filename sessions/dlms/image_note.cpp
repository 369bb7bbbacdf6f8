#include "sessions/dlms/image_note.hpp"

#include "src/core/bytes.hpp"
#include "src/core/hex.hpp"
#include "src/core/text.hpp"

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <fstream>
#include <system_error>

namespace meterctl::sessions::dlms {

namespace {

std::string path_of(const std::string& folder, std::string_view meter) {
    const Bytes name(meter.begin(), meter.end());
    constexpr std::size_t longest = 64;
    return folder + "/image-" + to_lower(to_hex(ByteView(name).first(std::min(name.size(), longest)), ""));
}

} // namespace

std::optional<ImageNote> read_image_note(const std::string& folder, std::string_view meter) {
    if (folder.empty()) { return std::nullopt; }
    std::ifstream file(path_of(folder, meter));
    ImageNote note;
    if (!(file >> note.hash >> note.size >> note.block_size)) { return std::nullopt; }
    file.ignore(1);
    if (!std::getline(file, note.identifier)) { return std::nullopt; }
    return note;
}

Result<void> keep_image_note(const std::string& folder, std::string_view meter, const ImageNote& note) {
    if (folder.empty()) { return {}; }
    std::error_code ignored;
    std::filesystem::create_directories(folder, ignored);
    const std::string path = path_of(folder, meter), fresh = path + ".new";
    std::ofstream file(fresh, std::ios::trunc);
    file << note.hash << ' ' << note.size << ' ' << note.block_size << ' ' << note.identifier << '\n';
    file.close();
    std::error_code failed;
    if (file) { std::filesystem::rename(fresh, path, failed); }
    if (file && !failed) { return {}; }
    const std::string why = failed ? failed.message() : std::generic_category().message(errno);
    return fail(Category::endpoint, "the state of the transfer cannot be kept: " + why, path,
                {"XDG_STATE_HOME, where it is kept, on a disk that can be written"}, "dlms.image.note");
}

void forget_image_note(const std::string& folder, std::string_view meter) {
    if (folder.empty()) { return; }
    std::error_code ignored;
    std::filesystem::remove(path_of(folder, meter), ignored);
}

} // namespace meterctl::sessions::dlms
