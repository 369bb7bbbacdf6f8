#include "commands/file_value.hpp"

#include "src/core/text.hpp"

#include <algorithm>
#include <array>
#include <filesystem>
#include <fmt/format.h>
#include <fstream>

namespace meterctl::commands {

namespace {

constexpr std::size_t longest_text = std::size_t{1} << 20U;
/// How the types of points of many parts begin.
constexpr std::array<std::string_view, 3> of_parts{"array(", "structure(", "calendar"};

tl::unexpected<Error> unusable(const std::string& path, std::string why) {
    return fail(Category::usage, std::move(why), path, {}, "usage.file");
}

} // namespace

Result<Bytes> octets_in(const std::string& path, std::size_t most) {
    std::error_code problem;
    std::ifstream file;
    if (!std::filesystem::is_directory(path, problem)) { file.open(path, std::ios::binary); }
    if (!file.is_open()) { return unusable(path, "the file cannot be read"); }
    Bytes octets;
    std::array<char, 65536> piece{};
    while (file && octets.size() <= most) {
        file.read(piece.data(), piece.size());
        octets.insert(octets.end(), piece.begin(), piece.begin() + file.gcount());
    }
    if (octets.empty()) { return unusable(path, "the file is empty"); }
    if (octets.size() > most) { return unusable(path, fmt::format("the file has more than {} octets", most)); }
    return octets;
}

Result<std::string> text_of_value(const catalogue::Point& point, std::string text) {
    const bool parts =
        std::ranges::any_of(of_parts, [&](std::string_view type) { return point.type.starts_with(type); });
    const std::string_view begin = trim(text);
    if (!parts || begin.empty() || begin.front() == '{' || begin.front() == '[') { return text; }
    const auto octets = octets_in(text, longest_text);
    if (!octets) {
        Error error = octets.error();
        error.hints = {"JSON, or the name of a file that holds it"};
        return tl::unexpected(std::move(error));
    }
    return std::string(octets->begin(), octets->end());
}

} // namespace meterctl::commands
