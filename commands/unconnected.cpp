#include "commands/unconnected.hpp"

namespace meterctl::commands {

namespace {

using transports::Chunk;
using transports::LineSettings;

tl::unexpected<Error> not_connected() {
    return fail(Category::endpoint, "a dry run sends nothing", {}, {}, "dry_run");
}

class Unconnected final : public transports::Transport {
public:
    Unconnected(transports::Loop& loop, std::optional<LineSettings> line, std::string description)
        : loop_(loop), line_(line), description_(std::move(description)) {}

    [[nodiscard]] transports::Loop& loop() override { return loop_; }
    [[nodiscard]] std::string description() const override { return description_; }
    [[nodiscard]] std::optional<LineSettings> line() const override { return line_; }
    [[nodiscard]] bool datagrams() const override { return false; }

    Task<Result<void>> write(ByteView /*octets*/) override { co_return not_connected(); }
    Task<Result<Chunk>> read(transports::TimePoint /*deadline*/) override { co_return not_connected(); }
    Task<Result<void>> configure(const LineSettings& /*settings*/) override { co_return not_connected(); }
    Task<Result<void>> reopen() override { co_return not_connected(); }

private:
    transports::Loop& loop_;
    std::optional<LineSettings> line_;
    std::string description_;
};

} // namespace

std::unique_ptr<transports::Transport> make_unconnected(transports::Loop& loop, std::optional<LineSettings> line,
                                                        std::string description) {
    return std::make_unique<Unconnected>(loop, line, std::move(description));
}

} // namespace meterctl::commands
