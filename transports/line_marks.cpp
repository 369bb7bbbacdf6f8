#include "transports/line_marks.hpp"

namespace meterctl::transports {

void LineMarks::take(ByteView marked, Chunk& chunk) {
    for (const std::uint8_t octet : marked) {
        switch (state_) {
        case State::plain:
            if (octet == 0xFF) {
                state_ = State::after_ff;
            } else {
                chunk.octets.push_back(octet);
            }
            break;
        case State::after_ff:
            if (octet == 0x00) {
                state_ = State::after_ff_00;
                break;
            }
            chunk.octets.push_back(0xFF);
            if (octet != 0xFF) { chunk.octets.push_back(octet); } // a driver that does not double it
            state_ = State::plain;
            break;
        case State::after_ff_00: {
            const bool line_break = octet == 0x00 && !parity_;
            LineFault fault{chunk.octets.size(),
                            line_break ? LineFault::Kind::break_condition : LineFault::Kind::parity_or_framing};
            chunk.faults.push_back(fault);
            chunk.octets.push_back(octet);
            state_ = State::plain;
            break;
        }
        }
    }
}

void LineMarks::reset(bool parity) {
    parity_ = parity;
    state_ = State::plain;
}

} // namespace meterctl::transports
