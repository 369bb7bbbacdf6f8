// How virtual IEC 62056-21 meters behave: the protocol mode, the rates, sleep, and what goes wrong on purpose.
#pragma once

#include "codecs/iec62056_21/messages.hpp"
#include "simulators/iec62056_21_meter.hpp"

namespace meterctl::simulators {

/// For ever, so that a client must give up.
enum class Misbehaviour {
    none,
    no_switch,       ///< offers a rate and stays at the one of the sign-on
    wrong_bcc,       ///< every block check is wrong
    nak,             ///< NAK to every command
    silent_sign_on,  ///< never answers
    silent_data,     ///< identifies itself and falls silent
    silent_password, ///< falls silent at the password
    silent_command   ///< falls silent at every other command
};

struct IecManner {
    codecs::iec62056_21::Mode mode = codecs::iec62056_21::Mode::c;
    unsigned opening = 300;  ///< rate of the sign-on; of all in mode D
    unsigned offered = 9600; ///< the fastest
    bool sleeps = false;     ///< a battery meter that must be woken
    Misbehaviour misbehaviour = Misbehaviour::none;

    [[nodiscard]] bool is(Misbehaviour what) const { return misbehaviour == what; }
    [[nodiscard]] codecs::iec62056_21::Identification identification(const IecMeter& meter) const;
};

/// From `extras` and the definition's line. Usage error with the words there are.
Result<IecManner> iec_manner(const Options& options, const catalogue::Definition& meter);

/// The wake-up call of annex B: NULs for 2.1 to 2.3 s, then silence for 1.5 to 1.7 s.
class IecSleep {
public:
    void hear(ByteView octets, TimePoint from, TimePoint until);
    /// Whether a message that begins at `when` comes as the call wants it.
    [[nodiscard]] bool ended(TimePoint when) const;

private:
    TimePoint first_{}, last_{};
};

} // namespace meterctl::simulators
