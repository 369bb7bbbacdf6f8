#include "sessions/dlms/method_effect.hpp"

#include "codecs/dlms/data_value.hpp"
#include "codecs/dlms/shape.hpp"

#include <algorithm>
#include <array>

namespace meterctl::sessions::dlms {

namespace dlms = codecs::dlms;

namespace {

using namespace std::chrono_literals;

constexpr std::uint16_t clock_class = 8, image_class = 18, calendar_class = 20, relay_class = 70;

/// How an attribute tells of a method.
enum class Expect : std::uint8_t {
    begins_anew, ///< its value becomes 0, or it or one beside it changes
    takes_value, ///< it becomes the argument
};

struct Row {
    std::uint16_t class_id;
    std::int8_t method;
    Expect expect;
    std::int8_t value;  ///< the attribute
    std::int8_t beside; ///< 0: none
};
constexpr std::array rows{
    Row{3, 1, Expect::begins_anew, 2, 0}, Row{4, 1, Expect::begins_anew, 2, 5}, Row{5, 1, Expect::begins_anew, 2, 7},
    Row{5, 2, Expect::begins_anew, 2, 7}, Row{7, 1, Expect::begins_anew, 7, 0}, Row{64, 1, Expect::takes_value, 2, 0},
};

/// The count of billing periods and the time of the last one's end, IEC 62056-6-1.
constexpr std::array<std::string_view, 2> billing_codes{"1:1-0:0.1.0.255:2", "1:1-0:0.1.2.255:2"};

/// A meter may need a moment.
constexpr unsigned most_looks = 6;
constexpr auto between_looks = 500ms;

bool is_zero(const dlms::Data& data) {
    const auto number = data.whole();
    return number && *number == 0;
}

std::string name_of(const dlms::PointAddress& address) {
    const auto* const known = dlms::find_class(address.class_id);
    const auto* const attribute = known == nullptr ? nullptr : dlms::find_attribute(*known, address.index);
    return attribute == nullptr ? std::to_string(address.index) : std::string(attribute->name);
}

class AttributeEffect final : public MethodEffect {
public:
    AttributeEffect(const EffectTools& tools, const dlms::MethodCall& call, const Row& row)
        : tools_(tools), method_(call.address), argument_(call.parameter), row_(row) {}

    Task<Result<Outlook>> before() override {
        auto seen = co_await see();
        if (!seen) { co_return tl::unexpected(seen.error()); }
        first_ = std::move(*seen);
        Outlook outlook;
        outlook.before = shown(first_);
        co_return outlook;
    }

    Task<Result<CallOutcome>> after() override {
        CallOutcome outcome;
        for (unsigned looks = 0; looks < most_looks; ++looks) {
            if (looks > 0) { co_await tools_.loop.sleep_for(between_looks); }
            auto seen = co_await see();
            if (!seen) { co_return tl::unexpected(seen.error()); }
            outcome.read_back = shown(*seen);
            outcome.verified = as_expected(*seen);
            if (outcome.verified) { co_return outcome; }
        }
        const std::string name = name_of(attribute_beside(method_, row_.value));
        outcome.trouble = not_followed(name + " is as it was", method_, {"the meter's log of events"});
        co_return outcome;
    }

private:
    Task<Result<std::vector<dlms::Data>>> see() {
        std::vector<dlms::Data> all;
        for (const std::int8_t index : {row_.value, row_.beside}) {
            if (index == 0) { continue; }
            auto data = co_await tools_.reader.attribute(attribute_beside(method_, index));
            if (!data) { co_return tl::unexpected(data.error()); }
            all.push_back(std::move(*data));
        }
        co_return all;
    }

    [[nodiscard]] bool as_expected(const std::vector<dlms::Data>& now) const {
        if (row_.expect == Expect::takes_value) { return now.front().whole() == argument_.whole(); }
        return is_zero(now.front()) || now != first_;
    }

    [[nodiscard]] Value shown(const std::vector<dlms::Data>& seen) const {
        Structure members;
        std::size_t at = 0;
        for (const std::int8_t index : {row_.value, row_.beside}) {
            if (index == 0) { continue; }
            const auto address = attribute_beside(method_, index);
            const auto* const known = dlms::find_class(address.class_id);
            const auto* const attribute = known == nullptr ? nullptr : dlms::find_attribute(*known, index);
            const auto shape = dlms::parse_shape(attribute == nullptr ? "any" : attribute->type);
            members.push_back({name_of(address), dlms::shaped_value(seen[at++], shape.value_or(dlms::Shape())).value});
        }
        return members;
    }

