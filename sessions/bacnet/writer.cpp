#include "sessions/bacnet/writer.hpp"

#include "codecs/bacnet/names.hpp"
#include "sessions/protocols.hpp"

#include <fmt/format.h>

namespace meterctl::sessions::bacnet {

namespace bacnet = codecs::bacnet;

namespace {

using namespace std::chrono_literals;
using catalogue::Point;

constexpr Duration between_reads = 250ms;
constexpr std::uint32_t record_count = 141, total_record_count = 145;

bool same(const Point& point, const Reading& reading, const Value& value) {
    const auto left = reading.value.number(), right = value.number();
    if (left && right) { return *left == *right; }
    if (reading.value == value) { return true; }
    // A label or a name stands for its number, a date for its text.
    const auto octets = bacnet::encode_point(point, value);
    return octets && *octets == reading.raw;
}

/// What is given back at a priority: the device goes on to the next, or to Relinquish_Default.
bool relinquishes(const Point& point, const Value& value) {
    return value.is_null() && !point.method;
}

} // namespace

Result<bacnet::WriteProperty> Writer::service_of(const Point& point, const Value& value) const {
    if (point.address.empty()) {
        return fail(Category::usage, "only the device can tell where this is", point.name,
                    {"TYPE:INSTANCE instead of its name, which nobody has to be asked about"}, "bacnet.point");
    }
    const auto address = bacnet::parse_point_address(point.address);
    if (!address) { return tl::unexpected(address.error()); }
    auto octets = address->command             ? bacnet::encode_command(*address)
                  : relinquishes(point, value) ? Result<Bytes>(bacnet::encode_primitive(bacnet::Null{}))
                                               : bacnet::encode_point(point, value);
    if (!octets) { return tl::unexpected(octets.error()); }
    bacnet::WriteProperty service;
    service.object = address->object;
    service.property = address->property;
    service.value = std::move(*octets);
    service.priority = options_.priority;
    return service;
}

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

/// Only reads may leave open which device is meant.
Task<Result<bacnet::ObjectId>> Writer::named(bacnet::ObjectId object) {
    if (object != device_object()) { co_return object; }
    auto device = co_await properties_.itself();
    co_return device;
}

/// A device that was given another identifier is called by it from then on.
void Writer::stored(const bacnet::WriteProperty& service) {
    const bool renamed =
        service.object.type == bacnet::device_type && service.property.property == property::object_identifier;
    if (!renamed) { return; }
    const auto held = bacnet::decode_primitives(service.value);
    const auto* id = held && held->size() == 1 ? std::get_if<bacnet::ObjectId>(&held->front()) : nullptr;
    if (id != nullptr) { properties_.is_now(*id); }
}

Task<Result<void>> Writer::send(bacnet::WriteProperty service) {
    auto device = co_await named(service.object);
    if (!device) { co_return tl::unexpected(device.error()); }
    service.object = *device;
    Bytes data = bacnet::encode(service);
    auto answer = co_await properties_.client().ask(properties_.station(), bacnet::ConfirmedService::write_property,
                                                    std::move(data));
    if (!answer) { co_return tl::unexpected(answer.error()); }
    stored(service);
    co_return Result<void>();
}

/// Devices that want some time between two commands get it.
Task<Result<void>> Writer::keep_apart(const bacnet::PointAddress& address, unsigned seconds) {
    if (seconds == 0) { co_return Result<void>(); }
    bacnet::PointAddress place = address;
    place.command.reset();
    const std::string key = place.text();
    transports::Loop& loop = properties_.client().link().transport().loop();
    const auto last = last_sent_.find(key);
    const Duration passed = last == last_sent_.end() ? Duration::max() : loop.now() - last->second;
    if (passed < std::chrono::seconds(seconds)) {
        const Duration left = std::chrono::seconds(seconds) - passed;
        if (options_.notice) {
            options_.notice(fmt::format("waiting {:.1f} s: the device takes no more than one command in {} s",
                                        std::chrono::duration<double>(left).count(), seconds));
        }
        auto paused = co_await properties_.client().pause(left);
        if (!paused) { co_return paused; }
    }
    co_return Result<void>();
}

void Writer::sent_now(const bacnet::PointAddress& address) {
    bacnet::PointAddress place = address;
    place.command.reset();
    last_sent_[place.text()] = properties_.client().link().transport().loop().now();
}

/// Against what the device holds now.
Task<Result<void>> Writer::fits_ratio(const Point& point, const Value& value) {
    const Point* other = point.ratio && options_.meter != nullptr ? options_.meter->find(point.ratio->to) : nullptr;
    if (other == nullptr) { co_return Result<void>(); }
    auto held = co_await reader_.read_one(*other);
    if (!held) { co_return tl::unexpected(held.error()); }
    co_return check_ratio(point, value, held->value);
}

/// Total_Record_Count of the log that such a write empties; nullopt of all else.
Task<Result<std::optional<std::uint64_t>>> Writer::recorded(const Point& point, const Value& value) {
    const auto address = bacnet::parse_point_address(point.address);
    const bool emptied = address && address->property.property == record_count && value.number() == Decimal{0, 0};
    if (!emptied) { co_return std::optional<std::uint64_t>(); }
    auto octets = co_await properties_.read_one(address->object, total_record_count);
    if (!octets && octets.error().category != Category::refused) { co_return tl::unexpected(octets.error()); }
    const auto held = octets ? bacnet::decode_primitives(*octets) : Result<std::vector<bacnet::Primitive>>();
    const auto* total = held && held->size() == 1 ? std::get_if<std::uint64_t>(&held->front()) : nullptr;
    co_return total == nullptr ? std::nullopt : std::optional(*total);
}

/// A log that was emptied records that, and what comes after: it is empty of all else where it holds no more records
/// than it has made since.
Task<Result<bool>> Writer::emptied(const Point& point, const Value& value, const Reading& after) {
    const auto before = recorded_.find(point.address);
    const auto count = after.value.number();
    if (before == recorded_.end() || !count) { co_return false; }
    auto now = co_await recorded(point, value);
    if (!now) { co_return tl::unexpected(now.error()); }
    const Decimal since{static_cast<Int128>(now->value_or(0)) - static_cast<Int128>(before->second), 0};
    co_return *count <= since;
}

/// Reads until the device holds the value, or the time to store it is over.
Task<Result<void>> Writer::settle(const Point& point, const Value& value, WriteOutcome& outcome) {
    const auto address = bacnet::parse_point_address(point.address);
    transports::Loop& loop = properties_.client().link().transport().loop();
    const TimePoint deadline = loop.now() + options_.settles;
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
        // What takes effect where nothing is commanded any more, only the device knows.
        bool holds = relinquishes(point, value) || same(point, *after, value);
        if (!holds) {
            auto purged = co_await emptied(point, value, *after);
            if (!purged) { co_return tl::unexpected(purged.error()); }
            holds = *purged;
        }
        outcome.verified = sound && holds;
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

/// What stands there before.
Task<Result<WriteOutcome>> Writer::begin(const Point& point, const Value& value) {
    WriteOutcome outcome;
    outcome.point = point.name;
    outcome.written = value;
    if (point.access == catalogue::Access::write) { co_return outcome; }
    auto before = co_await reader_.read_one(point);
    if (!before && before.error().category != Category::refused) { co_return tl::unexpected(before.error()); }
    if (before) { outcome.before = std::move(before->value); }
    auto total = co_await recorded(point, value);
    if (!total) { co_return tl::unexpected(total.error()); }
    if (*total) { recorded_[point.address] = **total; }
    co_return outcome;
}

Task<Result<WriteOutcome>> Writer::write(const Point& point, const Value& value) {
    auto service = service_of(point, value);
    if (!service) { co_return tl::unexpected(service.error()); }
    auto fits = co_await fits_ratio(point, value);
    if (!fits) { co_return tl::unexpected(fits.error()); }
    auto outcome = co_await begin(point, value);
    if (!outcome) { co_return outcome; }
    const auto address = bacnet::parse_point_address(point.address);
    auto apart = co_await keep_apart(*address, point.min_interval_s);
    if (!apart) { co_return tl::unexpected(apart.error()); }
    auto sent = co_await send(std::move(*service));
    sent_now(*address);
    if (!sent) { co_return tl::unexpected(sent.error()); }
    if (point.access == catalogue::Access::write) { co_return outcome; }
    auto settled = co_await settle(point, value, *outcome);
    if (!settled) { co_return tl::unexpected(settled.error()); }
    co_return outcome;
}

const Point* Writer::method_at(std::string_view address) const {
    if (options_.meter == nullptr) { return nullptr; }
    for (const Point& point : options_.meter->points) {
        if (point.method && point.address == address) { return &point; }
    }
    return nullptr;
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
    point.method = true;
    auto service = service_of(point, argument);
    if (!service) { co_return tl::unexpected(service.error()); }
    const Point* method = method_at(address);
    auto apart = co_await keep_apart(*parsed, method == nullptr ? 0 : method->min_interval_s);
    if (!apart) { co_return tl::unexpected(apart.error()); }
    auto sent = co_await send(std::move(*service));
    sent_now(*parsed);
    if (!sent) { co_return tl::unexpected(sent.error()); }
    co_return Value();
}

} // namespace meterctl::sessions::bacnet
