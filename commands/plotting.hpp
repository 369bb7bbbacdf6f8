// `dump-profile --plot FILE`: the records drawn by gnuplot, where it is installed.
#pragma once

#include "commands/io.hpp"
#include "src/output/profile_plot.hpp"

#include <optional>

namespace meterctl::commands {

/// A drawing that is made while records come. Its data lie in a temporary folder, which goes with it.
class Plotting {
public:
    /// Usage error where the file's ending is no format, and where gnuplot is not installed: before anything is sent.
    static Result<Plotting> open(const std::string& path, const std::string& title, const Io& io);

    Plotting(const Plotting&) = delete;
    Plotting& operator=(const Plotting&) = delete;
    Plotting(Plotting&& other) noexcept;
    Plotting& operator=(Plotting&&) = delete;
    ~Plotting();

    output::ProfilePlot& plot() { return *plot_; }
    /// Draws, and puts the file in its place. Rejected where there is nothing to draw; endpoint error where gnuplot
    /// fails, with what it said.
    Result<void> finish();

private:
    Plotting() = default;

    std::string path_, gnuplot_, folder_;
    output::PlotKind kind_ = output::PlotKind::svg;
    std::FILE* data_ = nullptr;
    std::optional<output::ProfilePlot> plot_;
};

} // namespace meterctl::commands
