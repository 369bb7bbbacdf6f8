// The one place that knows asio. Few waits are polled directly, which costs a request and its answer a single system
// call between them; many go to asio's reactor. Deadlines stand in a map of our own, so that a read that ends in time
// arms no timer.
#include "transports/real_loop.hpp"
#include "transports/signals.hpp"

#include <algorithm>
#include <array>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <fmt/format.h>
#include <list>
#include <map>
#include <netdb.h>
#include <poll.h>
#include <unordered_map>
#include <utility>

namespace meterctl::transports {

namespace asio = boost::asio;

/// `owner` is null once the descriptor is closed; `armed` tells which directions asio waits for.
struct Descriptor::Registration {
    Registration(asio::io_context& context, Descriptor& descriptor)
        : owner(&descriptor), stream(context, descriptor.fd()) {}
    Descriptor* owner;
    asio::posix::stream_descriptor stream;
    bool reading = false, writing = false;
};

namespace {

/// Up to this many waits are polled directly.
constexpr std::size_t few = 4;

/// Counts the spawned tasks that ended, however they did.
struct EndMark {
    explicit EndMark(std::size_t& count) : ended(count) {}
    EndMark(const EndMark&) = delete;
    EndMark& operator=(const EndMark&) = delete;
    ~EndMark() { ++ended; }
    std::size_t& ended;
};

Task<void> marked(Task<void> task, std::size_t& ended) {
    const EndMark mark(ended);
    co_await task;
}

std::optional<SocketAddress> numeric_address(const std::string& host, std::uint16_t port) {
    addrinfo hints{};
    hints.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV;
    hints.ai_socktype = SOCK_STREAM;
    addrinfo* found = nullptr;
    if (::getaddrinfo(host.c_str(), std::to_string(port).c_str(), &hints, &found) != 0) { return std::nullopt; }
    SocketAddress address;
    address.length = found->ai_addrlen;
    std::memcpy(&address.storage, found->ai_addr, found->ai_addrlen);
    ::freeaddrinfo(found);
    return address;
}

class AsioLoop final : public RealLoop {
public:
    AsioLoop() : clock_(context_), wake_(context_, signals_.fd()) { await_signal(); }
    AsioLoop(const AsioLoop&) = delete;
    AsioLoop& operator=(const AsioLoop&) = delete;
    ~AsioLoop() override {
        spawned_.clear();
        wake_.release(); // the watch closes it
    }

    [[nodiscard]] TimePoint now() const override { return std::chrono::steady_clock::now(); }
    [[nodiscard]] std::chrono::system_clock::time_point wall_clock() const override {
        return std::chrono::system_clock::now();
    }
    TimerId call_at(TimePoint when, Callback callback) override;
    void cancel(TimerId timer) override;
    bool run_one() override;
    [[nodiscard]] bool interrupted() const override { return InterruptWatch::interrupted() && !leaving(); }
    void spawn(Task<void> task) override;
    Task<Result<std::vector<SocketAddress>>> resolve(std::string host, std::uint16_t port, TimePoint deadline) override;
    void forget(Descriptor& descriptor) override;

private:
    struct Timer {
        TimerId id;
        Callback callback;
    };
    using Timers = std::multimap<TimePoint, Timer>;

    [[nodiscard]] std::size_t count_pending() const;
    bool run_due();
    void poll_few();
    void run_reactor();
    void arm(Wait& wait);
    void arm_clock();
    void await_signal();
    void on_interrupt();
    void resume_woken();
    void sweep_spawned();

