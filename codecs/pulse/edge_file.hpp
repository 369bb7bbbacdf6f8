// Recorded edges: tables of times and levels (CSV), with or without a header, and what logic analysers export. Known
// are the CSV of sigrok (with times, or samples at the rate that its comment names) and of Saleae Logic, and value
// change dumps (VCD, IEEE 1364-2001, clause 18). Text in, edges out, in chunks of any size.
#pragma once

#include "codecs/pulse/edge.hpp"
#include "src/core/error.hpp"

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace meterctl::codecs::pulse {

struct EdgeFileOptions {
    std::string channel;     ///< which, by its name or its number from 1; empty: the only one
    bool active_low = false; ///< the pulse is where the record is low
    double rate = 0;         ///< samples a second, where the record holds samples without times and does not say
};

/// Samples of one channel in the order of their times; keeps where the level changes.
class LevelTrack {
public:
    explicit LevelTrack(bool active_low) : active_low_(active_low) {}

    /// The first sample says the level at the beginning and is no edge. Untrusted where time runs backwards.
    Result<void> sample(std::chrono::nanoseconds time, bool high, std::vector<Edge>& edges);
    /// The record goes on until `time` without a change.
    Result<void> pass(std::chrono::nanoseconds time);

    [[nodiscard]] const std::optional<Edge>& first() const { return first_; }
    [[nodiscard]] const std::optional<Edge>& last() const { return last_; }

private:
    bool active_low_;
    std::optional<Edge> first_, last_;
};

/// One format, line by line.
class EdgeLines {
public:
    virtual ~EdgeLines() = default;
    /// A line without its end.
    virtual Result<void> take(std::string_view line, LevelTrack& track, std::vector<Edge>& edges) = 0;
};
std::unique_ptr<EdgeLines> make_csv_lines(EdgeFileOptions options);
std::unique_ptr<EdgeLines> make_vcd_lines(EdgeFileOptions options);

class EdgeFileReader {
public:
    explicit EdgeFileReader(EdgeFileOptions options) : options_(std::move(options)), track_(options_.active_low) {}

    /// Appends the edges that `text` completes. Untrusted, with the line's number, where a line is no part of such a
    /// record; usage error where the channel or the rate must be said. The edges before are then in `edges`.
    Result<void> take(std::string_view text, std::vector<Edge>& edges);
    /// The last line, though it has no end. Untrusted where no sample was found at all.
    Result<void> finish(std::vector<Edge>& edges);

    /// The record's beginning, and the level then; nullopt until it is read.
    [[nodiscard]] const std::optional<Edge>& first() const { return track_.first(); }
    /// The time of its last sample so far, and the level then.
    [[nodiscard]] const std::optional<Edge>& last() const { return track_.last(); }

private:
    Result<void> take_line(std::string_view line, std::vector<Edge>& edges);

    EdgeFileOptions options_;
    LevelTrack track_;
    std::unique_ptr<EdgeLines> lines_; ///< from the first line on that has anything in it
    std::string rest_;                 ///< of a line whose end has not come
    std::size_t line_ = 0;
};

/// Which of `names` the user means by `channel`: its index. Usage error, with what there is, where that is none or
/// several.
Result<std::size_t> choose_channel(const std::vector<std::string>& names, std::string_view channel);

} // namespace meterctl::codecs::pulse
