#include "sessions/mbus/reader.hpp"

#include "codecs/mbus/naming.hpp"
#include "src/core/hex.hpp"

#include <algorithm>
#include <array>

namespace meterctl::sessions::mbus {

namespace mbus = codecs::mbus;

namespace {

using catalogue::Point;
using Kind = PointAddress::Kind;

bool ends_all(const Error& error) {
    return error.category == Category::endpoint || error.category == Category::interrupted;
}

bool holds_group(const Selector& selector, const Point& point) {
    return std::ranges::find(selector.groups, point.group) != selector.groups.end();
}

Reading header_reading(std::string_view name, std::string_view address, Value value) {
    Reading reading;
    reading.name = name;
    reading.address = address;
    reading.value = std::move(value);
    return reading;
}

/// Bits 0 and 1 of the status say what is wrong with the application; the others are alarms.
std::vector<std::string> status_flags(std::uint8_t status) {
    struct Bit {
        std::uint8_t mask, value;
        std::string_view flag;
    };
    constexpr std::array bits{Bit{0x03, 0x01, "fault:busy"},      Bit{0x03, 0x02, "fault:application_error"},
                              Bit{0x03, 0x03, "fault:abnormal"},  Bit{0x04, 0x04, "fault:power_low"},
                              Bit{0x08, 0x08, "fault:permanent"}, Bit{0x10, 0x10, "fault:temporary"}};
    std::vector<std::string> flags;
    for (const Bit& bit : bits) {
        if ((status & bit.mask) == bit.value) { flags.emplace_back(bit.flag); }
    }
    return flags;
}

Reading part_reading(const Point& point, const Readout& readout, HeaderPart part) {
    Reading reading = reading_of(point, header_value(readout, part));
    const auto header = readout.header();
    if (part != HeaderPart::status || !header) { return reading; }
    reading.text = mbus::status_text(header->status);
    reading.flags = status_flags(header->status);
    return reading;
}

std::string missing_text(const PointAddress& address) {
    if (address.kind == Kind::record) { return "the meter sent no record " + to_hex(address.header, ""); }
    if (address.kind == Kind::number) { return "the meter sent no record " + std::to_string(address.number); }
    if (address.kind == Kind::baud) { return "nothing says the baud rate behind a socket"; }
    return "the meter sent no such value";
}

Error missing(const PointAddress& address, const std::string& where) {
    return fail(Category::refused, missing_text(address), where, {"'meterctl read' with -m mbus shows what it sends"},
                "mbus.no_record")
        .value();
}

} // namespace

Value header_value(const Readout& readout, HeaderPart part) {
    const auto header = readout.header();
    return header ? mbus::part_of(*header, part) : Value{};
}

std::vector<Reading> header_readings(const Readout& readout) {
    const auto header = readout.header();
    if (!header) { return {}; }
    std::vector<Reading> readings;
    readings.push_back(header_reading("serial_number", "header:id", header_value(readout, HeaderPart::id)));
    if (header->identity.manufacturer != 0) {
        readings.push_back(
            header_reading("manufacturer", "header:manufacturer", header_value(readout, HeaderPart::manufacturer)));
        readings.push_back(header_reading("version", "header:version", header_value(readout, HeaderPart::version)));
    }
    Reading medium = header_reading("medium", "header:medium", header_value(readout, HeaderPart::medium));
    medium.text = mbus::medium_name(header->identity.medium);
    readings.push_back(std::move(medium));
    Reading status = header_reading("status", "header:status", header_value(readout, HeaderPart::status));
    status.text = mbus::status_text(header->status);
    status.flags = status_flags(header->status);
    readings.push_back(std::move(status));
    return readings;
}

std::vector<Reading> name_all(const Readout& readout) {
    std::vector<Reading> readings = header_readings(readout);
    const auto header = readout.header();
    mbus::Namer namer(header ? header->identity.medium : mbus::medium::other);
    for (const mbus::Telegram& telegram : readout.telegrams) {
        if (const auto* fixed = std::get_if<mbus::FixedData>(&telegram)) {
            unsigned number = 0;
            for (const mbus::FixedCounter& counter : fixed->counters) {
                readings.push_back(namer.reading(counter, ++number));
            }
        }
    }
    for (const mbus::Record* record : readout.records()) { readings.push_back(namer.reading(*record)); }
    return readings;
}

Task<Result<Readout>> Reader::ask(const Selector& selector) {
    if (!selector.ci) {
        auto readout = co_await read_out(station_);
        co_return readout;
    }
    mbus::Command command;
    command.ci = *selector.ci;
    auto reply = co_await station_.send(command);
    if (!reply) { co_return tl::unexpected(reply.error()); }
    std::optional<Reply> first;
    if (!reply->is_ack()) { first = std::move(*reply); }
    auto readout = co_await read_out(station_, std::move(first));
    co_return readout;
}

/// Leaves the slave with the readout that other masters expect, where a selection of the maker's own holds the same.
Task<void> Reader::restore(const Selector& last) {
    const Selector& usual = selectors_.front();
    if (!last.ci || last.groups == usual.groups) { co_return; }
    for (const Selector& selector : selectors_) {
        if (!selector.ci || selector.groups != usual.groups) { continue; }
        mbus::Command command;
        command.ci = *selector.ci;
        auto reply = co_await station_.send(command);
        static_cast<void>(reply); // what was read stands
        co_return;
    }
}

std::optional<Reading> reading_in(const Readout& readout, const Point& point, const PointAddress& address) {
    const auto records = readout.records();
    switch (address.kind) {
    case Kind::record:
        for (const mbus::Record* record : records) {
            if (std::ranges::equal(record->header, address.header)) { return reading_of(point, *record); }
        }
        return std::nullopt;
    case Kind::number: {
        if (address.number > records.size()) { return std::nullopt; }
        const mbus::Record& record = *records[address.number - 1];
        Point as_sent = point;
        as_sent.unit = record.unit;
        return reading_of(as_sent, record);
    }
    case Kind::part:
        return part_reading(point, readout, address.part);
    case Kind::primary:
        return reading_of(point, Value(std::uint64_t{readout.primary}));
    case Kind::name: {
        auto readings = name_all(readout);
        const auto found = std::ranges::find(readings, point.name, &Reading::name);
        return found == readings.end() ? std::nullopt : std::optional(std::move(*found));
    }
    case Kind::baud:
    case Kind::method:
        break;
    }
    return std::nullopt;
}

void Reader::look_up(Wanted& wanted, const Readout& readout, bool usual) const {
    if (wanted.address.kind == Kind::baud) {
        const auto line = station_.client().transport().line();
        if (line) { wanted.reading = reading_of(*wanted.point, Value(std::uint64_t{line->baud})); }
        return;
    }
    // Records are counted in the usual readout.
    if (wanted.address.kind == Kind::number && !usual) { return; }
    wanted.reading = reading_in(readout, *wanted.point, wanted.address);
}

Task<Result<ReadOutcome>> Reader::read(std::span<const Point> points) {
    std::vector<Wanted> wanted;
    for (const Point& point : points) {
        auto address = point_address(point);
        if (!address) { co_return tl::unexpected(address.error()); }
        Wanted one;
        one.point = &point;
        one.address = std::move(*address);
        wanted.push_back(std::move(one));
    }
    const auto is_open = [](const Wanted& one) { return !one.reading; };
    std::vector<const Selector*> untried;
    untried.reserve(selectors_.size());
    for (const Selector& selector : selectors_) { untried.push_back(&selector); }
    std::optional<Error> trouble;
    const Selector* last = nullptr;
    while (!untried.empty() && std::ranges::any_of(wanted, is_open)) {
        const auto promising = std::ranges::find_if(untried, [&](const Selector* selector) {
            return std::ranges::any_of(
                wanted, [&](const Wanted& one) { return is_open(one) && holds_group(*selector, *one.point); });
        });
        const auto place = promising == untried.end() ? untried.begin() : promising;
        const Selector& selector = **place;
        untried.erase(place);
        auto readout = co_await ask(selector);
        last = &selector;
        if (!readout) {
            const bool hopeless = ends_all(readout.error()) || !station_.client().heard_from();
            if (hopeless) { co_return tl::unexpected(readout.error()); }
            if (!trouble) { trouble = readout.error(); }
            continue;
        }
        for (Wanted& one : wanted) {
            if (is_open(one)) { look_up(one, *readout, !selector.ci); }
        }
        if (!trouble && !readout->damages.empty()) { trouble = readout->damages.front(); }
    }
    if (last != nullptr) { co_await restore(*last); }
    ReadOutcome outcome;
    for (Wanted& one : wanted) {
        if (one.reading) {
            outcome.readings.push_back(std::move(*one.reading));
            continue;
        }
        Error error = trouble ? *trouble : missing(one.address, station_.client().where());
        outcome.failures.push_back(PointFailure{one.point->name, std::move(error)});
    }
    if (trouble && outcome.readings.empty()) { co_return tl::unexpected(*trouble); }
    co_return outcome;
}

Task<Result<ReadOutcome>> Reader::read_all() {
    auto readout = co_await read_out(station_);
    if (!readout) { co_return tl::unexpected(readout.error()); }
    ReadOutcome outcome;
    outcome.readings = name_all(*readout);
    for (const Error& damage : readout->damages) { outcome.failures.push_back(PointFailure{{}, damage}); }
    co_return outcome;
}

} // namespace meterctl::sessions::mbus
