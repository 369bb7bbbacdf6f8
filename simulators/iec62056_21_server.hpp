// The server side of programming mode, without any line: a command in, the message a meter gives out.
// IEC 62056-21:2002, clauses 6.3.6 and 6.5.
#pragma once

#include "codecs/iec62056_21/messages.hpp"
#include "simulators/iec62056_21_meter.hpp"

#include <deque>
#include <optional>

namespace meterctl::simulators {

class IecServer {
public:
    using Message = codecs::iec62056_21::Message;

    explicit IecServer(IecMeter& meter) : meter_(meter) {}

    /// What a meter sends when programming mode is chosen: P0 with an operand for the password.
    [[nodiscard]] static Message operand();
    /// The answer to a command, and to ACK in between partial blocks; nullopt: none.
    std::optional<Message> answer(const Message& message);
    /// B0 came, or the meter gave up.
    [[nodiscard]] bool ended() const { return ended_; }

private:
    Message answer_password(const codecs::iec62056_21::Command& command);
    Message answer_read(const codecs::iec62056_21::Command& command);
    Message answer_write(const codecs::iec62056_21::Command& command);
    Message next_block();

    IecMeter& meter_;
    bool unlocked_ = false;
    bool ended_ = false;
    unsigned wrong_passwords_ = 0;
    std::deque<std::string> blocks_; ///< of an answer in partial blocks, still to be sent
};

} // namespace meterctl::simulators
