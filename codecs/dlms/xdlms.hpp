// xDLMS services by logical names: GET, SET, ACTION, notifications and their answers as plain structs (IEC 62056-5-3
// clauses 8.3 and 9.5). Ciphered APDUs are deciphered first, see ciphering.hpp; blocks are joined by blocks.hpp.
#pragma once

#include "codecs/dlms/data.hpp"
#include "codecs/dlms/date_time.hpp"
#include "src/core/obis.hpp"

#include <variant>

namespace meterctl::codecs::dlms {

/// invoke-id-and-priority.
struct Invoke {
    std::uint8_t id = 1; ///< 0 to 15
    bool confirmed = true;
    bool high_priority = true;

    [[nodiscard]] std::uint8_t octet() const;
    static Invoke from(std::uint8_t octet);
    friend bool operator==(const Invoke&, const Invoke&) = default;
};

/// Which part of an attribute is wanted.
struct Selection {
    std::uint8_t selector = 1;
    Data parameter;
    friend bool operator==(const Selection&, const Selection&) = default;
};

struct AttributeDescriptor {
    std::uint16_t class_id = 0;
    Obis logical_name{};
    std::int8_t attribute = 2;
    std::optional<Selection> selection;

    /// "3:1-0:1.8.0.255:2"
    [[nodiscard]] std::string text() const;
    friend bool operator==(const AttributeDescriptor&, const AttributeDescriptor&) = default;
};

struct MethodDescriptor {
    std::uint16_t class_id = 0;
    Obis logical_name{};
    std::int8_t method = 1;

    /// "70:0-0:96.3.10.255:m1"
    [[nodiscard]] std::string text() const;
    friend bool operator==(const MethodDescriptor&, const MethodDescriptor&) = default;
};

/// data-access-result, action-result; see names.hpp.
struct AccessResult {
    std::uint8_t code = 0;
    [[nodiscard]] bool success() const { return code == 0; }
    friend bool operator==(const AccessResult&, const AccessResult&) = default;
};

/// Data, or why there is none.
using GetResult = std::variant<Data, AccessResult>;

/// A part of something longer.
struct Block {
    bool last = false;
    std::uint32_t number = 1; ///< counts from 1
    Bytes raw;
    friend bool operator==(const Block&, const Block&) = default;
};

// GET

struct GetRequestNormal {
    Invoke invoke;
    AttributeDescriptor attribute;
    friend bool operator==(const GetRequestNormal&, const GetRequestNormal&) = default;
};
struct GetRequestNext {
    Invoke invoke;
    std::uint32_t block = 1; ///< the number received last
    friend bool operator==(const GetRequestNext&, const GetRequestNext&) = default;
};
struct GetRequestWithList {
    Invoke invoke;
    std::vector<AttributeDescriptor> attributes;
    friend bool operator==(const GetRequestWithList&, const GetRequestWithList&) = default;
};
struct GetResponseNormal {
    Invoke invoke;
    GetResult result;
    friend bool operator==(const GetResponseNormal&, const GetResponseNormal&) = default;
};
struct GetResponseWithBlock {
    Invoke invoke;
    bool last = false;
    std::uint32_t number = 1;
    std::variant<Bytes, AccessResult> result;
    friend bool operator==(const GetResponseWithBlock&, const GetResponseWithBlock&) = default;
};
struct GetResponseWithList {
    Invoke invoke;
    std::vector<GetResult> results;
    friend bool operator==(const GetResponseWithList&, const GetResponseWithList&) = default;
};

// SET

struct SetRequestNormal {
    Invoke invoke;
    AttributeDescriptor attribute;
    Data value;
    friend bool operator==(const SetRequestNormal&, const SetRequestNormal&) = default;
};
struct SetRequestFirstBlock {
    Invoke invoke;
    AttributeDescriptor attribute;
    Block block;
    friend bool operator==(const SetRequestFirstBlock&, const SetRequestFirstBlock&) = default;
};
struct SetRequestBlock {
    Invoke invoke;
    Block block;
    friend bool operator==(const SetRequestBlock&, const SetRequestBlock&) = default;
};
struct SetRequestWithList {
    Invoke invoke;
    std::vector<AttributeDescriptor> attributes;
    std::vector<Data> values;
    friend bool operator==(const SetRequestWithList&, const SetRequestWithList&) = default;
};
struct SetRequestWithListFirstBlock {
    Invoke invoke;
    std::vector<AttributeDescriptor> attributes;
    Block block;
    friend bool operator==(const SetRequestWithListFirstBlock&, const SetRequestWithListFirstBlock&) = default;
};
struct SetResponseNormal {
    Invoke invoke;
    AccessResult result;
    friend bool operator==(const SetResponseNormal&, const SetResponseNormal&) = default;
};
struct SetResponseBlock {
    Invoke invoke;
    std::uint32_t number = 1; ///< go on behind it
    friend bool operator==(const SetResponseBlock&, const SetResponseBlock&) = default;
};
struct SetResponseLastBlock {
    Invoke invoke;
    AccessResult result;
    std::uint32_t number = 1;
    friend bool operator==(const SetResponseLastBlock&, const SetResponseLastBlock&) = default;
};
struct SetResponseLastBlockWithList {
    Invoke invoke;
    std::vector<AccessResult> results;
    std::uint32_t number = 1;
    friend bool operator==(const SetResponseLastBlockWithList&, const SetResponseLastBlockWithList&) = default;
};
struct SetResponseWithList {
    Invoke invoke;
    std::vector<AccessResult> results;
    friend bool operator==(const SetResponseWithList&, const SetResponseWithList&) = default;
};

// ACTION

struct ActionRequestNormal {
    Invoke invoke;
    MethodDescriptor method;
    std::optional<Data> parameter;
    friend bool operator==(const ActionRequestNormal&, const ActionRequestNormal&) = default;
};
struct ActionRequestNext {
    Invoke invoke;
    std::uint32_t block = 1;
    friend bool operator==(const ActionRequestNext&, const ActionRequestNext&) = default;
};
struct ActionRequestWithList {
    Invoke invoke;
    std::vector<MethodDescriptor> methods;
    std::vector<Data> parameters;
    friend bool operator==(const ActionRequestWithList&, const ActionRequestWithList&) = default;
};
struct ActionRequestFirstBlock {
    Invoke invoke;
    MethodDescriptor method;
    Block block;
    friend bool operator==(const ActionRequestFirstBlock&, const ActionRequestFirstBlock&) = default;
};
struct ActionRequestWithListFirstBlock {
    Invoke invoke;
    std::vector<MethodDescriptor> methods;
    Block block;
    friend bool operator==(const ActionRequestWithListFirstBlock&, const ActionRequestWithListFirstBlock&) = default;
};
struct ActionRequestBlock {
    Invoke invoke;
    Block block;
    friend bool operator==(const ActionRequestBlock&, const ActionRequestBlock&) = default;
};
struct ActionResult {
    AccessResult result;
    std::optional<GetResult> returned;
    friend bool operator==(const ActionResult&, const ActionResult&) = default;
};
struct ActionResponseNormal {
    Invoke invoke;
    ActionResult result;
    friend bool operator==(const ActionResponseNormal&, const ActionResponseNormal&) = default;
};
struct ActionResponseBlock {
    Invoke invoke;
    Block block;
    friend bool operator==(const ActionResponseBlock&, const ActionResponseBlock&) = default;
};
struct ActionResponseWithList {
    Invoke invoke;
    std::vector<ActionResult> results;
    friend bool operator==(const ActionResponseWithList&, const ActionResponseWithList&) = default;
};
struct ActionResponseNext {
    Invoke invoke;
    std::uint32_t number = 1; ///< go on behind it
    friend bool operator==(const ActionResponseNext&, const ActionResponseNext&) = default;
};

// What a meter says unasked, and refusals

struct EventNotification {
    std::optional<CosemTime> time;
    AttributeDescriptor attribute; ///< without selection
    Data value;
    friend bool operator==(const EventNotification&, const EventNotification&) = default;
};

/// long-invoke-id-and-priority.
struct LongInvoke {
    std::uint32_t octets = 0;

