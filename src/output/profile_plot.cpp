#include "src/output/profile_plot.hpp"

#include "src/core/unit.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <fmt/format.h>

namespace meterctl::output {

namespace {

/// Stretches beyond these would hide the drawing, and take the plotting program long.
constexpr std::size_t most_bands = 1000;
/// Fewer records than these are shown as points as well.
constexpr std::size_t few_records = 400;
constexpr int wide = 1400, panel_height = 300, frame_height = 130;

/// Flags that say nothing against a record.
constexpr std::array<std::string_view, 4> harmless{"local_time", "summer_time", "daylight_saving", "time_filled"};

/// Colours that are told apart, also by most who are colour-blind.
constexpr std::array<std::string_view, 10> colours{"#0072b2", "#d55e00", "#009e73", "#cc79a7", "#56b4e9",
                                                   "#7a5195", "#8c6d1f", "#3d3d3d", "#b30000", "#4c8c2b"};
constexpr std::string_view gap_colour = "#c4c4c4", flag_colour = "#ffd97a";

std::optional<double> number_of(const Value& value) {
    std::optional<double> number;
    if (const auto* const small = value.get<float>()) { number = *small; }
    if (const auto* const large = value.get<double>()) { number = *large; }
    if (const auto decimal = number ? std::nullopt : value.number()) { number = decimal->to_double(); }
    return number && std::isfinite(*number) ? number : std::nullopt;
}

bool is_flagged(const ProfileRecord& record, std::set<std::string>& flags) {
    bool flagged = false;
    for (const std::string& flag : record.flags) {
        if (std::ranges::find(harmless, flag) != harmless.end()) { continue; }
        flagged = true;
        flags.insert(flag);
    }
    return flagged;
}

} // namespace

std::optional<PlotKind> plot_kind(std::string_view path) {
    if (path.ends_with(".svg")) { return PlotKind::svg; }
    if (path.ends_with(".png")) { return PlotKind::png; }
    return std::nullopt;
}

std::string plot_quoted(std::string_view text) {
    std::string out = "'";
    for (const char letter : text) {
        const auto code = static_cast<unsigned char>(letter);
        constexpr unsigned char space = 0x20, rubout = 0x7F;
        if (letter == '\'') { out += '\''; }
        out += code < space || code == rubout ? ' ' : letter;
    }
    return out + "'";
}

void ProfilePlot::head(const ProfileHead& profile) {
    if (profile.period) { period_ = static_cast<double>(profile.period->count()); }
    for (const ProfileColumn& column : profile.columns) {
        constexpr std::size_t first_column = 2; // behind the time, counted from 1
        series_.push_back(
            {column.name, std::string(symbol(column.unit)), first_column + series_.size(), 0, column.coded});
    }
}

/// Seconds on an axis that never goes back, labelled with the local time of the first record's offset.
std::optional<double> ProfilePlot::place_of(const std::optional<DateTime>& time) {
    if (!time) { return std::nullopt; }
    DateTime local = *time;
    local_ = local_ || !local.utc_offset_minutes;
    if (!offset_ && !local_) { offset_ = local.utc_offset_minutes; }
    if (!local.utc_offset_minutes) { local.utc_offset_minutes = offset_.value_or(0); }
    const auto instant = local.to_utc();
    if (!instant) { return std::nullopt; }
    constexpr double minute = 60;
    return std::chrono::duration<double>(instant->time_since_epoch()).count() + minute * offset_.value_or(0);
}

void ProfilePlot::record(const ProfileRecord& record) {
    const auto at = place_of(record.time);
    if (!at) { return; }
    const bool irregular = !period_ || *period_ <= 0;
    const bool back = last_ && *at < *last_;
    const bool gap = last_ && !irregular && *at - *last_ >= 2 * *period_;
    if (gap || back) { std::fputs("\n", data_); } // ends the line that is drawn
    if (is_flagged(record, flags_)) {
        const double from = irregular || gap || back || !last_ ? *at - period_.value_or(0) : *last_;
        const bool joins = !flagged_.empty() && flagged_.back().to >= from && !back;
        if (joins) {
            flagged_.back().to = *at;
        } else {
            flagged_.push_back({from, *at});
        }
    }
    std::string line = fmt::format("{:.0f}", *at);
    for (Series& series : series_) {
        const std::size_t index = series.column - 2;
        const auto number = index < record.values.size() ? number_of(record.values[index]) : std::nullopt;
        series.numbers += number ? 1U : 0U;
        line += number ? fmt::format(" {:.10g}", *number) : std::string(" NaN");
    }
    line += '\n';
    std::fputs(line.c_str(), data_);
    first_ = std::min(first_.value_or(*at), *at);
    last_ = *at;
    ++records_;
}

void ProfilePlot::gap(const ProfileGap& gap) {
    const auto from = place_of(gap.from), to = place_of(gap.to);
    if (from && to && *from < *to) { gaps_.push_back({*from, *to}); }
}

std::vector<std::vector<const ProfilePlot::Series*>> ProfilePlot::panels() const {
    std::vector<std::vector<const Series*>> found;
    for (const Series& series : series_) {
        if (series.coded || series.numbers == 0) { continue; }
        const auto same =
            std::ranges::find_if(found, [&](const auto& one) { return one.front()->unit == series.unit; });
        if (same != found.end()) {
            same->push_back(&series);
        } else {
            found.push_back({&series});
        }
    }
    return found;
}

bool ProfilePlot::drawable() const {
    return records_ > 0 && !panels().empty();
}

std::string ProfilePlot::time_label() const {
    if (!offset_) { return "the meter's local time"; }
    if (*offset_ == 0) { return "time, UTC"; }
    constexpr int hour = 60;
    const int minutes = std::abs(*offset_);
    return fmt::format("local time, UTC{}{:02}:{:02}", *offset_ < 0 ? '-' : '+', minutes / hour, minutes % hour);
}

std::string ProfilePlot::bands_text(std::string& legend) const {
    std::string text;
    std::size_t number = 0;
    const auto shade = [&](const std::vector<Band>& bands, std::string_view colour) {
        for (const Band& band : bands) {
            if (number >= most_bands) { return; }
            text += fmt::format("set object {} rectangle from first {:.0f}, graph 0 to first {:.0f}, graph 1 behind "
                                "fillcolor rgb '{}' fillstyle solid border linecolor rgb '{}'\n",
                                ++number, band.from, band.to, colour, colour);
        }
    };
    shade(gaps_, gap_colour);
    shade(flagged_, flag_colour);
    if (!gaps_.empty()) { legend += "grey: no records"; }
    if (!flagged_.empty()) {
        legend += legend.empty() ? "" : "    ";
        legend += fmt::format("yellow: {}", fmt::join(flags_, ", "));
    }
    return text;
}

std::string ProfilePlot::script(PlotKind kind, std::string_view data, std::string_view into) const {
    const auto drawn = panels();
    const int height = frame_height + panel_height * static_cast<int>(drawn.size());
    std::string legend;
    const auto bands = bands_text(legend);
    std::string text =
        fmt::format("set encoding utf8\nset terminal {} size {},{} noenhanced {}font ',11'\nset output {}\n",
                    kind == PlotKind::svg ? "svg" : "pngcairo", wide, height,
                    kind == PlotKind::svg ? "dynamic background rgb 'white' " : "", plot_quoted(into));
    text += fmt::format("set multiplot layout {},1 title {} noenhanced font ',13' margins screen 0.075, screen 0.80, "
                        "screen {:.4f}, screen {:.4f} spacing screen {:.4f}\n",
                        drawn.size(), plot_quoted(title_), 80.0 / height, 1 - 62.0 / height, 26.0 / height);
    if (!legend.empty()) {
        text += fmt::format("set label 1 {} at screen 0.075, screen {:.4f} noenhanced textcolor rgb '#505050'\n",
                            plot_quoted(legend), 1 - 46.0 / height);
    }
    text += "set xdata time\nset timefmt '%s'\nset grid linetype 1 linecolor rgb '#dedede' linewidth 1\nset border 3\n"
            "set tics nomirror out\nset key at graph 1.01, graph 1 left top Left reverse noenhanced samplen 1.5 "
            "spacing 1.1\n";
    const double from = first_.value_or(0), to = std::max(last_.value_or(0), from + 1);
    text += fmt::format("set xrange ['{:.0f}':'{:.0f}']\n", from, to);
    constexpr double two_days = 172'800;
    const std::string_view dates = to - from <= two_days ? "%H:%M\\n%d %b" : "%d %b\\n%Y";
    text += "set format x ''\n";
    text += bands;
    std::string_view style = records_ < few_records ? "linespoints pointtype 7 pointsize 0.35" : "lines";
    for (std::size_t panel = 0; panel < drawn.size(); ++panel) {
        const auto& unit = drawn[panel].front()->unit;
        text += fmt::format("set ylabel {} noenhanced\n", plot_quoted(unit.empty() ? "no unit" : unit));
        if (panel + 1 == drawn.size()) {
            text += fmt::format("set format x \"{}\"\nset xlabel {} noenhanced\n", dates, plot_quoted(time_label()));
        }
        std::vector<std::string> curves;
        for (std::size_t place = 0; place < drawn[panel].size(); ++place) {
            const Series& series = *drawn[panel][place];
            curves.push_back(fmt::format("{} using 1:{} with {} linewidth 1.3 linecolor rgb '{}' title {} noenhanced",
                                         plot_quoted(data), series.column, style, colours.at(place % colours.size()),
                                         plot_quoted(series.name)));
        }
        text += fmt::format("plot {}\nunset label\n", fmt::join(curves, ", \\\n     "));
    }
    return text + "unset multiplot\n";
}

} // namespace meterctl::output
