#include "codecs/dlms/acse_elements.hpp"

#include "codecs/dlms/length.hpp"

#include <algorithm>

namespace meterctl::codecs::dlms {
namespace {

/// Elements one behind the other; `at`: where the octets stand in the APDU.
void read_elements(ByteView octets, std::size_t at, AcseElements& into) {
    ByteReader reader(octets);
    while (!reader.at_end()) {
        AcseElement element;
        element.offset = at + reader.offset();
        element.tag = reader.u8();
        const auto length = read_length(reader);
        if (!length || *length > reader.remaining()) {
            into.lengths_valid = false;
            into.wrong_at = element.offset;
        }
        element.content_offset = at + reader.offset();
        element.content = reader.take(std::min<std::size_t>(length.value_or(0), reader.remaining()));
        into.elements.push_back(element);
        if (!length) { return; }
    }
}

} // namespace

const AcseElement* AcseElements::find(std::uint8_t tag) const {
    const auto found = std::ranges::find(elements, tag, &AcseElement::tag);
    return found == elements.end() ? nullptr : &*found;
}

AcseElements acse_elements(ByteView apdu) {
    AcseElements out;
    ByteReader reader(apdu);
    reader.u8();
    const auto length = read_length(reader);
    if (!length || *length != reader.remaining()) {
        out.lengths_valid = false;
        out.wrong_at = std::min<std::size_t>(1, apdu.size());
    }
    const auto at = reader.offset();
    if (length) { read_elements(reader.rest(), at, out); }
    return out;
}

AcseElements nested_elements(const AcseElement& element) {
    AcseElements out;
    read_elements(element.content, element.content_offset, out);
    return out;
}

std::optional<AcseElement> inner(const AcseElement& element) {
    const auto nested = nested_elements(element);
    if (nested.elements.empty() || !nested.lengths_valid) { return std::nullopt; }
    return nested.elements.front();
}

std::optional<std::uint32_t> inner_integer(const AcseElement& element) {
    constexpr std::uint8_t integer = 0x02;
    const auto one = inner(element);
    if (!one || one->tag != integer || one->content.empty() || one->content.size() > 5) { return std::nullopt; }
    if (one->content.size() == 5 && one->content[0] != 0) { return std::nullopt; }
    std::uint32_t value = 0;
    for (const auto octet : one->content) { value = (value << 8U) | octet; }
    return value;
}

} // namespace meterctl::codecs::dlms
