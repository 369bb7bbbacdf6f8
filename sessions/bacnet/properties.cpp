#include "sessions/bacnet/properties.hpp"

#include "codecs/bacnet/point.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace meterctl::sessions::bacnet {

namespace bacnet = codecs::bacnet;

namespace {

using bacnet::ConfirmedService;

constexpr std::size_t answer_header = 3; ///< of a ComplexACK
constexpr std::size_t object_octets = 7; ///< its identifier, and the tags around its results

bool ends_all(const Error& error) {
    return error.category == Category::endpoint || error.category == Category::interrupted ||
           error.category == Category::usage;
}

std::string key(const Wanted& wanted) {
    bacnet::PointAddress address;
    address.object = wanted.object;
    address.property = wanted.property;
    return address.text();
}

bool same_object(const bacnet::ObjectId& asked, const bacnet::ObjectId& told) {
    const bool itself = asked.type == bacnet::device_type && asked.instance == bacnet::any_instance;
    return asked == told || (itself && told.type == bacnet::device_type);
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

} // namespace

std::size_t Properties::octets_of(const Wanted& wanted) const {
    const auto known = known_octets_.find(key(wanted));
    const std::size_t value = known == known_octets_.end() ? wanted.octets : known->second;
    constexpr std::size_t tags = 2;
    const std::size_t property = wanted.property.property > 0xFFU ? 3 : 2;
    const std::size_t index = !wanted.property.index ? 0 : *wanted.property.index > 0xFFU ? 3 : 2;
    return property + index + tags + value;
}

/// How many from the front fit one answer, and their request one request; at least one.
std::size_t Properties::fitting(Span wanted) const {
    std::size_t octets = answer_header;
    for (std::size_t i = 0; i < wanted.size(); ++i) {
        const bool another = i == 0 || wanted[i].object != wanted[i - 1].object;
        octets += octets_of(wanted[i]) + (another ? object_octets : 0);
        if (octets > most_) { return std::max<std::size_t>(i, 1); }
    }
    return wanted.size();
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
    if (error.category != Category::refused) {
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

Task<Result<Properties::Values>> Properties::read(std::vector<Wanted> wanted) {
    Values values;
    const Span all(wanted);
    while (values.size() < all.size()) {
        const Span rest = all.subspan(values.size());
        auto part = co_await pack(rest.first(fitting(rest)));
        if (!part) { co_return part; }
        std::ranges::move(*part, std::back_inserter(values));
    }
    co_return values;
}

Task<Result<Bytes>> Properties::read_one(bacnet::ObjectId object, std::uint32_t property) {
    Wanted wanted;
    wanted.object = object;
    wanted.property.property = property;
    auto value = co_await single(wanted);
    co_return value;
}

} // namespace meterctl::sessions::bacnet
