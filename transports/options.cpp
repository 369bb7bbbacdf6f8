#include "transports/options.hpp"

#include "src/core/text.hpp"

#include <array>
#include <charconv>
#include <cmath>
#include <fmt/format.h>
#include <vector>

namespace meterctl::transports {

namespace {

struct DurationUnit {
    std::string_view name;
    double nanoseconds;
};
constexpr std::array duration_units{DurationUnit{"ns", 1.0}, DurationUnit{"us", 1e3},   DurationUnit{"ms", 1e6},
                                    DurationUnit{"s", 1e9},  DurationUnit{"min", 60e9}, DurationUnit{"h", 3600e9},
                                    DurationUnit{"", 1e9}};
constexpr double longest_duration = 365.0 * 24 * 3600e9;

constexpr std::array<std::string_view, 4> words_for_yes{"1", "true", "yes", "on"};
constexpr std::array<std::string_view, 4> words_for_no{"0", "false", "no", "off"};

constexpr unsigned highest_baud = 20'000'000;
constexpr std::array<std::string_view, 13> customary_bauds{
    "300", "600", "1200", "2400", "4800", "9600", "19200", "38400", "57600", "76800", "115200", "230400", "460800"};

struct FrameLetter {
    char letter;
    Parity parity;
};
constexpr std::array frame_letters{FrameLetter{'N', Parity::none}, FrameLetter{'E', Parity::even},
                                   FrameLetter{'O', Parity::odd}, FrameLetter{'M', Parity::mark},
                                   FrameLetter{'S', Parity::space}};

} // namespace

Result<Duration> parse_duration(std::string_view text) {
    double number = 0;
    const auto [end, trouble] = std::from_chars(text.data(), text.data() + text.size(), number);
    const std::string_view unit(end, static_cast<std::size_t>(text.data() + text.size() - end));
    if (trouble == std::errc() && std::isfinite(number) && number >= 0) {
        for (const auto& row : duration_units) {
            const double nanoseconds = number * row.nanoseconds;
            if (row.name == unit && nanoseconds <= longest_duration) {
                return Duration(static_cast<Duration::rep>(std::llround(nanoseconds)));
            }
        }
    }
    return fail(Category::usage, fmt::format("'{}' is no duration", text), {}, {"write it as 20ms, 1.5s or 2min"});
}

Result<bool> parse_flag(std::string_view text) {
    const std::string word = to_lower(text);
    for (const auto yes : words_for_yes) {
        if (word == yes) { return true; }
    }
    for (const auto no : words_for_no) {
        if (word == no) { return false; }
    }
    return fail(Category::usage, fmt::format("'{}' is neither 1 nor 0", text));
}

Result<unsigned> parse_baud(std::string_view text) {
    unsigned baud = 0;
    const auto [end, trouble] = std::from_chars(text.data(), text.data() + text.size(), baud);
    if (trouble == std::errc() && end == text.data() + text.size() && baud >= 1 && baud <= highest_baud) {
        return baud;
    }
    const std::vector<std::string> known(customary_bauds.begin(), customary_bauds.end());
    std::vector<std::string> hints;
    for (const auto& near : nearest(text, known)) { hints.push_back(fmt::format("baud={}", near)); }
    return fail(Category::usage, fmt::format("'{}' is no baud rate", text), {}, std::move(hints));
}

Result<LineSettings> parse_frame(std::string_view frame, unsigned baud) {
    const auto wrong = [frame](std::string what) {
        return fail(Category::usage, fmt::format("'{}' is no frame: {}", frame, what), {},
                    {"data bits, parity and stop bits, as in 8E1, 8N1, 8N2 or 7E1"});
    };
    if (frame.size() != 3) { return wrong("it takes three characters"); }
    LineSettings settings;
    settings.baud = baud;
    if (frame[0] != '7' && frame[0] != '8') { return wrong(fmt::format("{} data bits, not 7 or 8", frame[0])); }
    settings.data_bits = static_cast<unsigned>(frame[0] - '0');
    bool known = false;
    for (const auto& row : frame_letters) {
        if (row.letter == frame[1] || row.letter == frame[1] - ('a' - 'A')) {
            settings.parity = row.parity;
            known = true;
        }
    }
    if (!known) { return wrong(fmt::format("parity {} is none of N, E, O, M, S", frame[1])); }
    if (frame[2] != '1' && frame[2] != '2') { return wrong(fmt::format("{} stop bits, not 1 or 2", frame[2])); }
    settings.stop_bits = static_cast<unsigned>(frame[2] - '0');
    return settings;
}

unsigned LineSettings::bits_per_octet() const {
    return 1 + data_bits + (parity == Parity::none ? 0U : 1U) + stop_bits;
}

std::string LineSettings::frame() const {
    char letter = 'N';
    for (const auto& row : frame_letters) {
        if (row.parity == parity) { letter = row.letter; }
    }
    return fmt::format("{}{}{}", data_bits, letter, stop_bits);
}

Duration time_on_line(const LineSettings& line, std::size_t octets) {
    if (line.baud == 0) { return Duration(0); }
    const auto bits = static_cast<Duration::rep>(octets * line.bits_per_octet());
    return Duration(bits * 1'000'000'000 / line.baud);
}

Duration duration_option(const Endpoint& endpoint, std::string_view key, Duration fallback) {
    const auto text = endpoint.option(key);
    return text ? parse_duration(*text).value_or(fallback) : fallback;
}

std::optional<bool> flag_if_given(const Endpoint& endpoint, std::string_view key) {
    const auto text = endpoint.option(key);
    if (!text) { return std::nullopt; }
    return parse_flag(*text).value_or(false);
}

bool flag_option(const Endpoint& endpoint, std::string_view key) {
    return flag_if_given(endpoint, key).value_or(false);
}

Result<LineSettings> line_settings(const Endpoint& endpoint, const LineSettings& fallback) {
    LineSettings settings = fallback;
    if (const auto frame = endpoint.option("frame")) {
        const auto parsed = parse_frame(*frame, settings.baud);
        if (!parsed) { return parsed; }
        settings = *parsed;
    }
    if (const auto text = endpoint.option("baud")) {
        const auto baud = parse_baud(*text);
        if (!baud) { return tl::unexpected(baud.error()); }
        settings.baud = *baud;
    }
    return settings;
}

} // namespace meterctl::transports
