#include "codecs/dlms/ciphered_head.hpp"

#include "codecs/dlms/ciphered_tags.hpp"
#include "codecs/dlms/length.hpp"

#include <algorithm>

namespace meterctl::codecs::dlms {

namespace detail {

namespace {

tl::unexpected<Error> missing(std::string_view key) {
    return fail(Category::usage, "the " + std::string(key) + " is not known", {}, {"a file of keys: --keys FILE"},
                "dlms.key_missing");
}

Result<SecretBytes> fitting(const SecretBytes& key, std::string_view name, std::uint8_t suite) {
    if (key.empty()) { return missing(name); }
    const std::size_t wanted = key_octets(suite);
    if (key.size() == wanted) { return key; }
    return fail(Category::usage,
                "the " + std::string(name) + " has " + std::to_string(key.size()) + " octets; suite " +
                    std::to_string(suite) + " takes " + std::to_string(wanted),
                {}, {}, "dlms.key_size");
}

struct Choice {
    const SecretBytes& key;
    std::string_view name;
};

Choice choose(Ciphering ciphering, bool broadcast, const Keys& keys) {
    if (ciphering == Ciphering::dedicated || ciphering == Ciphering::general_dedicated) {
        return {keys.dedicated, "dedicated key"};
    }
    if (broadcast) { return {keys.broadcast, "broadcast encryption key (gbek)"}; }
    return {keys.unicast, "encryption key (guek)"};
}

Result<SecretBytes> unwrapped(const GeneralHead& general, const Keys& keys) {
    if (keys.master.empty()) { return missing("master key (kek)"); }
    auto octets = crypto::key_unwrap(keys.master.view(), general.key_data);
    if (!octets) { return tl::unexpected(octets.error()); }
    SecretBytes key(*octets);
    wipe(*octets);
    return key;
}

} // namespace

crypto::Iv iv_of(const SystemTitle& title, std::uint32_t counter) {
    crypto::Iv iv{};
    std::ranges::copy(title, iv.begin());
    const Bytes octets = ByteWriter().u32be(counter).take();
    std::ranges::copy(octets, iv.begin() + title_octets);
    return iv;
}

SecretBytes additional_data(Ciphering ciphering, const SecurityControl& control, const GeneralHead& general,
                            const SecretBytes& authentication, ByteView plain) {
    ByteWriter out;
    out.u8(control.octet()).bytes(authentication.view());
    if (ciphering == Ciphering::general) {
        for (const Bytes* field : {&general.transaction_id, &general.originator, &general.recipient, &general.date_time,
                                   &general.other_information}) {
            write_octets(out, *field);
        }
    }
    if (!control.encrypted) { out.bytes(plain); }
    Bytes octets = out.take();
    SecretBytes data(octets);
    wipe(octets);
    return data;
}

Result<SecretBytes> cipher_key(Ciphering ciphering, const SecurityControl& control, const GeneralHead& general,
                               const Keys& keys) {
    using KeyInfo = GeneralHead::KeyInfo;
    bool broadcast = control.broadcast;
    if (ciphering == Ciphering::general && general.key_info == KeyInfo::agreed) {
        return fail(Category::usage, "the key is agreed by elliptic curves, which are not supported", {}, {},
                    "dlms.key_agreement");
    }
    if (ciphering == Ciphering::general && general.key_info == KeyInfo::wrapped) { return unwrapped(general, keys); }
    if (ciphering == Ciphering::general && general.key_info == KeyInfo::identified) { broadcast = general.key_id == 1; }
    const Choice choice = choose(ciphering, broadcast, keys);
    return fitting(choice.key, choice.name, control.suite);
}

Result<void> check_authentication_key(const SecurityControl& control, const Keys& keys) {
    const auto key = fitting(keys.authentication, "authentication key (gak)", control.suite);
    return key ? Result<void>() : Result<void>(tl::unexpected(key.error()));
}

} // namespace detail

namespace {

tl::unexpected<Error> damaged(std::string what, std::size_t offset) {
    return fail(Category::untrusted, std::move(what), "octet " + std::to_string(offset), {}, "dlms.ciphered_shape");
}

Ciphering ciphering_of(std::uint8_t tag) {
    if (tag == tags::general_glo_ciphering) { return Ciphering::general_global; }
    if (tag == tags::general_ded_ciphering) { return Ciphering::general_dedicated; }
    if (tag == tags::general_ciphering) { return Ciphering::general; }
    const bool dedicated =
        std::ranges::find(tags::services, tag, &tags::ServiceTags::dedicated) != tags::services.end();
    return dedicated ? Ciphering::dedicated : Ciphering::global;
}

bool take_key_info(ByteReader& in, GeneralHead& general) {
    using KeyInfo = GeneralHead::KeyInfo;
    constexpr std::array choices{KeyInfo::identified, KeyInfo::wrapped, KeyInfo::agreed};
    if (in.u8() == 0) { return !in.failed(); }
    const std::uint8_t choice = in.u8();
    if (in.failed() || choice >= choices.size()) { return false; }
    general.key_info = choices.at(choice);
    if (general.key_info != KeyInfo::agreed) { general.key_id = in.u8(); }
    if (general.key_info == KeyInfo::agreed && !read_octets(in)) { return false; }
    if (general.key_info == KeyInfo::identified) { return !in.failed(); }
    const auto data = read_octets(in);
    if (!data) { return false; }
    general.key_data.assign(data->begin(), data->end());
    return true;
}

bool take_general(ByteReader& in, CipheredHead& head) {
    GeneralHead& general = head.general;
    for (Bytes* field : {&general.transaction_id, &general.originator, &general.recipient, &general.date_time,
                         &general.other_information}) {
        const auto octets = read_octets(in);
        if (!octets) { return false; }
        if (field == &general.originator) { head.title_offset = in.offset() - octets->size(); }
        field->assign(octets->begin(), octets->end());
    }
    return take_key_info(in, general);
}

/// The sender's title before the content, of the general APDUs. False where lengths do not fit.
bool take_title(ByteReader& in, CipheredHead& head) {
    if (head.ciphering == Ciphering::global || head.ciphering == Ciphering::dedicated) { return true; }
    if (head.ciphering == Ciphering::general) {
        if (!take_general(in, head)) { return false; }
        head.title = system_title(head.general.originator);
        return head.title.has_value() || head.general.originator.empty();
    }
    const auto octets = read_octets(in);
    if (!octets || (!octets->empty() && octets->size() != title_octets)) { return false; }
    head.title = system_title(*octets);
    if (head.title) { head.title_offset = in.offset() - title_octets; }
    return true;
}

} // namespace

Result<CipheredHead> read_ciphered_head(ByteView apdu) {
    if (!is_ciphered(apdu)) { return damaged("this is no ciphered APDU", 0); }
    ByteReader in(apdu);
    CipheredHead head;
    head.tag = in.u8();
    head.ciphering = ciphering_of(head.tag);
    if (!take_title(in, head)) { return damaged("what stands before the ciphered content is damaged", in.offset()); }
    const std::size_t before = in.offset();
    const auto length = read_length(in);
    if (!length || *length > in.remaining()) { return damaged("the ciphered content is longer than the APDU", before); }
    if (*length != in.remaining()) {
        return damaged(std::to_string(in.remaining() - *length) + " octets follow the ciphered content",
                       in.offset() + *length);
    }
    head.content_offset = in.offset();
    head.control = SecurityControl::from(in.u8());
    head.counter = in.u32be();
    head.tag_octets = head.control.authenticated ? crypto::tag_octets : 0;
    if (in.failed() || in.remaining() < head.tag_octets) {
        return damaged("the ciphered content is too short for its security control byte", head.content_offset);
    }
    head.body_offset = in.offset();
    head.body_octets = in.remaining() - head.tag_octets;
    return head;
}

} // namespace meterctl::codecs::dlms
