#include "transports/loop.hpp"

#include <algorithm>
#include <list>
#include <map>

namespace meterctl::transports {

namespace {

class VirtualLoop final : public Loop {
public:
    explicit VirtualLoop(std::chrono::system_clock::time_point wall_clock) : wall_clock_at_start_(wall_clock) {}
    VirtualLoop(const VirtualLoop&) = delete;
    VirtualLoop& operator=(const VirtualLoop&) = delete;
    /// Tasks cancel their timers as they go, so they must go first.
    ~VirtualLoop() override { spawned_.clear(); }

    [[nodiscard]] TimePoint now() const override { return now_; }

    [[nodiscard]] std::chrono::system_clock::time_point wall_clock() const override {
        return wall_clock_at_start_ +
               std::chrono::duration_cast<std::chrono::system_clock::duration>(now_.time_since_epoch());
    }

    TimerId call_at(TimePoint when, Callback callback) override {
        const TimerId id = ++last_id_;
        timers_.emplace(Key(when, id), std::move(callback));
        due_.emplace(id, when);
        return id;
    }

    void cancel(TimerId timer) override {
        const auto found = due_.find(timer);
        if (found == due_.end()) { return; }
        timers_.erase(Key(found->second, timer));
        due_.erase(found);
    }

    bool run_one() override {
        drop_finished();
        if (timers_.empty()) { return false; }
        auto first = timers_.extract(timers_.begin());
        due_.erase(first.key().second);
        now_ = std::max(now_, first.key().first);
        first.mapped()();
        return true;
    }

    [[nodiscard]] bool interrupted() const override { return false; }

    void spawn(Task<void> task) override {
        spawned_.push_back(std::move(task));
        spawned_.back().start();
    }

private:
    using Key = std::pair<TimePoint, TimerId>; // timers of one instant fire in the order they were set

    void drop_finished() {
        std::erase_if(spawned_, [](Task<void>& task) {
            if (!task.done()) { return false; }
            task.take();
            return true;
        });
    }

    std::chrono::system_clock::time_point wall_clock_at_start_;
    TimePoint now_{};
    TimerId last_id_ = 0;
    std::map<Key, Callback> timers_;
    std::map<TimerId, TimePoint> due_;
    std::list<Task<void>> spawned_;
};

} // namespace

std::unique_ptr<Loop> make_virtual_loop(std::chrono::system_clock::time_point wall_clock) {
    return std::make_unique<VirtualLoop>(wall_clock);
}

std::unique_ptr<Loop> make_virtual_loop() {
    return make_virtual_loop(std::chrono::sys_days(std::chrono::year(2026) / 1 / 1));
}

} // namespace meterctl::transports
