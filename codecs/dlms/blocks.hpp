// What is longer than an APDU goes in blocks: those of GET, SET and ACTION, each asked for or confirmed by its number,
// and those of general-block-transfer, which carry a whole APDU of any kind (IEC 62056-5-3 clauses 9.4.6.3
// and 9.4.6.13).
#pragma once

#include "codecs/dlms/apdu.hpp"

namespace meterctl::codecs::dlms {

/// What a transfer may grow to where nobody says otherwise.
inline constexpr std::size_t default_transfer_limit = std::size_t{64} << 20U;

/// Watches over the numbers of blocks that come one at a time, from 1.
class BlockOrder {
public:
    /// Untrusted where it is not the next: "dlms.block.duplicate", "dlms.block.lost", "dlms.block.order", and
    /// "dlms.block.behind_last".
    Result<void> accept(std::uint32_t number, bool last);
    /// The number received last; 0 before the first.
    [[nodiscard]] std::uint32_t received() const { return received_; }
    [[nodiscard]] bool complete() const { return complete_; }

private:
    std::uint32_t received_ = 0;
    bool complete_ = false;
};

/// Joins the raw octets of blocks.
class BlockAssembler {
public:
    BlockAssembler() = default;
    explicit BlockAssembler(std::size_t limit) : limit_(limit) {}
    /// Errors of BlockOrder, and "dlms.block.too_long" beyond the limit.
    Result<void> accept(const Block& block);
    [[nodiscard]] bool complete() const { return order_.complete(); }
    [[nodiscard]] std::uint32_t received() const { return order_.received(); }
    [[nodiscard]] ByteView raw() const { return raw_; }

private:
    BlockOrder order_;
    Bytes raw_;
    std::size_t limit_ = default_transfer_limit;
};

/// Block `number` of octets that are sent in blocks of `size` (1 at least); the last is marked.
Block block_of(ByteView raw, std::size_t size, std::uint32_t number);

/// Receives a general-block-transfer.
class GeneralBlockReceiver {
public:
    /// `window`: blocks that may come before an answer is wanted; 0: nobody can answer (a listener), so that a lost
    /// block is an error at once.
    explicit GeneralBlockReceiver(std::uint8_t window, std::size_t limit = default_transfer_limit)
        : window_(window), limit_(limit) {}

    struct Step {
        bool complete = false;              ///< apdu() is whole
        std::optional<GeneralBlock> answer; ///< to send: confirms, or asks for what was lost
    };
    /// A block that was received already is dropped. Untrusted: "dlms.block.lost" for a listener, or where the same
    /// block is lost again and again; "dlms.block.too_long".
    Result<Step> accept(const GeneralBlock& block);
    [[nodiscard]] ByteView apdu() const { return apdu_; }
    [[nodiscard]] bool begun() const { return received_ > 0; }
    [[nodiscard]] unsigned duplicates() const { return duplicates_; }

private:
    GeneralBlock answer();

    std::uint8_t window_;
    std::size_t limit_;
    Bytes apdu_;
    std::uint16_t received_ = 0;
    std::uint16_t sent_ = 0;
    unsigned duplicates_ = 0;
    unsigned asked_again_ = 0;
    bool gap_ = false;
};

/// Sends an APDU as a general-block-transfer.
class GeneralBlockSender {
public:
    /// `size`: octets of the APDU in each block. `window`: what the other side takes at once.
    GeneralBlockSender(Bytes apdu, std::size_t size, std::uint8_t window);

    /// The blocks to send now, up to the window; the last of them wants an answer.
    [[nodiscard]] std::vector<GeneralBlock> due(std::uint16_t acknowledged = 0) const;
    /// The other side's answer. Untrusted where it confirms what was not sent.
    Result<void> acknowledge(const GeneralBlock& answer);
    [[nodiscard]] bool done() const { return confirmed_ == count(); }
    /// Of all blocks.
    [[nodiscard]] std::uint16_t count() const;

private:
    Bytes apdu_;
    std::size_t size_;
    std::uint8_t window_;
    std::uint16_t confirmed_ = 0;
};

} // namespace meterctl::codecs::dlms
