// Edges in a value change dump (IEEE 1364-2001, clause 18): words parted by white space, whatever the lines.
#include "codecs/pulse/edge_file.hpp"
#include "codecs/pulse/edge_time.hpp"
#include "src/core/text.hpp"

#include <algorithm>
#include <charconv>
#include <fmt/format.h>

namespace meterctl::codecs::pulse {

namespace {

/// "1 us", "100ns" as nanoseconds in one count: a number times a power of ten.
std::optional<Decimal> timescale_of(std::string_view text) {
    const auto end = std::min(text.find_first_not_of("0123456789"), text.size());
    const auto number = Decimal::parse(text.substr(0, end));
    const auto exponent = unit_exponent(trim(text.substr(end)));
    if (!number || !exponent) { return std::nullopt; }
    return Decimal{number->mantissa, *exponent};
}

class VcdLines final : public EdgeLines {
public:
    explicit VcdLines(EdgeFileOptions options) : options_(std::move(options)) {}

    Result<void> take(std::string_view line, LevelTrack& track, std::vector<Edge>& edges) override {
        while (true) {
            const auto begin = line.find_first_not_of(" \t\r\v\f");
            if (begin == std::string_view::npos) { return {}; }
            line.remove_prefix(begin);
            const auto end = std::min(line.find_first_of(" \t\r\v\f"), line.size());
            const auto word = line.substr(0, end);
            line.remove_prefix(end);
            if (auto taken = take_word(word, track, edges); !taken) { return taken; }
        }
    }

private:
    Result<void> take_word(std::string_view word, LevelTrack& track, std::vector<Edge>& edges) {
        if (!section_.empty()) { return take_section_word(word); }
        if (wide_) { // this is its identifier, whatever it looks like
            const char value = *std::exchange(wide_, std::nullopt);
            return word == code_ ? take_level(value, track, edges) : Result<void>();
        }
        if (word.front() == '$') { return open_section(word); }
        if (!changes_) { return fail(Category::untrusted, fmt::format("'{}' stands before $enddefinitions", word)); }
        if (word.front() == '#') { return take_time(word.substr(1), track); }
        return take_change(word, track, edges);
    }

    /// Sections of changes ($dumpvars and the like) are read as if their brackets were not there.
    Result<void> open_section(std::string_view word) {
        if (word == "$end" || (changes_ && word != "$comment")) { return {}; }
        section_ = std::string(word);
        return {};
    }

    Result<void> take_section_word(std::string_view word) {
        const bool kept = section_ == "$var" || section_ == "$timescale";
        if (word != "$end") {
            if (kept) { words_.emplace_back(word); }
            return {};
        }
        const std::string section = std::exchange(section_, std::string());
        const std::vector<std::string> words = std::exchange(words_, {});
        if (section == "$var") { take_variable(words); }
        if (section == "$timescale") {
            const auto count = timescale_of(fmt::format("{}", fmt::join(words, " ")));
            if (!count) { return fail(Category::untrusted, "the $timescale is none"); }
            count_ = *count;
        }
        return section == "$enddefinitions" ? choose() : Result<void>();
    }

    /// Type, width, identifier, name; wider ones than a bit are no levels.
    void take_variable(const std::vector<std::string>& words) {
        if (words.size() < 4 || words[1] != "1" || words[0] == "real") { return; }
        codes_.push_back(words[2]);
        names_.push_back(words[3]);
    }

    Result<void> choose() {
        changes_ = true;
        if (names_.empty()) { return fail(Category::untrusted, "it has no variable of one bit"); }
        const auto chosen = choose_channel(names_, options_.channel);
        if (!chosen) { return tl::unexpected(chosen.error()); }
        code_ = codes_[*chosen];
        return {};
    }

    Result<void> take_time(std::string_view word, LevelTrack& track) {
        const bool digits = word.find_first_not_of("0123456789") == std::string_view::npos;
        const auto counted = Decimal::parse(digits ? word : std::string_view());
        const auto product = counted ? counted->times(count_) : std::nullopt;
        TimeScale nanoseconds;
        nanoseconds.exponent = 0;
        const auto time = product ? scaled_time(*product, nanoseconds) : std::nullopt;
        if (!time) { return fail(Category::untrusted, fmt::format("'#{}' is no time", word)); }
        if (*time < now_) { return fail(Category::untrusted, "time runs backwards"); }
        now_ = *time;
        return track.pass(now_);
    }

    Result<void> take_change(std::string_view word, LevelTrack& track, std::vector<Edge>& edges) {
        const char first = word.front();
        if (first == 'b' || first == 'B' || first == 'r' || first == 'R') {
            wide_ = word.back();
            return {};
        }
        const bool scalar = std::string_view("01xXzZ").find(first) != std::string_view::npos;
        if (!scalar || word.size() < 2) { return fail(Category::untrusted, fmt::format("'{}' is no change", word)); }
        return word.substr(1) == code_ ? take_level(first, track, edges) : Result<void>();
    }

    /// An unknown level (x, z) is no change that could be counted.
    Result<void> take_level(char value, LevelTrack& track, std::vector<Edge>& edges) const {
        if (value != '0' && value != '1') { return {}; }
        return track.sample(now_, value == '1', edges);
    }

    EdgeFileOptions options_;
    std::string section_;            ///< the `$keyword` whose `$end` has not come
    std::vector<std::string> words_; ///< in it
    std::vector<std::string> codes_, names_;
    std::string code_;         ///< identifier of the chosen variable
    Decimal count_{1, 0};      ///< nanoseconds in one count of time
    bool changes_ = false;     ///< behind $enddefinitions
    std::optional<char> wide_; ///< last digit of a wide value, whose identifier comes next
    std::chrono::nanoseconds now_{};
};

} // namespace

std::unique_ptr<EdgeLines> make_vcd_lines(EdgeFileOptions options) {
    return std::make_unique<VcdLines>(std::move(options));
}

} // namespace meterctl::codecs::pulse
