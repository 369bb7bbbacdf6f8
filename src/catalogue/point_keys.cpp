#include "src/catalogue/point_keys.hpp"

#include "src/core/hex.hpp"

#include <array>
#include <fmt/format.h>

namespace meterctl::catalogue {
namespace {

constexpr std::array choice_table = {
    Key<Choice>{"value", into<&Choice::value>},
    Key<Choice>{"label", into<&Choice::label>},
    Key<Choice>{"irreversible", into<&Choice::irreversible>},
    Key<Choice>{"warning", into<&Choice::warning>},
};

constexpr std::array bit_table = {
    Key<StatusBit>{"bit", into<&StatusBit::bit>},
    Key<StatusBit>{"name", into<&StatusBit::name>},
    Key<StatusBit>{"title", into<&StatusBit::title>},
    Key<StatusBit>{"fault", into<&StatusBit::is_fault>},
    Key<StatusBit>{"fault_when", into<&StatusBit::fault_when>},
};

constexpr std::array ratio_table = {
    Key<Ratio>{"to", into<&Ratio::to>},
    Key<Ratio>{"min", into<&Ratio::minimum>},
    Key<Ratio>{"max", into<&Ratio::maximum>},
};

constexpr std::array point_table = {
    Key<Point>{"name", into<&Point::name>},
    Key<Point>{"title", into<&Point::title>},
    Key<Point>{"obis", into<&Point::obis>},
    Key<Point>{"address", into<&Point::address>},
    Key<Point>{"type", into<&Point::type>},
    Key<Point>{"order", into<&Point::order>},
    Key<Point>{"length", into<&Point::length>},
    Key<Point>{"scale", into<&Point::scale>},
    Key<Point>{"unit", into<&Point::unit>},
    Key<Point>{"access", into<&Point::access>},
    Key<Point>{"write_with", into<&Point::write_with>},
    Key<Point>{"min", into<&Point::minimum>},
    Key<Point>{"max", into<&Point::maximum>},
    Key<Point>{"step", into<&Point::step>},
    Key<Point>{"ratio", into<&Point::ratio>},
    Key<Point>{"after", into<&Point::after>},
    Key<Point>{"min_interval_s", into<&Point::min_interval_s>},
    Key<Point>{"choices", into<&Point::choices>},
    Key<Point>{"choices_only", into<&Point::choices_only>},
    Key<Point>{"invalid", into<&Point::invalid>},
    Key<Point>{"bits", into<&Point::bits>},
    Key<Point>{"irreversible", into<&Point::irreversible>},
    Key<Point>{"confirm", into<&Point::confirm>},
    Key<Point>{"unsettled", into<&Point::unsettled>},
    Key<Point>{"changes_line", into<&Point::changes_line>},
    Key<Point>{"warning", into<&Point::warning>},
    Key<Point>{"group", into<&Point::group>},
    Key<Point>{"applies_to", into<&Point::applies_to>},
    Key<Point>{"simulate", into<&Point::simulate>},
    Key<Point>{"source", into<&Point::source>},
    Key<Point>{"reported_name", into<&Point::reported_name>},
    Key<Point>{"reported_unit", into<&Point::reported_unit>},
};

Result<void> check_name(const Source& source, const Node& owner, std::string_view name) {
    if (!is_snake_case(name)) {
        return tl::unexpected(source.error(*owner.member("name"), fmt::format("\"{}\" is not snake_case", name),
                                           {"one such as voltage_l1"}));
    }
    return {};
}

Result<void> check_range(const Source& source, const Node& node, const Point& point) {
    if (point.minimum && point.maximum && *point.minimum > *point.maximum) {
        return tl::unexpected(
            source.error(*node.member("min"), fmt::format("min {} is greater than max {}", point.minimum->to_string(),
                                                          point.maximum->to_string())));
    }
    if (point.step && *point.step <= Decimal{}) {
        return tl::unexpected(source.error(*node.member("step"), "a step is greater than 0"));
    }
    return {};
}

bool same_choice(const Value& a, const Value& b) {
    const auto x = a.number();
    const auto y = b.number();
    return x && y ? *x == *y : a == b;
}

Result<void> check_choices(const Source& source, const Node& node, const Point& point) {
    const auto& choices = point.choices;
    for (std::size_t i = 0; i < choices.size(); ++i) {
        const Node& at = node.member("choices")->children[i];
        const auto fail_at = [&](std::string what) { return tl::unexpected(source.error(at, std::move(what))); };
        const std::string text = choices[i].value.to_string();
        const auto number = choices[i].value.number();
        if (number && point.choices_only &&
            ((point.minimum && *number < *point.minimum) || (point.maximum && *number > *point.maximum))) {
            return fail_at(fmt::format("the choice {} lies outside min and max", text));
        }
        for (std::size_t j = 0; j < i; ++j) {
            if (same_choice(choices[j].value, choices[i].value)) {
                return fail_at(fmt::format("the choice {} is there twice", text));
            }
            if (!choices[i].label.empty() && choices[j].label == choices[i].label) {
                return fail_at(fmt::format("the label \"{}\" is there twice", choices[i].label));
            }
        }
    }
    if (point.choices_only && choices.empty()) {
        return tl::unexpected(source.error(*node.member("choices_only"), "there are no choices to keep to"));
    }
    return {};
}

Result<void> check_bits(const Source& source, const Node& node, const Point& point) {
    for (std::size_t i = 0; i < point.bits.size(); ++i) {
        for (std::size_t j = 0; j < i; ++j) {
            if (point.bits[i].bit == point.bits[j].bit || point.bits[i].name == point.bits[j].name) {
                return tl::unexpected(
                    source.error(node.member("bits")->children[i],
                                 fmt::format("bit {} or its name is there twice", point.bits[i].bit)));
            }
        }
    }
    return {};
}

Result<void> check_invalid(const Source& source, const Node& node, const Point& point) {
    for (std::size_t i = 0; i < point.invalid.size(); ++i) {
        const auto octets = from_hex(point.invalid[i]);
        if (!octets || octets->empty()) {
            return tl::unexpected(source.error(node.member("invalid")->children[i],
                                               fmt::format("\"{}\" is not octets in hex", point.invalid[i])));
        }
    }
    return {};
}

} // namespace

std::span<const Key<Choice>> choice_keys() {
    return choice_table;
}
std::span<const Key<StatusBit>> bit_keys() {
    return bit_table;
}
std::span<const Key<Ratio>> ratio_keys() {
    return ratio_table;
}
std::span<const Key<Point>> point_keys() {
    return point_table;
}

bool is_snake_case(std::string_view name) {
    char before = '_';
    for (const char c : name) {
        const bool letter = c >= 'a' && c <= 'z';
        const bool digit = c >= '0' && c <= '9';
        if (!letter && !digit && (c != '_' || before == '_')) { return false; }
        before = c;
    }
    return before != '_' && name.front() >= 'a';
}

Result<void> read_value(const Source& source, const Node& node, Choice& out) {
    if (auto read = read_object(source, node, choice_keys(), out); !read) { return read; }
    constexpr std::array<std::string_view, 1> required = {"value"};
    return expect_members(source, node, required);
}

Result<void> read_value(const Source& source, const Node& node, StatusBit& out) {
    if (auto read = read_object(source, node, bit_keys(), out); !read) { return read; }
    constexpr std::array<std::string_view, 2> required = {"bit", "name"};
    if (auto complete = expect_members(source, node, required); !complete) { return complete; }
    if (out.bit > 63) { return tl::unexpected(source.error(*node.member("bit"), "a bit is numbered from 0 to 63")); }
    return check_name(source, node, out.name);
}

Result<void> read_value(const Source& source, const Node& node, Ratio& out) {
    if (auto read = read_object(source, node, ratio_keys(), out); !read) { return read; }
    constexpr std::array<std::string_view, 1> required = {"to"};
    return expect_members(source, node, required);
}

Result<void> read_value(const Source& source, const Node& node, Point& out) {
    if (auto read = read_object(source, node, point_keys(), out); !read) { return read; }
    constexpr std::array<std::string_view, 2> required = {"name", "address"};
    if (auto complete = expect_members(source, node, required); !complete) { return complete; }
    return check_name(source, node, out.name)
        .and_then([&] { return check_range(source, node, out); })
        .and_then([&] { return check_choices(source, node, out); })
        .and_then([&] { return check_bits(source, node, out); })
        .and_then([&] { return check_invalid(source, node, out); });
}

} // namespace meterctl::catalogue
