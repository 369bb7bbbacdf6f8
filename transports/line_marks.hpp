// What the kernel writes into a serial line's octets when PARMRK is on (termios(3)): FF 00 x for an octet x with a
// parity or framing error, FF 00 00 for a break, FF FF for a good FF. Without it a damaged octet would pass for a good
// one.
#pragma once

#include "src/core/bytes.hpp"
#include "transports/transport.hpp"

namespace meterctl::transports {

class LineMarks {
public:
    /// A line with parity: FF 00 00 is then an octet 00 with an error more likely than a break.
    explicit LineMarks(bool parity) : parity_(parity) {}

    /// Appends to `chunk` what `marked` stands for. A mark that is not whole yet is kept for the next call.
    void take(ByteView marked, Chunk& chunk);
    void reset(bool parity);

private:
    enum class State { plain, after_ff, after_ff_00 };

    bool parity_;
    State state_ = State::plain;
};

} // namespace meterctl::transports
