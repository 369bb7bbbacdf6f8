#include "sessions/mbus/writer.hpp"

#include "sessions/mbus/relocation.hpp"
#include "src/core/hex.hpp"
#include "src/core/text.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>

namespace meterctl::sessions::mbus {

namespace mbus = codecs::mbus;

namespace {

using catalogue::Point;
using Kind = PointAddress::Kind;

constexpr std::array<std::uint8_t, 2> identification_header{0x0C, 0x79};

Result<unsigned> whole_number(const Point& point, const Value& value) {
    const auto number = value.number();
    const auto whole = number ? number->to_int64() : std::nullopt;
    if (whole && *whole >= 0 && *whole <= 0xFFFFFF) { return static_cast<unsigned>(*whole); }
    return fail(Category::rejected, "'" + value.to_string() + "' is no whole number", point.name, {}, "write.value");
}

Result<mbus::Command> record_command(const Point& point, ByteView header, const Value& value) {
    auto own = record_value(point, header, value);
    if (!own) { return tl::unexpected(own.error()); }
    return mbus::write_record(header, *own);
}

/// "all", or headers in hex, parted by commas.
Result<mbus::Command> selection_of_records(const Value& argument) {
    const std::string text = argument.to_string();
    if (text.empty() || text == "all") { return mbus::global_readout(); }
    std::vector<Bytes> headers;
    for (const std::string_view part : split(text, ',')) {
        const std::string_view digits = trim(part);
        auto header = from_hex(digits.starts_with("drh:") ? digits.substr(4) : digits);
        if (!header) { return tl::unexpected(header.error()); }
        headers.push_back(std::move(*header));
    }
    return mbus::select_records(headers);
}

Result<mbus::Command> reset_command(const Value& argument) {
    if (argument.is_null()) { return mbus::reset_application(); }
    const auto number = argument.number();
    const auto code = number ? number->to_int64() : std::nullopt;
    if (!code || *code < 0 || *code > 0xFF) {
        return fail(Category::rejected, "'" + argument.to_string() + "' is no sub code", {}, {"a number from 0 to 255"},
                    "write.value");
    }
    return mbus::reset_application(static_cast<std::uint8_t>(*code));
}

Result<mbus::Command> method_command(Method method, const Value& argument) {
    switch (method) {
    case Method::application_reset:
        return reset_command(argument);
    case Method::select_records:
        return selection_of_records(argument);
    default:
        return mbus::global_readout();
    }
}

PlannedFrame planned(Bytes octets, std::string summary) {
    PlannedFrame frame;
    frame.octets = std::move(octets);
    frame.summary = std::move(summary);
    return frame;
}

bool same(const Value& a, const Value& b) {
    const auto left = a.number(), right = b.number();
    if (left && right) { return *left == *right; }
    const auto* time = a.get<DateTime>();
    const auto* other = b.get<DateTime>();
    if (time == nullptr || other == nullptr) { return a == b; }
    // A clock goes on, and a slave's time is local and may be to the minute.
    const auto utc = [](DateTime local) {
        local.utc_offset_minutes = 0;
        local.second = local.second.value_or(0);
        return local.to_utc();
    };
    const auto first = utc(*time), second = utc(*other);
    constexpr auto most = std::chrono::minutes(2);
    return first && second && (*first > *second ? *first - *second : *second - *first) <= most;
}

/// The point alone, read through its usual ways.
Task<Result<Reading>> read_one(Reader& reader, const Point& point) {
    auto outcome = co_await reader.read(std::span(&point, 1));
    if (!outcome) { co_return tl::unexpected(outcome.error()); }
    if (!outcome->failures.empty()) { co_return tl::unexpected(outcome->failures.front().error); }
    co_return std::move(outcome->readings.front());
}

/// A slave that was selected by its number is selected by the new one from now on.
void follow(Station& station, const Point& point, const Value& written) {
    const auto address = point_address(point);
    const auto& selected = station.address().secondary;
    if (!address || !selected || !std::ranges::equal(address->header, identification_header)) { return; }
    const auto number = mbus::parse_selection(fmt::format("{:0>8}", written.to_string()));
    if (!number) { return; }
    mbus::Selection pattern = *selected;
    pattern.wanted.id = number->wanted.id;
    station.move_to(at_secondary(pattern));
}

Task<Result<WriteOutcome>> write_record(Station& station, Reader& reader, const Point& point, const Value& value) {
    const auto command = write_command(point, value);
    if (!command) { co_return tl::unexpected(command.error()); }
    WriteOutcome outcome;
    outcome.point = point.name;
    outcome.written = value;
    const bool readable = point.access != catalogue::Access::write && !station.address().broadcasts();
    if (readable) {
        auto before = co_await read_one(reader, point);
        if (before) {
            outcome.before = std::move(before->value);
        } else if (before.error().category != Category::refused) {
            co_return tl::unexpected(before.error());
        }
    }
    auto reply = co_await station.send(*command);
    if (!reply) { co_return tl::unexpected(reply.error()); }
    if (station.address().broadcasts()) { co_return outcome; }
    follow(station, point, value);
    // What a slave did not take it says when it is asked for data.
    auto readout = co_await read_first(station);
    if (!readout) { co_return tl::unexpected(readout.error()); }
    if (!readable) { co_return outcome; }
    auto after = co_await read_one(reader, point);
    if (!after) { co_return outcome; }
    outcome.verified = same(after->value, value);
    outcome.read_back = std::move(*after);
    co_return outcome;
}

} // namespace

Result<mbus::Command> write_command(const Point& point, const Value& value) {
    const auto address = point_address(point);
    if (!address) { return tl::unexpected(address.error()); }
    switch (address->kind) {
    case Kind::record:
        return record_command(point, address->header, value);
    case Kind::primary:
        return whole_number(point, value).and_then(mbus::set_primary_address);
    case Kind::baud:
        return whole_number(point, value).and_then(mbus::set_baud);
    case Kind::method:
        return method_command(address->method, value);
    default:
        return fail(Category::rejected, "this cannot be written", point.name, {"a point such as drh:0C79"},
                    "write.access");
    }
}

Result<std::vector<PlannedFrame>> plan(const Station& station, const Point& point, const Value& value) {
    std::vector<PlannedFrame> frames;
    if (station.address().secondary) {
        auto selection = station.selection_frame();
        if (!selection) { return tl::unexpected(selection.error()); }
        frames.push_back(planned(std::move(*selection), "select " + station.address().to_string()));
    }
    const auto address = point_address(point);
    if (!address) { return tl::unexpected(address.error()); }
    if (address->kind == Kind::method && address->method == Method::initialise) {
        frames.push_back(planned(station.initialise_frame(), "SND_NKE"));
        return frames;
    }
    if (address->kind == Kind::method && address->method == Method::request_alarm) {
        frames.push_back(planned(mbus::encode_short(mbus::control::req_ud1, station.address().primary), "REQ_UD1"));
        return frames;
    }
    const auto command = write_command(point, value);
    if (!command) { return tl::unexpected(command.error()); }
    auto frame = station.frame_of(*command);
    if (!frame) { return tl::unexpected(frame.error()); }
    frames.push_back(planned(std::move(*frame), mbus::command_text(command->ci, command->data)));
    return frames;
}

Task<Result<WriteOutcome>> write_point(Station& station, Reader& reader, const Point& point, const Value& value) {
    const auto address = point_address(point);
    if (!address) { co_return tl::unexpected(address.error()); }
    const bool moves = address->kind == Kind::primary || address->kind == Kind::baud;
    if (!moves || station.address().broadcasts()) {
        auto outcome = co_await write_record(station, reader, point, value);
        co_return outcome;
    }
    const auto number = whole_number(point, value);
    if (!number) { co_return tl::unexpected(number.error()); }
    if (address->kind == Kind::primary) {
        auto outcome = co_await change_address(station, point, *number);
        co_return outcome;
    }
    auto outcome = co_await change_baud(station, point, *number);
    co_return outcome;
}

Task<Result<Value>> call(Station& station, Method method, const Value& argument) {
    if (method == Method::initialise) {
        auto done = co_await station.initialise();
        if (!done) { co_return tl::unexpected(done.error()); }
        if (!station.client().heard_from()) {
            auto reply = co_await station.request_data();
            if (!reply) { co_return tl::unexpected(reply.error()); }
        }
        co_return Value();
    }
    if (method == Method::request_alarm) {
        auto reply = co_await station.request_alarm();
        if (!reply) { co_return tl::unexpected(reply.error()); }
        if (reply->is_ack()) { co_return Value("no alarm"); }
        const mbus::Frame frame = reply->frame();
        const auto telegram = mbus::decode_telegram(frame.ci, frame.data);
        const auto* alarm = telegram ? std::get_if<mbus::Alarm>(&*telegram) : nullptr;
        if (alarm == nullptr) { co_return Value(to_hex(reply->octets)); }
        co_return Value(std::uint64_t{alarm->state});
    }
    const auto command = method_command(method, argument);
    if (!command) { co_return tl::unexpected(command.error()); }
    auto reply = co_await station.send(*command);
    if (!reply) { co_return tl::unexpected(reply.error()); }
    if (station.address().broadcasts()) { co_return Value(); }
    auto readout = co_await read_first(station);
    if (!readout) { co_return tl::unexpected(readout.error()); }
    co_return Value();
}

} // namespace meterctl::sessions::mbus
