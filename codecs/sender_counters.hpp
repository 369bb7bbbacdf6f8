// The last counters of senders, by whatever names them. Streams of one run share these for messages that stand alone,
// so that one that is played back over another connection is told as well.
#pragma once

#include <cstdint>
#include <map>
#include <string>

namespace meterctl::codecs {

class SenderCounters {
public:
    /// False, and nothing is noted, where `counter` is not above the last one of this sender. Streams that claim ever
    /// new senders are not remembered without end.
    bool rises(const std::string& sender, std::uint32_t counter) {
        constexpr std::size_t most_senders = 65536;
        const auto last = last_.find(sender);
        if (last == last_.end()) {
            if (last_.size() < most_senders) { last_.emplace(sender, counter); }
            return true;
        }
        if (counter <= last->second) { return false; }
        last->second = counter;
        return true;
    }

private:
    std::map<std::string, std::uint32_t> last_;
};

} // namespace meterctl::codecs
