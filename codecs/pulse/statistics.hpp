// What a row of figures has in common: least, greatest, mean, median, standard deviation.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace meterctl::codecs::pulse {

struct Statistics {
    std::size_t count = 0;
    double minimum = 0, maximum = 0, mean = 0, median = 0;
    double deviation = 0; ///< of the sample (n - 1); 0 for fewer than two

    friend bool operator==(const Statistics&, const Statistics&) = default;
};

/// All zero for no figures.
Statistics statistics(std::span<const double> figures);

/// Of one figure at least: the middle one, or the mean of the two in the middle.
double median(std::vector<double> figures);

} // namespace meterctl::codecs::pulse
