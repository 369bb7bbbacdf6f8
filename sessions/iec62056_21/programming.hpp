// Programming mode (IEC 62056-21 clauses 6.3.6 and 6.5): password, commands R, W and E, and the break B0 that ends it.
#pragma once

#include "sessions/iec62056_21/client.hpp"

namespace meterctl::sessions::iec62056_21 {

class Programming {
public:
    explicit Programming(Client& client) : client_(client) {}

    /// Signs on, opens programming mode and, where one is known, gives the password. leave() must follow, whatever
    /// comes of it. Refused where the meter does not take the password or knows no such mode.
    Task<Result<void>> enter();
    /// The data that a read command (R1 to R6) brings, its partial blocks joined. An error message is
    /// Category::refused.
    Task<Result<std::string>> read(codecs::iec62056_21::Command command);
    /// A write or execute command (W1 to W6, E2), sent once: whether a lost one was done, only reading tells. What the
    /// meter answers in place of ACK: the data of an execute command, else nothing.
    Task<Result<std::string>> tell(codecs::iec62056_21::Command command);
    /// B0, also after Ctrl-C: a meter that is left in programming mode hears no sign-on for a minute or two.
    Task<void> leave();

private:
    Task<Result<void>> try_enter();
    Task<Result<void>> give_password();
    Task<Result<Heard>> ask(codecs::iec62056_21::Message message, Stage stage, bool repeatable);
    Task<Result<Heard>> receive(std::string sent, Stage stage);
    [[nodiscard]] tl::unexpected<Error> refused(const Error& error) const;

    Client& client_;
    bool entered_ = false;
};

} // namespace meterctl::sessions::iec62056_21
