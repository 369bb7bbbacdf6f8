#include "src/output/frame_tree.hpp"

#include "src/core/hex.hpp"
#include "src/output/instant.hpp"
#include "src/output/shown.hpp"
#include "src/output/utf8.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace meterctl::output {

namespace {

/// More octets than this are cut in the tree: JSON has them all.
constexpr std::size_t octets_shown = 16;

std::string hex_of(const Bytes& octets, std::size_t offset, std::size_t length) {
    if (offset >= octets.size()) { return {}; }
    const ByteView part = ByteView(octets).subspan(offset, std::min(length, octets.size() - offset));
    if (part.size() <= octets_shown) { return to_hex(part); }
    return to_hex(part.first(octets_shown)) + " ...";
}

struct Line {
    std::string name;
    std::string meaning;
    std::string octets;
};

void add_fields(std::vector<Line>& lines, const std::vector<Field>& fields, const Bytes& octets, std::size_t depth) {
    for (const Field& field : fields) {
        lines.push_back({std::string(2 * depth, ' ') + field.name, joined(field.value.to_string(), "  ", field.text),
                         field.children.empty() ? hex_of(octets, field.offset, field.length) : std::string{}});
        add_fields(lines, field.children, octets, depth + 1);
    }
}

std::string padded(std::string_view text, std::size_t width) {
    const std::size_t taken = display_width(text);
    return fmt::format("{}{}", text, std::string(width > taken ? width - taken : 0, ' '));
}

std::string trimmed(std::string line) {
    line.erase(line.find_last_not_of(' ') + 1);
    return line + "\n";
}

std::string heading(const FrameRecord& frame) {
    std::string line = frame.time ? instant_text(*frame.time) + "  " : std::string{};
    if (!frame.source.empty()) { line += frame.source + "  "; }
    line += std::to_string(frame.offset);
    if (frame.protocol.empty()) { line += "  no frame"; }
    for (const std::string* const part : {&frame.protocol, &frame.direction, &frame.summary}) {
        if (part->empty()) { continue; }
        line += "  ";
        line += *part;
    }
    return line;
}

} // namespace

std::string frame_line(const FrameRecord& frame) {
    std::string line = heading(frame);
    if (frame.error) { line += "  ! " + describe(*frame.error); }
    return trimmed(tamed(line));
}

std::string frame_tree(const FrameRecord& frame, const Options& options) {
    std::vector<Line> lines;
    add_fields(lines, frame.fields, frame.octets, 0);
    std::size_t name_width = 0;
    std::size_t meaning_width = 0;
    for (Line& line : lines) {
        line.name = tamed(line.name);
        line.meaning = tamed(line.meaning);
        name_width = std::max(name_width, display_width(line.name));
        meaning_width = std::max(meaning_width, std::min<std::size_t>(display_width(line.meaning), 50));
    }
    std::string text = trimmed(tamed(heading(frame)));
    if (lines.empty()) { text += trimmed("    " + hex_of(frame.octets, 0, frame.octets.size())); }
    for (const Line& line : lines) {
        text += trimmed(fmt::format("    {}  {}  {}", padded(line.name, name_width),
                                    padded(line.meaning, meaning_width), line.octets));
    }
    for (const Reading& reading : frame.readings) {
        const Shown show = shown(reading.value, reading.unit, reading.flags, options);
        std::string value =
            joined(show.value.to_string(), " ", show.value.is_null() ? std::string_view{} : symbol(show.unit));
        value = joined(value, "  ", reading.text);
        if (!show.flags.empty()) { value = joined(value, "  ", status_of(show.flags)); }
        text += trimmed(fmt::format("  = {}  {}", tamed(reading.name), tamed(value)));
    }
    if (frame.error) { text += fmt::format("  ! {}\n", tamed(describe(*frame.error))); }
    return text;
}

std::string failure_line(const Failure& failure) {
    return fmt::format("! {}\n", tamed(joined(failure.name, ": ", describe(failure.error))));
}

} // namespace meterctl::output
