// An application association (IEC 62056-5-3 clause 7.2): opened with the client's authentication, used for any number
// of APDUs, which are ciphered and deciphered on the way, and released. What the meter refuses is told by its reason; a
// wrong key is told from a frame counter that the meter has gone past, which is asked of the meter and mended.
#pragma once

#include "codecs/dlms/acse.hpp"
#include "codecs/dlms/hls.hpp"
#include "codecs/dlms/initiate.hpp"
#include "codecs/dlms/key_transfer.hpp"
#include "codecs/dlms/xdlms.hpp"
#include "sessions/dlms/cipher_channel.hpp"
#include "sessions/dlms/link.hpp"
#include "src/core/obis.hpp"

namespace meterctl::sessions::dlms {

struct AssociationOptions {
    Saps saps;
    codecs::dlms::Mechanism mechanism = codecs::dlms::Mechanism::none;
    bool short_names = false;
    bool ciphered = false;                 ///< application context with ciphering
    bool general_protection = false;       ///< see ChannelOptions
    bool dedicated_key = false;            ///< services go under a key of this association alone
    codecs::dlms::SecurityControl control; ///< of requests
    codecs::dlms::Demand answers{.authenticated = true, .encrypted = true, .signed_digitally = false};
    codecs::dlms::Keys keys;
    SecretBytes password, secret; ///< LLS; HLS 2, 3, 4 and 6
    codecs::dlms::SystemTitle own_title{};
    std::optional<codecs::dlms::SystemTitle> meter_title;
    codecs::dlms::Conformance conformance{0x001E1D};
    std::uint16_t max_receive_pdu = 0xFFFF;
    std::size_t challenge_octets = 16;
    std::string counters;                     ///< folder of frame counters; empty: in memory
    std::vector<Obis> counter_objects{};      ///< class 1, where the public client reads the meter's counter
    Obis security_setup{0, 0, 43, 0, 0, 255}; ///< of this client; the default is whoever asks
    bool ask_counter = false;                 ///< always, not only where ours is new or refused
    std::function<void(const std::string&)> notice;

    /// True where frame counters are used.
    [[nodiscard]] bool counts() const;
};

struct Negotiated {
    codecs::dlms::Conformance conformance;
    std::uint16_t max_send_pdu = 0; ///< octets of an APDU that the meter takes; 0: no limit
    std::uint16_t vaa_name = 0;
    std::optional<codecs::dlms::SystemTitle> meter_title;
};

class Association {
public:
    /// `link` outlives it.
    Association(ApduLink& link, AssociationOptions options);

    /// Opens the link and the association; does nothing where it is open. Errors: refused with the meter's reason
    /// (refusals.hpp), "dlms.wrong_key" where the counter is known not to be the reason, usage where keys are missing.
    Task<Result<void>> open();
    /// Sends a plain APDU and gives the plain one that answers: its invoke id is the caller's to check, see next(). An
    /// exception response is an answer, but for that about the counter, which is raised and the APDU sent once more.
    Task<Result<Bytes>> request(Bytes plain);
    /// A further APDU of the meter, as of ApduLink::next().
    Task<Result<Bytes>> next();
    /// Sends and waits for nothing.
    Task<Result<void>> send(Bytes plain);
    /// What the meter sent of itself in the meantime, deciphered; what does not decipher is left out with a notice.
    std::vector<Bytes> take_notifications();
    /// RLRQ, its answer whatever it is, and the end of the link. After a Ctrl-C it waits for nothing. Never fails.
    Task<void> release();

    [[nodiscard]] bool is_open() const { return open_; }
    [[nodiscard]] const Negotiated& negotiated() const { return negotiated_; }
    [[nodiscard]] const AssociationOptions& options() const { return options_; }
    [[nodiscard]] ApduLink& link() { return link_; }
    /// New keys, which hold from the next APDU on: after key_transfer was answered.
    Result<void> take_keys(std::span<const codecs::dlms::NewKey> keys);

private:
    /// Refusals for a counter that are answered with a higher one, before the last is told: other processes of the
    /// same key may go ahead meanwhile, again and again.
    static constexpr unsigned most_raises = 10;
    /// The same where the meter does not say that it is the counter: some lock a client out that errs too often.
    static constexpr unsigned most_guesses = 3;

    tl::unexpected<Error> refused(const codecs::dlms::ExceptionResponse& exception);
    Task<Result<void>> prepare();
    Task<Result<bool>> ask_counter();
    Task<Result<void>> try_open();
    [[nodiscard]] bool another_went_ahead(const Error& error, unsigned again);
    Task<void> let_pass(unsigned again);
    Task<Result<void>> try_open_again(Error error);
    Task<Result<codecs::dlms::Aare>> exchange_aarq(Bytes aarq);
    Task<Result<void>> prove_both(Bytes challenge);
    Result<Bytes> make_reply(const codecs::dlms::Proof& ours);
    Result<void> accept(const codecs::dlms::Aare& aare);
    Result<void> accept_initiate(const Bytes& information);
    Result<Bytes> make_aarq();
    Result<Bytes> make_initiate();
    Result<codecs::dlms::Aare> read_answer(const Bytes& apdu);
    Result<void> open_counter();
    Result<void> check_answer(const Bytes& plain, const codecs::dlms::Proof& ours);
    Result<Bytes> plain_of(Result<Bytes> answer);
    void say(const std::string& text) const;

    ApduLink& link_;
    AssociationOptions options_;
    CipherChannel channel_;
    std::shared_ptr<FrameCounter> counter_;
    SecretBytes initiate_; ///< the plain InitiateRequest, which the release repeats
    Bytes challenge_;
    Negotiated negotiated_;
    bool open_ = false, asked_ = false;
    bool counter_is_good_ = false; ///< the meter has told its own, and ours is above it
    bool counter_told_ = false;    ///< in its refusal
};

} // namespace meterctl::sessions::dlms
