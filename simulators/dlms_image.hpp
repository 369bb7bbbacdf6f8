// The transfer of firmware: blocks in any order, verification, activation, both of which take their time. IEC
// 62056-6-2, clause 4.4.6. What is good firmware is these meters' own: its identifier begins with the maker's letters,
// and its last 32 octets are the SHA-256 of those before.
#pragma once

#include "simulators/bus.hpp"
#include "simulators/dlms_object.hpp"

#include <string>

namespace meterctl::simulators {

class DlmsImage {
public:
    enum class Status : std::uint8_t {
        not_initiated,
        initiated,
        verification_initiated,
        verification_successful,
        verification_failed,
        activation_initiated,
        activation_successful,
        activation_failed,
    };
    static constexpr std::uint32_t block_size = 200, largest = 4U << 20U;
    static constexpr std::string_view maker = "HLY";
    static constexpr std::chrono::seconds verification{2}, activation{3};

    DlmsAnswer<void> initiate(const codecs::dlms::Data& parameter);
    DlmsAnswer<void> take_block(const codecs::dlms::Data& parameter);
    /// Temporary failure while it goes on: the status tells of the end.
    DlmsAnswer<void> verify(TimePoint now);
    DlmsAnswer<void> activate(TimePoint now);
    /// Ends what is due; true where new firmware runs from now on.
    bool advance(TimePoint now);

    [[nodiscard]] const std::string& identifier() const { return identifier_; }
    [[nodiscard]] Status status() const { return status_; }
    [[nodiscard]] bool enabled() const { return enabled_; }
    void enable(bool enabled) { enabled_ = enabled; }
    /// The verification ends when it is asked for once more, not by itself.
    void judge_when_asked() { when_asked_ = true; }
    [[nodiscard]] codecs::dlms::Data blocks() const;
    [[nodiscard]] std::uint32_t first_missing() const;
    [[nodiscard]] codecs::dlms::Data to_activate() const;

private:
    std::string identifier_;
    std::uint32_t size_ = 0;
    std::vector<Bytes> blocks_; ///< empty where one has not come
    [[nodiscard]] Bytes whole() const;
    [[nodiscard]] bool good() const;

    Status status_ = Status::not_initiated;
    TimePoint due_{}; ///< the end of verification or activation
    bool enabled_ = true, when_asked_ = false;
};

} // namespace meterctl::simulators
