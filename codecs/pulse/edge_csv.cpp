// Edges in a table: one row a sample, times in the first column unless there are none.
#include "codecs/pulse/edge_file.hpp"
#include "codecs/pulse/edge_time.hpp"
#include "src/core/text.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <fmt/format.h>

namespace meterctl::codecs::pulse {

namespace {

constexpr std::array delimiters{'\t', ';', ','};

struct LevelWord {
    std::string_view word;
    bool high;
};
constexpr std::array level_words{LevelWord{"0", false},     LevelWord{"1", true},    LevelWord{"low", false},
                                 LevelWord{"high", true},   LevelWord{"l", false},   LevelWord{"h", true},
                                 LevelWord{"false", false}, LevelWord{"true", true}, LevelWord{"off", false},
                                 LevelWord{"on", true},     LevelWord{"0.0", false}, LevelWord{"1.0", true}};

struct FrequencyUnit {
    std::string_view word;
    int exponent;
};
constexpr std::array frequency_units{FrequencyUnit{"hz", 0}, FrequencyUnit{"khz", 3}, FrequencyUnit{"mhz", 6},
                                     FrequencyUnit{"ghz", 9}};

std::optional<bool> level_of(std::string_view text) {
    const std::string word = to_lower(text);
    for (const auto& row : level_words) {
        if (row.word == word) { return row.high; }
    }
    return std::nullopt;
}

std::string_view unquoted(std::string_view field) {
    field = trim(field);
    if (field.size() >= 2 && field.front() == '"' && field.back() == '"') { field = field.substr(1, field.size() - 2); }
    return field;
}

/// "Time [s]", "time", "microseconds", "time_ms", "Sample": what the head of a column of times says of its unit;
/// nullopt where it heads no times. A rate of its own is left to the caller.
struct TimeHead {
    int exponent = 9;
    bool samples = false;
};
std::optional<TimeHead> time_head(std::string_view head) {
    std::string words = to_lower(head);
    std::ranges::replace_if(
        words, [](char c) { return c == '[' || c == ']' || c == '(' || c == ')' || c == '_'; }, ' ');
    TimeHead found;
    bool times = false;
    for (const auto word : split(words, ' ')) {
        if (word.empty()) { continue; }
        const auto exponent = unit_exponent(word);
        if (exponent) { found.exponent = *exponent; }
        if (word == "sample" || word == "samples") { found.samples = true; }
        times = times || exponent || found.samples || word == "time" || word == "timestamp" || word == "date";
    }
    if (!times) { return std::nullopt; }
    return found;
}

/// "200 kHz"
double frequency_of(std::string_view text) {
    text = trim(text);
    const auto end = std::min(text.find_first_not_of("0123456789.eE+-"), text.size());
    const auto number = Decimal::parse(text.substr(0, end));
    const std::string unit = to_lower(trim(text.substr(end)));
    for (const auto& row : frequency_units) {
        if (number && row.word == unit) { return number->to_double() * std::pow(10.0, row.exponent); }
    }
    return 0;
}

class CsvLines final : public EdgeLines {
public:
    explicit CsvLines(EdgeFileOptions options) : options_(std::move(options)) {}

    Result<void> take(std::string_view line, LevelTrack& track, std::vector<Edge>& edges) override {
        if (line.starts_with(';') || line.starts_with('#')) {
            take_comment(trim(line.substr(1)));
            return {};
        }
        const auto fields = fields_of(line);
        if (!level_column_) {
            bool is_head = false;
            if (auto laid = lay_out(fields, is_head); !laid) { return laid; }
            if (is_head) { return {}; }
        }
        return take_row(fields, track, edges);
    }

private:
    /// What sigrok writes above its table.
    void take_comment(std::string_view text) {
        const std::string words = to_lower(text);
        const auto colon = text.find(':');
        if (colon == std::string_view::npos) { return; }
        if (words.starts_with("samplerate") && options_.rate <= 0) {
            options_.rate = frequency_of(text.substr(colon + 1));
        }
        if (!words.starts_with("channels")) { return; }
        for (const auto name : split(text.substr(colon + 1), ',')) { names_.emplace_back(trim(name)); }
    }

