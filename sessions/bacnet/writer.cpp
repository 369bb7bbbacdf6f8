#include "sessions/bacnet/writer.hpp"

#include "codecs/bacnet/names.hpp"

#include <fmt/format.h>

namespace meterctl::sessions::bacnet {

namespace bacnet = codecs::bacnet;

namespace {

using namespace std::chrono_literals;
using catalogue::Point;

constexpr Duration between_reads = 250ms;

Result<bacnet::WriteProperty> service_of(const Point& point, const Value& value) {
    const auto address = bacnet::parse_point_address(point.address);
    if (!address) { return tl::unexpected(address.error()); }
    auto octets = address->command ? bacnet::encode_command(*address) : bacnet::encode_point(point, value);
    if (!octets) { return tl::unexpected(octets.error()); }
    bacnet::WriteProperty service;
    service.object = address->object;
    service.property = address->property;
    service.value = std::move(*octets);
    return service;
}

bool same(const Point& point, const Reading& reading, const Value& value) {
    const auto left = reading.value.number(), right = value.number();
    if (left && right) { return *left == *right; }
    if (reading.value == value) { return true; }
    // A label or a name stands for its number, a date for its text.
    const auto octets = bacnet::encode_point(point, value);
    return octets && *octets == reading.raw;
}

} // namespace

Result<std::vector<PlannedFrame>> Writer::plan(const Point& point, const Value& value) const {
    const auto service = service_of(point, value);
    if (!service) { return tl::unexpected(service.error()); }
    PlannedFrame frame;
    frame.octets = properties_.client().request(properties_.station(), bacnet::ConfirmedService::write_property,
                                                bacnet::encode(*service));
    frame.summary = "WriteProperty " + point.address + " (NPDU)";
    std::vector<PlannedFrame> frames;
    frames.push_back(std::move(frame));
    return frames;
}

Task<Result<void>> Writer::send(bacnet::WriteProperty service) {
    Bytes data = bacnet::encode(service);
    auto answer = co_await properties_.client().ask(properties_.station(), bacnet::ConfirmedService::write_property,
                                                    std::move(data));
    if (!answer) { co_return tl::unexpected(answer.error()); }
    co_return Result<void>();
}

/// Reads until the device holds the value, or the time to store it is over.
Task<Result<void>> Writer::settle(const Point& point, const Value& value, WriteOutcome& outcome) {
    const auto address = bacnet::parse_point_address(point.address);
    transports::Loop& loop = properties_.client().link().transport().loop();
    const TimePoint deadline = loop.now() + settles_;
    std::optional<std::uint32_t> reliability;
    for (;;) {
        auto after = co_await reader_.read_one(point);
        if (!after) { co_return tl::unexpected(after.error()); }
        bool sound = true;
        if (address->property.property == property::present_value) {
            auto read = co_await properties_.read_one(address->object, property::reliability);
            reliability = read ? enumerated_in(*read) : std::nullopt;
            sound = !reliability || *reliability == 0;
        }
        outcome.verified = sound && same(point, *after, value);
        outcome.read_back = std::move(*after);
        if (outcome.verified) { co_return Result<void>(); }
        if (loop.now() >= deadline) { break; }
        auto paused = co_await properties_.client().pause(std::min(between_reads, deadline - loop.now()));
        if (!paused) { co_return paused; }
    }
    if (reliability.value_or(0) == 0) { co_return Result<void>(); }
    co_return fail(Category::refused,
                   "the device took the value and does not store it: Reliability is " +
                       bacnet::names::text(bacnet::names::reliabilities, *reliability, 64),
                   point.name, {"what the manual allows, which may depend on other settings"}, "bacnet.reliability");
}

Task<Result<WriteOutcome>> Writer::write(const Point& point, const Value& value) {
    auto service = service_of(point, value);
    if (!service) { co_return tl::unexpected(service.error()); }
    WriteOutcome outcome;
    outcome.point = point.name;
    outcome.written = value;
    const bool readable = point.access != catalogue::Access::write;
    if (readable) {
        auto before = co_await reader_.read_one(point);
        if (!before && before.error().category != Category::refused) { co_return tl::unexpected(before.error()); }
        if (before) { outcome.before = std::move(before->value); }
    }
    auto sent = co_await send(std::move(*service));
    if (!sent) { co_return tl::unexpected(sent.error()); }
    if (!readable) { co_return outcome; }
    auto settled = co_await settle(point, value, outcome);
    if (!settled) { co_return tl::unexpected(settled.error()); }
    co_return outcome;
}

Task<Result<Value>> Writer::invoke(std::string_view address, const Value& argument) {
    const auto parsed = bacnet::parse_point_address(address);
    if (!parsed) { co_return tl::unexpected(parsed.error()); }
    if (!parsed->command && argument.is_null()) {
        co_return fail(Category::usage, "nothing says what is written", std::string(address), {"METHOD=ARGUMENT"});
    }
    Point point;
    point.name = point.address = std::string(address);
    point.type = bacnet::usual_type(*parsed);
    auto service = service_of(point, argument);
    if (!service) { co_return tl::unexpected(service.error()); }
    auto sent = co_await send(std::move(*service));
    if (!sent) { co_return tl::unexpected(sent.error()); }
    co_return Value();
}

} // namespace meterctl::sessions::bacnet
