// The elements of an array while its octets still come: a profile's buffer, block by block, a record at a time.
#pragma once

#include "codecs/dlms/data.hpp"

namespace meterctl::codecs::dlms {

class ArrayStream {
public:
    /// The next raw octets.
    void feed(ByteView octets);
    /// The next whole element; nullopt where its end has not come, or all have been taken. Untrusted where the octets
    /// are no array, or an element is no Data. A compact-array is given out when it is whole.
    Result<std::optional<Data>> next();
    /// The array's count, once it has come.
    [[nodiscard]] std::optional<std::uint32_t> count() const { return count_; }
    [[nodiscard]] std::uint32_t taken() const { return taken_; }
    /// All elements have been taken.
    [[nodiscard]] bool complete() const { return count_ && taken_ == *count_; }
    /// Octets held that were not taken yet; behind the last element they are too many.
    [[nodiscard]] std::size_t held() const { return octets_.size() - at_; }

private:
    Result<bool> begin();
    Result<std::optional<Data>> next_of_compact();

    Bytes octets_;
    std::size_t at_ = 0;
    std::optional<std::uint32_t> count_;
    std::uint32_t taken_ = 0;
    std::vector<Data> compact_; ///< the elements of a compact-array
};

} // namespace meterctl::codecs::dlms
