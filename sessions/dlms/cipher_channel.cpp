#include "sessions/dlms/cipher_channel.hpp"

namespace meterctl::sessions::dlms {

using codecs::dlms::CipheredHead;
using codecs::dlms::Ciphering;
using codecs::dlms::ReceivedCounter;
using codecs::dlms::Unprotected;

namespace {

constexpr std::uint8_t exception_response = 0xD8;

bool is_dedicated(Ciphering ciphering) {
    return ciphering == Ciphering::dedicated || ciphering == Ciphering::general_dedicated;
}

Ciphering choose(bool general, bool dedicated) {
    if (general) { return dedicated ? Ciphering::general_dedicated : Ciphering::general_global; }
    return dedicated ? Ciphering::dedicated : Ciphering::global;
}

} // namespace

Result<Bytes> CipherChannel::wrap(ByteView plain, Scope scope) {
    if (!options_.ciphered) { return Bytes(plain.begin(), plain.end()); }
    const auto counter = options_.counter->next();
    if (!counter) { return tl::unexpected(counter.error()); }
    const bool dedicated = scope == Scope::service && !options_.keys.dedicated.empty();
    const codecs::dlms::Protection protection{
        .ciphering = choose(options_.general_protection, dedicated),
        .control = options_.control,
        .title = options_.own_title,
        .counter = *counter,
        .general = {},
    };
    return codecs::dlms::protect(protection, options_.keys, plain);
}

Result<void> CipherChannel::note_counter(const CipheredHead& head) {
    ReceivedCounter& seen = is_dedicated(head.ciphering) ? dedicated_ : head.control.broadcast ? broadcast_ : global_;
    if (head.counter == 0 && seen.last() == 0U) { // meters that do not count at all
        if (options_.notice) { options_.notice("the meter's invocation counter stays at 0"); }
        return {};
    }
    return seen.accept(head.counter);
}

Result<Unprotected> CipherChannel::decipher(ByteView apdu) {
    auto opened = codecs::dlms::unprotect(apdu, options_.keys, options_.meter_title);
    if (!opened) { return opened; }
    const auto& sender = opened->head.title;
    if (sender && options_.meter_title && *sender != *options_.meter_title) {
        return fail(Category::untrusted, "this was ciphered by another device",
                    "system title " + codecs::dlms::title_text(*sender), {}, "dlms.title");
    }
    if (const auto grows = note_counter(opened->head); !grows) { return tl::unexpected(grows.error()); }
    return opened;
}

Result<Bytes> CipherChannel::unwrap(ByteView apdu) {
    const bool ciphered = codecs::dlms::is_ciphered(apdu);
    const bool exception = !apdu.empty() && apdu.front() == exception_response;
    if (!ciphered && (!options_.ciphered || exception)) { return Bytes(apdu.begin(), apdu.end()); }
    const auto weaker = [] {
        return fail(Category::untrusted, "the answer is less protected than it has to be, so anybody may have sent it",
                    {}, {}, "dlms.weaker_answer");
    };
    if (!ciphered) { return weaker(); }
    auto opened = decipher(apdu);
    if (!opened) { return tl::unexpected(opened.error()); }
    const bool vouched = opened->trust == codecs::dlms::Trust::authenticated;
    if (!satisfies(opened->head.control, options_.answers) || (options_.answers.authenticated && !vouched)) {
        return weaker();
    }
    return std::move(opened->apdu);
}

Result<Unprotected> CipherChannel::unwrap_notification(ByteView apdu) {
    if (codecs::dlms::is_ciphered(apdu)) { return decipher(apdu); }
    return Unprotected{
        .apdu = Bytes(apdu.begin(), apdu.end()), .head = {}, .trust = codecs::dlms::Trust::without_authenticity};
}

void CipherChannel::take_keys(codecs::dlms::Keys keys, std::shared_ptr<FrameCounter> counter) {
    options_.keys = std::move(keys);
    options_.counter = std::move(counter);
    global_ = broadcast_ = {};
}

} // namespace meterctl::sessions::dlms
