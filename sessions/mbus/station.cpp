#include "sessions/mbus/station.hpp"

namespace meterctl::sessions::mbus {

namespace mbus = codecs::mbus;

namespace {

bool may_be_there(const Error& error) {
    return error.category == Category::timeout || error.category == Category::untrusted;
}

} // namespace

void Station::move_to(Address address) {
    address_ = std::move(address);
    ready_ = false;
}

Bytes Station::initialise_frame() const {
    return mbus::encode_short(mbus::control::snd_nke, address_.primary);
}

Result<Bytes> Station::frame_of(const mbus::Command& command) const {
    return mbus::encode_long(mbus::control::snd_ud, address_.primary, command.ci, command.data);
}

Result<Bytes> Station::selection_frame() const {
    return frame_of(mbus::select(address_.secondary.value_or(mbus::Selection())));
}

Task<Result<void>> Station::initialise() {
    frame_count_ = true;
    client_.speak_to(address_);
    if (is_selected_by_pattern()) {
        auto selected = co_await select();
        ready_ = selected.has_value();
        co_return selected;
    }
    Request request;
    request.frame = initialise_frame();
    request.address = address_.primary;
    request.takes_ack = true;
    constexpr unsigned once = 1;
    auto acked = co_await client_.ask(request, once);
    ready_ = acked || may_be_there(acked.error());
    if (!ready_) { co_return tl::unexpected(acked.error()); }
    co_return Result<void>();
}

Task<Result<void>> Station::select(std::optional<unsigned> tries) {
    auto frame = selection_frame();
    if (!frame) { co_return tl::unexpected(frame.error()); }
    client_.speak_to(address_);
    Request request;
    request.frame = std::move(*frame);
    request.address = mbus::address::selected;
    request.takes_ack = true;
    auto acked = co_await client_.ask(request, tries);
    if (!acked) { co_return tl::unexpected(acked.error()); }
    co_return Result<void>();
}

Task<Result<void>> Station::make_ready() {
    if (ready_) { co_return Result<void>(); }
    auto done = co_await initialise();
    co_return done;
}

Task<Result<Reply>> Station::ask(std::uint8_t control, bool takes_ack) {
    auto ready = co_await make_ready();
    if (!ready) { co_return tl::unexpected(ready.error()); }
    Request request;
    const std::uint8_t bit = frame_count_ ? mbus::control::fcb : std::uint8_t{0};
    request.frame = mbus::encode_short(static_cast<std::uint8_t>(control | bit), address_.primary);
    request.address = address_.primary;
    request.takes_ack = takes_ack;
    request.takes_data = true;
    request.from = address_.secondary;
    auto reply = co_await client_.ask(request);
    if (reply) { frame_count_ = !frame_count_; }
    ready_ = reply.has_value();
    co_return reply;
}

Task<Result<Reply>> Station::request_data() {
    auto reply = co_await ask(mbus::control::req_ud2, false);
    co_return reply;
}

Task<Result<Reply>> Station::request_alarm() {
    auto reply = co_await ask(mbus::control::req_ud1, true);
    co_return reply;
}

Task<Result<Reply>> Station::send(const mbus::Command& command) {
    auto frame = frame_of(command);
    if (!frame) { co_return tl::unexpected(frame.error()); }
    if (address_.broadcasts()) {
        auto told = co_await client_.tell(*frame);
        if (!told) { co_return tl::unexpected(told.error()); }
        co_return Reply();
    }
    if (is_selected_by_pattern()) {
        auto ready = co_await make_ready();
        if (!ready) { co_return tl::unexpected(ready.error()); }
    }
    client_.speak_to(address_);
    Request request;
    request.frame = std::move(*frame);
    request.address = address_.primary;
    request.takes_ack = true;
    request.takes_data = true;
    request.from = address_.secondary;
    auto reply = co_await client_.ask(request);
    co_return reply;
}

} // namespace meterctl::sessions::mbus