    InterruptWatch signals_;
    asio::io_context context_{1};
    asio::steady_timer clock_;
    TimePoint clock_due_ = TimePoint::max();
    asio::posix::stream_descriptor wake_;
    Timers timers_;
    std::unordered_map<TimerId, Timers::iterator> timer_places_;
    TimerId last_timer_ = 0;
    std::size_t lookups_ = 0; ///< names that asio's resolver is busy with
    std::list<Task<void>> spawned_;
    std::size_t ended_ = 0; ///< of the spawned, not yet swept
};

Loop::TimerId AsioLoop::call_at(TimePoint when, Callback callback) {
    const TimerId id = ++last_timer_;
    Timer timer{id, std::move(callback)};
    timer_places_.emplace(id, timers_.emplace(when, std::move(timer)));
    return id;
}

void AsioLoop::cancel(TimerId timer) {
    const auto place = timer_places_.find(timer);
    if (place == timer_places_.end()) { return; }
    timers_.erase(place->second);
    timer_places_.erase(place);
}

bool AsioLoop::run_due() {
    if (timers_.empty() || timers_.begin()->first > now()) { return false; }
    const auto first = timers_.begin();
    const Callback callback = std::move(first->second.callback);
    timer_places_.erase(first->second.id);
    timers_.erase(first);
    callback();
    return true;
}

std::size_t AsioLoop::count_pending() const {
    std::size_t count = 0;
    for (auto wait = pending_.begin(); wait != pending_.end() && count <= few; ++wait) { ++count; }
    for (auto wait = armed_.begin(); wait != armed_.end() && count <= few; ++wait) { ++count; }
    return count;
}

bool AsioLoop::run_one() {
    const std::size_t waits = count_pending();
    if (woken_.empty() && !run_due()) {
        if (waits == 0 && timers_.empty()) { return false; }
        if (waits <= few && lookups_ == 0) {
            poll_few();
        } else {
            run_reactor();
        }
    }
    resume_woken();
    sweep_spawned();
    return true;
}

void AsioLoop::poll_few() {
    std::array<pollfd, few + 1> entries{};
    std::array<Wait*, few + 1> waits{};
    entries[0].fd = signals_.fd();
    entries[0].events = POLLIN;
    nfds_t count = 1;
    pending_.splice(pending_.end(), armed_);
    for (Wait& wait : pending_) {
        if (wait.descriptor() == nullptr) { continue; }
        entries[count].fd = wait.descriptor()->fd();
        entries[count].events = wait.purpose() == Wait::For::reading ? POLLIN : POLLOUT;
        waits[count++] = &wait;
    }
    timespec timeout{};
    if (!timers_.empty()) {
        const auto left = std::max(timers_.begin()->first - now(), Duration::zero());
        const auto seconds = std::chrono::floor<std::chrono::seconds>(left);
        timeout.tv_sec = seconds.count();
        timeout.tv_nsec = (left - seconds).count();
    }
    if (::ppoll(entries.data(), count, timers_.empty() ? nullptr : &timeout, nullptr) <= 0) { return; }
    for (nfds_t i = 1; i < count; ++i) {
        if (entries[i].revents != 0) { complete(*waits[i], Wake::ready); }
    }
    if (entries[0].revents != 0) { on_interrupt(); }
}

void AsioLoop::run_reactor() {
    for (Wait& wait : pending_) {
        if (wait.descriptor() != nullptr) { arm(wait); }
    }
    armed_.splice(armed_.end(), pending_);
    arm_clock();
    context_.run_one();
}

void AsioLoop::arm(Wait& wait) {
    Descriptor& descriptor = *wait.descriptor();
    auto& registration = descriptor.registration;
    if (!registration) { registration = std::make_shared<Descriptor::Registration>(context_, descriptor); }
    const auto purpose = wait.purpose();
    bool& armed = purpose == Wait::For::reading ? registration->reading : registration->writing;
    if (armed) { return; }
    armed = true;
    const auto kind = purpose == Wait::For::reading ? asio::posix::descriptor_base::wait_read
                                                    : asio::posix::descriptor_base::wait_write;
    registration->stream.async_wait(kind, [this, registration, purpose](const boost::system::error_code&) {
        (purpose == Wait::For::reading ? registration->reading : registration->writing) = false;
        if (registration->owner == nullptr) { return; }
        auto& queue = registration->owner->queue(purpose);
        while (!queue.empty()) { complete(queue.front(), Wake::ready); }
    });
}

/// Left alone while it is armed for a time no later than the next deadline: it then comes early, and once.
void AsioLoop::arm_clock() {
    if (timers_.empty() || clock_due_ <= timers_.begin()->first) { return; }
    clock_due_ = timers_.begin()->first;
    clock_.expires_at(clock_due_);
    clock_.async_wait([this](const boost::system::error_code& error) {
        if (!error) { clock_due_ = TimePoint::max(); }
    });
}

void AsioLoop::await_signal() {
    wake_.async_wait(asio::posix::descriptor_base::wait_read, [this](const boost::system::error_code& error) {
        if (error) { return; }
        on_interrupt();
        await_signal();
    });
}

void AsioLoop::on_interrupt() {
    signals_.drain();
    pending_.splice(pending_.end(), armed_);
    while (!pending_.empty()) { complete(pending_.front(), Wake::interrupted); }
    Timers all;
    all.swap(timers_);
    for (auto& [when, timer] : all) {
        const TimerId id = timer.id; // kept, as its owner may yet cancel it
        timer_places_[id] = timers_.emplace(TimePoint::min(), std::move(timer));
    }
}

void AsioLoop::resume_woken() {
    while (!woken_.empty()) { woken_.front().resume(); }
}

void AsioLoop::spawn(Task<void> task) {
    spawned_.push_back(marked(std::move(task), ended_));
    spawned_.back().start();
}

void AsioLoop::sweep_spawned() {
    if (std::exchange(ended_, 0) == 0) { return; }
    for (auto task = spawned_.begin(); task != spawned_.end();) {
        if (!task->done()) {
            ++task;
            continue;
        }
        Task<void> ended = std::move(*task);
        task = spawned_.erase(task);
        ended.take();
    }
}

void AsioLoop::forget(Descriptor& descriptor) {
    if (!descriptor.registration) { return; }
    descriptor.registration->owner = nullptr;
    descriptor.registration->stream.release();
    descriptor.registration.reset();
}

Task<Result<std::vector<SocketAddress>>> AsioLoop::resolve(std::string host, std::uint16_t port, TimePoint deadline) {
    using Addresses = std::vector<SocketAddress>;
    if (const auto numeric = numeric_address(host, port)) { co_return Addresses(1, *numeric); }
    struct Lookup {
        Wait* wait = nullptr;
        Addresses addresses;
        std::string trouble;
    };
    const auto lookup = std::make_shared<Lookup>();
    asio::ip::tcp::resolver resolver(context_);
    ++lookups_;
    resolver.async_resolve(
        host, std::to_string(port),
        [this, lookup](const boost::system::error_code& error, const asio::ip::tcp::resolver::results_type& results) {
            --lookups_;
            if (error) { lookup->trouble = error.message(); }
            for (const auto& result : results) {
                SocketAddress address;
                address.length = static_cast<socklen_t>(result.endpoint().size());
                std::memcpy(&address.storage, result.endpoint().data(), result.endpoint().size());
                lookup->addresses.push_back(address);
            }
            if (lookup->wait != nullptr) { complete(*lookup->wait, Wake::ready); }
        });
    Wait answered(*this, nullptr, Wait::For::event, deadline);
    lookup->wait = &answered;
    const Wake wake = co_await answered;
    lookup->wait = nullptr;
    if (wake == Wake::interrupted) { co_return fail(Category::interrupted, "interrupted", host); }
    if (wake == Wake::timed_out) {
        co_return fail(Category::endpoint, "the host's name was not resolved in time", host, {"give its IP address"});
    }
    if (lookup->addresses.empty()) {
        co_return fail(Category::endpoint, fmt::format("the host's name is unknown: {}", lookup->trouble), host,
                       {"check the name", "give its IP address"});
    }
    co_return std::move(lookup->addresses);
}

} // namespace

std::unique_ptr<Loop> make_real_loop() {
    return std::make_unique<AsioLoop>();
}

} // namespace meterctl::transports
