// Points in the terms of M-Bus: "drh:4BFD47" (the header of a data record, DIB and VIB, in hex: names a record
// exactly), "record:3" (the third of a readout), "header:id" and the like, "link:address" and "link:baud", and the
// methods.
#pragma once

#include "codecs/mbus/telegram.hpp"
#include "src/catalogue/definition.hpp"
#include "src/core/reading.hpp"

#include <optional>
#include <span>

namespace meterctl::codecs::mbus {

/// A part of the header of variable data (EN 13757-3, clause 5).
enum class HeaderPart { id, manufacturer, version, medium, status };
enum class Method { initialise, application_reset, select_records, read_all_records, request_alarm };

struct PointAddress {
    enum class Kind {
        record,  ///< by `header`
        number,  ///< the `number`th record, from 1
        part,    ///< of the header
        primary, ///< the primary address
        baud,    ///< the baud rate
        method,  ///< an action
        name,    ///< what the device's own record is called
    };
    Kind kind = Kind::name;
    Bytes header;
    std::size_t number = 0;
    HeaderPart part = HeaderPart::id;
    Method method = Method::initialise;
};

/// Usage error that names the point.
Result<PointAddress> point_address(const catalogue::Point& point);
/// A point that no definition names. Usage error with hints.
Result<catalogue::Point> ad_hoc_point(std::string_view text);
/// Of an identify rule.
Result<PointAddress> parse_point_address(std::string_view text);
/// The method of this name ("initialise", "application_reset"); usage error with the names there are.
Result<Method> parse_method(std::string_view name);

/// A definition's points, their addresses parsed once.
class PointIndex {
public:
    explicit PointIndex(const catalogue::Definition* definition);
    [[nodiscard]] bool empty() const { return rows_.empty(); }
    /// The points that a telegram holds, in the definition's order. `before`: records of the readout in the telegrams
    /// before this one, without the maker's own data.
    [[nodiscard]] std::vector<Reading> readings(const Header& header, std::span<const Record> records,
                                                std::size_t before) const;

private:
    struct Row {
        const catalogue::Point* point;
        PointAddress at;
    };
    std::vector<Row> rows_;
};

/// A selection of the maker's own: a CI field, and the groups of points that the readout behind it holds.
struct Selector {
    std::optional<std::uint8_t> ci; ///< empty: the usual readout
    std::vector<std::string> groups;
};
/// The settings "readout" and "readout_XX" of a definition, the usual one first. Usage error.
Result<std::vector<Selector>> selectors(const catalogue::Definition* definition);

/// Checks every address, type, identify rule and setting of a definition; the error names the point.
Result<void> validate(const catalogue::Definition& definition);

/// A record's value as the definition's point has it: in its unit, scaled, with label and flags.
Reading reading_of(const catalogue::Point& point, const Record& record);
/// A part of the header as points and identify rules have it: "INM", 2.
Value part_of(const Header& header, HeaderPart part);
/// A reading of the point with this value.
Reading reading_of(const catalogue::Point& point, Value value);
/// What to send so that the record at `header` holds `value`, which is in the point's unit.
Result<Value> record_value(const catalogue::Point& point, ByteView header, const Value& value);

} // namespace meterctl::codecs::mbus
