// A profile as a drawing: what a plotting program (gnuplot) needs, its data as they come and then its script. Channels
// of one unit share a panel; gaps break the lines and are shaded, and so are stretches of flagged records.
#pragma once

#include "src/core/profile.hpp"

#include <cstdio>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace meterctl::output {

/// What the drawing is a file of.
enum class PlotKind : std::uint8_t { svg, png };
/// By the file's ending; nullopt where it is neither.
std::optional<PlotKind> plot_kind(std::string_view path);

/// A text as gnuplot takes it whatever is in it: single quotes, and no control characters.
std::string plot_quoted(std::string_view text);

class ProfilePlot {
public:
    /// `data` takes a line a record, and outlives it. `title` stands above the drawing.
    ProfilePlot(std::FILE* data, std::string title) : data_(data), title_(std::move(title)) {}

    void head(const ProfileHead& profile);
    void record(const ProfileRecord& record);
    void gap(const ProfileGap& gap);
    /// Whether anything can be drawn: numbers that are no codes.
    [[nodiscard]] bool drawable() const;
    /// The script that draws the file of data, `data`, into `into`.
    [[nodiscard]] std::string script(PlotKind kind, std::string_view data, std::string_view into) const;

private:
    struct Band {
        double from = 0, to = 0;
    };
    struct Series {
        std::string name, unit;
        std::size_t column = 0;  ///< in the file of data
        std::size_t numbers = 0; ///< how many it has
        bool coded = false;
    };
    [[nodiscard]] std::optional<double> place_of(const std::optional<DateTime>& time);
    [[nodiscard]] std::string time_label() const;
    [[nodiscard]] std::string bands_text(std::string& legend) const;
    [[nodiscard]] std::vector<std::vector<const Series*>> panels() const;

    std::FILE* data_;
    std::string title_;
    std::vector<Series> series_;
    std::vector<Band> gaps_, flagged_;
    std::set<std::string> flags_;
    std::optional<double> period_, first_, last_;
    std::optional<int> offset_; ///< minutes, of the axis; unset: the meter tells none
    bool local_ = false;        ///< there are times without an offset
    std::size_t records_ = 0;
};

} // namespace meterctl::output
