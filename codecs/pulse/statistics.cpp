#include "codecs/pulse/statistics.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace meterctl::codecs::pulse {

double median(std::vector<double> figures) {
    const auto middle = figures.begin() + static_cast<std::ptrdiff_t>(figures.size() / 2);
    std::nth_element(figures.begin(), middle, figures.end());
    if (figures.size() % 2 != 0) { return *middle; }
    return (*middle + *std::max_element(figures.begin(), middle)) / 2;
}

Statistics statistics(std::span<const double> figures) {
    Statistics made;
    if (figures.empty()) { return made; }
    const auto count = static_cast<double>(figures.size());
    made.count = figures.size();
    made.minimum = *std::min_element(figures.begin(), figures.end());
    made.maximum = *std::max_element(figures.begin(), figures.end());
    made.mean = std::accumulate(figures.begin(), figures.end(), 0.0) / count;
    made.median = median({figures.begin(), figures.end()});
    if (figures.size() < 2) { return made; }
    double squares = 0;
    for (const double figure : figures) { squares += (figure - made.mean) * (figure - made.mean); }
    made.deviation = std::sqrt(squares / (count - 1));
    return made;
}

} // namespace meterctl::codecs::pulse
