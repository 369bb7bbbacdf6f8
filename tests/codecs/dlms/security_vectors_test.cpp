// Recordings of other implementations, deciphered: what they agree on and the Green Book's examples do not show.
#include "codecs/dlms/key_transfer.hpp"
#include "tests/codecs/dlms/security_vectors.hpp"

#include <sstream>

using namespace meterctl;
using namespace meterctl::codecs::dlms;
using namespace security_vectors;

namespace {

constexpr std::size_t wrapper_head = 8;

/// The APDUs of an exchange over the wrapper, with the title of who sent each.
std::vector<Result<Unprotected>> decipher_exchange(const Json& entry) {
    const Keys known = keys(entry);
    std::vector<Result<Unprotected>> all;
    std::istringstream frames(entry.at("hex").get<std::string>());
    std::string text;
    for (std::size_t i = 0; frames >> text; ++i) {
        const Bytes frame = octets(text);
        const bool from_client = entry.at("dirs").at(i) == "c";
        const Json& titles = entry.at("keys");
        const auto sender = title(titles.at(from_client ? "client_title" : "server_title").get<std::string>());
        const ByteView apdu = ByteView(frame).subspan(wrapper_head);
        if (is_ciphered(apdu)) { all.push_back(unprotect(apdu, known, sender)); }
    }
    return all;
}

std::optional<SystemTitle> title_of(const Json& entry) {
    if (!entry.contains("keys") || !entry.at("keys").contains("system_title")) { return std::nullopt; }
    return title(entry.at("keys").at("system_title").get<std::string>());
}

} // namespace

TEST_CASE("the security vectors decipher to what they expect") {
    for (const Json& entry : extra("security.json")) {
        CAPTURE(entry.at("name"));
        const Json& expect = entry.at("expect");
        if (entry.at("layer") != "apdu") { continue; }
        const Bytes apdu = octets(entry.at("hex").get<std::string>());
        const auto head = read_ciphered_head(apdu);
        REQUIRE(head.has_value());
        CHECK(ciphered_name(head->tag) == expect.value("apdu", std::string(ciphered_name(head->tag))));
        if (expect.contains("security_control")) {
            CHECK(head->control.octet() == octets(expect.at("security_control").get<std::string>()).front());
            CHECK(head->counter == expect.at("invocation_counter").get<std::uint32_t>());
        }
        const auto result = unprotect(apdu, keys(entry), title_of(entry));
        if (expect.contains("plaintext")) {
            REQUIRE_MESSAGE(result.has_value(), describe(result.error()));
            CHECK(hex(result->apdu) == expect.at("plaintext").get<std::string>());
            CHECK((result->trust == Trust::authenticated) == expect.value("tag_valid", false));
        } else {
            CHECK_FALSE(result.has_value());
        }
    }
}

TEST_CASE("recorded ciphered exchanges decipher, both ways") {
    for (const Json& entry : extra("sessions.json")) {
        const Json& expect = entry.at("expect");
        if (!entry.contains("keys") || entry.at("hex").get<std::string>().starts_with("7E")) { continue; }
        CAPTURE(entry.at("name"));
        const auto all = decipher_exchange(entry);
        REQUIRE(all.size() >= 2);
        for (const auto& one : all) { REQUIRE_MESSAGE(one.has_value(), describe(one.error())); }
        const bool action = expect.contains("action_request_plaintext");
        CHECK(hex(all.at(0)->apdu) ==
              expect.at(action ? "action_request_plaintext" : "request_plaintext").get<std::string>());
        CHECK(hex(all.at(1)->apdu) ==
              expect.at(action ? "action_response_plaintext" : "response_plaintext").get<std::string>());
        CHECK(all.at(0)->trust == Trust::authenticated);
        if (!expect.contains("wrapped_key")) { continue; }
        // C3 01 43, class, logical name, method, data
        const auto changed = decode_key_transfer(ByteView(all.at(0)->apdu).subspan(13), keys(entry).master);
        REQUIRE_MESSAGE(changed.has_value(), describe(changed.error()));
        REQUIRE(changed->size() == 1);
        CHECK(changed->front().key == secret(expect.at("new_key").get<std::string>()));
    }
}
