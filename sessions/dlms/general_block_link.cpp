#include "sessions/dlms/general_block_link.hpp"

#include "codecs/dlms/blocks.hpp"

namespace meterctl::sessions::dlms {

namespace dlms = codecs::dlms;

namespace {

bool is_block(const Bytes& apdu) {
    return !apdu.empty() && apdu[0] == dlms::apdu_tag::general_block_transfer;
}

class GeneralBlockLink final : public ApduLink {
public:
    GeneralBlockLink(std::unique_ptr<ApduLink> link, std::uint8_t window) : link_(std::move(link)), window_(window) {}

    Task<Result<void>> open() override { return link_->open(); }
    Task<Result<Bytes>> request(Bytes apdu) override {
        auto answer = co_await link_->request(std::move(apdu));
        if (!answer || !is_block(*answer)) { co_return answer; }
        co_return co_await joined(std::move(*answer));
    }
    Task<Result<Bytes>> next() override {
        auto answer = co_await link_->next();
        if (!answer || !is_block(*answer)) { co_return answer; }
        co_return co_await joined(std::move(*answer));
    }
    Task<Result<void>> send(Bytes apdu) override { return link_->send(std::move(apdu)); }
    std::vector<Bytes> take_notifications() override { return link_->take_notifications(); }
    Task<void> close() override { return link_->close(); }
    void speak_as(Saps saps) override { link_->speak_as(saps); }
    [[nodiscard]] Saps saps() const override { return link_->saps(); }
    [[nodiscard]] bool is_open() const override { return link_->is_open(); }
    [[nodiscard]] transports::Transport& transport() override { return link_->transport(); }
    [[nodiscard]] Statistics& statistics() override { return link_->statistics(); }
    [[nodiscard]] std::string address() const override { return link_->address(); }
    [[nodiscard]] std::string where() const override { return link_->where(); }
    [[nodiscard]] std::vector<Bytes> frames_of(ByteView apdu) const override { return link_->frames_of(apdu); }

private:
    Task<Result<Bytes>> joined(Bytes first) {
        dlms::GeneralBlockReceiver receiver(window_);
        Result<Bytes> came = std::move(first);
        while (came) {
            const auto decoded = dlms::decode_apdu(*came);
            if (!decoded) { co_return tl::unexpected(decoded.error()); }
            const auto* const block = std::get_if<dlms::GeneralBlock>(&*decoded);
            if (block == nullptr) {
                co_return fail(Category::untrusted, "another APDU within a general block transfer", link_->where(), {},
                               "dlms.block.lost");
            }
            const auto step = receiver.accept(*block);
            if (!step) {
                auto error = step.error();
                error.where = link_->where();
                co_return tl::unexpected(std::move(error));
            }
            if (step->complete) { co_return Bytes(receiver.apdu().begin(), receiver.apdu().end()); }
            if (step->answer) {
                came = co_await link_->request(dlms::encode(*step->answer));
            } else {
                came = co_await link_->next();
            }
        }
        co_return came;
    }

    std::unique_ptr<ApduLink> link_;
    std::uint8_t window_;
};

} // namespace

std::unique_ptr<ApduLink> join_general_blocks(std::unique_ptr<ApduLink> link, std::uint8_t window) {
    return std::make_unique<GeneralBlockLink>(std::move(link), window);
}

} // namespace meterctl::sessions::dlms
