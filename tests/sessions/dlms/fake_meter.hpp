// A meter for the tests of associations, which answers APDUs at once and misbehaves as it is told. Written from the
// standard over the codec alone; it shares nothing with the session.
#pragma once

#include "codecs/dlms/apdu.hpp"
#include "codecs/dlms/hls.hpp"
#include "codecs/dlms/key_transfer.hpp"
#include "sessions/dlms/link.hpp"

#include <functional>
#include <optional>
#include <vector>

namespace dlms_fake {

using meterctl::Bytes;
using meterctl::ByteView;
using meterctl::Result;
using meterctl::Task;
namespace dlms = meterctl::codecs::dlms;

struct Meter {
    dlms::Mechanism mechanism = dlms::Mechanism::hls_gmac;
    bool ciphered = true;
    dlms::Keys keys;
    Bytes password, secret_text;
    dlms::SystemTitle title{0x48, 0x4C, 0x59, 0, 0, 0, 0, 1};
    std::uint32_t remembered = 0; ///< the client's counter
    std::uint32_t own_counter = 100;
    unsigned races = 0; ///< so often another client of the same key is heard just before
    bool shows_counter = true;
    bool names_expected_counter = true; ///< in the exception response
    bool repeats_counter = false, echoes_challenge = false, proves_wrongly = false, answers_plainly = false;
    bool silent_to_release = false, says_title = true, forgets_new_keys = false;
    std::optional<std::uint8_t> diagnostic; ///< refuses every association but the public one
    std::optional<Bytes> initiate_answer;   ///< in place of an InitiateResponse

    std::vector<std::uint32_t> counters; ///< all that were taken
    std::vector<Bytes> plain;            ///< what was asked
    unsigned associations = 0, releases = 0;
    bool associated = false, public_associated = false;
    Bytes client_challenge, own_challenge = Bytes(16, 0x5A);
    dlms::SystemTitle client_title{};
    std::optional<Bytes> dedicated;
    std::vector<dlms::NewKey> pending; ///< that hold from the next APDU on

    /// nullopt: silence.
    std::optional<Bytes> answer(ByteView apdu, std::uint16_t client);

private:
    Bytes cipher(ByteView plain_apdu, bool dedicated_key);
    std::optional<Bytes> open_ciphered(ByteView apdu, Bytes& refusal);
    Bytes take_aarq(const dlms::Aarq& aarq);
    Bytes serve(ByteView plain_apdu);
    Bytes take_reply(const dlms::ActionRequestNormal& action);
    Bytes take_keys(const dlms::ActionRequestNormal& action);
};

/// Hands APDUs to a Meter, as a link would.
class Link final : public meterctl::sessions::dlms::ApduLink {
public:
    Link(Meter& meter, meterctl::transports::Transport& transport) : meter_(meter), transport_(transport) {}

    Task<Result<void>> open() override;
    Task<Result<Bytes>> request(Bytes apdu) override;
    Task<Result<Bytes>> next() override;
    Task<Result<void>> send(Bytes apdu) override;
    std::vector<Bytes> take_notifications() override { return std::exchange(notifications, {}); }
    Task<void> close() override;
    void speak_as(meterctl::sessions::dlms::Saps saps) override { saps_ = saps; }
    [[nodiscard]] meterctl::sessions::dlms::Saps saps() const override { return saps_; }
    [[nodiscard]] bool is_open() const override { return open_; }
    [[nodiscard]] meterctl::transports::Transport& transport() override { return transport_; }
    [[nodiscard]] meterctl::sessions::Statistics& statistics() override { return statistics_; }
    [[nodiscard]] std::string address() const override { return "1"; }
    [[nodiscard]] std::string where() const override { return "client " + std::to_string(saps_.client); }
    [[nodiscard]] std::vector<Bytes> frames_of(ByteView apdu) const override {
        return {Bytes(apdu.begin(), apdu.end())};
    }

    std::vector<Bytes> notifications;
    std::vector<Bytes> sent;      ///< all, as it left
    std::vector<Bytes> strangers; ///< given before the next answer
    unsigned opens = 0;

private:
    Meter& meter_;
    meterctl::transports::Transport& transport_;
    meterctl::sessions::dlms::Saps saps_{2, 1};
    meterctl::sessions::Statistics statistics_;
    std::vector<Bytes> waiting_;
    bool open_ = false;
};

} // namespace dlms_fake
