// COSEM objects of a virtual meter: attributes that are read and written, methods that act, and who may do so. They
// answer with the standard's result codes. IEC 62056-6-2, clause 4.
#pragma once

#include "codecs/dlms/obis.hpp"
#include "codecs/dlms/xdlms.hpp"

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <tl/expected.hpp>
#include <utility>

namespace meterctl::simulators {

using SystemTime = std::chrono::system_clock::time_point;

/// data-access-result and action-result, as far as virtual meters give them.
enum class DlmsRefusal : std::uint8_t {
    temporary_failure = 2,
    read_write_denied = 3,
    object_undefined = 4,
    object_class_inconsistent = 9,
    object_unavailable = 11,
    type_unmatched = 12,
    scope_of_access_violated = 13,
    data_block_unavailable = 14,
    long_get_aborted = 15,
    no_long_get_in_progress = 16,
    long_set_aborted = 17,
    no_long_set_in_progress = 18,
    data_block_number_invalid = 19,
    other_reason = 250,
};

template <class T>
using DlmsAnswer = tl::expected<T, DlmsRefusal>;

/// Bits of DlmsParty::index.
using DlmsParties = std::uint32_t;
inline constexpr DlmsParties nobody = 0;

struct DlmsAttribute {
    using Selection = std::optional<codecs::dlms::Selection>;
    /// Encoded Data; by whom it is asked matters for lists of objects.
    std::function<DlmsAnswer<Bytes>(const Selection& selection, std::size_t party)> get;
    /// Empty: it cannot be written by anybody.
    std::function<DlmsAnswer<void>(const codecs::dlms::Data& value)> set;
    DlmsParties readers = nobody, writers = nobody;
    std::vector<std::uint8_t> selectors; ///< of selective access
};

struct DlmsMethod {
    using Returned = std::optional<codecs::dlms::Data>;
    std::function<DlmsAnswer<Returned>(const codecs::dlms::Data& parameter)> act;
    DlmsParties users = nobody;
};

struct DlmsObject {
    std::uint16_t class_id = 1;
    std::uint8_t version = 0;
    Obis name{};
    std::map<std::int8_t, DlmsAttribute> attributes;
    std::map<std::int8_t, DlmsMethod> methods;

    /// A value that is kept: read, and written where somebody may and the type stays.
    DlmsAttribute& hold(std::int8_t index, codecs::dlms::Data value);
    /// A value that is made when it is asked for.
    DlmsAttribute& make(std::int8_t index, std::function<codecs::dlms::Data()> get);
    /// What is held; null-data where nothing is.
    [[nodiscard]] codecs::dlms::Data held(std::int8_t index) const;
    /// Holds another value, whoever may write.
    void put(std::int8_t index, codecs::dlms::Data value);

private:
    std::map<std::int8_t, std::shared_ptr<codecs::dlms::Data>> held_;
};

/// All objects of a logical device.
class DlmsModel {
public:
    /// The object of this name, made where there is none.
    DlmsObject& add(std::uint16_t class_id, const Obis& name);
    [[nodiscard]] DlmsObject* find(std::uint16_t class_id, const Obis& name);
    [[nodiscard]] const DlmsObject* find(std::uint16_t class_id, const Obis& name) const;

    DlmsAnswer<Bytes> get(const codecs::dlms::AttributeDescriptor& attribute, std::size_t party) const;
    DlmsAnswer<void> set(const codecs::dlms::AttributeDescriptor& attribute, const codecs::dlms::Data& value,
                         std::size_t party);
    DlmsAnswer<DlmsMethod::Returned> act(const codecs::dlms::MethodDescriptor& method,
                                         const codecs::dlms::Data& parameter, std::size_t party);

    /// The list of objects as the association of this party has it.
    [[nodiscard]] codecs::dlms::Data object_list(std::size_t party) const;
    [[nodiscard]] std::map<std::pair<Obis, std::uint16_t>, DlmsObject>& objects() { return objects_; }

private:
    std::map<std::pair<Obis, std::uint16_t>, DlmsObject> objects_;
};

inline constexpr DlmsParties party_bit(std::size_t party) {
    return DlmsParties{1} << party;
}

/// A time of the meter's clock as COSEM has it. `deviation`: minutes from local time to UTC.
Bytes dlms_time(SystemTime utc, int deviation, std::uint8_t status);
/// nullopt where a field that a time needs is open. Without a deviation in it, `deviation` holds.
std::optional<SystemTime> system_time(const codecs::dlms::CosemTime& time, int deviation);

} // namespace meterctl::simulators
