#include "transports/edges.hpp"

namespace meterctl::transports {

bool is_pulse_input(Scheme scheme) {
    return scheme == Scheme::line || scheme == Scheme::rx || scheme == Scheme::gpio || scheme == Scheme::edges;
}

} // namespace meterctl::transports
