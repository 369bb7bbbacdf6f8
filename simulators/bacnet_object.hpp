// The objects of a virtual BACnet device: what each property holds now, as its octets, and what may be written to it.
// ASHRAE 135, clause 12.
#pragma once

#include "codecs/bacnet/services.hpp"

#include <functional>

namespace meterctl::simulators {

/// Class and code of an Error, as the numbers of clause 18.
using BacnetRefusal = codecs::bacnet::AccessError;
template <class T>
using Granted = tl::expected<T, BacnetRefusal>;

/// The refusals that virtual devices give.
namespace refusals {
inline constexpr BacnetRefusal device_busy{0, 3}, no_objects_of_type{1, 17}, unknown_object{1, 31},
    invalid_data_type{2, 9}, read_access_denied{2, 27}, unknown_property{2, 32}, value_out_of_range{2, 37},
    write_access_denied{2, 40}, character_set{2, 41}, invalid_array_index{2, 42}, not_an_array{2, 50},
    duplicate_name{2, 48}, parameter_out_of_range{5, 80}, not_a_list{5, 22}, list_item_not_numbered{5, 140},
    optional_functionality{1, 45};
} // namespace refusals

/// Numbers of the object types and properties that virtual devices have.
namespace object_types {
inline constexpr std::uint16_t analog_input = 0, analog_value = 2, binary_input = 3, device = 8, trend_log = 20;
}
namespace properties {
inline constexpr std::uint32_t apdu_timeout = 11, application_software_version = 12, cov_increment = 22,
                               description = 28, device_address_binding = 30, event_state = 36, firmware_revision = 44,
                               local_date = 56, local_time = 57, location = 58, max_apdu_length_accepted = 62,
                               max_info_frames = 63, max_master = 64, model_name = 70, number_of_apdu_retries = 73,
                               object_identifier = 75, object_list = 76, object_name = 77, object_type = 79,
                               out_of_service = 81, polarity = 84, present_value = 85,
                               protocol_object_types_supported = 96, protocol_services_supported = 97,
                               protocol_version = 98, reliability = 103, segmentation_supported = 107,
                               status_flags = 111, system_status = 112, units = 117, vendor_identifier = 120,
                               vendor_name = 121, buffer_size = 126, log_buffer = 131, log_device_object_property = 132,
                               enable = 133, log_interval = 134, protocol_revision = 139, record_count = 141,
                               start_time = 142, stop_time = 143, stop_when_full = 144, total_record_count = 145,
                               database_revision = 155, logging_type = 197, property_list = 371;
}

/// What a property holds: one value or a list, in one piece; or the elements of an array, each tagged by itself.
struct PropertyData {
    std::vector<Bytes> elements;
    bool array = false;
};
PropertyData scalar(const codecs::bacnet::Primitive& value);
PropertyData array_of(const std::vector<codecs::bacnet::Primitive>& values);
/// Octets that are tagged already.
PropertyData constructed(Bytes octets);
codecs::bacnet::Primitive text_value(std::string_view text);

struct BacnetProperty {
    std::uint32_t number = 0;
    bool required = true;                               ///< by clause 12, for the object's type
    std::function<PropertyData()> read;                 ///< none: ReadRange only
    std::function<Granted<void>(ByteView value)> write; ///< none: read-only
};

/// What ReadRange asks for and gives, its items tagged one behind the other.
struct RangeAnswer {
    Bytes items;
    std::uint32_t count = 0;
    bool first = false, last = false, more = false;
    std::optional<std::uint32_t> first_sequence;
};
using RangeReader =
    std::function<Granted<RangeAnswer>(const codecs::bacnet::ReadRange& request, std::size_t most_octets)>;

struct BacnetObject {
    codecs::bacnet::ObjectId id;
    std::vector<BacnetProperty> properties;
    RangeReader read_range; ///< of its Log_Buffer; none: it has no list

    [[nodiscard]] const BacnetProperty* find(std::uint32_t number) const;
    [[nodiscard]] std::string name() const;
    /// Whether clause 12 requires it of such an object is known by itself.
    BacnetProperty& add(std::uint32_t number, std::function<PropertyData()> read);
    BacnetProperty& add(std::uint32_t number, const codecs::bacnet::Primitive& constant);
    /// Whole octets as they are, of the element that `index` names where there is one.
    [[nodiscard]] Granted<Bytes> read(const codecs::bacnet::PropertyReference& property) const;
    [[nodiscard]] Granted<void> write(const codecs::bacnet::PropertyReference& property, ByteView value) const;
};

/// The one value of exactly this type; invalid-data-type otherwise.
template <class T>
Granted<T> written_value(ByteView octets) {
    const auto values = codecs::bacnet::decode_primitives(octets);
    if (!values || values->size() != 1 || !std::holds_alternative<T>(values->front())) {
        return tl::unexpected(refusals::invalid_data_type);
    }
    return std::get<T>(values->front());
}

/// All objects of a device, the device object first, in the order of its Object_List.
class BacnetDatabase {
public:
    BacnetObject& add(codecs::bacnet::ObjectId id);
    [[nodiscard]] const BacnetObject* find(codecs::bacnet::ObjectId id) const;
    [[nodiscard]] const BacnetObject* find(std::string_view name) const;
    [[nodiscard]] const std::vector<BacnetObject>& objects() const { return objects_; }
    [[nodiscard]] const BacnetObject& device() const { return objects_.front(); }
    BacnetObject& object(std::size_t index) { return objects_[index]; }
    BacnetObject& device() { return objects_.front(); }

private:
    std::vector<BacnetObject> objects_;
};

} // namespace meterctl::simulators
