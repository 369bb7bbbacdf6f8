#include "codecs/dlms/conversation.hpp"

#include "codecs/dlms/acse.hpp"
#include "codecs/dlms/acse_elements.hpp"
#include "codecs/dlms/ciphering.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <iterator>

namespace meterctl::codecs::dlms {
namespace {

constexpr unsigned most_depth = 6; ///< of APDUs within APDUs

Field octets_field(std::string_view name, ByteView octets, std::string text, std::size_t at) {
    return {std::string(name), Bytes(octets.begin(), octets.end()), std::move(text), at, octets.size(), {}};
}

std::string control_text(const SecurityControl& control) {
    auto text = fmt::format("suite {}", control.suite);
    if (control.authenticated) { text += ", authenticated"; }
    if (control.encrypted) { text += ", encrypted"; }
    if (control.broadcast) { text += ", broadcast key"; }
    if (control.compressed) { text += ", compressed"; }
    return text;
}

bool is_acse(std::uint8_t tag) {
    return tag >= apdu_tag::aarq && tag <= apdu_tag::rlre;
}

void append(std::string& summary, const std::string& more) {
    if (!more.empty()) { summary += (summary.empty() ? "" : ": ") + more; }
}

} // namespace

Conversation::Conversation(const DecodeOptions& options)
    : options_(options), points_(options.meter), decipherer_(options.keys, options.senders) {}

void Conversation::explain(DecodedFrame& frame, ByteView apdu, std::size_t base, const Parties& parties) {
    if (apdu.empty()) { return; }
    server_ = fmt::format("{}/{}", parties.server, parties.physical);
    link_ = fmt::format(" {} {}", parties.client, server_);
    auto said = say(apdu, base, parties.direction, 0);
    append(frame.summary, said.summary);
    std::ranges::move(said.fields, std::back_inserter(frame.fields));
    if (frame.direction == Direction::unknown) { frame.direction = said.direction; }
    if (said.error) {
        if (!frame.error) { frame.error = std::move(said.error); }
        return;
    }
    if (!frame.error) { std::ranges::move(said.readings, std::back_inserter(frame.readings)); }
}

Conversation::Said Conversation::say(ByteView apdu, std::size_t base, Direction direction, unsigned depth) {
    if (depth > most_depth) {
        Said said;
        said.summary = "APDUs within APDUs";
        said.error = octets_error(fmt::format("APDUs nested more than {} deep", most_depth), base, "dlms.apdu");
        return said;
    }
    if (!apdu.empty() && is_acse(apdu[0])) { return say_acse(apdu, base, direction, depth); }
    return is_ciphered(apdu) ? say_ciphered(apdu, base, direction, depth) : say_plain(apdu, base, direction, depth);
}

Conversation::Said Conversation::say_ciphered(ByteView apdu, std::size_t base, Direction direction, unsigned depth) {
    Said said;
    said.summary = std::string(ciphered_name(apdu[0]));
    said.fields.push_back({"tag", std::uint64_t{apdu[0]}, said.summary, base, 1, {}});
    const auto head = read_ciphered_head(apdu);
    if (!head) {
        said.error = head.error();
        const auto rest = apdu.subspan(1);
        if (!rest.empty()) { said.fields.push_back(octets_field("undecoded", rest, {}, base + 1)); }
        return said;
    }
    if (const auto plain = plain_tag(apdu[0])) {
        const auto known = apdu_fields(Bytes{*plain}, 0).direction;
        said.direction = known;
        if (direction == Direction::unknown) { direction = known; }
    }
    if (head->title && head->title_offset > 0) {
        said.fields.push_back(octets_field("system_title", apdu.subspan(head->title_offset, title_octets), {},
                                           base + head->title_offset));
    }
    const auto at = base + head->content_offset;
    said.fields.push_back(
        {"security_control", std::uint64_t{head->control.octet()}, control_text(head->control), at, 1, {}});
    said.fields.push_back({"invocation_counter", std::uint64_t{head->counter}, {}, at + 1, 4, {}});
    decipher(said, *head, apdu, base, direction, depth);
    if (head->tag_octets > 0) {
        const auto tag_at = head->body_offset + head->body_octets;
        said.fields.push_back(
            octets_field("authentication_tag", apdu.subspan(tag_at, head->tag_octets), {}, base + tag_at));
    }
    return said;
}

/// The body: as the APDU in it where the keys are known, else as octets.
void Conversation::decipher(Said& said, const CipheredHead& head, ByteView apdu, std::size_t base, Direction direction,
                            unsigned depth) {
    const auto body = apdu.subspan(head.body_offset, head.body_octets);
    const auto body_at = base + head.body_offset;
    const auto as_octets = [&](std::string text) {
        said.summary += fmt::format(", counter {}, {} octets", head.counter, body.size());
        if (!body.empty()) { said.fields.push_back(octets_field("ciphered", body, std::move(text), body_at)); }
    };
    const bool in_clear = !head.control.encrypted && !head.control.compressed;
    if (!decipherer_.has_keys() && !in_clear) {
        as_octets("there are no keys to decipher it with");
        said.summary += ", no keys";
        return;
    }
    Bytes plain(body.begin(), body.end());
    std::string trust = "not encrypted; the tag is not checked";
    bool authentic = false;
    if (decipherer_.has_keys()) {
        auto opened = decipherer_.open(apdu, direction, link_);
        const bool refused = !opened && opened.error().category == Category::untrusted;
        if (refused) { said.error = opened.error(); }
        if (!opened && !in_clear) { return as_octets(opened.error().what); }
        if (refused) { trust = "not encrypted; the tag does not fit"; }
        if (opened) {
            plain = std::move(opened->unprotected.apdu);
            trust = std::string(trust_text(opened->unprotected.trust));
            authentic = opened->unprotected.trust == Trust::authenticated;
            if (opened->repeated) {
                said.error = octets_error("an invocation counter that was used before", base + head.content_offset + 1,
                                          "dlms.replay");
            }
        }
    }
    auto inside = say(plain, body_at, direction, depth + 1);
    Field field{"deciphered", Value{}, trust, body_at, body.size(), std::move(inside.fields)};
    if (!body.empty()) { said.fields.push_back(std::move(field)); }
    append(said.summary, inside.summary);
    if (said.direction == Direction::unknown) { said.direction = inside.direction; }
    if (!said.error) { said.error = std::move(inside.error); }
    said.readings = std::move(inside.readings);
    for (auto& reading : said.readings) {
        if (!authentic) { reading.flags.emplace_back("not_authenticated"); }
    }
}

void Conversation::learn_from(ByteView acse) {
    if (acse[0] == apdu_tag::aarq) {
        lanes_ = {};
        const auto aarq = decode_aarq(acse);
        if (aarq && aarq->calling_ap_title) { decipherer_.take_client_title(*aarq->calling_ap_title); }
    }
    if (acse[0] == apdu_tag::aare) {
        const auto aare = decode_aare(acse);
        if (aare && aare->responding_ap_title) { decipherer_.take_server_title(*aare->responding_ap_title); }
    }
}

Conversation::Said Conversation::say_acse(ByteView apdu, std::size_t base, Direction direction, unsigned depth) {
    learn_from(apdu);
    auto shown = acse_fields(apdu, base);
    const bool asks = apdu[0] == apdu_tag::aarq || apdu[0] == apdu_tag::rlrq;
    Said said{std::move(shown.fields),
              std::move(shown.summary),
              {},
              std::move(shown.error),
              asks ? Direction::request : Direction::response};
    if (!shown.user_information || shown.user_information->content.empty()) { return said; }
    if (direction == Direction::unknown) { direction = said.direction; }
    const auto& information = *shown.user_information;
    auto inside = say(information.content, base + information.content_offset, direction, depth + 1);
    for (auto& one : said.fields) {
        if (one.name == "user_information") { one.children = std::move(inside.fields); }
    }
    append(said.summary, inside.summary);
    if (!said.error) { said.error = std::move(inside.error); }
    return said;
}

Conversation::Said Conversation::say_plain(ByteView apdu, std::size_t base, Direction direction, unsigned depth) {
    auto shown = apdu_fields(apdu, base);
    Said said{std::move(shown.fields), std::move(shown.summary), {}, std::move(shown.error), shown.direction};
    if (!shown.apdu) { return said; }
    follow(said, *shown.apdu, direction == Direction::unknown ? shown.direction : direction, depth);
    return said;
}

} // namespace meterctl::codecs::dlms
