// The invocation counter of what is received has to grow (Green Book 9.2.3.4): what repeats was played back. One of
// these for each key and sender of an association; the dedicated key's starts anew or carries the global one on.
#pragma once

#include "src/core/error.hpp"

#include <cstdint>
#include <optional>

namespace meterctl::codecs::dlms {

class ReceivedCounter {
public:
    /// Takes note of an APDU that was authenticated. Untrusted, dlms.replay, where its counter is not above the last
    /// one.
    Result<void> accept(std::uint32_t counter);
    [[nodiscard]] std::optional<std::uint32_t> last() const { return last_; }

private:
    std::optional<std::uint32_t> last_;
};

} // namespace meterctl::codecs::dlms
