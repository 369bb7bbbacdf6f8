// The invocation counter of what we cipher (Green Book 9.2.3.4): a key and a counter must never meet twice, whatever
// happens to the process, and the meter takes only counters above those it has seen.
//
// On disk it is a file a meter and key, with the first value that nobody has taken. Values are taken in small
// reservations: the file is raised, and safe on disk, before the first of them is used, under a lock that other
// processes respect. What a process that is killed had reserved is lost; nothing is ever given back.
#pragma once

#include "src/core/secret.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace meterctl::sessions::dlms {

class FrameCounter {
public:
    FrameCounter() = default;
    FrameCounter(const FrameCounter&) = delete;
    FrameCounter& operator=(const FrameCounter&) = delete;
    virtual ~FrameCounter() = default;

    /// A value that nobody has had, for one APDU. Endpoint error where it cannot be kept; refused, dlms.counter_end,
    /// where the 32 bits are used up and the meter needs another key.
    virtual Result<std::uint32_t> next() = 0;
    /// The meter will take no less than this. Never lowers anything.
    virtual void raise_to(std::uint32_t least) = 0;
    /// True where another process has taken values above the last one given: the meter may have seen those first.
    [[nodiscard]] virtual bool overtaken() const = 0;
    /// True where no value is known, so that the meter had better be asked for its own first.
    [[nodiscard]] virtual bool is_new() const = 0;
};

/// For virtual meters, which forget as well.
std::unique_ptr<FrameCounter> make_memory_counter();

/// In `folder`, which is made where it is missing: of the meter with that system title (or whatever else names it for
/// good) and that key, of which only a hash shows in the file's name. Endpoint error where the folder or the file
/// cannot be used, or the file holds no counter.
Result<std::unique_ptr<FrameCounter>> open_counter(const std::string& folder, std::string_view meter,
                                                   const SecretBytes& key);

} // namespace meterctl::sessions::dlms
