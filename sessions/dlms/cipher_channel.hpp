// What ciphers and deciphers the APDUs of one association: its keys, the counter of what we send, and the counters of
// what comes. Knows no link.
#pragma once

#include "codecs/dlms/ciphering.hpp"
#include "codecs/dlms/received_counter.hpp"
#include "codecs/dlms/security_policy.hpp"
#include "sessions/dlms/counter_store.hpp"

#include <functional>
#include <memory>

namespace meterctl::sessions::dlms {

struct ChannelOptions {
    bool ciphered = false;                 ///< else APDUs pass as they are
    bool general_protection = false;       ///< general-glo-ciphering in place of glo-get-request and its like
    codecs::dlms::SecurityControl control; ///< of requests
    codecs::dlms::Demand answers{.authenticated = true, .encrypted = true, .signed_digitally = false};
    codecs::dlms::Keys keys;
    codecs::dlms::SystemTitle own_title{};
    std::optional<codecs::dlms::SystemTitle> meter_title; ///< nullopt: the meter will say
    std::shared_ptr<FrameCounter> counter;                ///< null only where nothing is ciphered
    std::function<void(const std::string&)> notice;
};

/// Under which key: what opens and closes an association goes under the global one, also where there is a dedicated
/// key.
enum class Scope { association, service };

class CipherChannel {
public:
    explicit CipherChannel(ChannelOptions options) : options_(std::move(options)) {}

    /// What is to be sent in place of `plain`, under a counter that nobody has had.
    Result<Bytes> wrap(ByteView plain, Scope scope = Scope::service);
    /// The plain APDU in what the meter sent. Exception responses pass as they are, being never ciphered. Untrusted
    /// where it does not decipher, was sent before (dlms.replay), comes from another (dlms.title), or is less protected
    /// than answers have to be (dlms.weaker_answer).
    Result<Bytes> unwrap(ByteView apdu);
    /// As unwrap(), for what the meter sends of itself, which may be less protected than answers.
    Result<codecs::dlms::Unprotected> unwrap_notification(ByteView apdu);

    void take_meter_title(const codecs::dlms::SystemTitle& title) { options_.meter_title = title; }
    [[nodiscard]] const ChannelOptions& options() const { return options_; }
    [[nodiscard]] FrameCounter* counter() const { return options_.counter.get(); }
    /// The keys from now on, after they were changed; the counter is the new key's.
    void take_keys(codecs::dlms::Keys keys, std::shared_ptr<FrameCounter> counter);

private:
    Result<codecs::dlms::Unprotected> decipher(ByteView apdu);
    Result<void> note_counter(const codecs::dlms::CipheredHead& head);

    ChannelOptions options_;
    codecs::dlms::ReceivedCounter global_, dedicated_, broadcast_;
};

} // namespace meterctl::sessions::dlms
