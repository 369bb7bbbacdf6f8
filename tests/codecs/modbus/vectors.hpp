// The vector files as tables: what a test names is built from the expectation, never from the code under test.
#pragma once

#include "codecs/modbus/pdu.hpp"
#include "src/core/hex.hpp"

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace modbus_vectors {

using Json = nlohmann::json;

struct Vector {
    std::string name;
    std::string layer; ///< "pdu", "rtu", "tcp", "ascii", "value", "registers"
    meterctl::Bytes octets;
    bool response = false;
    bool has_direction = false;
    meterctl::Bytes request; ///< in the same layer; empty where none is given
    Json expect;
    Json entry;
};

/// Our own vectors, and those of METERCTL_EXTRA_VECTORS/modbus where there are any (else a message says what is
/// skipped).
std::vector<Vector> own(std::string_view file);
std::vector<Vector> extra(std::string_view file);
/// All good frames of one layer.
std::vector<Vector> layer(std::string_view name);

meterctl::Bytes octets(std::string_view hex);

/// What `expect` describes, as the codec's struct.
meterctl::codecs::modbus::Request request_of(const Json& expect);
/// `count` of bits or registers, where the request tells it.
meterctl::codecs::modbus::Response response_of(const Json& expect, std::optional<std::size_t> count);

} // namespace modbus_vectors
