// What a listener knows of conversations: requests whose answers are still to come, segments of messages that are not
// whole, the meter's definition. It turns NPDUs into what people see.
#pragma once

#include "codecs/bacnet/npdu.hpp"
#include "codecs/bacnet/readings.hpp"
#include "codecs/bacnet/segmentation.hpp"
#include "codecs/decoder.hpp"

#include <deque>

namespace meterctl::codecs::bacnet {

/// Who sent a frame to whom on this link; empty where the link does not tell.
struct Link {
    std::string source;
    std::string destination;
};

class Exchange {
public:
    explicit Exchange(const DecodeOptions& options)
        : points_(options.meter), fields_(options.fields), readings_(options.readings) {}

    /// Fills direction, summary, fields, readings, answers and error from an NPDU whose first octet stands at `base` of
    /// the frame; `frame.offset` is set before.
    void explain(DecodedFrame& frame, ByteView npdu, std::size_t base, const Link& link);

private:
    struct Asked {
        std::string key;
        std::uint8_t service = 0;
        std::uint64_t offset = 0;
    };
    struct Part {
        std::string key;
        Reassembly reassembly;
    };

    void explain_apdu(DecodedFrame& frame, std::vector<Field>& fields, ByteView apdu, std::size_t base,
                      const std::string& client, const std::string& server);
    void explain_pdu(DecodedFrame& frame, const Apdu& apdu, const std::string& link_key);
    void answered(DecodedFrame& frame, const std::string& key, std::uint8_t service, bool last);
    void add_segment(DecodedFrame& frame, const ComplexAck& ack, const std::string& key);
    void add_readings(DecodedFrame& frame, std::uint8_t service, ByteView data) const;

    PointIndex points_;
    bool fields_, readings_; ///< whether anybody looks at them
    std::deque<Asked> asked_;
    std::deque<Part> parts_;
};

} // namespace meterctl::codecs::bacnet