    [[nodiscard]] std::uint32_t id() const { return octets & 0xFFFFFFU; }
    [[nodiscard]] bool confirmed() const { return (octets & 0x40000000U) != 0; }
    [[nodiscard]] bool high_priority() const { return (octets & 0x80000000U) != 0; }
    friend bool operator==(const LongInvoke&, const LongInvoke&) = default;
};

struct DataNotification {
    LongInvoke invoke;
    std::optional<CosemTime> time;
    Data body;
    friend bool operator==(const DataNotification&, const DataNotification&) = default;
};
struct DataNotificationConfirm {
    LongInvoke invoke;
    std::optional<CosemTime> time;
    friend bool operator==(const DataNotificationConfirm&, const DataNotificationConfirm&) = default;
};

struct ExceptionResponse {
    std::uint8_t state = 1;
    std::uint8_t service = 3;
    std::optional<std::uint32_t> invocation_counter; ///< the one that the server expects
    friend bool operator==(const ExceptionResponse&, const ExceptionResponse&) = default;
};

using GetRequest = std::variant<GetRequestNormal, GetRequestNext, GetRequestWithList>;
using GetResponse = std::variant<GetResponseNormal, GetResponseWithBlock, GetResponseWithList>;
using SetRequest = std::variant<SetRequestNormal, SetRequestFirstBlock, SetRequestBlock, SetRequestWithList,
                                SetRequestWithListFirstBlock>;
using SetResponse = std::variant<SetResponseNormal, SetResponseBlock, SetResponseLastBlock,
                                 SetResponseLastBlockWithList, SetResponseWithList>;
using ActionRequest = std::variant<ActionRequestNormal, ActionRequestNext, ActionRequestWithList,
                                   ActionRequestFirstBlock, ActionRequestWithListFirstBlock, ActionRequestBlock>;
using ActionResponse =
    std::variant<ActionResponseNormal, ActionResponseBlock, ActionResponseWithList, ActionResponseNext>;

} // namespace meterctl::codecs::dlms