    EffectTools tools_;
    dlms::PointAddress method_;
    dlms::Data argument_;
    Row row_;
    std::vector<dlms::Data> first_;
};

class BillingEffect final : public MethodEffect {
public:
    BillingEffect(const EffectTools& tools, const dlms::PointAddress& method, std::vector<catalogue::Point> points)
        : tools_(tools), method_(method), points_(std::move(points)) {}

    Task<Result<Outlook>> before() override {
        auto seen = co_await see();
        if (!seen) { co_return tl::unexpected(seen.error()); }
        first_ = std::move(*seen);
        Outlook outlook;
        outlook.before = first_;
        co_return outlook;
    }

    Task<Result<CallOutcome>> after() override {
        CallOutcome outcome;
        for (unsigned looks = 0; looks < most_looks; ++looks) {
            if (looks > 0) { co_await tools_.loop.sleep_for(between_looks); }
            auto seen = co_await see();
            if (!seen) { co_return tl::unexpected(seen.error()); }
            outcome.verified = !(*seen == first_);
            outcome.read_back = std::move(*seen);
            if (outcome.verified) { co_return outcome; }
        }
        outcome.trouble = not_followed(points_.front().name + " is as it was", method_, {"again later"});
        co_return outcome;
    }

private:
    Task<Result<Value>> see() {
        auto read = co_await tools_.reader.read(points_);
        if (!read) { co_return tl::unexpected(read.error()); }
        if (!read->failures.empty()) { co_return tl::unexpected(read->failures.front().error); }
        Structure members;
        members.reserve(read->readings.size());
        for (Reading& reading : read->readings) { members.push_back({reading.name, std::move(reading.value)}); }
        co_return Value(std::move(members));
    }

    EffectTools tools_;
    dlms::PointAddress method_;
    std::vector<catalogue::Point> points_;
    Value first_;
};

} // namespace

dlms::PointAddress attribute_beside(const dlms::PointAddress& method, std::int8_t attribute) {
    dlms::PointAddress address = method;
    address.method = false;
    address.index = attribute;
    address.path.clear();
    return address;
}

Error not_followed(std::string what, const dlms::PointAddress& method, std::vector<std::string> hints) {
    return Error{.category = Category::verdict,
                 .what = "the meter accepted the command, and " + std::move(what),
                 .where = method.text(),
                 .hints = std::move(hints),
                 .code = "dlms.not_followed"};
}

std::unique_ptr<MethodEffect> attribute_effect(const EffectTools& tools, const dlms::MethodCall& call) {
    const auto* const row = std::ranges::find_if(rows, [&](const Row& one) {
        return one.class_id == call.address.class_id && one.method == call.address.index;
    });
    if (row == rows.end()) { return nullptr; }
    return std::make_unique<AttributeEffect>(tools, call, *row);
}

std::unique_ptr<MethodEffect> billing_effect(const EffectTools& tools, const dlms::PointAddress& method) {
    constexpr std::uint16_t script_class = 9;
    const Obis end_of_billing{0, 0, 10, 0, 1, 255};
    if (method.class_id != script_class || method.logical_name != end_of_billing || tools.options.meter == nullptr) {
        return nullptr;
    }
    std::vector<catalogue::Point> points;
    for (const catalogue::Point& point : tools.options.meter->points) {
        if (std::ranges::find(billing_codes, point.address) != billing_codes.end()) { points.push_back(point); }
    }
    if (points.empty()) { return nullptr; }
    return std::make_unique<BillingEffect>(tools, method, std::move(points));
}

bool tells_before(const dlms::PointAddress& method) {
    constexpr std::array classes{clock_class, image_class, calendar_class, relay_class};
    return method.method && std::ranges::find(classes, method.class_id) != classes.end();
}

std::unique_ptr<MethodEffect> effect_of(const EffectTools& tools, const dlms::MethodCall& call) {
    switch (call.address.class_id) {
    case relay_class:
        return relay_effect(tools, call.address);
    case clock_class:
        return clock_effect(tools, call.address, call.parameter);
    case calendar_class:
        return calendar_effect(tools, call.address);
    default:
        break;
    }
    auto effect = attribute_effect(tools, call);
    return effect ? std::move(effect) : billing_effect(tools, call.address);
}

} // namespace meterctl::sessions::dlms
