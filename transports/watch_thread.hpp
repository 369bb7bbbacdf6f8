// A thread that waits for the changes of an input, as the call that does so blocks, and stamps them where it wakes.
#pragma once

#include "transports/modem_inputs.hpp"
#include "transports/real_loop.hpp"

#include <atomic>
#include <mutex>
#include <thread>
#include <vector>

namespace meterctl::transports {

/// The input after a change; without a state the port is gone.
struct Sighting {
    Duration time{}; ///< of the steady clock
    std::optional<InputState> state;
};

class WatchThread {
public:
    WatchThread(RealLoop& loop, ModemInputs& inputs);
    WatchThread(const WatchThread&) = delete;
    WatchThread& operator=(const WatchThread&) = delete;
    ~WatchThread();

    /// Ends the thread.
    void stop();
    /// False where the driver cannot wait, which it says at once.
    Task<bool> works();
    /// What was seen since; waits for it until the deadline. Empty where it passed, or on Ctrl-C.
    Task<std::vector<Sighting>> next(TimePoint deadline);

private:
    void watch();
    void tell(Sighting sighting);
    std::vector<Sighting> take();

    ModemInputs& inputs_;
    Descriptor bell_; ///< an eventfd, by which the thread wakes the loop
    std::mutex lock_;
    std::vector<Sighting> seen_;
    std::atomic<bool> impossible_ = false;
    std::atomic<bool> ended_ = false;
    std::thread thread_; ///< last: it uses what stands above
};

} // namespace meterctl::transports
