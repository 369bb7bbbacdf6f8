// Firmware: image transfer, class 18 (IEC 62056-6-2, clause 4.4.6). An image is sent block by block, verified by the
// meter, and later activated. A transfer that broke off goes on with the blocks that the meter lacks.
#pragma once

#include "sessions/dlms/image_note.hpp"
#include "sessions/dlms/method_effect.hpp"

namespace meterctl::sessions::dlms {

/// What an image is called where nobody says: its file's name without folder and extension.
std::string image_identifier(const SessionOptions& options, const std::string& path);

class ImageTransfer {
public:
    /// `object`: the method 1 of the image transfer; `image` outlives it, as the others do.
    ImageTransfer(Association& association, Services& services, Reader& reader, const SessionOptions& options,
                  codecs::dlms::PointAddress object, const Bytes& image, std::string identifier);

    /// What the meter has, and what there is to be sent. Rejected where it takes no firmware now.
    Task<Result<Outlook>> look();
    /// Sends what is missing and has it verified. A connection that breaks is made anew. Verdict in `trouble` where the
    /// meter finds the image bad.
    Task<Result<CallOutcome>> run();

private:
    struct Blocks {
        std::vector<bool> there;
        [[nodiscard]] std::size_t missing() const;
    };
    Task<Result<codecs::dlms::Data>> attribute(std::int8_t index);
    Task<Result<std::int64_t>> number(std::int8_t index);
    Task<Result<void>> act(std::int8_t method, codecs::dlms::Data parameter);
    Task<Result<void>> initiate();
    Task<Result<Blocks>> blocks();
    Task<Result<void>> send_blocks();
    Task<Result<void>> send_with_resumption();
    Task<Result<std::int64_t>> status_verified(bool took_time);
    Task<Result<CallOutcome>> verify();
    Task<Result<std::optional<codecs::dlms::Data>>> to_activate();
    [[nodiscard]] std::size_t count() const;
    [[nodiscard]] ImageNote note() const;
    [[nodiscard]] std::string meter_name() const;
    void say(const std::string& text) const;

    Association& association_;
    Services& services_;
    Reader& reader_;
    const SessionOptions& options_;
    codecs::dlms::PointAddress object_;
    const Bytes& image_;
    std::string identifier_, hash_;
    std::uint32_t block_size_ = 0;
    std::size_t sent_ = 0; ///< blocks, by this run
    bool goes_on_ = false, complete_ = false;
};

/// Method 4: what the meter has ready to be activated, and what runs afterwards. Meters restart, some after minutes: a
/// connection that breaks meanwhile is made anew.
class ImageActivation {
public:
    ImageActivation(Association& association, Services& services, Reader& reader, codecs::dlms::PointAddress method);

    /// Rejected where there is nothing that was verified.
    Task<Result<Outlook>> look();
    Task<Result<CallOutcome>> run();

private:
    Task<Result<std::int64_t>> status();
    Task<Result<Value>> shown();
    Task<Result<void>> wait(const Error* broken);

    Association& association_;
    Services& services_;
    Reader& reader_;
    codecs::dlms::PointAddress method_;
};

/// image_transfer_status as the standard names it: "verification_successful".
std::string image_status_name(std::int64_t status);

} // namespace meterctl::sessions::dlms
