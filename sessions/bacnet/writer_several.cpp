// Several writes in one request. ASHRAE 135, clause 15.10.
#include "sessions/bacnet/writer.hpp"
#include "sessions/protocols.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace meterctl::sessions::bacnet {

namespace bacnet = codecs::bacnet;

namespace {

using Services = std::vector<bacnet::WriteProperty>;

constexpr std::size_t request_header = 4;
constexpr std::string_view unrecognized_service = "bacnet.reject.9";

/// Neighbours of one object share its identifier.
std::vector<bacnet::WriteAccess> accesses(std::span<const bacnet::WriteProperty> services) {
    std::vector<bacnet::WriteAccess> list;
    for (const bacnet::WriteProperty& service : services) {
        if (list.empty() || list.back().object != service.object) {
            list.emplace_back();
            list.back().object = service.object;
        }
        bacnet::PropertyValue value;
        value.property = service.property;
        value.value = service.value;
        value.priority = service.priority;
        list.back().properties.push_back(std::move(value));
    }
    return list;
}

} // namespace

struct Writer::Part {
    Services services;
    PeerLimits limits;
};

Result<std::vector<std::vector<PlannedFrame>>> Writer::plan_all(std::span<const PointValue> writes) const {
    std::vector<std::vector<PlannedFrame>> plans(writes.size());
    if (writes.size() < 2 || !options_.multiple) {
        for (std::size_t i = 0; i < writes.size(); ++i) {
            auto frames = plan(writes[i].point, writes[i].value);
            if (!frames) { return tl::unexpected(frames.error()); }
            plans[i] = std::move(*frames);
        }
        return plans;
    }
    Services services;
    std::string summary = "WritePropertyMultiple";
    for (const PointValue& one : writes) {
        auto service = service_of(one.point, one.value);
        if (!service) { return tl::unexpected(service.error()); }
        services.push_back(std::move(*service));
        summary += " " + one.point.address;
    }
    PlannedFrame frame;
    frame.octets = properties_.client().request(
        properties_.station(), bacnet::ConfirmedService::write_property_multiple, bacnet::encode(accesses(services)));
    frame.summary = summary + " (NPDU)";
    plans.front().push_back(std::move(frame));
    return plans;
}

Task<Writer::Outcomes> Writer::one_by_one(std::span<const PointValue> writes) {
    Outcomes outcomes;
    bool failed = false;
    for (const PointValue& one : writes) {
        if (failed) {
            outcomes.emplace_back(tl::unexpected(not_written()));
            continue;
        }
        auto outcome = co_await write(one.point, one.value);
        failed = !outcome.has_value();
        outcomes.push_back(std::move(outcome));
    }
    co_return outcomes;
}

/// As one request, in segments where the device takes them; else as many as each request holds.
Task<Result<std::vector<Writer::Part>>> Writer::parts_of(std::span<const PointValue> writes) {
    std::vector<Part> parts(1);
    for (const PointValue& one : writes) {
        auto service = service_of(one.point, one.value);
        if (!service) { co_return tl::unexpected(service.error()); }
        auto device = co_await named(service->object);
        if (!device) { co_return tl::unexpected(device.error()); }
        service->object = *device;
        parts.front().services.push_back(std::move(*service));
    }
    const Bytes whole = bacnet::encode(accesses(parts.front().services));
    if (whole.size() + request_header <= properties_.most()) { co_return parts; }
    const auto intake = co_await properties_.intake();
    if (!intake) { co_return tl::unexpected(intake.error()); }
    parts.front().limits = intake->limits;
    if (intake->in_parts) { co_return parts; }
    const Services all = std::move(parts.front().services);
    parts.clear();
    for (const bacnet::WriteProperty& service : all) {
        if (!parts.empty()) {
            Services longer = parts.back().services;
            longer.push_back(service);
            if (bacnet::encode(accesses(longer)).size() + request_header <= intake->limits.max_apdu) {
                parts.back().services = std::move(longer);
                continue;
            }
        }
        parts.emplace_back();
        parts.back().services.push_back(service);
    }
    co_return parts;
}

