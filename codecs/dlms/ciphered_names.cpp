#include "codecs/dlms/ciphered_tags.hpp"
#include "codecs/dlms/ciphering.hpp"
#include "src/core/hex.hpp"

#include <algorithm>
#include <vector>

namespace meterctl::codecs::dlms {

namespace {

using tags::ServiceTags;

struct Named {
    std::uint8_t tag;
    std::string name;
};

std::vector<Named> all_names() {
    std::vector<Named> names{{tags::general_glo_ciphering, "general-glo-ciphering"},
                             {tags::general_ded_ciphering, "general-ded-ciphering"},
                             {tags::general_ciphering, "general-ciphering"}};
    for (const ServiceTags& row : tags::services) {
        names.push_back({row.global, "glo-" + std::string(row.name)});
        names.push_back({row.dedicated, "ded-" + std::string(row.name)});
    }
    return names;
}

} // namespace

std::string_view ciphered_name(std::uint8_t tag) {
    static const std::vector<Named> names = all_names();
    const auto found = std::ranges::find(names, tag, &Named::tag);
    return found == names.end() ? std::string_view() : std::string_view(found->name);
}

bool is_ciphered(ByteView apdu) {
    return !apdu.empty() && !ciphered_name(apdu.front()).empty();
}

std::optional<std::uint8_t> plain_tag(std::uint8_t ciphered) {
    const auto* const row = std::ranges::find_if(tags::services, [ciphered](const ServiceTags& one) {
        return one.global == ciphered || one.dedicated == ciphered;
    });
    return row == tags::services.end() ? std::nullopt : std::optional(row->plain);
}

std::optional<SystemTitle> system_title(ByteView octets) {
    if (octets.size() != title_octets) { return std::nullopt; }
    SystemTitle title{};
    std::ranges::copy(octets, title.begin());
    return title;
}

std::string title_text(const SystemTitle& title) {
    return to_hex(title, "");
}

std::string_view trust_text(Trust trust) {
    switch (trust) {
    case Trust::authenticated:
        return "authenticated";
    case Trust::not_authenticated:
        return "deciphered, not authenticated: the authentication key is not known";
    case Trust::without_authenticity:
        return "deciphered; its sender gave no authentication tag";
    }
    return "";
}

std::uint8_t SecurityControl::octet() const {
    return static_cast<std::uint8_t>((suite & 0x0FU) | (authenticated ? 0x10U : 0U) | (encrypted ? 0x20U : 0U) |
                                     (broadcast ? 0x40U : 0U) | (compressed ? 0x80U : 0U));
}

SecurityControl SecurityControl::from(std::uint8_t octet) {
    return {.suite = static_cast<std::uint8_t>(octet & 0x0FU),
            .authenticated = (octet & 0x10U) != 0,
            .encrypted = (octet & 0x20U) != 0,
            .broadcast = (octet & 0x40U) != 0,
            .compressed = (octet & 0x80U) != 0};
}

std::size_t key_octets(std::uint8_t suite) {
    return suite == 2 ? 32 : 16;
}

} // namespace meterctl::codecs::dlms
