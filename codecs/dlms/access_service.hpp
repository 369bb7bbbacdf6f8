// The unified ACCESS service: a list of GET, SET and ACTION in one request (IEC 62056-5-3 clause 8.3.6).
#pragma once

#include "codecs/dlms/xdlms.hpp"

namespace meterctl::codecs::dlms {

struct AccessGet {
    AttributeDescriptor attribute;
    friend bool operator==(const AccessGet&, const AccessGet&) = default;
};
struct AccessSet {
    AttributeDescriptor attribute;
    friend bool operator==(const AccessSet&, const AccessSet&) = default;
};
struct AccessAction {
    MethodDescriptor method;
    friend bool operator==(const AccessAction&, const AccessAction&) = default;
};
using AccessSpecification = std::variant<AccessGet, AccessSet, AccessAction>;

struct AccessRequest {
    LongInvoke invoke;
    std::optional<CosemTime> time;
    std::vector<AccessSpecification> specifications;
    std::vector<Data> data; ///< one for each; null-data for a GET
    friend bool operator==(const AccessRequest&, const AccessRequest&) = default;
};

struct AccessResponse {
    struct Outcome {
        std::uint8_t service = 1; ///< 1 GET, 2 SET, 3 ACTION
        AccessResult result;
        friend bool operator==(const Outcome&, const Outcome&) = default;
    };
    LongInvoke invoke;
    std::optional<CosemTime> time;
    std::vector<AccessSpecification> specifications; ///< may be empty: not repeated
    std::vector<Data> data;
    std::vector<Outcome> outcomes;
    friend bool operator==(const AccessResponse&, const AccessResponse&) = default;
};

} // namespace meterctl::codecs::dlms
