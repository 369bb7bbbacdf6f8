#include "sessions/dlms/writer.hpp"

#include "codecs/dlms/data_value.hpp"
#include "sessions/dlms/profile_sieve.hpp"

#include <algorithm>

namespace meterctl::sessions::dlms {

namespace dlms = codecs::dlms;

namespace {

dlms::AttributeDescriptor attribute_of(const dlms::PointAddress& address) {
    dlms::AttributeDescriptor attribute;
    attribute.class_id = address.class_id;
    attribute.logical_name = address.logical_name;
    attribute.attribute = address.index;
    return attribute;
}

dlms::MethodDescriptor method_of(const dlms::PointAddress& address) {
    dlms::MethodDescriptor method;
    method.class_id = address.class_id;
    method.logical_name = address.logical_name;
    method.method = address.index;
    return method;
}

/// A clock moves on between writing and reading back; all else stays.
bool is_clock(const dlms::PointAddress& address) {
    constexpr std::uint16_t clock_class = 8;
    return address.class_id == clock_class && address.index == 2;
}

constexpr std::chrono::seconds clock_moves{30};

bool alike(const dlms::PointAddress& address, const Reading& before, const Reading& after) {
    if (before.value == after.value) { return true; }
    if (!is_clock(address)) { return false; }
    const auto* const sent = before.value.get<DateTime>();
    const auto* const now = after.value.get<DateTime>();
    if (sent == nullptr || now == nullptr) { return false; }
    return !earlier(*now, *sent) && !earlier(later_by(*sent, clock_moves).value_or(*sent), *now);
}

Result<void> writable(const dlms::PointAddress& address, const catalogue::Point& point) {
    if (!address.method) { return {}; }
    return fail(Category::usage, point.name + " is a method, and is called", point.address, {}, "usage.method");
}

/// New keys are the method of a security setup, and more than a parameter.
bool gives_keys(const dlms::PointAddress& address, const Value& value) {
    constexpr std::uint16_t security_setup_class = 64;
    constexpr std::int8_t key_transfer = 2;
    return address.method && address.class_id == security_setup_class && address.index == key_transfer &&
           value.get<std::string>() != nullptr;
}

} // namespace

Task<Result<Value>> Writer::give_keys(dlms::PointAddress address, std::string file) {
    auto change = plan_key_change(options_, association_.options(), address.logical_name, file, names_);
    if (!change) { co_return tl::unexpected(change.error()); }
    const std::string names = names_of(*change);
    auto changed = co_await change_keys(association_, std::move(*change));
    if (!changed) { co_return tl::unexpected(reader_.explained_write(changed.error())); }
    co_return Value(names);
}

const catalogue::Point* Writer::method_at(std::string_view address) const {
    if (options_.meter == nullptr) { return nullptr; }
    const auto found = std::ranges::find_if(options_.meter->points, [&](const catalogue::Point& point) {
        return point.method && point.address == address;
    });
    return found == options_.meter->points.end() ? nullptr : &*found;
}

Result<std::vector<PlannedFrame>> Writer::plan(const catalogue::Point& point, const Value& value) const {
    const auto address = dlms::parse_point_address(point.address);
    if (!address) { return tl::unexpected(address.error()); }
    Bytes apdu;
    std::string summary;
    if (gives_keys(*address, value)) {
        const auto& association = association_.options();
        const auto change =
            plan_key_change(options_, association, address->logical_name, *value.get<std::string>(), names_);
        if (!change) { return tl::unexpected(change.error()); }
        auto request = key_transfer_request(*change, association.keys.master);
        if (!request) { return tl::unexpected(request.error()); }
        apdu = std::move(*request);
        summary = "ACTION " + address->text() + ": " + names_of(*change);
    } else if (point.method || address->method) {
        const auto call = dlms::encode_method(point, value);
        if (!call) { return tl::unexpected(call.error()); }
        apdu = Services::action_apdu(method_of(call->address), call->parameter);
        summary = "ACTION " + call->address.text();
    } else {
        const auto data = dlms::encode_point(point, value);
        if (!data) { return tl::unexpected(data.error()); }
        apdu = Services::set_apdu(attribute_of(*address), *data);
        summary = "SET " + address->text();
    }
    if (association_.options().ciphered) { summary += ", shown before it is ciphered"; }
    std::vector<PlannedFrame> frames;
    for (Bytes& octets : association_.link().frames_of(apdu)) { frames.push_back({std::move(octets), summary}); }
    return frames;
}

Task<Result<WriteOutcome>> Writer::write(catalogue::Point point, Value value) {
    auto address = co_await reader_.address_of(point);
    if (!address) { co_return tl::unexpected(address.error()); }
    if (auto fits = writable(*address, point); !fits) { co_return tl::unexpected(fits.error()); }
    point.address = address->text();
    auto scaling = co_await reader_.scaling(*address);
    if (!scaling) { co_return tl::unexpected(scaling.error()); }
    // Some attributes can be written and not read.
    auto before = co_await reader_.attribute(*address);
    if (!before && before.error().category != Category::refused) { co_return tl::unexpected(before.error()); }
    auto data = dlms::encode_point(point, value, *scaling, before ? &*before : nullptr);
    if (!data) { co_return tl::unexpected(data.error()); }
    WriteOutcome outcome;
    outcome.point = point.name;
    outcome.written = value;
    if (before) {
        const auto shown = dlms::decode_point(point, *before, *scaling);
        if (shown) { outcome.before = shown->value; }
    }
    const auto wanted = dlms::decode_point(point, *data, *scaling);
    auto done = co_await services_.set(attribute_of(*address), *data);
    if (!done) { co_return tl::unexpected(reader_.explained_write(done.error())); }
    auto after = co_await reader_.attribute(*address);
    if (!after) {
        if (after.error().category != Category::refused) { co_return tl::unexpected(after.error()); }
        co_return outcome;
    }
    auto reading = dlms::decode_point(point, *after, *scaling);
    if (!reading) { co_return tl::unexpected(reading.error()); }
    outcome.verified = wanted && alike(*address, *wanted, *reading);
    outcome.read_back = std::move(*reading);
    co_return outcome;
}

Task<Result<Value>> Writer::invoke(std::string address, Value argument) {
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
    auto call = dlms::encode_method(point, argument);
    if (!call) { co_return tl::unexpected(call.error()); }
    auto returned = co_await services_.action(method_of(call->address), std::move(call->parameter));
    if (!returned) { co_return tl::unexpected(reader_.explained_write(returned.error())); }
    if (!*returned) { co_return Value(); }
    co_return dlms::to_value(**returned).value;
}

} // namespace meterctl::sessions::dlms
