// The three framings behind one face: how a request goes out, and how its answer is found among what comes in.
#pragma once

#include "codecs/decoder.hpp"
#include "codecs/modbus/framing.hpp"
#include "codecs/modbus/pdu.hpp"

#include <string_view>

namespace meterctl::sessions::modbus {

enum class Framing { rtu, tcp, ascii };

/// "rtu", "tcp", "ascii"; usage error otherwise.
Result<Framing> parse_framing(std::string_view name);
std::string_view framing_name(Framing framing);

/// What a request is known by on the wire.
struct Call {
    std::uint8_t address = 1;
    std::uint16_t transaction = 0; ///< TCP only
};

/// Why octets are skipped that began a frame which never ended.
inline constexpr std::string_view incomplete = "incomplete";

Bytes encode_frame(Framing framing, const Call& call, ByteView pdu);

/// `silent`: nothing more comes. As next_answer of the framings.
codecs::modbus::Step next_answer(Framing framing, ByteView buffer, const Call& call,
                                 const codecs::modbus::Request& request, bool silent, codecs::Counters& counters);

/// The PDU of a frame that next_answer found.
Result<Bytes> frame_pdu(Framing framing, ByteView frame);

/// The answer's octets on the line, for time-outs.
std::size_t answer_octets(Framing framing, const codecs::modbus::Request& request);

/// The address of a whole frame whose checksum is right; nullopt for anything else.
std::optional<std::uint8_t> frame_address(Framing framing, ByteView frame);

} // namespace meterctl::sessions::modbus
