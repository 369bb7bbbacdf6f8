#include "codecs/dlms/ciphering.hpp"

#include "codecs/dlms/ciphered_head.hpp"
#include "codecs/dlms/ciphered_tags.hpp"
#include "codecs/dlms/length.hpp"

#include <algorithm>

namespace meterctl::codecs::dlms {

namespace {

Result<void> check_control(const SecurityControl& control, Category category) {
    if (control.suite > 2) {
        return fail(category, "there is no security suite " + std::to_string(control.suite), {}, {}, "dlms.suite");
    }
    if (control.compressed) {
        return fail(category, "the APDU is compressed (V.44), which is not supported", {}, {}, "dlms.compression");
    }
    return {};
}

Result<std::uint8_t> tag_for(Ciphering ciphering, std::uint8_t plain) {
    if (ciphering == Ciphering::general_global) { return tags::general_glo_ciphering; }
    if (ciphering == Ciphering::general_dedicated) { return tags::general_ded_ciphering; }
    if (ciphering == Ciphering::general) { return tags::general_ciphering; }
    const auto* const row = std::ranges::find(tags::services, plain, &tags::ServiceTags::plain);
    if (row == tags::services.end()) {
        return fail(Category::usage, "such an APDU has no ciphered form of its own", "tag " + std::to_string(plain),
                    {"general ciphering"}, "dlms.ciphering");
    }
    return ciphering == Ciphering::global ? row->global : row->dedicated;
}

void put_key_info(ByteWriter& out, const GeneralHead& general) {
    using KeyInfo = GeneralHead::KeyInfo;
    switch (general.key_info) {
    case KeyInfo::none:
        out.u8(0);
        return;
    case KeyInfo::identified:
        out.u8(1).u8(0).u8(general.key_id);
        return;
    case KeyInfo::wrapped:
        out.u8(1).u8(1).u8(general.key_id);
        break;
    case KeyInfo::agreed:
        out.u8(1).u8(2).u8(0);
        break;
    }
    write_octets(out, general.key_data);
}

/// The fields before the content. The originator of general-ciphering is who the initialisation vector names.
void put_head(ByteWriter& out, const Protection& protection) {
    const GeneralHead& general = protection.general;
    if (protection.ciphering == Ciphering::general) {
        for (const Bytes* field : {&general.transaction_id, &general.originator, &general.recipient, &general.date_time,
                                   &general.other_information}) {
            write_octets(out, *field);
        }
        put_key_info(out, general);
    } else if (protection.ciphering == Ciphering::general_global ||
               protection.ciphering == Ciphering::general_dedicated) {
        write_octets(out, protection.title);
    }
}

/// True where the octets open as an APDU of the kind that such a ciphered one holds.
bool reads_as_apdu(ByteView text, std::uint8_t ciphered) {
    if (text.empty()) { return false; }
    if (const auto expected = plain_tag(ciphered)) { return text.front() == *expected; }
    return std::ranges::find(tags::services, text.front(), &tags::ServiceTags::plain) != tags::services.end() ||
           std::ranges::find(tags::general_only, text.front()) != tags::general_only.end();
}

tl::unexpected<Error> wrong_encryption_key(const CipheredHead& head, const SystemTitle& title) {
    const bool dedicated = head.ciphering == Ciphering::dedicated || head.ciphering == Ciphering::general_dedicated;
    const std::string_view key = dedicated ? "dedicated" : head.control.broadcast ? "broadcast" : "encryption";
    return fail(Category::untrusted,
                "the APDU does not decipher: the " + std::string(key) +
                    " key or the system title "
                    "is another",
                "system title " + title_text(title),
                {"the meter's key (guek) in the file of keys", "the sender's system title"}, "dlms.encryption_key");
}

tl::unexpected<Error> wrong_authentication_key(const SystemTitle& title) {
    return fail(
        Category::untrusted,
        "the APDU deciphers, but its tag does not fit: the authentication key is another, or octets were changed",
        "system title " + title_text(title), {"the meter's authentication key (gak) in the file of keys"},
        "dlms.authentication_key");
}

struct Parts {
    ByteView body, tag;
};

Parts parts_of(ByteView apdu, const CipheredHead& head) {
    return {apdu.subspan(head.body_offset, head.body_octets),
            apdu.subspan(head.body_offset + head.body_octets, head.tag_octets)};
}

Unprotected plain_of(const CipheredHead& head, const Parts& parts, Trust trust) {
    return {.apdu = Bytes(parts.body.begin(), parts.body.end()), .head = head, .trust = trust};
}

struct Tools {
    SecretBytes key;
    SystemTitle title;
};

/// Authenticated only: the text is readable, and the tag says whether to believe it.
Result<Unprotected> check_tag(const CipheredHead& head, const Parts& parts, const Keys& keys, const Tools& tools) {
    const SecretBytes aad =
        detail::additional_data(head.ciphering, head.control, head.general, keys.authentication, parts.body);
    const auto opened =
        crypto::gcm_open(tools.key.view(), detail::iv_of(tools.title, head.counter), aad.view(), {}, parts.tag);
    if (!opened) { return tl::unexpected(opened.error()); }
    if (opened->tag_fits) { return plain_of(head, parts, Trust::authenticated); }
    return fail(Category::untrusted,
                "the APDU's tag does not fit: a key or the system title is another, or octets "
                "were changed",
                "system title " + title_text(tools.title), {"the meter's keys (guek and gak) in the file of keys"},
                "dlms.authentication_key");
}

Result<Unprotected> decipher(const CipheredHead& head, const Parts& parts, const Keys& keys, const Tools& tools) {
    const bool checkable = head.control.authenticated && !keys.authentication.empty();
    const SecretBytes aad =
        detail::additional_data(head.ciphering, head.control, head.general, keys.authentication, {});
    auto opened = crypto::gcm_open(tools.key.view(), detail::iv_of(tools.title, head.counter),
                                   checkable ? aad.view() : ByteView(), parts.body, checkable ? parts.tag : ByteView());
    if (!opened) { return tl::unexpected(opened.error()); }
    const bool readable = reads_as_apdu(opened->text, head.tag);
    if (!opened->tag_fits && !readable) { return wrong_encryption_key(head, tools.title); }
    if (checkable && !opened->tag_fits) { return wrong_authentication_key(tools.title); }
    const Trust trust = checkable                    ? Trust::authenticated
                        : head.control.authenticated ? Trust::not_authenticated
                                                     : Trust::without_authenticity;
    return Unprotected{.apdu = std::move(opened->text), .head = head, .trust = trust};
}

} // namespace

Result<Bytes> protect(const Protection& protection, const Keys& keys, ByteView plain) {
    const SecurityControl& control = protection.control;
    auto fits = check_control(control, Category::usage);
    if (plain.empty()) { fits = fail(Category::usage, "there is no APDU to cipher"); }
    if (!fits) { return tl::unexpected(fits.error()); }
    const auto tag = tag_for(protection.ciphering, plain.front());
    if (!tag) { return tl::unexpected(tag.error()); }
    const auto key = detail::cipher_key(protection.ciphering, control, protection.general, keys);
    if (!key) { return tl::unexpected(key.error()); }
    if (control.authenticated) { fits = detail::check_authentication_key(control, keys); }
    if (!fits) { return tl::unexpected(fits.error()); }
    const SecretBytes aad =
        control.authenticated
            ? detail::additional_data(protection.ciphering, control, protection.general, keys.authentication, plain)
            : SecretBytes();
    const auto sealed = crypto::gcm_seal(key->view(), detail::iv_of(protection.title, protection.counter), aad.view(),
                                         control.encrypted ? plain : ByteView());
    if (!sealed) { return tl::unexpected(sealed.error()); }
    ByteWriter out;
    out.u8(*tag);
    put_head(out, protection);
    write_length(out, 5 + plain.size() + (control.authenticated ? crypto::tag_octets : 0));
    out.u8(control.octet()).u32be(protection.counter).bytes(control.encrypted ? ByteView(sealed->text) : plain);
    if (control.authenticated) { out.bytes(sealed->tag); }
    return out.take();
}

Result<Unprotected> unprotect(ByteView apdu, const Keys& keys, const std::optional<SystemTitle>& title) {
    const auto head = read_ciphered_head(apdu);
    if (!head) { return tl::unexpected(head.error()); }
    if (const auto fits = check_control(head->control, Category::untrusted); !fits) {
        return tl::unexpected(fits.error());
    }
    const Parts parts = parts_of(apdu, *head);
    const SecurityControl& control = head->control;
    if (!control.encrypted && !control.authenticated) { return plain_of(*head, parts, Trust::without_authenticity); }
    const auto sender = head->title ? head->title : title;
    auto key = detail::cipher_key(head->ciphering, control, head->general, keys);
    const bool knows_all = key && sender && !keys.authentication.empty();
    if (!control.encrypted && !knows_all) { return plain_of(*head, parts, Trust::not_authenticated); }
    if (!key) { return tl::unexpected(key.error()); }
    if (!sender) {
        return fail(Category::usage, "the system title of who sent this is not known", {},
                    {"server_title in the file of keys", "decoding from the association (AARQ, AARE) on"},
                    "dlms.title_missing");
    }
    if (control.authenticated && !keys.authentication.empty()) {
        const auto fits = detail::check_authentication_key(control, keys);
        if (!fits) { return tl::unexpected(fits.error()); }
    }
    const Tools tools{std::move(*key), *sender};
    return control.encrypted ? decipher(*head, parts, keys, tools) : check_tag(*head, parts, keys, tools);
}

} // namespace meterctl::codecs::dlms
