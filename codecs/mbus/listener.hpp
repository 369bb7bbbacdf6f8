// What a listener knows of a conversation: the request whose answer is to come, and the readout whose telegrams are.
#pragma once

#include "codecs/decoder.hpp"
#include "codecs/mbus/frame.hpp"
#include "codecs/mbus/naming.hpp"
#include "codecs/mbus/point.hpp"

namespace meterctl::codecs::mbus {

class Listener {
public:
    explicit Listener(const DecodeOptions& options) : points_(options.meter) {}

    /// Fills direction, summary, fields, readings, answers and error of a good frame.
    void explain(DecodedFrame& frame, const Frame& decoded);
    /// A frame that is damaged or incomplete: its head and its records as far as they go, and no readings.
    void explain_damaged(DecodedFrame& frame);

private:
    struct Asked {
        std::uint64_t offset = 0;
        Bytes octets;
    };
    /// A readout that goes on in the next telegram.
    struct Readout {
        Identity identity;
        Namer namer{medium::other};
        std::size_t records = 0; ///< so far, without the maker's own data
    };

    void heard_request(DecodedFrame& frame);
    void heard_answer(DecodedFrame& frame, const Frame& decoded);
    void read(DecodedFrame& frame, const Telegram& telegram);
    void read_variable(DecodedFrame& frame, const VariableData& variable);
    void name(DecodedFrame& frame, std::span<const Record> records);
    void read_fixed(DecodedFrame& frame, const FixedData& fixed);

    PointIndex points_;
    std::optional<Asked> asked_;
    std::optional<Readout> readout_;
    bool acknowledged_ = false; ///< the last frame heard was an ack
};

} // namespace meterctl::codecs::mbus