/// How many of it, from the front, were written. An error where none can tell.
Task<Result<std::size_t>> Writer::send_part(const Part& part) {
    Bytes data = bacnet::encode(accesses(part.services));
    auto answer = co_await properties_.client().ask(
        properties_.station(), bacnet::ConfirmedService::write_property_multiple, std::move(data), part.limits);
    if (answer) { co_return part.services.size(); }
    const auto first = bacnet::decode_write_error(properties_.client().refusal_data());
    const bool told = answer.error().code.starts_with("bacnet.error.") && first;
    if (!told) { co_return tl::unexpected(answer.error()); }
    const auto failed = std::ranges::find_if(part.services, [&](const bacnet::WriteProperty& service) {
        return service.object == first->object && service.property == first->property;
    });
    if (failed == part.services.end()) { co_return tl::unexpected(answer.error()); }
    co_return static_cast<std::size_t>(failed - part.services.begin());
}

/// Against what is written with it, or else what the device holds.
Task<Result<void>> Writer::fits_among(std::span<const PointValue> writes, const PointValue& one) {
    if (!one.point.ratio) { co_return Result<void>(); }
    const auto other = std::ranges::find_if(
        writes, [&one](const PointValue& candidate) { return candidate.point.name == one.point.ratio->to; });
    if (other != writes.end()) { co_return check_ratio(one.point, one.value, other->value); }
    auto fits = co_await fits_ratio(one.point, one.value);
    co_return fits;
}

Task<Writer::Outcomes> Writer::write_all(std::span<const PointValue> writes) {
    const bool apart = std::ranges::any_of(writes, [](const PointValue& one) { return one.point.min_interval_s != 0; });
    if (writes.size() < 2 || !options_.multiple || apart) {
        auto outcomes = co_await one_by_one(writes);
        co_return outcomes;
    }
    const auto nothing = [&writes](const Error& error) {
        Outcomes outcomes(1, tl::unexpected(error));
        while (outcomes.size() < writes.size()) { outcomes.emplace_back(tl::unexpected(not_written())); }
        return outcomes;
    };
    Outcomes outcomes;
    for (const PointValue& one : writes) {
        auto fits = co_await fits_among(writes, one);
        if (!fits) { co_return nothing(fits.error()); }
        auto outcome = co_await begin(one.point, one.value);
        if (!outcome) { co_return nothing(outcome.error()); }
        outcomes.push_back(std::move(outcome));
    }
    const auto parts = co_await parts_of(writes);
    if (!parts) { co_return nothing(parts.error()); }
    std::size_t done = 0;
    std::optional<Error> failed;
    for (const Part& part : *parts) {
        const auto written = co_await send_part(part);
        // What was read before tells that the device answers; some say nothing to a service that they lack.
        const bool lacks_it =
            !written && (written.error().code == unrecognized_service || written.error().category == Category::timeout);
        if (lacks_it && done == 0) {
            options_.multiple = false;
            auto one_after_the_other = co_await one_by_one(writes);
            co_return one_after_the_other;
        }
        for (std::size_t i = 0; written && i < *written; ++i) { stored(part.services[i]); }
        done += written.value_or(0);
        if (!written) { failed = written.error(); }
        if (written && *written < part.services.size()) {
            const auto first = bacnet::decode_write_error(properties_.client().refusal_data());
            failed = bacnet::refusal(first->error.error_class, first->error.error_code);
            failed->where = properties_.client().where(properties_.station());
        }
        if (failed) { break; }
    }
    for (std::size_t i = 0; i < writes.size(); ++i) {
        if (i > done) { outcomes[i] = tl::unexpected(not_written()); }
        if (i == done && failed) { outcomes[i] = tl::unexpected(*failed); }
        if (i >= done || writes[i].point.access == catalogue::Access::write) { continue; }
        auto settled = co_await settle(writes[i].point, writes[i].value, *outcomes[i]);
        if (!settled) { outcomes[i] = tl::unexpected(settled.error()); }
    }
    co_return outcomes;
}

} // namespace meterctl::sessions::bacnet
