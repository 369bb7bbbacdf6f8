// Selective access to a profile's buffer: by a range of a restricting object, as a rule the clock, or by entries (IEC
// 62056-6-2 clause 4.3.6). Also capture objects, which both speak of.
#pragma once

#include "codecs/dlms/xdlms.hpp"

namespace meterctl::codecs::dlms {

/// An element of capture_objects or of a push_object_list.
struct CaptureObject {
    std::uint16_t class_id = 8;
    Obis logical_name{0, 0, 1, 0, 0, 255};
    std::int8_t attribute = 2;
    std::uint16_t data_index = 0; ///< 0 the whole attribute, else its n-th element

    [[nodiscard]] std::string text() const; ///< "3:1-0:1.8.0.255:2", "[1]" behind it for an element
    friend bool operator==(const CaptureObject&, const CaptureObject&) = default;
};
/// Of a structure {long-unsigned, octet-string, integer, long-unsigned}; members behind these are not looked at.
/// nullopt where it is none.
std::optional<CaptureObject> capture_object_of(const Data& data);
Data to_data(const CaptureObject& object);

struct RangeSelection {
    CaptureObject restricting;          ///< the clock
    Data from, to;                      ///< of the restricting object, both inside the range
    std::vector<CaptureObject> columns; ///< empty: all
    friend bool operator==(const RangeSelection&, const RangeSelection&) = default;
};
struct EntrySelection {
    std::uint32_t from = 1; ///< counts from 1, the oldest of a first-in-first-out buffer
    std::uint32_t to = 0;   ///< 0: to the last
    std::uint16_t from_column = 1;
    std::uint16_t to_column = 0; ///< 0: to the last
    friend bool operator==(const EntrySelection&, const EntrySelection&) = default;
};

Selection to_selection(const RangeSelection& range);
Selection to_selection(const EntrySelection& entries);
/// nullopt where it is none.
std::optional<RangeSelection> range_of(const Selection& selection);
std::optional<EntrySelection> entries_of(const Selection& selection);

/// From and to by the clock. Some meters want a deviation, others refuse one: `with_deviation` false leaves it out.
RangeSelection clock_range(CosemTime from, CosemTime to, bool with_deviation = true);

/// "from 2017-10-01T00:00:00+01:00 to 2017-10-01T01:00:00+01:00", "entries 1 to the last"
std::string selection_text(const Selection& selection);

} // namespace meterctl::codecs::dlms
