#include "sessions/dlms/key_change.hpp"

#include "codecs/dlms/apdu.hpp"
#include "codecs/dlms/names.hpp"
#include "sessions/dlms/association_options.hpp"
#include "sessions/dlms/refusals.hpp"

#include <array>

namespace meterctl::sessions::dlms {

namespace dlms = codecs::dlms;
using dlms::KeyId;
using dlms::NewKey;

namespace {

constexpr std::uint16_t security_setup_class = 64;
constexpr std::int8_t key_transfer = 2;

struct KeyWord {
    std::string_view word;
    KeyId id;
};
constexpr std::array key_words{KeyWord{"guek", KeyId::unicast}, KeyWord{"gbek", KeyId::broadcast},
                               KeyWord{"gak", KeyId::authentication}, KeyWord{"kek", KeyId::master}};

constexpr Obis current_setup{0, 0, 43, 0, 0, 255};

/// The client whose security setup this is; empty where the definition does not say.
std::string client_of(const SessionOptions& options, const Obis& security_setup) {
    if (options.meter == nullptr) { return {}; }
    for (const catalogue::Client& client : options.meter->clients) {
        const auto object = logical_name_in(client.security_setup);
        if (object && *object == security_setup) { return client.name; }
    }
    return {};
}

Bytes policy_request(const Obis& security_setup) {
    dlms::GetRequestNormal get;
    get.attribute.class_id = security_setup_class;
    get.attribute.logical_name = security_setup;
    get.attribute.attribute = 2;
    return dlms::encode(dlms::GetRequest(get));
}

/// What the meter makes of the transfer.
Result<void> check_transfer(const Bytes& apdu, const std::string& where) {
    const auto answer = dlms::decode_apdu(apdu);
    if (!answer) { return tl::unexpected(answer.error()); }
    if (const auto* exception = std::get_if<dlms::ExceptionResponse>(&*answer)) {
        return tl::unexpected(exception_error(*exception, where));
    }
    const auto* responses = std::get_if<dlms::ActionResponse>(&*answer);
    const auto* response = responses == nullptr ? nullptr : std::get_if<dlms::ActionResponseNormal>(responses);
    if (response == nullptr) {
        return fail(Category::untrusted, "the meter answers the transfer of keys with something else", where, {},
                    "dlms.key_transfer");
    }
    const std::uint8_t code = response->result.result.code;
    if (code == 0) { return {}; }
    return fail(Category::refused,
                "the meter refuses the new keys: " + dlms::name_or_number(dlms::action_result_name(code), code), where,
                {"the master key (kek) in the file of keys", "the management client: --client management"},
                "dlms.action." + std::to_string(code));
}

} // namespace

Result<KeyChange> plan_key_change(const SessionOptions& options, const AssociationOptions& association,
                                  const Obis& security_setup, const std::string& file,
                                  std::span<const std::string> meters) {
    const auto fresh = options.new_keys.find(file);
    if (fresh == options.new_keys.end() || fresh->second == nullptr) {
        return fail(Category::usage, "new keys are read from a file", {}, {"keys_read=FILE"}, "dlms.key_missing");
    }
    const std::string client = client_of(options, security_setup);
    const std::size_t wanted = dlms::key_octets(association.control.suite);
    KeyChange change;
    change.security_setup = security_setup;
    change.own = security_setup == current_setup || security_setup == association.security_setup;
    for (const KeyWord& row : key_words) {
        const SecretBytes* found = fresh->second->find(row.word, client, meters);
        if (found == nullptr) { continue; }
        if (found->size() != wanted) {
            return fail(Category::usage,
                        "the new " + std::string(row.word) + " has " + std::to_string(found->size()) +
                            " octets; the meter's suite takes " + std::to_string(wanted),
                        file, {}, "dlms.key_size");
        }
        change.keys.push_back({.id = row.id, .key = *found});
    }
    if (!change.keys.empty()) { return change; }
    return fail(Category::usage, "the file of new keys holds none for this meter and client", file,
                {"guek, gbek, gak or kek in it"}, "dlms.key_missing");
}

std::string names_of(const KeyChange& change) {
    std::string text;
    for (const NewKey& one : change.keys) { text += (text.empty() ? "" : ", ") + std::string(dlms::key_name(one.id)); }
    return text;
}

Result<Bytes> key_transfer_request(const KeyChange& change, const SecretBytes& master) {
    const auto argument = dlms::encode_key_transfer(change.keys, master);
    if (!argument) { return tl::unexpected(argument.error()); }
    auto parameter = dlms::decode_data(*argument);
    if (!parameter) { return tl::unexpected(parameter.error()); }
    dlms::ActionRequestNormal action;
    action.method.class_id = security_setup_class;
    action.method.logical_name = change.security_setup;
    action.method.method = key_transfer;
    action.parameter = std::move(*parameter);
    return dlms::encode(dlms::ActionRequest(action));
}

Task<Result<void>> change_keys(Association& association, KeyChange change) {
    auto request = key_transfer_request(change, association.options().keys.master);
    if (!request) { co_return tl::unexpected(request.error()); }
    const std::string where = association.link().where();
    const auto answer = co_await association.request(std::move(*request));
    if (!answer) { co_return tl::unexpected(answer.error()); }
    const auto changed = check_transfer(*answer, where);
    if (!changed || !change.own) { co_return changed; }
    const auto taken = association.take_keys(change.keys);
    if (!taken) { co_return taken; }
    Bytes question = policy_request(change.security_setup);
    const auto proof = co_await association.request(std::move(question));
    const auto understood = proof ? dlms::decode_apdu(*proof) : tl::unexpected(proof.error());
    if (understood && !std::holds_alternative<dlms::ExceptionResponse>(*understood)) { co_return Result<void>(); }
    co_return fail(Category::verdict, "the meter took the new keys and does not answer under them", where,
                   {"reading with the new keys, and with the old ones"}, "dlms.keys_unproven");
}

} // namespace meterctl::sessions::dlms
