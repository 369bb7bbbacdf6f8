#include "sessions/mbus/session.hpp"

#include "sessions/mbus/identify.hpp"
#include "sessions/mbus/writer.hpp"

namespace meterctl::sessions::mbus {

namespace {

constexpr const char* also_at_key = "also_at";

class MbusSession final : public Session {
public:
    MbusSession(transports::Transport& transport, ClientOptions options, Address address,
                std::vector<Selector> selectors, std::optional<Address> also_at)
        : client_(transport, std::move(options)), station_(client_, std::move(address)),
          reader_(station_, std::move(selectors)), also_at_(std::move(also_at)) {
        client_.speak_to(station_.address());
    }

    Task<Result<Identity>> identify(std::span<const catalogue::Definition* const> candidates) override {
        if (auto nobody = nobody_answers()) { co_return tl::unexpected(std::move(*nobody)); }
        auto identity = co_await sessions::mbus::identify(station_, candidates);
        if (identity || !go_elsewhere(identity.error())) { co_return identity; }
        auto elsewhere = co_await sessions::mbus::identify(station_, candidates);
        co_return elsewhere ? std::move(elsewhere) : std::move(identity);
    }

    Task<Result<ReadOutcome>> read(std::span<const catalogue::Point> points) override {
        if (auto nobody = nobody_answers()) { co_return tl::unexpected(std::move(*nobody)); }
        auto outcome = co_await read_here(points);
        if (outcome || !go_elsewhere(outcome.error())) { co_return outcome; }
        auto elsewhere = co_await read_here(points);
        co_return elsewhere ? std::move(elsewhere) : std::move(outcome);
    }

    Result<std::vector<PlannedFrame>> plan_write(const catalogue::Point& point, const Value& value) override {
        return plan(station_, point, value);
    }

    Task<Result<WriteOutcome>> write(const catalogue::Point& point, const Value& value) override {
        auto outcome = co_await write_point(station_, reader_, point, value);
        if (outcome || !go_elsewhere(outcome.error())) { co_return outcome; }
        auto elsewhere = co_await write_point(station_, reader_, point, value);
        co_return elsewhere ? std::move(elsewhere) : std::move(outcome);
    }

    Task<Result<Value>> invoke(std::string_view method, const Value& argument) override {
        const auto known = parse_method(method);
        if (!known) { co_return tl::unexpected(known.error()); }
        auto result = co_await mbus::call(station_, *known, argument);
        if (result || !go_elsewhere(result.error())) { co_return result; }
        auto elsewhere = co_await mbus::call(station_, *known, argument);
        co_return elsewhere ? std::move(elsewhere) : std::move(result);
    }

    [[nodiscard]] const Statistics& statistics() const override { return client_.statistics(); }

private:
    Task<Result<ReadOutcome>> read_here(std::span<const catalogue::Point> points) {
        if (points.empty()) {
            auto all = co_await reader_.read_all();
            co_return all;
        }
        auto outcome = co_await reader_.read(points);
        co_return outcome;
    }

    /// A meter that is silent where it is usually found may still be where it was delivered.
    bool go_elsewhere(const Error& error) {
        if (!also_at_ || client_.heard_from() || !is_silence(error)) { return false; }
        if (client_.options().notice) { client_.options().notice("trying address " + also_at_->to_string()); }
        station_.move_to(*std::exchange(also_at_, std::nullopt));
        return true;
    }

    [[nodiscard]] std::optional<Error> nobody_answers() const {
        if (!station_.address().broadcasts()) { return std::nullopt; }
        return fail(Category::usage, "address 255 is all meters, and none answers", client_.where(),
                    {"the meter's own address, or 254 where it is the only one"})
            .value();
    }

    Client client_;
    Station station_;
    Reader reader_;
    std::optional<Address> also_at_;
};

Result<std::optional<Address>> second_address(const SessionOptions& options) {
    std::optional<Address> none;
    if (options.meter == nullptr || !options.address.empty()) { return none; }
    const auto setting = options.meter->settings.find(also_at_key);
    if (setting == options.meter->settings.end()) { return none; }
    return parse_address(setting->second).map([](const Address& address) { return std::optional(address); });
}

} // namespace

Result<std::unique_ptr<Session>> open_session(transports::Transport& transport, SessionOptions options) {
    std::string_view text = options.address;
    if (text.empty() && options.meter != nullptr) { text = options.meter->address; }
    const auto address = text.empty() ? Result<Address>(Address()) : parse_address(text);
    if (!address) { return tl::unexpected(address.error()); }
    const auto also_at = second_address(options);
    if (!also_at) { return tl::unexpected(also_at.error()); }
    auto known = selectors(options.meter);
    if (!known) { return tl::unexpected(known.error()); }
    ClientOptions client;
    client.answer_time = options.timeout;
    client.retries = options.retries;
    client.notice = std::move(options.notice);
    return std::make_unique<MbusSession>(transport, std::move(client), *address, std::move(*known), *also_at);
}

} // namespace meterctl::sessions::mbus
