#include "sessions/dlms/caller.hpp"

#include "codecs/dlms/data_value.hpp"
#include "sessions/dlms/clock_setting.hpp"
#include "sessions/dlms/image_transfer.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace meterctl::sessions::dlms {

namespace dlms = codecs::dlms;

namespace {

constexpr std::uint16_t security_setup_class = 64;

dlms::MethodDescriptor method_of(const dlms::PointAddress& address) {
    dlms::MethodDescriptor method;
    method.class_id = address.class_id;
    method.logical_name = address.logical_name;
    method.method = address.index;
    return method;
}

/// New keys are the method of a security setup, and more than a parameter.
bool gives_keys(const dlms::PointAddress& address, const Value& value) {
    constexpr std::int8_t key_transfer = 2;
    return address.method && address.class_id == security_setup_class && address.index == key_transfer &&
           value.get<std::string>() != nullptr;
}

constexpr std::uint16_t image_class = 18;

/// Firmware is more than the parameter of its first method.
bool sends_image(const dlms::PointAddress& address, const Value& value) {
    return address.method && address.class_id == image_class && address.index == 1 &&
           value.get<std::string>() != nullptr;
}

bool activates_image(const dlms::PointAddress& address) {
    constexpr std::int8_t image_activate = 4;
    return address.method && address.class_id == image_class && address.index == image_activate;
}

bool is_now(const catalogue::Point& method, const Value& argument) {
    const auto* const text = argument.get<std::string>();
    return method.type == "clock-shift" && text != nullptr && *text == "now";
}

/// What a method may shift at most is the definition's range.
Result<std::int64_t> within_range(const catalogue::Point& method, std::int64_t seconds) {
    const Decimal shift{seconds, 0};
    const bool low = method.minimum && shift < *method.minimum, high = method.maximum && shift > *method.maximum;
    if (!low && !high) { return seconds; }
    return fail(Category::rejected,
                fmt::format("the clock is {} s off, which is more than it can be shifted by", seconds), method.name,
                {"clock=now, which sets it outright"}, "write.range");
}

} // namespace

Result<std::shared_ptr<const Bytes>> Caller::image_in(const Value& path) const {
    const auto found = options_.files.find(*path.get<std::string>());
    if (found != options_.files.end() && found->second != nullptr) { return found->second; }
    return fail(Category::usage, "firmware is read from a file", {}, {"image=FILE"}, "dlms.image.file");
}

const catalogue::Point* Caller::method_at(std::string_view address) const {
    if (options_.meter == nullptr) { return nullptr; }
    const auto found = std::ranges::find_if(options_.meter->points, [&](const catalogue::Point& point) {
        return point.method && point.address == address;
    });
    return found == options_.meter->points.end() ? nullptr : &*found;
}

Result<Caller::Planned> Caller::plan(const catalogue::Point& method, const Value& argument) const {
    const auto address = dlms::parse_point_address(method.address);
    if (!address) { return tl::unexpected(address.error()); }
    if (gives_keys(*address, argument)) {
        const auto& association = association_.options();
        const auto change =
            plan_key_change(options_, association, address->logical_name, *argument.get<std::string>(), names_);
        if (!change) { return tl::unexpected(change.error()); }
        auto request = key_transfer_request(*change, association.keys.master);
        if (!request) { return tl::unexpected(request.error()); }
        return Planned{std::move(*request), "ACTION " + address->text() + ": " + names_of(*change)};
    }
    if (sends_image(*address, argument)) { return plan_image(*address, argument); }
    const bool now = is_now(method, argument);
    const auto call = dlms::encode_method(method, now ? Value(std::int64_t{0}) : argument);
    if (!call) { return tl::unexpected(call.error()); }
    return Planned{Services::action_apdu(method_of(call->address), call->parameter),
                   "ACTION " + call->address.text() + (now ? ", with the seconds that the clock is off" : "")};
}

/// The request that begins it: how many blocks follow, the meter tells.
Result<Caller::Planned> Caller::plan_image(const dlms::PointAddress& address, const Value& path) const {
    const auto image = image_in(path);
    if (!image) { return tl::unexpected(image.error()); }
    const std::string identifier = image_identifier(options_, *path.get<std::string>());
    const ByteView name(reinterpret_cast<const std::uint8_t*>(identifier.data()), identifier.size());
    const auto size = static_cast<std::uint32_t>((*image)->size());
    auto parameter = dlms::Data::structure({dlms::Data::octet_string(name), dlms::Data::double_long_unsigned(size)});
    return Planned{
        Services::action_apdu(method_of(address), std::move(parameter)),
        fmt::format("ACTION {}: \"{}\", {} octets, which follow in blocks", address.text(), identifier, size)};
}

Task<Result<Value>> Caller::give_keys(dlms::PointAddress address, std::string file) {
    auto change = plan_key_change(options_, association_.options(), address.logical_name, file, names_);
    if (!change) { co_return tl::unexpected(change.error()); }
    const std::string names = names_of(*change);
    auto changed = co_await change_keys(association_, std::move(*change));
    if (!changed) { co_return tl::unexpected(reader_.explained_write(changed.error())); }
    co_return Value(names);
}

