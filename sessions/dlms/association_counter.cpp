// The frame counter of an association: where it comes from, and what follows when a meter refuses it.
#include "sessions/dlms/association.hpp"
#include "sessions/dlms/public_client.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace meterctl::sessions::dlms {

namespace dlms = codecs::dlms;

namespace {

/// The exception response invocation-counter-error.
constexpr std::string_view counter_refused = "dlms.exception.6";
/// Of key files that name no meter: a counter of the key alone.
constexpr std::string_view any_meter = "any";

/// Until what was refused for its counter is sent anew: at random, so that two who race do not meet again.
Result<Duration> pause_of(unsigned again) {
    using namespace std::chrono_literals;
    constexpr unsigned most_doublings = 5;
    constexpr double values = 256;
    const auto chance = dlms::crypto::random_octets(1);
    if (!chance) { return tl::unexpected(chance.error()); }
    const auto most = 4ms * (1U << std::min(again, most_doublings));
    return std::chrono::duration_cast<Duration>(most * (chance->front() / values));
}

/// True where a counter that is too low may be why.
bool may_be_the_counter(const Error& error) {
    return error.category == Category::timeout || error.code == ApduLink::link_lost ||
           (error.category == Category::refused && error.code != "dlms.hls_proof");
}

/// True of what a meter answers that cannot decipher or verify what it was sent.
bool is_of_the_keys(const Error& error) {
    constexpr std::array<std::string_view, 4> codes{"dlms.association.1", "dlms.association.13", "dlms.exception.5",
                                                    "dlms.hls_refused"};
    return std::ranges::find(codes, error.code) != codes.end();
}

Error blame_keys(Error error) {
    error.what += "; the meter's frame counter is below ours, so it is a key or a system title";
    error.code = "dlms.wrong_key";
    error.hints = {"guek and gak in the file of keys (--keys)",
                   "client_title there, where the meter wants a certain one", "another client (--client)"};
    return error;
}

} // namespace

Result<void> Association::open_counter() {
    if (!options_.counts() || counter_ != nullptr) { return {}; }
    if (options_.keys.unicast.empty()) {
        return fail(Category::usage, "the client's keys are not known", link_.where(),
                    {"a file of keys: --keys FILE (`meterctl help keys`)"}, "dlms.key_missing");
    }
    if (options_.counters.empty()) {
        counter_ = make_memory_counter();
        return {};
    }
    const std::string meter = options_.meter_title ? dlms::title_text(*options_.meter_title) : std::string(any_meter);
    auto counter = sessions::dlms::open_counter(options_.counters, meter, options_.keys.unicast);
    if (!counter) { return tl::unexpected(counter.error()); }
    counter_ = std::move(*counter);
    return {};
}

/// False where the meter does not tell.
Task<Result<bool>> Association::ask_counter() {
    asked_ = true;
    const auto counter = co_await read_counter(link_, options_.counter_objects);
    if (!counter) { co_return tl::unexpected(counter.error()); }
    if (!*counter) {
        say("the meter shows its frame counter to nobody");
        co_return false;
    }
    say("the meter's frame counter is " + std::to_string(**counter));
    if (**counter == UINT32_MAX) {
        co_return fail(Category::refused, "the meter's frame counter is used up", link_.where(),
                       {"another key for the meter"}, "dlms.counter_end");
    }
    counter_->raise_to(**counter + 1);
    counter_is_good_ = true;
    co_return true;
}

Task<Result<void>> Association::prepare() {
    const auto opened = open_counter();
    if (!opened || counter_ == nullptr || asked_) { co_return opened; }
    if (!options_.ask_counter && !counter_->is_new()) { co_return opened; }
    const auto told = co_await ask_counter();
    if (!told) { co_return tl::unexpected(told.error()); }
    co_return Result<void>();
}

Task<Result<void>> Association::open() {
    if (open_) { co_return Result<void>(); }
    const auto prepared = co_await prepare();
    if (!prepared) { co_return prepared; }
    counter_told_ = false;
    auto opened = co_await try_open();
    for (unsigned again = 0; !opened && another_went_ahead(opened.error(), again); ++again) {
        say("the meter had gone past our frame counter: trying again");
        co_await link_.close();
        co_await let_pass(again);
        opened = co_await try_open();
    }
    if (opened) { co_return opened; }
    if (counter_ != nullptr && !asked_ && may_be_the_counter(opened.error())) {
        co_return co_await try_open_again(opened.error());
    }
    Error error = opened.error();
    if (counter_is_good_ && is_of_the_keys(error)) { error = blame_keys(std::move(error)); }
    co_await link_.close();
    co_return tl::unexpected(std::move(error));
}

/// The meter said so, or it refuses and there is another process of the same key.
bool Association::another_went_ahead(const Error& error, unsigned again) {
    if (std::exchange(counter_told_, false)) { return again < most_raises; }
    return again < most_guesses && error.category == Category::refused && counter_ != nullptr && counter_->overtaken();
}

Task<void> Association::let_pass(unsigned again) {
    const auto pause = pause_of(again);
    if (pause) { co_await link_.transport().loop().sleep_for(*pause); }
}

/// The meter's counter tells whether ours was the reason.
Task<Result<void>> Association::try_open_again(Error error) {
    const auto ours = counter_->next();
    const auto asked = co_await ask_counter();
    const auto theirs = counter_->next();
    if (!asked || !*asked || !ours || !theirs) { co_return tl::unexpected(std::move(error)); }
    if (*theirs == *ours + 1) {
        const bool of_keys = error.category == Category::refused && error.code != counter_refused;
        co_return tl::unexpected(of_keys ? blame_keys(std::move(error)) : std::move(error));
    }
    say("the meter had gone past our frame counter: trying again");
    const auto opened = co_await try_open();
    if (!opened) { co_await link_.close(); }
    co_return opened;
}

} // namespace meterctl::sessions::dlms
