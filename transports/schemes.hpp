// The table of endpoint schemes: what follows the colon, and the query keys each takes with the kind of their values.
#pragma once

#include "transports/endpoint.hpp"

#include <span>
#include <string_view>

namespace meterctl::transports {

/// What stands between the scheme and the query.
enum class Shape {
    host_port, ///< //HOST:PORT
    device,    ///< ///PATH, required
    link,      ///< PATH, may be absent
    model,     ///< a name, may be absent
    gpio_line, ///< ///CHIP/LINE, required
};

enum class ValueKind {
    baud,
    frame,
    flag,
    duration,
    share,
    number,
    real,
    signal, ///< an input of a serial port
    active, ///< which level is the pulse
    bias,   ///< of a GPIO line
    text
};

struct QueryKey {
    std::string_view name;
    ValueKind kind;
    bool repeatable = false;
};

struct SchemeRow {
    Scheme scheme;
    std::string_view name;
    Shape shape;
    std::string_view example;
    std::span<const QueryKey> keys;
};

std::span<const SchemeRow> scheme_rows();
const SchemeRow& scheme_row(Scheme scheme);

/// Whether `value` is one of its kind. The usage error says what is wrong and how such a value is written.
Result<void> check_query_value(ValueKind kind, std::string_view value);

} // namespace meterctl::transports
