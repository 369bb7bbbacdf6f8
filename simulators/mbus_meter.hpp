// One virtual M-Bus slave: its link layer (addresses, selection, frame count bit) and its application layer (readouts
// in one or several telegrams, settings, application errors). EN 13757-2 clause 5, EN 13757-3 clauses 5 to 8.
#pragma once

#include "codecs/mbus/frame.hpp"
#include "codecs/mbus/identity.hpp"
#include "simulators/mbus_record.hpp"

#include <map>

namespace meterctl::simulators {

/// What tells one slave from another.
struct MbusSetup {
    codecs::mbus::Identity identity;          ///< the secondary address
    std::optional<std::uint32_t> fabrication; ///< eight digits; without one it takes no part in selections by it
    std::uint8_t primary = 0;
    std::vector<unsigned> bauds; ///< those it can be set to
    std::vector<MbusRecord> records;
    std::vector<std::string> usual_groups;                      ///< of the usual readout; empty: all
    std::map<std::uint8_t, std::vector<std::string>> selectors; ///< maker's CI fields, and the groups each selects
};

class MbusMeter {
public:
    MbusMeter(MbusSetup setup, const LoadModel& model) : setup_(std::move(setup)), model_(model) {}

    /// The answer to a good frame, or silence.
    std::optional<Bytes> receive(const codecs::mbus::Frame& frame);
    /// The baud rate that a frame has set since the last call.
    std::optional<unsigned> take_baud() { return std::exchange(new_baud_, std::nullopt); }
    [[nodiscard]] std::uint8_t primary() const { return setup_.primary; }
    [[nodiscard]] const codecs::mbus::Identity& identity() const { return setup_.identity; }

private:
    /// What is kept apart for the primary address and for 253.
    struct Link {
        std::optional<bool> frame_count; ///< of the last request whose bit counts
        Bytes last;                      ///< sent again when the bit has not changed
        std::vector<Bytes> telegrams;    ///< application data of a readout that is under way
        std::size_t next = 0;
    };
    enum class ApplicationError : std::uint8_t {
        unspecified = 0,
        unknown_ci = 1,
        premature_end = 4,
        too_many_difes = 5,
        too_many_vifes = 6,
    };
    using Outcome = std::optional<ApplicationError>;

    std::optional<Bytes> serve(const codecs::mbus::Frame& frame, Link& link);
    bool select(const codecs::mbus::Frame& frame);
    [[nodiscard]] bool takes_part(std::optional<std::uint32_t> fabrication) const;
    Bytes answer(std::uint8_t control, Link& link);
    [[nodiscard]] Bytes response(std::uint8_t ci, ByteView data) const;
    Outcome apply(std::uint8_t ci, ByteView data);
    Outcome take_records(ByteView data);
    Outcome take_record(ByteView header, ByteView data);
    [[nodiscard]] bool is_wanted(const MbusRecord& record) const;
    [[nodiscard]] std::vector<Bytes> readout() const;
    [[nodiscard]] Bytes data_of(const MbusRecord& record) const;
    void restart();

    MbusSetup setup_;
    const LoadModel& model_;
    Link primary_link_, selected_link_;
    bool selected_ = false;
    std::uint8_t access_ = 0;
    Outcome error_;                                     ///< told once, at the next request
    std::optional<std::vector<std::string>> groups_;    ///< selected by the maker's CI fields
    std::vector<Bytes> wanted_;                         ///< headers selected for readout, without their data coding
    std::chrono::system_clock::duration clock_ahead_{}; ///< as it was set
    std::optional<unsigned> new_baud_;
};

} // namespace meterctl::simulators
