#include "codecs/bacnet/tag.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace meterctl::codecs::bacnet {
namespace {

constexpr std::uint8_t class_bit = 0x08;
constexpr std::uint8_t extended_number = 15, reserved_number = 255;
constexpr std::uint8_t extended_length = 5, opening = 6, closing = 7;
constexpr std::uint8_t two_octets = 254, four_octets = 255;

std::uint32_t read_length(ByteReader& reader, std::uint8_t short_length) {
    if (short_length < extended_length) { return short_length; }
    const auto length = reader.u8();
    if (length == two_octets) { return reader.u16be(); }
    return length == four_octets ? reader.u32be() : length;
}

class ElementReader {
public:
    ElementReader(ByteView octets, std::size_t base) : reader_(octets), base_(base) {}

    Elements read() {
        Elements all;
        while (!reader_.at_end() && !error_) {
            const auto before = reader_.offset();
            Element one;
            if (!read_one(one, 0)) { break; }
            if (one.tag.kind == Tag::Kind::closing) {
                error_ =
                    octets_error(fmt::format("closing tag {} without an opening one", one.tag.number), base_ + before);
                break;
            }
            all.elements.push_back(std::move(one));
            all.octets = reader_.offset();
        }
        all.error = std::move(error_);
        return all;
    }

private:
    bool read_one(Element& one, unsigned depth) {
        one.offset = base_ + reader_.offset();
        const auto tag = read_tag(reader_);
        if (!tag) {
            error_ = octets_error(tag.error().what, one.offset);
            return false;
        }
        one.tag = *tag;
        if (tag->kind == Tag::Kind::opening) { return read_constructed(one, depth); }
        one.content = reader_.take(tag->content());
        one.length = base_ + reader_.offset() - one.offset;
        return true;
    }

    bool read_constructed(Element& one, unsigned depth) {
        if (depth + 1 >= max_depth) {
            error_ = octets_error(fmt::format("values nested more than {} deep", max_depth), one.offset);
            return false;
        }
        while (!reader_.at_end()) {
            Element child;
            if (!read_one(child, depth + 1)) { return false; }
            if (child.tag.kind == Tag::Kind::closing) {
                if (child.tag.number != one.tag.number) {
                    error_ = octets_error(
                        fmt::format("closing tag {} where {} is open", child.tag.number, one.tag.number), child.offset);
                    return false;
                }
                one.length = base_ + reader_.offset() - one.offset;
                return true;
            }
            constexpr std::size_t usual = 4; // a property, its value, and so again
            if (one.children.empty()) { one.children.reserve(usual); }
            one.children.push_back(std::move(child));
        }
        error_ = octets_error(fmt::format("opening tag {} without its closing one", one.tag.number), one.offset);
        return false;
    }

    ByteReader reader_;
    std::size_t base_;
    std::optional<Error> error_;
};

} // namespace

Error octets_error(std::string what, std::size_t offset, std::string code) {
    return Error{Category::untrusted, std::move(what), fmt::format("byte offset {}", offset), {}, std::move(code)};
}

Result<Tag> read_tag(ByteReader& reader) {
    const auto start = reader.offset();
    const auto initial = reader.u8();
    Tag tag;
    tag.number = static_cast<std::uint8_t>(initial >> 4U);
    const bool extended = tag.number == extended_number;
    if (extended) { tag.number = reader.u8(); }
    const auto kind = static_cast<std::uint8_t>(initial & 0x07U);
    const bool context = (initial & class_bit) != 0;
    if (context && (kind == opening || kind == closing)) {
        tag.kind = kind == opening ? Tag::Kind::opening : Tag::Kind::closing;
    } else {
        tag.kind = context ? Tag::Kind::context : Tag::Kind::application;
        if (!context && kind > extended_length) {
            return tl::unexpected(octets_error(fmt::format("application tag of the reserved length {}", kind), start));
        }
        tag.length = read_length(reader, kind);
    }
    if (reader.failed()) { return tl::unexpected(octets_error("a tag cut at the end", start)); }
    if (extended && tag.number == reserved_number) {
        return tl::unexpected(octets_error("the reserved tag number 255", start));
    }
    if (tag.content() > reader.remaining()) {
        return tl::unexpected(
            octets_error(fmt::format("a length of {}, {} octets are left", tag.content(), reader.remaining()), start));
    }
    return tag;
}

void write_tag(ByteWriter& writer, Tag tag) {
    const bool context = tag.kind != Tag::Kind::application;
    const bool constructed = tag.kind == Tag::Kind::opening || tag.kind == Tag::Kind::closing;
    const bool long_number = tag.number >= extended_number;
    unsigned low = std::min<std::uint32_t>(tag.length, extended_length);
    if (constructed) { low = tag.kind == Tag::Kind::opening ? opening : closing; }
    const unsigned number = long_number ? extended_number : tag.number;
    writer.u8(static_cast<std::uint8_t>((number << 4U) | (context ? class_bit : 0U) | low));
    if (long_number) { writer.u8(tag.number); }
    if (constructed || tag.length < extended_length) { return; }
    if (tag.length < two_octets) {
        writer.u8(static_cast<std::uint8_t>(tag.length));
    } else if (tag.length <= 0xFFFF) {
        writer.u8(two_octets).u16be(static_cast<std::uint16_t>(tag.length));
    } else {
        writer.u8(four_octets).u32be(tag.length);
    }
}

Elements read_elements(ByteView octets, std::size_t base) {
    return ElementReader(octets, base).read();
}

Result<std::vector<Element>> all_elements(ByteView octets, std::size_t base) {
    auto read = read_elements(octets, base);
    if (read.error) { return tl::unexpected(std::move(*read.error)); }
    return std::move(read.elements);
}

} // namespace meterctl::codecs::bacnet