Task<Result<dlms::MethodCall>> Caller::encoded(catalogue::Point method, Value argument) {
    if (!is_now(method, argument)) { co_return dlms::encode_method(method, argument); }
    auto address = dlms::parse_point_address(method.address);
    if (!address) { co_return tl::unexpected(address.error()); }
    const auto clock = attribute_beside(*address, 2);
    const auto zone = co_await clock_zone(reader_, clock);
    if (!zone) { co_return tl::unexpected(zone.error()); }
    const auto data = co_await reader_.attribute(clock);
    if (!data) { co_return tl::unexpected(reader_.explained(data.error())); }
    const auto shown = dlms::to_value(*data, std::nullopt, dlms::OctetsAs::date_time);
    const auto* const time = shown.value.get<DateTime>();
    const auto now = association_.link().transport().loop().wall_clock();
    const auto behind = time == nullptr ? std::nullopt : clock_behind(*time, *zone, now);
    if (!behind) {
        co_return fail(Category::untrusted, "the meter's clock shows no time that could be compared", clock.text(),
                       {"clock=now, which sets it outright"}, "dlms.clock.zone");
    }
    const auto seconds = within_range(method, *behind);
    if (!seconds) { co_return tl::unexpected(seconds.error()); }
    co_return dlms::encode_method(method, Value(*seconds));
}

Task<Result<Value>> Caller::send(dlms::MethodCall call) {
    auto returned = co_await services_.action(method_of(call.address), std::move(call.parameter));
    if (!returned) { co_return tl::unexpected(reader_.explained_write(returned.error())); }
    if (!*returned) { co_return Value(); }
    co_return dlms::to_value(**returned).value;
}

Task<Result<Value>> Caller::invoke(std::string address, Value argument) {
    const auto place = dlms::parse_point_address(address);
    if (place && gives_keys(*place, argument)) {
        auto given = co_await give_keys(*place, *argument.get<std::string>());
        co_return given;
    }
    catalogue::Point point;
    point.name = address;
    point.address = address;
    point.method = true;
    if (const auto* const defined = method_at(address); defined != nullptr) { point = *defined; }
    auto call = co_await encoded(std::move(point), std::move(argument));
    if (!call) { co_return tl::unexpected(call.error()); }
    auto result = co_await send(std::move(*call));
    co_return result;
}

Task<Result<CallOutcome>> Caller::call(catalogue::Point method, Value argument) {
    CallOutcome outcome;
    const auto place = dlms::parse_point_address(method.address);
    if (!place) { co_return tl::unexpected(place.error()); }
    if (gives_keys(*place, argument)) {
        auto given = co_await give_keys(*place, *argument.get<std::string>());
        if (!given) { co_return tl::unexpected(given.error()); }
        outcome.result = std::move(*given);
        co_return outcome;
    }
    if (sends_image(*place, argument)) {
        const auto image = image_in(argument);
        if (!image) { co_return tl::unexpected(image.error()); }
        ImageTransfer transfer(association_, services_, reader_, options_, *place, **image,
                               image_identifier(options_, *argument.get<std::string>()));
        auto sent = co_await transfer.run();
        if (!sent) { co_return tl::unexpected(reader_.explained_write(sent.error())); }
        co_return sent;
    }
    if (activates_image(*place)) {
        ImageActivation activation(association_, services_, reader_, *place);
        auto activated = co_await activation.run();
        if (!activated) { co_return tl::unexpected(reader_.explained_write(activated.error())); }
        co_return activated;
    }
    auto call = co_await encoded(method, std::move(argument));
    if (!call) { co_return tl::unexpected(call.error()); }
    const auto effect = effect_of(tools(), *call);
    Outlook outlook;
    if (effect) {
        auto seen = co_await effect->before();
        if (!seen) { co_return tl::unexpected(reader_.explained(seen.error())); }
        outlook = std::move(*seen);
    }
    auto result = co_await send(std::move(*call));
    if (!result) { co_return tl::unexpected(result.error()); }
    if (effect) {
        auto after = co_await effect->after();
        if (!after) { co_return tl::unexpected(reader_.explained(after.error())); }
        outcome = std::move(*after);
        outcome.before = std::move(outlook.before);
        if (outcome.notes.empty()) { outcome.notes = std::move(outlook.notes); }
    }
    outcome.result = std::move(*result);
    co_return outcome;
}

Task<Result<Outlook>> Caller::look(catalogue::Point method, Value argument) {
    Outlook outlook;
    const auto place = dlms::parse_point_address(method.address);
    if (!place) { co_return tl::unexpected(place.error()); }
    if (gives_keys(*place, argument)) { co_return outlook; }
    Result<Outlook> told = outlook;
    if (sends_image(*place, argument)) {
        const auto image = image_in(argument);
        if (!image) { co_return tl::unexpected(image.error()); }
        ImageTransfer transfer(association_, services_, reader_, options_, *place, **image,
                               image_identifier(options_, *argument.get<std::string>()));
        told = co_await transfer.look();
        if (!told) { co_return tl::unexpected(reader_.explained(told.error())); }
        co_return told;
    }
    if (activates_image(*place)) {
        ImageActivation activation(association_, services_, reader_, *place);
        told = co_await activation.look();
        if (!told) { co_return tl::unexpected(reader_.explained(told.error())); }
        co_return told;
    }
    const auto call = co_await encoded(method, std::move(argument));
    if (!call) { co_return tl::unexpected(call.error()); }
    const auto effect = effect_of(tools(), *call);
    if (!effect) { co_return outlook; }
    auto seen = co_await effect->before();
    if (!seen) { co_return tl::unexpected(reader_.explained(seen.error())); }
    co_return seen;
}

} // namespace meterctl::sessions::dlms
