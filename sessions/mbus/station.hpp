// The conversation with one slave: initialised and, by its secondary address, selected before the first request; the
// frame count bit toggled with each new request for data, and not with a repetition. EN 13757-2 clause 5, EN 13757-7
// (selection).
#pragma once

#include "codecs/mbus/command.hpp"
#include "sessions/mbus/client.hpp"

namespace meterctl::sessions::mbus {

class Station {
public:
    Station(Client& client, Address address) : client_(client), address_(std::move(address)) {}

    [[nodiscard]] const Address& address() const { return address_; }
    [[nodiscard]] Client& client() { return client_; }
    /// Speaks to another slave, or to the same one at another address, from now on.
    void move_to(Address address);

    /// SND_NKE, or a selection: the next request gets the first telegram. A slave that does not know SND_NKE is no
    /// error.
    Task<Result<void>> initialise();
    /// CI 52 at address 253: an error where nobody takes it.
    Task<Result<void>> select(std::optional<unsigned> tries = std::nullopt);
    /// REQ_UD2: the next telegram of the readout.
    Task<Result<Reply>> request_data();
    /// The next request for data begins with the first telegram again.
    void start_over() { ready_ = false; }
    /// The next request for data repeats the last one.
    void count_back() { frame_count_ = !frame_count_; }
    /// REQ_UD1; an ack where there are no alarm data.
    Task<Result<Reply>> request_alarm();
    /// SND_UD. Some makers' commands are answered with data at once.
    Task<Result<Reply>> send(const codecs::mbus::Command& command);

    /// SND_UD to this slave.
    [[nodiscard]] Result<Bytes> frame_of(const codecs::mbus::Command& command) const;
    /// What is sent before it: the selection, if any.
    [[nodiscard]] Result<Bytes> selection_frame() const;
    [[nodiscard]] Bytes initialise_frame() const;

private:
    [[nodiscard]] bool is_selected_by_pattern() const { return address_.secondary.has_value(); }
    Task<Result<void>> make_ready();
    Task<Result<Reply>> ask(std::uint8_t control, bool takes_ack);

    Client& client_;
    Address address_;
    bool ready_ = false;
    bool frame_count_ = true; ///< of the next request
};

} // namespace meterctl::sessions::mbus
