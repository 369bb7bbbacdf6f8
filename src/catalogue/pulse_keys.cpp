#include "src/catalogue/pulse_keys.hpp"

#include <array>

namespace meterctl::catalogue {

Result<void> read_value(const Source& source, const Node& node, Width& out);
Result<void> read_value(const Source& source, const Node& node, PulseCarry& out);

namespace {

constexpr std::array width_table = {
    Key<Width>{"below_w", into<&Width::first>},
    Key<Width>{"ms", into<&Width::second>},
};

constexpr std::array carry_table = {
    Key<PulseCarry>{"codes", into<&PulseCarry::codes>},
    Key<PulseCarry>{"quantity", into<&PulseCarry::quantity>},
};

constexpr std::array accuracy_table = {
    Key<AccuracyClass>{"active_percent", into<&AccuracyClass::active>},
    Key<AccuracyClass>{"reactive_percent", into<&AccuracyClass::reactive>},
    Key<AccuracyClass>{"source", into<&AccuracyClass::source>},
};

constexpr std::array pulse_table = {
    Key<PulseOutput>{"name", into<&PulseOutput::name>},
    Key<PulseOutput>{"quantity", into<&PulseOutput::quantity>},
    Key<PulseOutput>{"constant", into<&PulseOutput::constant>},
    Key<PulseOutput>{"constants", into<&PulseOutput::constants>},
    Key<PulseOutput>{"widths", into<&PulseOutput::widths_ms>},
    Key<PulseOutput>{"min_gap_ms", into<&PulseOutput::minimum_gap_ms>},
    Key<PulseOutput>{"max_bounce_ms", into<&PulseOutput::maximum_bounce_ms>},
    Key<PulseOutput>{"optical", into<&PulseOutput::optical>},
    Key<PulseOutput>{"wiring", into<&PulseOutput::wiring>},
    Key<PulseOutput>{"constant_point", into<&PulseOutput::constant_point>},
    Key<PulseOutput>{"code_point", into<&PulseOutput::code_point>},
    Key<PulseOutput>{"carries", into<&PulseOutput::carries>},
    Key<PulseOutput>{"applies_to", into<&PulseOutput::applies_to>},
    Key<PulseOutput>{"source", into<&PulseOutput::source>},
};

constexpr std::array<std::string_view, 1> needs_ms = {"ms"};
constexpr std::array<std::string_view, 1> needs_codes = {"codes"};
constexpr std::array<std::string_view, 2> needs_quantity = {"name", "quantity"};

template <class T>
Result<void> read_section(const Source& source, const Node& node, std::span<const Key<T>> keys,
                          std::span<const std::string_view> required, T& out) {
    if (auto read = read_object<T>(source, node, keys, out); !read) { return read; }
    return expect_members(source, node, required);
}

} // namespace

std::span<const Key<PulseOutput>> pulse_output_keys() {
    return pulse_table;
}

std::span<const Key<Width>> width_keys() {
    return width_table;
}

std::span<const Key<PulseCarry>> carry_keys() {
    return carry_table;
}

std::span<const Key<AccuracyClass>> accuracy_keys() {
    return accuracy_table;
}

Result<void> read_value(const Source& source, const Node& node, Width& out) {
    return read_section<Width>(source, node, width_table, needs_ms, out);
}

Result<void> read_value(const Source& source, const Node& node, PulseCarry& out) {
    return read_section<PulseCarry>(source, node, carry_table, needs_codes, out);
}

Result<void> read_value(const Source& source, const Node& node, AccuracyClass& out) {
    return read_object<AccuracyClass>(source, node, accuracy_table, out);
}

Result<void> read_value(const Source& source, const Node& node, PulseOutput& out) {
    return read_section<PulseOutput>(source, node, pulse_table, needs_quantity, out);
}

} // namespace meterctl::catalogue
