#include "tests/codecs/dlms/any_security.hpp"

#include "codecs/dlms/decipherer.hpp"
#include "codecs/dlms/hls.hpp"
#include "codecs/dlms/key_transfer.hpp"

namespace dlms_any_security {

using namespace meterctl;
using namespace meterctl::codecs::dlms;

namespace {

constexpr SystemTitle title{'M', 'M', 'M', 0, 0, 0xBC, 0x61, 0x4E};

Keys keys() {
    Keys known;
    Bytes octets(16);
    for (std::size_t i = 0; i < octets.size(); ++i) { octets[i] = static_cast<std::uint8_t>(i); }
    known.unicast = known.dedicated = known.broadcast = known.master = SecretBytes(octets);
    for (std::uint8_t& octet : octets) { octet = static_cast<std::uint8_t>(octet + 0xD0); }
    known.authentication = SecretBytes(octets);
    return known;
}

std::string check_head(ByteView apdu) {
    const auto head = read_ciphered_head(apdu);
    if (!head) { return head.error().what.empty() ? "an error without words" : ""; }
    if (head->body_offset + head->body_octets + head->tag_octets != apdu.size()) {
        return "parts do not fill the APDU";
    }
    return head->content_offset < head->body_offset ? "" : "the content begins behind the body";
}

/// What deciphers ciphers back to what deciphers to the same.
std::string check_round(ByteView apdu) {
    const Keys known = keys();
    const auto opened = unprotect(apdu, known, title);
    if (!opened) { return opened.error().code.empty() ? "an error without a code" : ""; }
    if (opened->head.general.key_info == GeneralHead::KeyInfo::agreed || opened->apdu.empty()) { return ""; }
    const Protection protection{.ciphering = opened->head.ciphering,
                                .control = opened->head.control,
                                .title = opened->head.title.value_or(title),
                                .counter = opened->head.counter,
                                .general = opened->head.general};
    const auto again = protect(protection, known, opened->apdu);
    if (!again) { return opened->trust == Trust::authenticated ? "what deciphered does not cipher" : ""; }
    const auto back = unprotect(*again, known, title);
    return back && back->apdu == opened->apdu ? "" : "it does not come back";
}

std::string check_keys(ByteView octets) {
    const std::string text(octets.begin(), octets.end());
    const auto ring = parse_keys(text);
    if (!ring) { return ring.error().category == Category::usage ? "" : "another category than usage"; }
    Decipherer decipherer(&*ring);
    const auto opened = decipherer.open(octets, codecs::Direction::unknown);
    return opened && opened->repeated ? "the first one repeats" : "";
}

std::string check_transfer(ByteView octets) {
    const Keys known = keys();
    const auto moved = decode_key_transfer(octets, known.master);
    if (!moved) { return ""; }
    const auto again = encode_key_transfer(*moved, known.master);
    return again && decode_key_transfer(*again, known.master).has_value() ? "" : "keys that came do not go";
}

} // namespace

std::string check(ByteView input) {
    if (input.empty()) { return ""; }
    const ByteView rest = input.subspan(1);
    switch (input.front() % parts) {
    case 0:
        return check_head(rest);
    case 1:
        return check_round(rest);
    case 2:
        return check_keys(rest);
    default:
        return check_transfer(rest);
    }
}

} // namespace dlms_any_security
