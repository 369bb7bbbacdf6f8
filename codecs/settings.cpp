#include "codecs/settings.hpp"

#include "src/core/text.hpp"

#include <charconv>
#include <fmt/format.h>

namespace meterctl::codecs {

tl::unexpected<Error> unknown_setting(const catalogue::Definition& definition, std::string_view name,
                                      std::vector<std::string> known, std::string_view code) {
    return fail(Category::usage, fmt::format("no setting '{}'", name), definition.model, nearest(name, known),
                std::string(code));
}

Result<std::uint32_t> number_setting(std::string_view name, std::string_view text, std::uint32_t least,
                                     std::uint32_t most, std::string_view code) {
    std::uint32_t value = 0;
    const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (problem != std::errc{} || end != text.data() + text.size() || value < least || value > most) {
        return fail(Category::usage, fmt::format("'{}' is outside {} to {}", text, least, most), std::string(name), {},
                    std::string(code));
    }
    return value;
}

Result<bool> flag_setting(std::string_view name, std::string_view text, std::string_view code) {
    if (text != "true" && text != "false") {
        return fail(Category::usage, fmt::format("'{}' is neither true nor false", text), std::string(name), {},
                    std::string(code));
    }
    return text == "true";
}

} // namespace meterctl::codecs
