#include "codecs/pulse/edge_file.hpp"

#include "src/core/text.hpp"

#include <algorithm>
#include <charconv>
#include <fmt/format.h>

namespace meterctl::codecs::pulse {

namespace {

constexpr std::size_t longest_line = 65536;
constexpr std::size_t names_shown = 16;

} // namespace

Result<void> LevelTrack::pass(std::chrono::nanoseconds time) {
    if (!last_) { return {}; }
    if (time < last_->time) { return fail(Category::untrusted, "time runs backwards"); }
    last_->time = time;
    return {};
}

Result<void> LevelTrack::sample(std::chrono::nanoseconds time, bool high, std::vector<Edge>& edges) {
    const Edge now{time, high != active_low_, 0};
    if (auto passed = pass(time); !passed) { return passed; }
    if (!first_) {
        first_ = now;
    } else if (now.level != last_->level) {
        edges.push_back(now);
    }
    last_ = now;
    return {};
}

Result<void> EdgeFileReader::take(std::string_view text, std::vector<Edge>& edges) {
    while (!text.empty()) {
        const auto end = text.find('\n');
        const std::string_view piece = text.substr(0, end);
        if (rest_.size() + piece.size() > longest_line) {
            return fail(Category::untrusted, "the line is too long for a table of edges",
                        fmt::format("line {}", line_ + 1));
        }
        if (end == std::string_view::npos) {
            rest_ += piece;
            return {};
        }
        text.remove_prefix(end + 1);
        const std::string whole = std::exchange(rest_, std::string()) + std::string(piece);
        if (auto taken = take_line(whole, edges); !taken) { return taken; }
    }
    return {};
}

Result<void> EdgeFileReader::take_line(std::string_view line, std::vector<Edge>& edges) {
    ++line_;
    if (line_ == 1 && line.starts_with("\xEF\xBB\xBF")) { line.remove_prefix(3); }
    line = trim(line);
    if (line.empty()) { return {}; }
    if (!lines_) { lines_ = line.starts_with('$') ? make_vcd_lines(options_) : make_csv_lines(options_); }
    auto taken = lines_->take(line, track_, edges);
    if (!taken && taken.error().where.empty()) { taken.error().where = fmt::format("line {}", line_); }
    return taken;
}

Result<void> EdgeFileReader::finish(std::vector<Edge>& edges) {
    if (auto taken = take_line(std::exchange(rest_, std::string()), edges); !taken) { return taken; }
    if (first()) { return {}; }
    return fail(Category::untrusted, "no levels are in it", {}, {"a table of times and levels: 0.25,1"});
}

Result<std::size_t> choose_channel(const std::vector<std::string>& names, std::string_view channel) {
    if (channel.empty() && names.size() == 1) { return std::size_t{0}; }
    const std::string wanted = to_lower(channel);
    const auto named = std::ranges::find(names, wanted, [](const std::string& name) { return to_lower(name); });
    if (named != names.end() && !channel.empty()) { return static_cast<std::size_t>(named - names.begin()); }
    std::size_t number = 0;
    const auto [end, trouble] = std::from_chars(channel.data(), channel.data() + channel.size(), number);
    const bool is_number = trouble == std::errc() && end == channel.data() + channel.size();
    if (is_number && number >= 1 && number <= names.size()) { return number - 1; }
    std::vector<std::string> hints;
    for (const std::string& name : names) {
        if (hints.size() < names_shown) { hints.push_back(fmt::format("channel={}", name)); }
    }
    if (channel.empty()) {
        return fail(Category::usage, fmt::format("it has {} channels, and which is meant was not said", names.size()),
                    {}, std::move(hints));
    }
    return fail(Category::usage, fmt::format("it has no channel '{}'", channel), {}, std::move(hints));
}

} // namespace meterctl::codecs::pulse
