// What the codec decoded, in the words of the vectors, to be compared key by key with what they expect.
#pragma once

#include "codecs/bacnet/apdu.hpp"
#include "codecs/bacnet/bvlc.hpp"
#include "codecs/bacnet/npdu.hpp"
#include "codecs/bacnet/records.hpp"
#include "tests/codecs/bacnet/vectors.hpp"

namespace bacnet_vectors {

Json described(const meterctl::codecs::bacnet::Primitive& value);
/// Adds the PDU and its service to `out`.
void describe(const meterctl::codecs::bacnet::Apdu& apdu, Json& out);
void describe(const meterctl::codecs::bacnet::Npdu& npdu, Json& out);
void describe(const meterctl::codecs::bacnet::Bvlc& message, Json& out);

/// The service of a PDU decoded and encoded again: the octets must be the same. Services without a struct of their own
/// return theirs as they are.
meterctl::Bytes again(const meterctl::codecs::bacnet::Apdu& apdu);

/// Each key of `expect` is in `found`, with an equal value; numbers with a fraction as floats of 32 bits.
void check_expected(const Json& expect, const Json& found, const std::string& path = {});

} // namespace bacnet_vectors
