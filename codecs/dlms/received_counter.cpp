#include "codecs/dlms/received_counter.hpp"

namespace meterctl::codecs::dlms {

Result<void> ReceivedCounter::accept(std::uint32_t counter) {
    if (last_ && counter <= *last_) {
        return fail(Category::untrusted,
                    "the invocation counter " + std::to_string(counter) + " is not above the last one, " +
                        std::to_string(*last_) + ": this was sent before",
                    {}, {}, "dlms.replay");
    }
    last_ = counter;
    return {};
}

} // namespace meterctl::codecs::dlms
