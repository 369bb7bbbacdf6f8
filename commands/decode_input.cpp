#include "commands/decode_input.hpp"

#include "src/core/hex.hpp"

#include <filesystem>

namespace meterctl::commands {

namespace {

bool is_endpoint(const std::string& word) {
    if (word.find("://") != std::string::npos) { return true; }
    // A device may have its settings behind it, and one that is not there is told as such.
    const std::string device = word.substr(0, word.find('?'));
    std::error_code ignored;
    return std::filesystem::is_character_file(device, ignored) ||
           (device.starts_with("/dev/") && !std::filesystem::exists(word, ignored));
}

bool is_file(const std::string& word) {
    std::error_code ignored;
    return std::filesystem::exists(word, ignored);
}

/// Modbus ASCII frames begin with a colon and are their own octets.
Result<Bytes> typed_octets(const std::string& text) {
    if (text.starts_with(':')) {
        Bytes octets(text.begin(), text.end());
        octets.insert(octets.end(), {'\r', '\n'});
        return octets;
    }
    auto octets = from_hex(text);
    if (octets) { return octets; }
    return fail(Category::usage, "\"" + text + "\" is neither a file nor hex: " + octets.error().what,
                octets.error().where, {}, "usage.input");
}

} // namespace

Result<std::vector<DecodeInput>> decode_inputs(std::span<const std::string> words) {
    std::vector<DecodeInput> inputs;
    if (words.empty()) { inputs.push_back({"-", "-", {}, {}}); }
    std::string hex;
    const auto end_hex = [&]() -> Result<void> {
        if (hex.empty()) { return {}; }
        auto octets = typed_octets(hex);
        if (!octets) { return tl::unexpected(octets.error()); }
        inputs.push_back({{}, {}, std::move(*octets), {}});
        hex.clear();
        return {};
    };
    for (const std::string& word : words) {
        const bool endpoint = is_endpoint(word);
        if (!endpoint && word != "-" && !is_file(word)) {
            hex += (hex.empty() ? "" : " ") + word;
            continue;
        }
        if (auto ended = end_hex(); !ended) { return tl::unexpected(ended.error()); }
        DecodeInput& input = inputs.emplace_back();
        input.name = word;
        if (!endpoint) {
            input.path = word;
            continue;
        }
        auto parsed = transports::parse_endpoint(word);
        if (!parsed) { return tl::unexpected(parsed.error()); }
        input.endpoint = std::move(*parsed);
    }
    if (auto ended = end_hex(); !ended) { return tl::unexpected(ended.error()); }
    return inputs;
}

} // namespace meterctl::commands
