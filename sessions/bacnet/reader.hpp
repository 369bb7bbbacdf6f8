// Points read through properties, and, of a device that no definition describes, the points that its list of objects
// gives.
#pragma once

#include "codecs/bacnet/point.hpp"
#include "sessions/bacnet/properties.hpp"

namespace meterctl::sessions::bacnet {

struct ReaderOptions {
    std::string not_a_number; ///< the flag of a NaN, where the meter sends one for a reason
    bool check = false;       ///< Reliability is read beside each value
};

class Reader {
public:
    Reader(Properties& properties, ReaderOptions options) : properties_(properties), options_(std::move(options)) {}

    Task<Result<ReadOutcome>> read(std::vector<catalogue::Point> points);
    /// All that the device's list of objects holds and that has a present value, named by Object_Name.
    Task<Result<ReadOutcome>> read_all();
    /// The objects of the device's list.
    Task<Result<std::vector<codecs::bacnet::ObjectId>>> objects();
    /// The points of all objects; asked for once.
    Task<Result<std::vector<catalogue::Point>>> discover();
    /// The points with the addresses that the device's list of objects gives, where they have none.
    Task<Result<std::vector<catalogue::Point>>> located(std::vector<catalogue::Point> points);
    /// A property's value as that of the point, with its flags.
    [[nodiscard]] Result<Reading> shown(const catalogue::Point& point, ByteView value) const;
    Task<Result<Reading>> read_one(const catalogue::Point& point);
    /// A point that only its name is known of, as the device's list of objects has it. Refused where it has none.
    Task<Result<catalogue::Point>> located(const catalogue::Point& point);

private:
    std::optional<std::vector<catalogue::Point>> discovered_;
    Properties& properties_;
    ReaderOptions options_;
};

namespace property {
inline constexpr std::uint32_t description = 28, object_identifier = 75, object_list = 76, object_name = 77,
                               present_value = 85, reliability = 103, units = 117, max_apdu = 62;
} // namespace property

/// The device itself, whichever number it has.
codecs::bacnet::ObjectId device_object();
/// Lower case, with an underscore for all that is neither letter nor digit.
std::string snake_case(std::string_view text);
/// The octets that a value of such a type takes with its tag.
std::size_t usual_octets(std::string_view type, unsigned length);
/// Those of a definition's point: a text that such meters have, but for a longer number in it, is as long as the
/// definition's own, and an unsigned number is at most what it says.
std::size_t probable_octets(const catalogue::Point& point, std::string_view type);
/// "no-fault-detected"; nullopt where the octets are no Reliability.
std::optional<std::uint32_t> enumerated_in(ByteView value);

} // namespace meterctl::sessions::bacnet
