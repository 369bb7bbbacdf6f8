#include "transports/capture_input.hpp"

#include "src/core/hex.hpp"
#include "src/core/text.hpp"
#include "transports/pcap_reader.hpp"
#include "transports/trace_line.hpp"

#include <algorithm>
#include <charconv>
#include <fmt/format.h>

namespace meterctl::transports {

namespace {

using codecs::Direction;

constexpr std::size_t piece_length = std::size_t{64} << 10U;
constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";

/// Octets looked at as text.
std::string_view as_text(ByteView octets) {
    return {reinterpret_cast<const char*>(octets.data()), octets.size()};
}

std::string_view without_remark(std::string_view line) {
    return line.substr(0, line.find('#'));
}

bool is_hex_line(std::string_view line) {
    constexpr std::string_view digits = "0123456789abcdefABCDEF";
    constexpr std::string_view others = " \t\r\v\f:-,;xX";
    const auto is_digit = [&](char character) { return digits.find(character) != std::string_view::npos; };
    return !line.starts_with(':') && std::count_if(line.begin(), line.end(), is_digit) >= 2 &&
           std::all_of(line.begin(), line.end(), [&](char character) {
               return is_digit(character) || others.find(character) != std::string_view::npos;
           });
}

/// The place that from_hex names: "offset 12".
std::uint64_t place_in(const Error& error) {
    constexpr std::string_view before = "offset ";
    std::uint64_t place = 0;
    if (error.where.starts_with(before)) {
        std::from_chars(error.where.data() + before.size(), error.where.data() + error.where.size(), place);
    }
    return place;
}

/// Lines of hex and of traces, each handed on as a chunk; a line longer than a piece in several.
class TextReader {
public:
    TextReader(CaptureSource& source, const CaptureSink& sink) : source_(source), sink_(sink) {
        stream_.id = 1;
        stream_.kind = StreamKind::text;
    }

    CaptureReport run() {
        if (as_text(source_.peek(byte_order_mark.size())) == byte_order_mark) { source_.take(byte_order_mark.size()); }
        while (!report_.error && !source_.at_end()) { next_piece(); }
        if (!report_.error) { report_.error = source_.error(); }
        if (report_.streams > 0 && sink_.closed) { sink_.closed(stream_); }
        return std::move(report_);
    }

private:
    void next_piece() {
        const std::uint64_t start = source_.offset();
        const std::string_view window = line_at_hand();
        const std::size_t end = window.find('\n');
        const bool whole = end != std::string_view::npos || window.size() < piece_length;
        const std::size_t length = end != std::string_view::npos ? end + 1 : whole ? window.size() : cut(window);
        if (!continued_) { begin_line(); }
        piece(as_text(source_.take(length)), start);
        continued_ = !whole;
        remark_ = remark_ && continued_;
    }

    /// A whole line, or as much of it as a piece holds; no more is waited for than the line takes.
    std::string_view line_at_hand() {
        std::size_t wanted = 1;
        while (true) {
            const std::string_view window = as_text(source_.peek_some(wanted, piece_length));
            const bool enough = window.size() == piece_length || window.size() < wanted;
            if (enough || window.find('\n') != std::string_view::npos) { return window; }
            wanted = window.size() + 1;
        }
    }

    /// Where a line too long for one piece is parted: behind a separator, else anywhere even.
    static std::size_t cut(std::string_view window) {
        const std::size_t separator = window.find_last_of(" \t:-,;");
        return separator == std::string_view::npos ? piece_length : separator + 1;
    }

    void begin_line() {
        ++line_;
        info_ = {};
    }

    void piece(std::string_view text, std::uint64_t start) {
        if (remark_) { return; }
        const char* const first = text.data();
        remark_ = text.find('#') != std::string_view::npos;
        server_ = server_ || (remark_ && trim(text).ends_with(as_server));
        text = without_remark(text);
        if (const auto trace = continued_ ? std::nullopt : parse_trace_line(text)) {
            info_.time = trace->time;
            info_.direction = trace->sent != server_ ? Direction::request : Direction::response;
            text = trace->octets;
        }
        const auto skipped = static_cast<std::uint64_t>(text.data() - first);
        const auto octets = from_hex(text);
        if (!octets) { return fail_at(start + skipped, octets.error()); }
        if (!octets->empty()) { hand_on(*octets); }
    }

    void hand_on(ByteView octets) {
        report_.streams = 1;
        ++report_.packets;
        sink_.chunk({.stream = stream_, .info = info_, .octets = octets, .frame = line_, .gap = false, .fault = {}});
    }

    void fail_at(std::uint64_t start, const Error& reason) {
        report_.error = reason;
        report_.error->category = Category::untrusted;
        report_.error->where = fmt::format("line {}, byte offset {}", line_, start + place_in(reason));
        report_.error->hints.emplace_back("what came before it was read");
    }

    CaptureSource& source_;
    const CaptureSink& sink_;
    CapturedStream stream_;
    CaptureReport report_;
    codecs::ChunkInfo info_;
    std::uint64_t line_ = 0;
    bool continued_ = false; ///< the next piece belongs to the same line
    bool remark_ = false;    ///< and is within a remark
    bool server_ = false;    ///< the trace is one of a server
};

CaptureReport read_octets(CaptureSource& source, const CaptureSink& sink) {
    CapturedStream stream;
    stream.id = 1;
    CaptureReport report;
    while (true) {
        const ByteView octets = source.take_some(piece_length);
        if (octets.empty()) { break; }
        report.streams = 1;
        ++report.packets;
        sink.chunk({.stream = stream, .info = {}, .octets = octets, .frame = 0, .gap = false, .fault = {}});
    }
    if (report.streams > 0 && sink.closed) { sink.closed(stream); }
    report.error = source.error();
    return report;
}

} // namespace

InputFormat tell_format(ByteView head) {
    if (looks_like_capture(head)) { return InputFormat::capture; }
    std::string_view text = as_text(head);
    if (text.starts_with(byte_order_mark)) { text.remove_prefix(byte_order_mark.size()); }
    for (const std::string_view full : split(text, '\n')) {
        const std::string_view line = without_remark(full);
        if (trim(line).empty()) { continue; }
        return parse_trace_line(line) || is_hex_line(line) ? InputFormat::text : InputFormat::octets;
    }
    return trim(text).empty() ? InputFormat::octets : InputFormat::text; // remarks alone
}

CaptureReport read_input(CaptureSource& source, const InputOptions& options, const CaptureSink& sink) {
    constexpr std::size_t head_length = 4096;
    InputFormat format = options.format;
    if (format == InputFormat::automatic) { format = tell_format(source.peek_some(4, head_length)); }
    if (format == InputFormat::capture) { return read_capture(source, options.capture, sink); }
    return format == InputFormat::text ? TextReader(source, sink).run() : read_octets(source, sink);
}

} // namespace meterctl::transports
