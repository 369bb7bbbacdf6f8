// The client's side of IEC 62056-21: signs on, chooses what comes next and at which rate, and takes the data readout
// (clause 6.4, protocol modes A to D).
#pragma once

#include "sessions/iec62056_21/diagnosis.hpp"

#include <optional>
#include <string>

namespace meterctl::sessions::iec62056_21 {

struct ClientOptions {
    std::string address;                                ///< of the sign-on; empty: whoever is at the probe
    transports::LineSettings opening = standard_line(); ///< of the sign-on
    std::optional<unsigned> max_baud;                   ///< the fastest that is chosen
    bool listens = false;                               ///< mode D: the meter talks by itself
    bool wake_up = false;
    bool ignore_block_check = false;
    Duration reaction = longest_reaction; ///< the longest that the meter takes
    Duration push = push_patience;        ///< mode D: how long to wait for a telegram
    unsigned retries = 2;
    std::string password;
    char password_type = '1';
    Link::Notice notice;
};

struct Readout {
    std::optional<codecs::iec62056_21::Identification> identification;
    std::string block;
    bool checked = true; ///< its block check was right, or the mode has none
};

/// What an option select asks for: Y of `ACK V Z Y`.
inline constexpr char wants_readout = '0';
inline constexpr char wants_programming = '1';
inline constexpr char wants_binary = '2';

class Client {
public:
    using Identification = codecs::iec62056_21::Identification;

    Client(transports::Transport& transport, ClientOptions options);

    /// Signs on and takes the data of the readout; in mode D waits for the meter to send it. Repeated, at last at the
    /// rate of the sign-on, until it comes whole.
    Task<Result<Readout>> read_out();
    /// Wake-up call, request and identification, once.
    Task<Result<Identification>> sign_on();
    /// `ACK V Z Y`, and the switch to the rate it names. Mode B switches by itself, and mode A not at all.
    Task<Result<void>> choose(char mode, char protocol = '0');
    /// Before another try: lets the meter finish, and keeps to the rate of the sign-on where the last one failed.
    Task<Result<void>> prepare_again(const Error& last, unsigned attempt);

    [[nodiscard]] Link& link() { return link_; }
    [[nodiscard]] const Link& link() const { return link_; }
    [[nodiscard]] const ClientOptions& options() const { return options_; }
    /// Of the last sign-on.
    [[nodiscard]] const std::optional<Identification>& meter() const { return meter_; }
    /// How long a meter that was sent something may take, until its first octet is here.
    [[nodiscard]] Duration patience() const { return options_.reaction + adapter_delay; }
    /// How long it needs before it can be answered.
    [[nodiscard]] Duration pause() const;
    /// Something was understood at the rate that was chosen.
    void rate_works() { rate_works_ = true; }
    /// What went wrong at this step, from what the link has heard since `since`.
    [[nodiscard]] Error failure(Stage stage, std::string sent, transports::TimePoint since, unsigned tries = 1,
                                bool repeat_asked = false) const;
    /// The stage of a first message after choose().
    [[nodiscard]] Stage first_stage(Stage otherwise) const;

private:
    Task<Result<Readout>> try_read_out();
    Task<Result<Readout>> listen();
    Task<Result<Readout>> receive_data();
    [[nodiscard]] unsigned chosen_rate() const;
    [[nodiscard]] std::string where() const;

    ClientOptions options_;
    Link link_;
    std::optional<Identification> meter_;
    unsigned baud_ = 0;      ///< now; 0 where the endpoint has none
    bool keep_rate_ = false; ///< the meter was not understood after it was to switch
    bool rate_works_ = false;
};

/// No further try can help.
bool ends_all(const Error& error);

} // namespace meterctl::sessions::iec62056_21
