#include "transports/schemes.hpp"

#include "transports/options.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <fmt/format.h>
#include <initializer_list>
#include <stdexcept>

namespace meterctl::transports {

namespace {

/// How an association of DLMS is opened, and the HDLC or wrapper below it.
constexpr std::array dlms_keys{
    QueryKey{"client", ValueKind::text},         QueryKey{"server", ValueKind::number},
    QueryKey{"physical", ValueKind::number},     QueryKey{"address_size", ValueKind::number},
    QueryKey{"window", ValueKind::number},       QueryKey{"max_info", ValueKind::number},
    QueryKey{"names", ValueKind::text},          QueryKey{"pdu", ValueKind::number},
    QueryKey{"authentication", ValueKind::text}, QueryKey{"suite", ValueKind::number},
    QueryKey{"security", ValueKind::text},       QueryKey{"ciphering", ValueKind::text},
    QueryKey{"counter", ValueKind::text},        QueryKey{"ask_counter", ValueKind::text},
    QueryKey{"challenge", ValueKind::number},    QueryKey{"image_identifier", ValueKind::text}};

template <std::size_t Own>
constexpr auto with_dlms(const std::array<QueryKey, Own>& own) {
    std::array<QueryKey, Own + dlms_keys.size()> all{};
    std::ranges::copy(dlms_keys, std::ranges::copy(own, all.begin()).out);
    return all;
}

constexpr auto serial_keys = with_dlms(std::array{
    QueryKey{"baud", ValueKind::baud}, QueryKey{"frame", ValueKind::frame}, QueryKey{"rs485", ValueKind::flag},
    QueryKey{"echo", ValueKind::flag}, QueryKey{"rts", ValueKind::flag}, QueryKey{"dtr", ValueKind::flag},
    QueryKey{"settle", ValueKind::duration}, QueryKey{"lock_wait", ValueKind::duration},
    QueryKey{"mode", ValueKind::text}, QueryKey{"wakeup", ValueKind::flag}, QueryKey{"mac", ValueKind::number},
    QueryKey{"max_master", ValueKind::number}, QueryKey{"max_info_frames", ValueKind::number}});
constexpr auto ir_keys = with_dlms(std::array{
    QueryKey{"baud", ValueKind::baud}, QueryKey{"frame", ValueKind::frame}, QueryKey{"softparity", ValueKind::flag},
    QueryKey{"echo", ValueKind::flag}, QueryKey{"rts", ValueKind::flag}, QueryKey{"dtr", ValueKind::flag},
    QueryKey{"settle", ValueKind::duration}, QueryKey{"lock_wait", ValueKind::duration},
    QueryKey{"mode", ValueKind::text}, QueryKey{"wakeup", ValueKind::flag}});
constexpr auto ir_rfc2217_keys = with_dlms(std::array{
    QueryKey{"baud", ValueKind::baud}, QueryKey{"frame", ValueKind::frame}, QueryKey{"softparity", ValueKind::flag},
    QueryKey{"echo", ValueKind::flag}, QueryKey{"rts", ValueKind::flag}, QueryKey{"dtr", ValueKind::flag},
    QueryKey{"settle", ValueKind::duration}, QueryKey{"connect_timeout", ValueKind::duration},
    QueryKey{"mode", ValueKind::text}, QueryKey{"wakeup", ValueKind::flag}});
constexpr auto ir_tcp_keys = with_dlms(std::array{
    QueryKey{"baud", ValueKind::baud}, QueryKey{"frame", ValueKind::frame}, QueryKey{"softparity", ValueKind::flag},
    QueryKey{"echo", ValueKind::flag}, QueryKey{"connect_timeout", ValueKind::duration},
    QueryKey{"mode", ValueKind::text}, QueryKey{"wakeup", ValueKind::flag}});
constexpr auto socket_keys =
    with_dlms(std::array{QueryKey{"framing", ValueKind::text}, QueryKey{"connect_timeout", ValueKind::duration},
                         QueryKey{"mode", ValueKind::text}, QueryKey{"wakeup", ValueKind::flag}});
constexpr auto rfc2217_keys =
    with_dlms(std::array{QueryKey{"baud", ValueKind::baud}, QueryKey{"frame", ValueKind::frame},
                         QueryKey{"rts", ValueKind::flag}, QueryKey{"dtr", ValueKind::flag},
                         QueryKey{"settle", ValueKind::duration}, QueryKey{"connect_timeout", ValueKind::duration},
                         QueryKey{"mode", ValueKind::text}, QueryKey{"wakeup", ValueKind::flag}});
constexpr auto datagram_keys = with_dlms(std::array{
    QueryKey{"framing", ValueKind::text}, QueryKey{"bind", ValueKind::text}, QueryKey{"foreign", ValueKind::number}});
constexpr std::array listener_keys{QueryKey{"framing", ValueKind::text}};
constexpr std::array pty_keys{QueryKey{"baud", ValueKind::baud}, QueryKey{"frame", ValueKind::frame}};
constexpr std::array line_keys{QueryKey{"signal", ValueKind::signal}, QueryKey{"active", ValueKind::active},
                               QueryKey{"rts", ValueKind::flag},      QueryKey{"dtr", ValueKind::flag},
                               QueryKey{"poll", ValueKind::duration}, QueryKey{"lock_wait", ValueKind::duration}};
constexpr std::array rx_keys{QueryKey{"baud", ValueKind::baud}, QueryKey{"frame", ValueKind::frame},
                             QueryKey{"rts", ValueKind::flag}, QueryKey{"dtr", ValueKind::flag},
                             QueryKey{"lock_wait", ValueKind::duration}};
constexpr std::array gpio_keys{QueryKey{"bias", ValueKind::bias}, QueryKey{"active", ValueKind::active}};
constexpr std::array edges_keys{QueryKey{"channel", ValueKind::text}, QueryKey{"active", ValueKind::active},
                                QueryKey{"rate", ValueKind::real}};
constexpr auto sim_keys =
    with_dlms(std::array{QueryKey{"seed", ValueKind::number},        QueryKey{"speed", ValueKind::real},
                         QueryKey{"drop", ValueKind::share},         QueryKey{"corrupt", ValueKind::share},
                         QueryKey{"duplicate", ValueKind::share},    QueryKey{"cut", ValueKind::share},
                         QueryKey{"late", ValueKind::share},         QueryKey{"latency", ValueKind::duration},
                         QueryKey{"echo", ValueKind::flag},          QueryKey{"baud", ValueKind::baud},
                         QueryKey{"unit", ValueKind::text, true},    QueryKey{"framing", ValueKind::text},
                         QueryKey{"start", ValueKind::text},         QueryKey{"power", ValueKind::text},
                         QueryKey{"meters", ValueKind::number},      QueryKey{"mode", ValueKind::text},
                         QueryKey{"wakeup", ValueKind::flag},        QueryKey{"misbehave", ValueKind::text},
                         QueryKey{"constant", ValueKind::real},      QueryKey{"bounce", ValueKind::duration},
                         QueryKey{"lose", ValueKind::share},         QueryKey{"extra", ValueKind::share},
                         QueryKey{"width", ValueKind::duration},     QueryKey{"jitter", ValueKind::duration},
                         QueryKey{"masters", ValueKind::text},       QueryKey{"router", ValueKind::number},
                         QueryKey{"same_instance", ValueKind::flag}, QueryKey{"history", ValueKind::number},
                         QueryKey{"clock", ValueKind::text},         QueryKey{"days", ValueKind::number},
                         QueryKey{"push", ValueKind::number},        QueryKey{"push_for", ValueKind::text},
                         QueryKey{"tamper", ValueKind::text}});

constexpr std::array rows{
    SchemeRow{Scheme::serial, "serial", Shape::device, "serial:///dev/ttyUSB0?baud=9600&frame=8E1", serial_keys},
    SchemeRow{Scheme::ir, "ir", Shape::device, "ir:///dev/ttyUSB0", ir_keys},
    SchemeRow{Scheme::ir_rfc2217, "ir+rfc2217", Shape::host_port, "ir+rfc2217://gateway:2217", ir_rfc2217_keys},
    SchemeRow{Scheme::ir_tcp, "ir+tcp", Shape::host_port, "ir+tcp://bridge:8888", ir_tcp_keys},
    SchemeRow{Scheme::tcp, "tcp", Shape::host_port, "tcp://10.0.0.5:502", socket_keys},
    SchemeRow{Scheme::udp, "udp", Shape::host_port, "udp://10.0.0.5:47808", datagram_keys},
    SchemeRow{Scheme::rfc2217, "rfc2217", Shape::host_port, "rfc2217://gateway:2217?baud=9600&frame=8E1", rfc2217_keys},
    SchemeRow{Scheme::tcp_listen, "tcp-listen", Shape::host_port, "tcp-listen://0.0.0.0:4059", listener_keys},
    SchemeRow{Scheme::udp_listen, "udp-listen", Shape::host_port, "udp-listen://0.0.0.0:47808", listener_keys},
    SchemeRow{Scheme::sim, "sim", Shape::model, "sim://dtsd545?seed=7&drop=0.05", sim_keys},
    SchemeRow{Scheme::pty, "pty", Shape::link, "pty:/tmp/meter0", pty_keys},
    SchemeRow{Scheme::line, "line", Shape::device, "line:///dev/ttyS0?signal=dcd", line_keys},
    SchemeRow{Scheme::rx, "rx", Shape::device, "rx:///dev/ttyUSB0?baud=300", rx_keys},
    SchemeRow{Scheme::gpio, "gpio", Shape::gpio_line, "gpio:///dev/gpiochip0/17?bias=pull-up", gpio_keys},
    SchemeRow{Scheme::edges, "edges", Shape::device, "edges:pulses.csv", edges_keys},
};

template <class Number>
bool reads_as(std::string_view text, Number& number) {
    const auto [end, trouble] = std::from_chars(text.data(), text.data() + text.size(), number);
    return trouble == std::errc() && end == text.data() + text.size();
}

Result<void> one_of(std::string_view value, std::initializer_list<std::string_view> words) {
    if (std::ranges::find(words, value) != words.end()) { return {}; }
    return fail(Category::usage, fmt::format("'{}' is none of {}", value, fmt::join(words, ", ")));
}

/// The error of a parser as it is, its value forgotten.
template <class T>
Result<void> without_value(const Result<T>& parsed) {
    if (!parsed) { return tl::unexpected(parsed.error()); }
    return {};
}

} // namespace

std::span<const SchemeRow> scheme_rows() {
    return rows;
}

const SchemeRow& scheme_row(Scheme scheme) {
    for (const auto& row : rows) {
        if (row.scheme == scheme) { return row; }
    }
    throw std::logic_error("a scheme without a row");
}

std::string_view scheme_name(Scheme scheme) {
    return scheme_row(scheme).name;
}

std::vector<std::string_view> query_keys(Scheme scheme) {
    std::vector<std::string_view> names;
    for (const auto& key : scheme_row(scheme).keys) { names.push_back(key.name); }
    return names;
}

Result<void> check_query_value(ValueKind kind, std::string_view value) {
    double real = 0;
    std::uint64_t number = 0;
    switch (kind) {
    case ValueKind::baud:
        return without_value(parse_baud(value));
    case ValueKind::frame:
        return without_value(parse_frame(value));
    case ValueKind::flag:
        return without_value(parse_flag(value));
    case ValueKind::duration:
        return without_value(parse_duration(value));
    case ValueKind::share:
        if (reads_as(value, real) && real >= 0 && real <= 1) { return {}; }
        return fail(Category::usage, fmt::format("'{}' is no share from 0 to 1", value));
    case ValueKind::number:
        if (reads_as(value, number)) { return {}; }
        return fail(Category::usage, fmt::format("'{}' is no whole number", value));
    case ValueKind::real:
        if (reads_as(value, real) && real >= 0 && real <= 1e9) { return {}; }
        return fail(Category::usage, fmt::format("'{}' is no number from 0 up", value));
    case ValueKind::signal:
        return one_of(value, {"dcd", "cts", "dsr", "ri"});
    case ValueKind::active:
        return one_of(value, {"high", "low"});
    case ValueKind::bias:
        return one_of(value, {"as-is", "disabled", "pull-up", "pull-down"});
    case ValueKind::text:
        if (!value.empty()) { return {}; }
        return fail(Category::usage, "it has no value");
    }
    return {};
}

} // namespace meterctl::transports
