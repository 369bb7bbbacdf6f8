// What to tell the user when a conversation got nowhere. Pure: judges what was heard, and at which step.
#pragma once

#include "sessions/iec62056_21/link.hpp"

#include <string>

namespace meterctl::sessions::iec62056_21 {

enum class Stage {
    sign_on,      ///< after the request message
    push,         ///< mode D: nothing was sent
    after_switch, ///< after the baud rate was to change, before anything was understood at the new one
    data,         ///< of a readout, at a rate that is known to work
    password,     ///< of programming mode
    command       ///< of programming mode
};

/// What was sent at this step, and how long for.
struct Attempt {
    Stage stage = Stage::sign_on;
    std::string sent;           ///< "/?!"
    std::string identification; ///< "/INM5PRO380"; empty before it came
    bool by_address = false;    ///< one meter was called by its address
    bool woken = false;
    unsigned baud = 0; ///< now; 0 where the endpoint has none
    Duration waited{};
    unsigned tries = 1;
    bool repeat_asked = false; ///< the meter sent NAK until we gave up
    std::string where;
};

/// Category::timeout where nothing was heard, Category::untrusted with a guess at the cause where something was.
Error diagnose(const Evidence& evidence, const Attempt& attempt);

} // namespace meterctl::sessions::iec62056_21