    std::vector<std::string_view> fields_of(std::string_view line) {
        if (delimiter_ == 0) {
            const auto found =
                std::ranges::find_if(delimiters, [line](char c) { return line.find(c) != std::string_view::npos; });
            delimiter_ = found != delimiters.end() ? *found : ' ';
        }
        std::vector<std::string_view> fields;
        for (const auto field : split(line, delimiter_)) {
            const auto text = unquoted(field);
            if (delimiter_ != ' ' || !text.empty()) { fields.push_back(text); }
        }
        if (fields.empty()) { fields.emplace_back(); }
        return fields;
    }

    [[nodiscard]] std::optional<std::chrono::nanoseconds> time_of(std::string_view field) const {
        if (delimiter_ == ',') { return parse_time(field, scale_); }
        std::string point(field);
        std::ranges::replace(point, ',', '.'); // where it parts no fields, it is the decimal comma
        return parse_time(point, scale_);
    }

    /// What each column is, by the first row: a head, or already a sample.
    Result<void> lay_out(const std::vector<std::string_view>& fields, bool& is_head) {
        is_head = !time_of(fields.front());
        const auto head = is_head ? time_head(fields.front()) : std::nullopt;
        // Without a head, the names in the comment tell whether each column is a channel's.
        const bool all_levels = fields.size() == 1 || (!is_head && names_.size() == fields.size());
        has_time_ = is_head ? head.has_value() : !all_levels;
        if (head) { scale_.exponent = head->exponent; }
        if (!has_time_ || (head && head->samples)) {
            if (options_.rate <= 0) {
                return fail(Category::usage,
                            "no column of times is in it, and nothing says how many samples make a second", {},
                            {"rate=1000000", "a table of times and levels: 0.25,1"});
            }
            scale_.rate = options_.rate;
        }
        return find_level(fields, is_head);
    }

    Result<void> find_level(const std::vector<std::string_view>& fields, bool is_head) {
        const std::size_t skipped = has_time_ ? 1 : 0;
        if (fields.size() <= skipped) { return fail(Category::untrusted, "a column of levels is missing"); }
        const std::size_t count = fields.size() - skipped;
        if (names_.size() != count) {
            names_.clear();
            for (std::size_t i = 0; i < count; ++i) {
                names_.push_back(is_head ? std::string(fields[skipped + i]) : fmt::format("{}", i + 1));
            }
        }
        const auto chosen = choose_channel(names_, options_.channel);
        if (!chosen) { return tl::unexpected(chosen.error()); }
        level_column_ = skipped + *chosen;
        return {};
    }

    Result<void> take_row(const std::vector<std::string_view>& fields, LevelTrack& track, std::vector<Edge>& edges) {
        if (fields.size() <= *level_column_) {
            return fail(Category::untrusted, fmt::format("the row has {} fields", fields.size()));
        }
        const auto level = level_of(fields[*level_column_]);
        if (!level) {
            return fail(Category::untrusted, fmt::format("level '{}' is neither 0 nor 1", fields[*level_column_]));
        }
        const auto time = has_time_ ? time_of(fields.front()) : scaled_time(Decimal{rows_, 0}, scale_);
        ++rows_;
        if (!time) { return fail(Category::untrusted, fmt::format("'{}' is no time", fields.front())); }
        return track.sample(*time, *level, edges);
    }

    EdgeFileOptions options_;
    std::vector<std::string> names_; ///< of the columns of levels
    TimeScale scale_;
    char delimiter_ = 0;
    bool has_time_ = true;
    std::optional<std::size_t> level_column_;
    std::int64_t rows_ = 0;
};

} // namespace

std::unique_ptr<EdgeLines> make_csv_lines(EdgeFileOptions options) {
    return std::make_unique<CsvLines>(std::move(options));
}

} // namespace meterctl::codecs::pulse
