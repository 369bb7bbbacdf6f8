// What a listener knows of a conversation: the requests whose answers are still to come, and the meter's definition.
// It turns frames that a framing found into what people see.
#pragma once

#include "codecs/decoder.hpp"
#include "codecs/modbus/field_reader.hpp"
#include "codecs/modbus/framing.hpp"
#include "codecs/modbus/pdu.hpp"
#include "codecs/modbus/point.hpp"

#include <deque>

namespace meterctl::codecs::modbus {

/// A definition's points, their addresses parsed once.
class PointIndex {
public:
    explicit PointIndex(const catalogue::Definition* definition);
    /// The readings that an answer holds; none without its request or without a definition.
    [[nodiscard]] std::vector<Reading> readings(const Request& request, const Response& response) const;

private:
    struct Row {
        const catalogue::Point* point;
        IdentifyAddress at;
    };
    void add_registers(Table table, unsigned first, std::span<const std::uint16_t> words,
                       std::vector<Reading>& readings) const;
    void add_text(IdentifyAddress::Kind kind, std::uint8_t object, ByteView text, std::vector<Reading>& readings) const;
    std::vector<Row> rows_;
};

/// A request heard, waiting for its answer.
struct Asked {
    Request request;
    std::uint8_t address = 0;
    std::uint16_t transaction = 0;
    std::uint64_t offset = 0;
};

class Exchange {
public:
    /// `outstanding`: how many requests can wait at a time: 1 on a serial line.
    Exchange(const DecodeOptions& options, std::size_t outstanding)
        : points_(options.meter), outstanding_(outstanding) {}

    /// What a PDU is, by the line where that is known, else by the request awaited, else by its own shape. Of octets
    /// that can be both it is a request.
    [[nodiscard]] Direction direction_of(const Adu& adu, std::uint16_t transaction, Direction known) const;
    /// Fills direction, summary, fields, readings, answers and error; `frame.offset` is set before.
    void explain(DecodedFrame& frame, const Adu& adu, std::uint16_t transaction, Direction known, Placement placement);
    /// What is left of a frame without its end, as far as it goes: no readings, and nothing is remembered.
    void explain_part(DecodedFrame& frame, const Adu& adu, Direction direction, Placement placement) const;
    /// The request that a frame of this address and function would answer; nullptr where none waits.
    [[nodiscard]] const Asked* awaited(std::uint8_t address, std::uint16_t transaction, std::uint8_t function) const;

private:
    void explain_request(DecodedFrame& frame, const Adu& adu, std::uint16_t transaction, Placement placement);
    void explain_response(DecodedFrame& frame, const Adu& adu, std::uint16_t transaction, Placement placement);

    PointIndex points_;
    std::size_t outstanding_;
    std::deque<Asked> asked_;
};

} // namespace meterctl::codecs::modbus
