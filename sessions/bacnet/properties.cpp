#include "sessions/bacnet/properties.hpp"

#include "codecs/bacnet/point.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <numeric>

namespace meterctl::sessions::bacnet {

namespace bacnet = codecs::bacnet;

namespace {

using bacnet::ConfirmedService;

constexpr std::size_t answer_header = 3; ///< of a ComplexACK
constexpr std::size_t object_octets = 7; ///< its identifier, and the tags around its results

constexpr std::uint32_t max_apdu_accepted = 62, object_identifier = 75, segmentation_supported = 107,
                        max_segments_accepted = 167;
constexpr std::string_view unknown_object = "bacnet.error.1.31";

/// Instance 4194303 of a device is whichever is asked.
bool is_whichever(const bacnet::ObjectId& object) {
    return object.type == bacnet::device_type && object.instance == bacnet::any_instance;
}

/// What a property holds that is one number.
std::optional<std::uint64_t> whole_number(const Result<Bytes>& value) {
    const auto held = value ? bacnet::decode_primitives(*value) : tl::unexpected(value.error());
    if (!held || held->size() != 1) { return std::nullopt; }
    if (const auto* number = std::get_if<std::uint64_t>(&held->front())) { return *number; }
    const auto* enumerated = std::get_if<bacnet::Enumerated>(&held->front());
    return enumerated == nullptr ? std::nullopt : std::optional<std::uint64_t>(enumerated->value);
}

bool ends_all(const Error& error) {
    return error.category == Category::endpoint || error.category == Category::interrupted ||
           error.category == Category::usage || error.code.starts_with("bacnet.network.");
}

std::string key(const Wanted& wanted) {
    bacnet::PointAddress address;
    address.object = wanted.object;
    address.property = wanted.property;
    return address.text();
}

bool same_object(const bacnet::ObjectId& asked, const bacnet::ObjectId& told) {
    return asked == told || (is_whichever(asked) && told.type == bacnet::device_type);
}

std::vector<bacnet::ReadAccess> accesses(std::span<const Wanted> wanted) {
    std::vector<bacnet::ReadAccess> list;
    for (const Wanted& one : wanted) {
        if (list.empty() || list.back().object != one.object) {
            list.emplace_back();
            list.back().object = one.object;
        }
        list.back().properties.push_back(one.property);
    }
    return list;
}

void call_by_name(std::vector<Wanted>& wanted, const bacnet::ObjectId& device) {
    for (Wanted& one : wanted) {
        if (is_whichever(one.object)) { one.object = device; }
    }
}

std::vector<Wanted> those(std::span<const Wanted> wanted, const std::vector<std::size_t>& indexes) {
    std::vector<Wanted> found;
    found.reserve(indexes.size());
    for (const std::size_t index : indexes) { found.push_back(wanted[index]); }
    return found;
}

void put(std::vector<Result<Bytes>>& part, const std::vector<std::size_t>& indexes,
         std::vector<Result<Bytes>>& values) {
    for (std::size_t i = 0; i < indexes.size() && i < part.size(); ++i) { values[indexes[i]] = std::move(part[i]); }
}

/// Both are in ascending order.
void leave_out(std::vector<std::size_t>& left, const std::vector<std::size_t>& taken) {
    std::vector<std::size_t> rest;
    rest.reserve(left.size());
    std::ranges::set_difference(left, taken, std::back_inserter(rest));
    left = std::move(rest);
}

} // namespace

std::size_t Properties::octets_of(const Wanted& wanted) const {
    const auto known = known_octets_.find(key(wanted));
    const std::size_t value = known == known_octets_.end() ? wanted.octets : known->second;
    constexpr std::size_t tags = 2;
    const std::size_t property = wanted.property.property > 0xFFU ? 3 : 2;
    const std::size_t index = !wanted.property.index ? 0 : *wanted.property.index > 0xFFU ? 3 : 2;
    return property + index + tags + value;
}

/// What goes into one answer, and its request into one request, at least one: those in front, and, of those behind,
/// what fills it up.
std::vector<std::size_t> Properties::fitting(Span wanted, const std::vector<std::size_t>& left) const {
    constexpr std::size_t least = 12; // an object and the shortest value
    std::vector<std::size_t> taken;
    std::size_t octets = answer_header;
    for (const std::size_t index : left) {
        const bool another = taken.empty() || wanted[index].object != wanted[taken.back()].object;
        const std::size_t more = octets_of(wanted[index]) + (another ? object_octets : 0);
        if (!taken.empty() && octets + more > most_) { continue; }
        octets += more;
        taken.push_back(index);
        if (octets + least > most_) { break; }
    }
    return taken;
}

Properties::Values Properties::sorted(Span wanted, const std::vector<bacnet::ReadResult>& results) {
    Values values;
    for (const Wanted& one : wanted) {
        Result<Bytes> value =
            fail(Category::untrusted, "the answer lacks it", client_.where(station_), {}, "bacnet.missing");
        for (const bacnet::ReadResult& result : results) {
            if (!same_object(one.object, result.object)) { continue; }
            const auto found = std::ranges::find(result.properties, one.property, &bacnet::PropertyResult::property);
            if (found == result.properties.end()) { continue; }
            if (const auto* octets = std::get_if<Bytes>(&found->result)) {
                value = *octets;
                known_octets_[key(one)] = octets->size();
            } else {
                const auto& error = std::get<bacnet::AccessError>(found->result);
                Error told = bacnet::refusal(error.error_class, error.error_code);
                told.where = client_.where(station_);
                value = tl::unexpected(std::move(told));
            }
            break;
        }
        values.push_back(std::move(value));
    }
    return values;
}

Task<Result<Bytes>> Properties::single(const Wanted& wanted) {
    bacnet::ReadProperty service;
    service.object = wanted.object;
    service.property = wanted.property;
    Bytes data = bacnet::encode(service);
    auto answer = co_await client_.ask(station_, ConfirmedService::read_property, std::move(data));
    if (!answer) { co_return tl::unexpected(answer.error()); }
    auto ack = bacnet::decode_read_property_ack(*answer);
    if (!ack) { co_return tl::unexpected(ack.error()); }
    if (!same_object(wanted.object, ack->object) || ack->property != wanted.property) {
        co_return fail(Category::untrusted, "the answer is about another property", client_.where(station_), {},
                       "bacnet.mismatch");
    }
    co_return std::move(ack->value);
}

Task<Result<Properties::Values>> Properties::halves(Span wanted) {
    auto front = co_await pack(wanted.first(wanted.size() / 2));
    if (!front) { co_return front; }
    auto back = co_await pack(wanted.subspan(wanted.size() / 2));
    if (!back) { co_return back; }
    std::ranges::move(*back, std::back_inserter(*front));
    co_return front;
}

/// One answer's worth.
Task<Result<Properties::Values>> Properties::pack(Span wanted) {
    Values values;
    if (!multiple_) {
        for (const Wanted& one : wanted) {
            auto value = co_await single(one);
            const bool hopeless = !value && (ends_all(value.error()) || !client_.heard_from());
            if (hopeless) { co_return tl::unexpected(value.error()); }
            values.push_back(std::move(value));
        }
        co_return values;
    }
    const auto list = accesses(wanted);
    Bytes data = bacnet::encode(list);
    auto answer = co_await client_.ask(station_, ConfirmedService::read_property_multiple, std::move(data));
    if (answer) {
        const auto results = bacnet::decode_read_property_multiple_ack(*answer);
        if (results) { co_return sorted(wanted, *results); }
        for (std::size_t i = 0; i < wanted.size(); ++i) { values.emplace_back(tl::unexpected(results.error())); }
        co_return values;
    }
    const Error& error = answer.error();
    if (error.category != Category::refused || ends_all(error)) {
        const bool hopeless = ends_all(error) || !client_.heard_from();
        if (hopeless) { co_return tl::unexpected(error); }
        for (std::size_t i = 0; i < wanted.size(); ++i) { values.emplace_back(tl::unexpected(error)); }
        co_return values;
    }
    constexpr std::string_view unrecognized_service = "bacnet.reject.9";
    if (error.code == unrecognized_service) { multiple_ = false; }
    if (!multiple_ || wanted.size() == 1) {
        const bool multiple = std::exchange(multiple_, false);
        auto one_by_one = co_await pack(wanted);
        multiple_ = multiple;
        co_return one_by_one;
    }
    const bool too_long = error.code.starts_with("bacnet.abort.");
    if (too_long) {
        // Whatever the device says it takes: its answers are not to be so long.
        std::size_t octets = answer_header;
        for (const Wanted& one : wanted) { octets += octets_of(one) + object_octets; }
        most_ = std::clamp<std::size_t>(octets * 3 / 4, 50, most_);
    }
    auto parts = co_await halves(wanted);
    co_return parts;
}

Task<Result<Properties::Values>> Properties::read_as_named(std::vector<Wanted> wanted) {
    if (named_ && itself_) { call_by_name(wanted, *itself_); }
    Values values(wanted.size());
    std::vector<std::size_t> left(wanted.size());
    std::iota(left.begin(), left.end(), std::size_t{0});
    while (!left.empty()) {
        const std::vector<std::size_t> taken = fitting(wanted, left);
        const std::vector<Wanted> together = those(wanted, taken);
        auto part = co_await pack(together);
        if (!part) { co_return part; }
        put(*part, taken, values);
        leave_out(left, taken);
    }
    co_return values;
}

Task<Result<Properties::Values>> Properties::read(std::vector<Wanted> wanted) {
    auto values = co_await read_as_named(wanted);
    if (!values || named_) { co_return values; }
    const auto misunderstood = [&](std::size_t i) {
        const Result<Bytes>& value = (*values)[i];
        return is_whichever(wanted[i].object) && !value && value.error().code == unknown_object;
    };
    std::vector<Wanted> again;
    for (std::size_t i = 0; i < wanted.size(); ++i) {
        if (misunderstood(i)) { again.push_back(wanted[i]); }
    }
    if (again.empty()) { co_return values; }
    // Devices older than the identifier that stands for any have to be called by their own.
    const auto device = co_await introduced();
    if (!device) { co_return values; }
    named_ = true;
    auto told = co_await read_as_named(std::move(again));
    if (!told) { co_return told; }
    for (std::size_t i = 0, at = 0; i < wanted.size(); ++i) {
        if (misunderstood(i)) { (*values)[i] = std::move((*told)[at++]); }
    }
    co_return values;
}

Task<Result<Bytes>> Properties::read_one(bacnet::ObjectId object, std::uint32_t property) {
    Wanted wanted;
    wanted.object = named_ && itself_ && is_whichever(object) ? *itself_ : object;
    wanted.property.property = property;
    auto value = co_await single(wanted);
    co_return value;
}

/// As its I-Am says.
Task<Result<bacnet::ObjectId>> Properties::introduced() {
    constexpr Duration time_to_say = std::chrono::seconds(3);
    const std::optional<bacnet::InstanceLimits> all;
    auto found = co_await client_.who_is(all, time_to_say);
    if (!found) { co_return tl::unexpected(found.error()); }
    const bool peer = !station_.remote && station_.link.empty();
    for (const FoundDevice& one : *found) {
        if (one.station == station_ || (peer && !one.station.remote)) {
            itself_ = one.said.device;
            co_return *itself_;
        }
    }
    co_return fail(Category::timeout, "the device does not say which it is", client_.where(station_),
                   {"-a device:NUMBER"}, "bacnet.no_device");
}

Task<Result<bacnet::ObjectId>> Properties::itself() {
    if (itself_) { co_return *itself_; }
    Wanted wanted;
    wanted.object = {bacnet::device_type, bacnet::any_instance};
    wanted.property.property = object_identifier;
    std::vector<Wanted> one(1, wanted);
    auto values = co_await read(std::move(one));
    if (!values) { co_return tl::unexpected(values.error()); }
    if (itself_) { co_return *itself_; }
    if (!values->front()) { co_return tl::unexpected(values->front().error()); }
    const auto held = bacnet::decode_primitives(*values->front());
    const auto* id = held && held->size() == 1 ? std::get_if<bacnet::ObjectId>(&held->front()) : nullptr;
    if (id == nullptr) {
        co_return fail(Category::untrusted, "its Object_Identifier is none", client_.where(station_), {},
                       "bacnet.identifier");
    }
    itself_ = *id;
    co_return *itself_;
}

Task<Result<Properties::Intake>> Properties::intake() {
    if (intake_) { co_return *intake_; }
    std::vector<Wanted> wanted(3);
    constexpr std::array<std::uint32_t, 3> asked{max_apdu_accepted, segmentation_supported, max_segments_accepted};
    for (std::size_t i = 0; i < asked.size(); ++i) {
        wanted[i].object = {bacnet::device_type, bacnet::any_instance};
        wanted[i].property.property = asked[i];
    }
    auto values = co_await read(std::move(wanted));
    if (!values) { co_return tl::unexpected(values.error()); }
    Intake intake;
    intake.limits.max_apdu = std::clamp<std::size_t>(whole_number((*values)[0]).value_or(most_), 50, 1476);
    intake.limits.max_segments = whole_number((*values)[2]).value_or(0);
    constexpr std::uint64_t both = 0, receive = 2, none = 3;
    const auto segmentation = whole_number((*values)[1]).value_or(none);
    intake.in_parts = segmentation == both || segmentation == receive;
    intake_ = intake;
    co_return intake;
}

} // namespace meterctl::sessions::bacnet
