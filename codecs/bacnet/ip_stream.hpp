// BACnet/IP: a datagram is one BVLC message; typed octets and files hold one behind the other.
#pragma once

#include "codecs/bacnet/stream.hpp"

namespace meterctl::codecs::bacnet {

class IpStream final : public FrameStream {
public:
    explicit IpStream(const DecodeOptions& options);

private:
    [[nodiscard]] Verdict judge(ByteView rest, bool first, bool ended) const override;
    void explain(DecodedFrame& frame, std::size_t front) override;
};

/// NPDUs alone: each datagram is one, and so is all that is typed at a time.
class NpduStream final : public FrameStream {
public:
    explicit NpduStream(const DecodeOptions& options);

private:
    [[nodiscard]] Verdict judge(ByteView rest, bool first, bool ended) const override;
    void explain(DecodedFrame& frame, std::size_t front) override;
};

} // namespace meterctl::codecs::bacnet
