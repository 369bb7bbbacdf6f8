#include "transports/edges.hpp"

#include "transports/edge_openers.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>

namespace meterctl::transports {

namespace {

struct InputKind {
    Scheme scheme;
    Task<OpenedEdges> (*open)(Loop&, Endpoint, EdgeOptions);
};
constexpr std::array input_kinds{InputKind{Scheme::line, open_line_edges}, InputKind{Scheme::rx, open_rx_edges},
                                 InputKind{Scheme::gpio, open_gpio_edges},
                                 InputKind{Scheme::edges, open_recorded_edges}};

} // namespace

bool is_pulse_input(Scheme scheme) {
    return std::ranges::find(input_kinds, scheme, &InputKind::scheme) != input_kinds.end();
}

Task<OpenedEdges> open_edges(Loop& loop, const Endpoint& endpoint, EdgeOptions options) {
    const auto* kind = std::ranges::find(input_kinds, endpoint.scheme, &InputKind::scheme);
    if (kind == input_kinds.end()) {
        co_return fail(Category::usage, fmt::format("{}: is no input for pulses", scheme_name(endpoint.scheme)),
                       endpoint.text, {"line:///dev/ttyS0", "gpio:///dev/gpiochip0/17", "edges:FILE"});
    }
    co_return co_await kind->open(loop, endpoint, std::move(options));
}

} // namespace meterctl::transports
