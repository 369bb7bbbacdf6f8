// Several attributes written together.
#include "sessions/dlms/calendar.hpp"
#include "sessions/dlms/clock_setting.hpp"
#include "sessions/dlms/writer.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <set>

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

/// What is more than one value, or only right at its moment, or decides whether the meter is reached at all, goes
/// alone.
bool is_plain(const catalogue::Point& point) {
    const auto address = dlms::parse_point_address(point.address);
    return address && address->class_id != 0 && !address->method && address->path.empty() && !is_calendar(point) &&
           !is_clock_time(*address) && !point.changes_line && point.after.empty();
}

} // namespace

/// An attribute that is there twice has parts, which are written one after the other.
bool Writer::fits_list(std::span<const PointValue> writes) {
    std::set<std::string> addresses;
    const auto fits = [&](const PointValue& one) {
        return is_plain(one.point) && addresses.insert(one.point.address).second;
    };
    return writes.size() > 1 && std::ranges::all_of(writes, fits);
}

Task<std::vector<Result<WriteOutcome>>> Writer::write_list(std::vector<PointValue> writes) {
    std::vector<Result<WriteOutcome>> outcomes;
    std::vector<Prepared> all;
    std::vector<AttributeDescriptor> attributes;
    std::vector<Data> values;
    outcomes.reserve(writes.size());
    all.reserve(writes.size());
    for (const PointValue& one : writes) {
        auto prepared = co_await prepare(one.point, one.value);
        if (!prepared) { // nothing has been sent
            const std::size_t at = all.size();
            for (std::size_t index = 0; index < writes.size(); ++index) {
                outcomes.emplace_back(tl::unexpected(index == at ? prepared.error() : not_written()));
            }
            co_return outcomes;
        }
        attributes.push_back(attribute_of(prepared->address));
        values.push_back(prepared->data);
        all.push_back(std::move(*prepared));
    }
    const auto done = co_await services_.set_list(std::move(attributes), std::move(values));
    for (std::size_t index = 0; index < all.size(); ++index) {
        if (!done) {
            outcomes.emplace_back(tl::unexpected(done.error()));
        } else if (!(*done)[index]) {
            outcomes.emplace_back(tl::unexpected(reader_.explained_write((*done)[index].error())));
        } else {
            auto outcome = co_await conclude(std::move(all[index]));
            outcomes.push_back(std::move(outcome));
        }
    }
    co_return outcomes;
}

Task<std::vector<Result<WriteOutcome>>> Writer::write_all(std::vector<PointValue> writes) {
    if (services_.sets_lists() && fits_list(writes)) {
        auto listed = co_await write_list(std::move(writes));
        co_return listed;
    }
    std::vector<Result<WriteOutcome>> outcomes;
    outcomes.reserve(writes.size());
    for (PointValue& one : writes) {
        if (!outcomes.empty() && !outcomes.back()) {
            outcomes.emplace_back(tl::unexpected(not_written()));
            continue;
        }
        auto outcome = co_await write(std::move(one.point), std::move(one.value));
        outcomes.push_back(std::move(outcome));
    }
    co_return outcomes;
}

Result<std::vector<std::vector<PlannedFrame>>> Writer::plan_all(std::span<const PointValue> writes) const {
    std::vector<std::vector<PlannedFrame>> plans;
    const bool lists = association_.options().conformance.has(dlms::Feature::multiple_references);
    std::vector<AttributeDescriptor> attributes;
    std::vector<Data> values;
    for (const PointValue& one : writes) {
        if (lists && fits_list(writes)) {
            const auto address = dlms::parse_point_address(one.point.address);
            auto data = dlms::encode_point(one.point, one.value);
            if (!address) { return tl::unexpected(address.error()); }
            if (!data) { return tl::unexpected(data.error()); }
            attributes.push_back(attribute_of(*address));
            values.push_back(std::move(*data));
            plans.emplace_back();
            continue;
        }
        auto planned = plan(one.point, one.value);
        if (!planned) { return tl::unexpected(planned.error()); }
        plans.push_back(std::move(*planned));
    }
    if (attributes.empty()) { return plans; }
    const std::string what = fmt::format("SET with a list of {} attributes", attributes.size());
    plans.front().push_back({Services::set_list_apdu(attributes, values), what});
    return plans;
}

} // namespace meterctl::sessions::dlms
