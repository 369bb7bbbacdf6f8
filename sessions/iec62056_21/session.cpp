#include "sessions/iec62056_21/session.hpp"

#include "sessions/iec62056_21/identify.hpp"
#include "sessions/iec62056_21/settings.hpp"
#include "sessions/iec62056_21/writer.hpp"

#include <fmt/format.h>

namespace meterctl::sessions::iec62056_21 {

namespace iec = codecs::iec62056_21;

namespace {

class IecSession final : public Session {
public:
    IecSession(transports::Transport& transport, ClientOptions options, const catalogue::Definition* meter)
        : client_(transport, std::move(options)), reader_(client_, meter), meter_(meter) {}

    Task<Result<Identity>> identify(std::span<const catalogue::Definition* const> candidates) override {
        std::optional<Error> trouble;
        auto identity = co_await sessions::iec62056_21::identify(client_, candidates, trouble);
        if (trouble) { client_.link().tell(meterctl::describe(*trouble)); }
        co_return identity;
    }

    Task<Result<ReadOutcome>> read(std::span<const catalogue::Point> points) override {
        auto outcome = co_await reader_.read(points);
        co_return outcome;
    }

    Result<std::vector<PlannedFrame>> plan_write(const catalogue::Point& point, const Value& value) override {
        const auto command = write_command(point, value);
        if (!command) { return tl::unexpected(command.error()); }
        PlannedFrame planned;
        planned.octets = iec::encode(*command);
        planned.summary = fmt::format("{}{} {}, in programming mode", command->command, command->type,
                                      command->data.value_or(std::string()));
        std::vector<PlannedFrame> frames;
        frames.push_back(std::move(planned));
        return frames;
    }

    Task<Result<WriteOutcome>> write(const catalogue::Point& point, const Value& value) override {
        auto outcome = co_await write_point(client_, point, value);
        co_return outcome;
    }

    /// A method of the definition by its name, or a register in the protocol's own terms, which E2 executes.
    Task<Result<Value>> invoke(std::string_view method, const Value& argument) override {
        const catalogue::Point* known = meter_ == nullptr ? nullptr : meter_->find(method);
        if (known != nullptr) {
            auto done = co_await execute(client_, *known, argument);
            co_return done;
        }
        auto point = iec::ad_hoc_point(method);
        if (!point) { co_return tl::unexpected(point.error()); }
        if (point->write_with.empty()) { point->write_with = "E2"; }
        auto done = co_await execute(client_, *point, argument);
        co_return done;
    }

    [[nodiscard]] const Statistics& statistics() const override { return client_.link().statistics(); }

private:
    Client client_;
    Reader reader_;
    const catalogue::Definition* meter_;
};

} // namespace

// NOLINTNEXTLINE(performance-unnecessary-value-param): every protocol's row has this form
Result<std::unique_ptr<Session>> open_session(transports::Transport& transport, SessionOptions options) {
    auto client = client_options(options, transport);
    if (!client) { return tl::unexpected(client.error()); }
    return std::make_unique<IecSession>(transport, std::move(*client), options.meter);
}

} // namespace meterctl::sessions::iec62056_21
