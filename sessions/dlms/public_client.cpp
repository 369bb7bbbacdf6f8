#include "sessions/dlms/public_client.hpp"

#include "codecs/dlms/apdu.hpp"
#include "sessions/dlms/association.hpp"
#include "src/core/hex.hpp"

#include <array>

namespace meterctl::sessions::dlms {

namespace dlms = codecs::dlms;

namespace {

constexpr std::uint16_t public_client = 16;
constexpr std::uint16_t data_class = 1, security_setup_class = 64;

struct Attribute {
    std::uint16_t class_id;
    Obis logical_name;
    std::int8_t attribute;
};

/// Logical device name, serial number, system title.
constexpr std::array identities{
    Attribute{data_class, Obis{0, 0, 42, 0, 0, 255}, 2},
    Attribute{data_class, Obis{0, 0, 96, 1, 0, 255}, 2},
    Attribute{security_setup_class, Obis{0, 0, 43, 0, 0, 255}, 5},
};

std::optional<dlms::Data> data_in(const Bytes& apdu) {
    const auto answer = dlms::decode_apdu(apdu);
    const auto* responses = answer ? std::get_if<dlms::GetResponse>(&*answer) : nullptr;
    const auto* response = responses == nullptr ? nullptr : std::get_if<dlms::GetResponseNormal>(responses);
    const auto* data = response == nullptr ? nullptr : std::get_if<dlms::Data>(&response->result);
    return data == nullptr ? std::nullopt : std::optional(*data);
}

/// Nothing where the meter does not show it.
Task<Result<std::optional<dlms::Data>>> get(Association& association, Attribute attribute) {
    dlms::GetRequestNormal normal;
    normal.attribute.class_id = attribute.class_id;
    normal.attribute.logical_name = attribute.logical_name;
    normal.attribute.attribute = attribute.attribute;
    Bytes request = dlms::encode(dlms::GetRequest(normal));
    const auto answer = co_await association.request(std::move(request));
    if (!answer) { co_return tl::unexpected(answer.error()); }
    co_return data_in(*answer);
}

Task<Result<std::vector<dlms::Data>>> get_all(ApduLink& link, std::vector<Attribute> attributes, bool first_only) {
    const Saps own = link.saps();
    AssociationOptions options;
    options.saps.client = public_client;
    options.saps.server = own.server;
    co_await link.close();
    link.speak_as(options.saps);
    Association association(link, options);
    std::vector<dlms::Data> found;
    auto state = co_await association.open();
    for (const Attribute& attribute : attributes) {
        if (!state || (first_only && !found.empty())) { break; }
        auto data = co_await get(association, attribute);
        if (!data) { state = tl::unexpected(data.error()); }
        if (data && *data) { found.push_back(std::move(**data)); }
    }
    co_await association.release();
    link.speak_as(own);
    if (!state) { co_return tl::unexpected(state.error()); }
    co_return found;
}

} // namespace

Task<Result<std::optional<std::uint32_t>>> read_counter(ApduLink& link, std::vector<Obis> objects) {
    if (objects.empty()) { co_return std::optional<std::uint32_t>(); }
    std::vector<Attribute> attributes;
    attributes.reserve(objects.size());
    for (const Obis& object : objects) { attributes.push_back({data_class, object, 2}); }
    const auto found = co_await get_all(link, std::move(attributes), true);
    if (!found) { co_return tl::unexpected(found.error()); }
    const auto value = found->empty() ? std::nullopt : found->front().whole();
    if (!value || *value < 0 || *value > UINT32_MAX) { co_return std::optional<std::uint32_t>(); }
    co_return std::optional(static_cast<std::uint32_t>(*value));
}

Task<Result<std::vector<std::string>>> names_for_keys(ApduLink& link, const KeyRing* keys) {
    std::vector<std::string> names;
    if (keys == nullptr || keys->meters().empty()) { co_return names; }
    const auto found = co_await get_all(link, std::vector<Attribute>(identities.begin(), identities.end()), false);
    if (!found) { co_return tl::unexpected(found.error()); }
    for (const dlms::Data& data : *found) {
        const Bytes* octets = data.octets();
        if (octets == nullptr) { continue; }
        names.push_back(to_hex(*octets, ""));
        names.emplace_back(octets->begin(), octets->end());
    }
    co_return names;
}

} // namespace meterctl::sessions::dlms
