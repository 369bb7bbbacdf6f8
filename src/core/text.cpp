#include "src/core/text.hpp"

#include <algorithm>
#include <cctype>
#include <numeric>
#include <utility>

namespace meterctl {

namespace {

constexpr std::string_view blanks = " \t\r\n\v\f";

/// A row of the Damerau-Levenshtein table from the two above it.
void next_row(std::string_view a, std::string_view b, std::size_t i, const std::vector<std::size_t>& above_above,
              const std::vector<std::size_t>& above, std::vector<std::size_t>& row) {
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
        const std::size_t cost = a[i - 1] == b[j - 1] ? 0 : 1;
        row[j] = std::min({above[j] + 1, row[j - 1] + 1, above[j - 1] + cost});
        if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
            row[j] = std::min(row[j], above_above[j - 2] + 1);
        }
    }
}

bool shares_word(std::string_view a, std::string_view b) {
    constexpr std::size_t telling = 3; // "l1" or "a" alone tells nothing
    const auto words = split(b, '_');
    return std::ranges::any_of(split(a, '_'), [&](std::string_view word) {
        return word.size() >= telling && std::ranges::find(words, word) != words.end();
    });
}

/// The class "[...]" that opens at `pattern[0]`: whether it holds `character`, and its length (0: never closed).
std::pair<bool, std::size_t> match_class(std::string_view pattern, char character) {
    std::size_t at = 1;
    const bool negated = at < pattern.size() && (pattern[at] == '!' || pattern[at] == '^');
    if (negated) { ++at; }
    bool found = false;
    for (bool first = true; at < pattern.size() && (first || pattern[at] != ']'); first = false) {
        if (at + 2 < pattern.size() && pattern[at + 1] == '-' && pattern[at + 2] != ']') {
            found = found || (pattern[at] <= character && character <= pattern[at + 2]);
            at += 3;
        } else {
            found = found || pattern[at] == character;
            ++at;
        }
    }
    if (at >= pattern.size()) { return {false, 0}; }
    return {found != negated, at + 1};
}

/// How many characters of the pattern match this one character; 0 for none.
std::size_t match_one(std::string_view pattern, char character) {
    if (pattern.empty()) { return 0; }
    if (pattern[0] == '?') { return 1; }
    if (pattern[0] == '[') {
        const auto [matches, length] = match_class(pattern, character);
        if (length > 0) { return matches ? length : 0; }
    }
    return pattern[0] == character ? 1 : 0;
}

} // namespace

std::size_t edit_distance(std::string_view a, std::string_view b) {
    std::vector<std::size_t> above_above(b.size() + 1);
    std::vector<std::size_t> above(b.size() + 1);
    std::vector<std::size_t> row(b.size() + 1);
    std::iota(above.begin(), above.end(), std::size_t{0});
    for (std::size_t i = 1; i <= a.size(); ++i) {
        next_row(a, b, i, above_above, above, row);
        std::swap(above_above, above);
        std::swap(above, row);
    }
    return above[b.size()];
}

std::vector<std::string> nearest(std::string_view word, std::span<const std::string> candidates, std::size_t count) {
    struct Ranked {
        bool shares_only;
        std::size_t distance;
        const std::string* name;
    };
    std::vector<Ranked> ranked;
    const std::string lower = to_lower(word);
    for (const std::string& candidate : candidates) {
        const std::size_t distance = edit_distance(lower, to_lower(candidate));
        const bool near = distance <= std::max<std::size_t>(1, std::max(word.size(), candidate.size()) / 3);
        if (near || shares_word(lower, candidate)) { ranked.push_back({!near, distance, &candidate}); }
    }
    std::ranges::stable_sort(ranked, [](const Ranked& a, const Ranked& b) {
        return std::pair(a.shares_only, a.distance) < std::pair(b.shares_only, b.distance);
    });
    std::vector<std::string> names;
    for (const Ranked& entry : ranked) {
        if (names.size() == count) { break; }
        names.push_back(*entry.name);
    }
    return names;
}

std::vector<std::string_view> split(std::string_view text, char separator) {
    std::vector<std::string_view> parts;
    while (true) {
        const auto end = text.find(separator);
        parts.push_back(text.substr(0, end));
        if (end == std::string_view::npos) { return parts; }
        text.remove_prefix(end + 1);
    }
}

std::string_view trim(std::string_view text) {
    const auto first = text.find_first_not_of(blanks);
    if (first == std::string_view::npos) { return {}; }
    return text.substr(first, text.find_last_not_of(blanks) - first + 1);
}

std::string to_lower(std::string_view text) {
    std::string lower(text);
    std::ranges::transform(lower, lower.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return lower;
}

bool glob_match(std::string_view pattern, std::string_view text) {
    std::string_view after_star;
    std::string_view star_text;
    bool starred = false;
    while (!text.empty()) {
        if (!pattern.empty() && pattern[0] == '*') {
            pattern.remove_prefix(1);
            after_star = pattern;
            star_text = text;
            starred = true;
        } else if (const std::size_t length = match_one(pattern, text[0]); length > 0) {
            pattern.remove_prefix(length);
            text.remove_prefix(1);
        } else if (starred) {
            star_text.remove_prefix(1);
            text = star_text;
            pattern = after_star;
        } else {
            return false;
        }
    }
    return pattern.find_first_not_of('*') == std::string_view::npos;
}

} // namespace meterctl
