// Tags: how every parameter begins (clause 20.2.1). A tag has a number, a class (application or context) and a length,
// or opens and closes a constructed value. Lengths are never believed beyond the octets that are there.
#pragma once

#include "src/core/bytes.hpp"
#include "src/core/error.hpp"

#include <cstdint>
#include <optional>
#include <vector>

namespace meterctl::codecs::bacnet {

/// How deep constructed values may nest; the standard's own stay below 10.
inline constexpr unsigned max_depth = 32;

/// The numbers of application tags (clause 20.2.1.4).
enum class Application : std::uint8_t {
    null = 0,
    boolean = 1,
    unsigned_integer = 2,
    signed_integer = 3,
    real = 4,
    double_real = 5,
    octet_string = 6,
    character_string = 7,
    bit_string = 8,
    enumerated = 9,
    date = 10,
    time = 11,
    object_identifier = 12,
};

struct Tag {
    enum class Kind : std::uint8_t { application, context, opening, closing };
    Kind kind = Kind::application;
    std::uint8_t number = 0;
    std::uint32_t length = 0; ///< octets of content; of an application boolean, its value

    [[nodiscard]] bool is(Application type) const {
        return kind == Kind::application && number == static_cast<std::uint8_t>(type);
    }
    /// Octets that follow the tag as its content.
    [[nodiscard]] std::uint32_t content() const { return is(Application::boolean) ? 0 : length; }
};

/// Reads a tag and leaves the reader at its content. Untrusted with the offset where octets are missing, where a length
/// leads past the end, or where the reserved tag number 255 is used.
Result<Tag> read_tag(ByteReader& reader);
/// Writes the shortest form.
void write_tag(ByteWriter& writer, Tag tag);

/// One value of a stream of tags. A constructed one holds what stands between its opening and closing tag.
struct Element {
    Tag tag;
    std::size_t offset = 0; ///< of the tag, in the octets given to read_elements, plus its `base`
    std::size_t length = 0; ///< of tag and content, the closing tag too
    ByteView content;       ///< views the octets given to read_elements; without tags of its own
    std::vector<Element> children;
};

/// What could be read, and what ended it early.
struct Elements {
    std::vector<Element> elements;
    std::size_t octets = 0; ///< that the elements cover
    std::optional<Error> error;
};

/// Reads tags to the end of the octets. An unclosed, a wrongly closed or a too deeply nested value ends the reading;
/// the elements before it are kept. Offsets count from `base`.
Elements read_elements(ByteView octets, std::size_t base = 0);
/// The elements alone: an error where any octet is none.
Result<std::vector<Element>> all_elements(ByteView octets, std::size_t base = 0);

/// An untrusted error at an offset.
Error octets_error(std::string what, std::size_t offset, std::string code = "bacnet.tag");

} // namespace meterctl::codecs::bacnet
