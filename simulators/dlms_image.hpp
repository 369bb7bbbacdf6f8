// The transfer of firmware: blocks in any order, verification, activation. IEC 62056-6-2, clause 4.4.6.
#pragma once

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

    DlmsAnswer<void> initiate(const codecs::dlms::Data& parameter);
    DlmsAnswer<void> take_block(const codecs::dlms::Data& parameter);
    DlmsAnswer<void> verify();
    DlmsAnswer<void> activate();

    [[nodiscard]] Status status() const { return status_; }
    [[nodiscard]] bool enabled() const { return enabled_; }
    void enable(bool enabled) { enabled_ = enabled; }
    [[nodiscard]] codecs::dlms::Data blocks() const;
    [[nodiscard]] std::uint32_t first_missing() const;
    [[nodiscard]] codecs::dlms::Data to_activate() const;

private:
    std::string identifier_;
    std::uint32_t size_ = 0;
    std::vector<Bytes> blocks_; ///< empty where one has not come
    Status status_ = Status::not_initiated;
    bool enabled_ = true;
};

} // namespace meterctl::simulators
