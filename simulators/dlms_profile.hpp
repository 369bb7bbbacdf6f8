// The buffer of a profile generic: records that fill and age, read whole, by range or by entry. IEC 62056-6-2, clause
// 4.3.6.
#pragma once

#include "simulators/dlms_object.hpp"

#include <deque>

namespace meterctl::simulators {

/// What a column records.
struct DlmsCapture {
    std::uint16_t class_id = 0;
    Obis name{};
    std::int8_t attribute = 2;
    std::uint16_t data_index = 0;
};

class DlmsProfile {
public:
    DlmsProfile(std::vector<DlmsCapture> columns, std::size_t capacity)
        : columns_(std::move(columns)), capacity_(capacity) {}

    /// An encoded structure with an element a column. The oldest record goes where the buffer is full.
    void add(SystemTime time, Bytes record);
    void clear() { records_.clear(); }
    [[nodiscard]] std::size_t count() const { return records_.size(); }
    [[nodiscard]] std::size_t capacity() const { return capacity_; }
    [[nodiscard]] const std::vector<DlmsCapture>& columns() const { return columns_; }
    [[nodiscard]] codecs::dlms::Data capture_objects() const;

    /// The buffer, encoded, or the part that selector 1 (range) or 2 (entry) takes out of it. `deviation`: of times
    /// without one.
    [[nodiscard]] DlmsAnswer<Bytes> read(const DlmsAttribute::Selection& selection, int deviation) const;

private:
    struct Record {
        SystemTime time;
        Bytes octets;
    };
    struct Part {
        std::vector<const Record*> records;
        std::vector<std::size_t> columns; ///< empty: all
    };
    [[nodiscard]] std::vector<const Record*> between(std::size_t first, std::size_t end) const;
    [[nodiscard]] DlmsAnswer<Part> by_range(const codecs::dlms::Data& range, int deviation) const;
    [[nodiscard]] DlmsAnswer<Part> by_entry(const codecs::dlms::Data& entries) const;
    [[nodiscard]] DlmsAnswer<std::vector<std::size_t>> chosen(const codecs::dlms::Data& list) const;

    std::vector<DlmsCapture> columns_;
    std::size_t capacity_;
    std::deque<Record> records_;
};

} // namespace meterctl::simulators
