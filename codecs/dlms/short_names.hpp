// Services by short names, as older meters have them: Read, Write, UnconfirmedWrite, InformationReport (IEC 62056-5-3
// clause 8.4, annex A).
#pragma once

#include "codecs/dlms/xdlms.hpp"

namespace meterctl::codecs::dlms {

/// What is read or written. An attribute's short name is its object's base name and 8 for each attribute behind the
/// first.
struct VariableName {
    std::uint16_t name = 0;
    friend bool operator==(const VariableName&, const VariableName&) = default;
};
struct ParameterizedAccess {
    std::uint16_t name = 0;
    Selection selection;
    friend bool operator==(const ParameterizedAccess&, const ParameterizedAccess&) = default;
};
/// Asks for the block behind this one.
struct BlockNumberAccess {
    std::uint16_t number = 1;
    friend bool operator==(const BlockNumberAccess&, const BlockNumberAccess&) = default;
};
/// A block of a long ReadRequest, or the announcement of one in a WriteRequest (then without octets).
struct ShortBlock {
    bool last = false;
    std::uint16_t number = 1;
    Bytes raw;
    friend bool operator==(const ShortBlock&, const ShortBlock&) = default;
};
struct WriteBlockAccess {
    bool last = false;
    std::uint16_t number = 1;
    friend bool operator==(const WriteBlockAccess&, const WriteBlockAccess&) = default;
};
using VariableAccess = std::variant<VariableName, ParameterizedAccess, BlockNumberAccess, ShortBlock, WriteBlockAccess>;

struct ReadRequest {
    std::vector<VariableAccess> variables;
    friend bool operator==(const ReadRequest&, const ReadRequest&) = default;
};
struct ReadResponse {
    /// The last one: the number of a block that was taken.
    using Result = std::variant<Data, AccessResult, ShortBlock, BlockNumberAccess>;
    std::vector<Result> results;
    friend bool operator==(const ReadResponse&, const ReadResponse&) = default;
};
struct WriteRequest {
    std::vector<VariableAccess> variables;
    std::vector<Data> values;
    friend bool operator==(const WriteRequest&, const WriteRequest&) = default;
};
struct WriteResponse {
    using Result = std::variant<AccessResult, BlockNumberAccess>;
    std::vector<Result> results;
    friend bool operator==(const WriteResponse&, const WriteResponse&) = default;
};
struct UnconfirmedWriteRequest {
    std::vector<VariableAccess> variables;
    std::vector<Data> values;
    friend bool operator==(const UnconfirmedWriteRequest&, const UnconfirmedWriteRequest&) = default;
};
struct InformationReport {
    std::optional<std::string> time; ///< a GeneralizedTime as it is sent
    std::vector<VariableAccess> variables;
    std::vector<Data> values;
    friend bool operator==(const InformationReport&, const InformationReport&) = default;
};

} // namespace meterctl::codecs::dlms
