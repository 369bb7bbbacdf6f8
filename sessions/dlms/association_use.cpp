// What happens in an association that is open, and its end.
#include "codecs/dlms/apdu.hpp"
#include "sessions/dlms/association.hpp"
#include "sessions/dlms/refusals.hpp"

namespace meterctl::sessions::dlms {

namespace dlms = codecs::dlms;

namespace {

/// The counter that the meter says it expects; nothing where the APDU is no such exception.
std::optional<std::uint32_t> expected_counter(const Result<Bytes>& plain) {
    if (!plain || plain->empty() || plain->front() != dlms::apdu_tag::exception_response) { return std::nullopt; }
    const auto apdu = dlms::decode_apdu(*plain);
    const auto* exception = apdu ? std::get_if<dlms::ExceptionResponse>(&*apdu) : nullptr;
    return exception == nullptr ? std::nullopt : exception->invocation_counter;
}

} // namespace

Result<Bytes> Association::plain_of(Result<Bytes> answer) {
    if (!answer) {
        const Error& error = answer.error();
        if (error.code == ApduLink::link_lost) { open_ = false; }
        return answer;
    }
    return channel_.unwrap(*answer);
}

Task<Result<Bytes>> Association::request(Bytes plain) {
    const auto wrapped = channel_.wrap(plain);
    if (!wrapped) { co_return tl::unexpected(wrapped.error()); }
    auto first = co_await link_.request(*wrapped);
    auto answer = plain_of(std::move(first));
    for (unsigned again = 0; again < most_raises; ++again) {
        const auto expected = expected_counter(answer);
        if (!expected || counter_ == nullptr) { break; }
        say("the meter expects the frame counter " + std::to_string(*expected));
        counter_->raise_to(*expected);
        if (again > 0) { co_await let_pass(again); }
        const auto raised = channel_.wrap(plain);
        if (!raised) { co_return tl::unexpected(raised.error()); }
        auto next = co_await link_.request(*raised);
        answer = plain_of(std::move(next));
    }
    co_return answer;
}

Task<Result<Bytes>> Association::next() {
    co_return plain_of(co_await link_.next());
}

Task<Result<void>> Association::send(Bytes plain) {
    const auto wrapped = channel_.wrap(plain);
    if (!wrapped) { co_return tl::unexpected(wrapped.error()); }
    co_return co_await link_.send(*wrapped);
}

std::vector<Bytes> Association::take_notifications() {
    std::vector<Bytes> plain;
    for (const Bytes& apdu : link_.take_notifications()) {
        auto opened = channel_.unwrap_notification(apdu);
        if (opened) {
            plain.push_back(std::move(opened->apdu));
        } else {
            say("a notification is left out: " + describe(opened.error()));
        }
    }
    return plain;
}

Task<void> Association::release() {
    const bool was_open = std::exchange(open_, false);
    if (was_open && link_.is_open()) {
        dlms::Rlrq rlrq{.reason = 0, .user_information = {}};
        if (options_.ciphered) {
            auto initiate = channel_.wrap(initiate_.view(), Scope::association);
            if (initiate) { rlrq.user_information = std::move(*initiate); }
        }
        const Bytes apdu = dlms::encode(rlrq);
        if (link_.transport().loop().interrupted()) {
            const auto sent = co_await link_.send(apdu);
            static_cast<void>(sent);
        } else {
            const auto answered = co_await link_.request(apdu);
            static_cast<void>(answered);
        }
    }
    co_await link_.close();
}

Result<void> Association::take_keys(std::span<const dlms::NewKey> changed) {
    dlms::Keys keys = channel_.options().keys;
    dlms::take_new_keys(keys, changed);
    dlms::take_new_keys(options_.keys, changed);
    counter_.reset();
    if (auto opened = open_counter(); !opened) { return opened; }
    channel_.take_keys(std::move(keys), counter_);
    return {};
}

} // namespace meterctl::sessions::dlms
