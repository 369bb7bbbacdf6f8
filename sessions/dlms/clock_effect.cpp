#include "codecs/dlms/data_value.hpp"
#include "sessions/dlms/clock_setting.hpp"
#include "sessions/dlms/method_effect.hpp"
#include "sessions/dlms/profile_sieve.hpp"

#include <fmt/format.h>

namespace meterctl::sessions::dlms {

namespace dlms = codecs::dlms;

namespace {

using std::chrono::seconds;

enum Method : std::int8_t { to_quarter = 1, to_period = 2, to_minute = 3, to_preset = 4, shift = 6 };

/// To the nearest, as fields of local time: zones are whole quarters of an hour.
std::optional<DateTime> rounded(const DateTime& time, int minutes) {
    if (!time.complete()) { return std::nullopt; }
    const int step = minutes * 60;
    const int since = (*time.minute * 60 + *time.second) % step;
    auto out = later_by(time, seconds(since * 2 < step ? -since : step - since));
    if (out) { out->millisecond.reset(); }
    return out;
}

class ClockEffect final : public MethodEffect {
public:
    ClockEffect(const EffectTools& tools, const dlms::PointAddress& method, std::int64_t argument)
        : tools_(tools), method_(method), argument_(argument) {}

    Task<Result<Outlook>> before() override {
        auto shown = co_await see();
        if (!shown) { co_return tl::unexpected(shown.error()); }
        const auto* const time = shown->get<DateTime>();
        if (time != nullptr) { expected_ = expected(*time); }
        Outlook outlook;
        outlook.before = std::move(*shown);
        if (expected_) { outlook.notes.push_back("the clock is set to about " + expected_->to_string()); }
        if (method_.index == to_preset) {
            outlook.notes.emplace_back(
                "the clock is set to the preset time, if now is between the times it is valid at");
        }
        co_return outlook;
    }

    Task<Result<CallOutcome>> after() override {
        auto shown = co_await see();
        if (!shown) { co_return tl::unexpected(shown.error()); }
        CallOutcome outcome;
        const auto* const time = shown->get<DateTime>();
        // It went on between reading, calling and reading again.
        const auto least = expected_ ? later_by(*expected_, -slack) : std::nullopt;
        const auto most = expected_ ? later_by(*expected_, clock_moves) : std::nullopt;
        outcome.verified = time != nullptr && least && most && !earlier(*time, *least) && !earlier(*most, *time);
        if (expected_ && !outcome.verified) {
            outcome.trouble = not_followed(
                fmt::format("the clock shows {}, not about {}", shown->to_string(), expected_->to_string()), method_,
                {"clock=now, which sets it outright"});
        }
        outcome.read_back = std::move(*shown);
        co_return outcome;
    }

private:
    static constexpr seconds slack{2};

    Task<Result<Value>> see() {
        auto data = co_await tools_.reader.attribute(attribute_beside(method_, 2));
        if (!data) { co_return tl::unexpected(data.error()); }
        co_return dlms::to_value(*data, std::nullopt, dlms::OctetsAs::date_time).value;
    }

    [[nodiscard]] std::optional<DateTime> expected(const DateTime& now) const {
        constexpr int quarter = 15;
        switch (method_.index) {
        case to_quarter:
            return rounded(now, quarter);
        case to_minute:
            return rounded(now, 1);
        case shift:
            return later_by(now, seconds(argument_));
        default:
            return std::nullopt;
        }
    }

    EffectTools tools_;
    dlms::PointAddress method_;
    std::int64_t argument_;
    std::optional<DateTime> expected_;
};

} // namespace

std::unique_ptr<MethodEffect> clock_effect(const EffectTools& tools, const dlms::PointAddress& method,
                                           const dlms::Data& argument) {
    constexpr std::int8_t presets = 5;
    if (method.index < to_quarter || method.index > shift || method.index == presets) { return nullptr; }
    return std::make_unique<ClockEffect>(tools, method, argument.whole().value_or(0));
}

} // namespace meterctl::sessions::dlms
