#include "sessions/iec62056_21/reader.hpp"

#include "codecs/iec62056_21/readings.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace meterctl::sessions::iec62056_21 {

namespace iec = codecs::iec62056_21;

namespace {

using catalogue::Point;

/// A readout whose block check is missing, or wrong and to be ignored.
constexpr std::string_view unchecked_flag = "unchecked";

Reading text_reading(const Point& point, const std::string& text) {
    Reading reading;
    reading.name = point.name;
    reading.obis = point.obis;
    reading.address = point.address;
    reading.raw.assign(text.begin(), text.end());
    reading.value = text;
    return reading;
}

tl::unexpected<Error> not_in_readout(const Point& point) {
    std::vector<std::string> hints{"`meterctl read TARGET -p iec62056-21`, which shows all that it has"};
    if (!point.address.empty()) {
        hints.push_back("reg:" + point.address + ", if it is a register of programming mode");
    }
    return fail(Category::refused, "the meter's readout has no such data set",
                point.address.empty() ? point.name : point.address, std::move(hints), "iec62056_21.no_data_set");
}

std::vector<Reading> named_readings(const Readout& readout, std::span<const iec::DataSet> sets,
                                    const catalogue::Definition* meter) {
    std::vector<Reading> readings = iec::to_readings(sets, meter);
    for (Reading& reading : readings) {
        if (!readout.checked) { reading.flags.emplace_back(unchecked_flag); }
    }
    return readings;
}

/// A point of which only the common name is known.
Result<Reading> by_name(const Point& point, const Readout& readout, std::span<const iec::DataSet> sets) {
    std::vector<Reading> readings = named_readings(readout, sets, nullptr);
    const auto found = std::ranges::find(readings, point.name, &Reading::name);
    if (found == readings.end()) { return not_in_readout(point); }
    return std::move(*found);
}

} // namespace

std::optional<std::string> from_sign_on(const iec::Identification& identification, std::string_view address) {
    if (address == identification_address) { return identification.product(); }
    if (address == manufacturer_address) { return identification.manufacturer; }
    return std::nullopt;
}

std::optional<std::vector<iec::Group>> groups_of(std::span<const iec::DataSet> sets, std::string_view id) {
    auto set = std::ranges::find_if(
        sets, [id](const iec::DataSet& one) { return !one.id.empty() && iec::same_id(one.id, id); });
    if (set == sets.end()) { return std::nullopt; }
    std::vector<iec::Group> groups = set->groups;
    for (++set; set != sets.end() && set->id.empty(); ++set) {
        groups.insert(groups.end(), set->groups.begin(), set->groups.end());
    }
    return groups;
}

/// One call of read(): what was asked, and what came of each point.
struct Reader::Job {
    explicit Job(std::span<const Point> asked) : points(asked), results(asked.size()) {}

    std::span<const Point> points;
    std::vector<std::optional<Result<Reading>>> results;
    std::vector<std::size_t> in_readout, registers;
    std::optional<Error> end; ///< why nothing more is asked

    void set(std::size_t point, Result<Reading> result) { results[point].emplace(std::move(result)); }

    void sort_out() {
        for (std::size_t i = 0; i < points.size(); ++i) {
            if (points[i].access == catalogue::Access::write) {
                set(i, fail(Category::rejected, "this point can only be written", points[i].name, {}, "read.access"));
                continue;
            }
            if (points[i].address.empty()) { // known by its name alone
                in_readout.push_back(i);
                continue;
            }
            const auto at = iec::point_address(points[i]);
            if (!at) {
                set(i, tl::unexpected(at.error()));
                continue;
            }
            (at->kind == iec::PointAddress::Kind::reg ? registers : in_readout).push_back(i);
        }
    }

    void decode(std::size_t point, const Readout& readout, std::span<const iec::DataSet> sets) {
        const Point& asked = points[point];
        if (asked.address.empty()) { return set(point, by_name(asked, readout, sets)); }
        const auto said = readout.identification ? from_sign_on(*readout.identification, asked.address) : std::nullopt;
        if (said) { return set(point, text_reading(asked, *said)); }
        const auto groups = groups_of(sets, asked.address);
        if (!groups) { return set(point, not_in_readout(asked)); }
        auto reading = iec::decode_point(asked, *groups);
        if (reading && !readout.checked) { reading->flags.emplace_back(unchecked_flag); }
        set(point, std::move(reading));
    }

    void fail_rest(std::span<const std::size_t> rest, const Error& error) {
        for (const std::size_t point : rest) { set(point, tl::unexpected(error)); }
        end = error;
    }

    ReadOutcome outcome() && {
        ReadOutcome outcome;
        for (std::size_t i = 0; i < points.size(); ++i) {
            if (!results[i] && end) { set(i, tl::unexpected(*end)); }
            if (!results[i]) { continue; }
            if (results[i]->has_value()) {
                outcome.readings.push_back(std::move(**results[i]));
                continue;
            }
            PointFailure failure;
            failure.point = points[i].name;
            failure.error = std::move(results[i]->error());
            outcome.failures.push_back(std::move(failure));
        }
        return outcome;
    }
};

Task<Result<ReadOutcome>> Reader::read(std::span<const Point> points) {
    if (points.empty()) {
        auto all = co_await read_all();
        co_return all;
    }
    Job job(points);
    job.sort_out();
    if (!job.in_readout.empty()) { co_await read_readout(job); }
    if (!job.registers.empty() && !job.end) { co_await read_registers(job); }
    const std::optional<Error> end = job.end;
    ReadOutcome outcome = std::move(job).outcome();
    if (outcome.readings.empty() && end) { co_return tl::unexpected(*end); }
    co_return outcome;
}

Task<Result<ReadOutcome>> Reader::read_all() {
    auto readout = co_await client_.read_out();
    if (!readout) { co_return tl::unexpected(readout.error()); }
    const iec::DataBlock block = iec::parse_block(readout->block);
    ReadOutcome outcome;
    outcome.readings = named_readings(*readout, block.sets, meter_);
    co_return outcome;
}

Task<void> Reader::read_readout(Job& job) {
    auto readout = co_await client_.read_out();
    if (!readout) {
        job.fail_rest(job.in_readout, readout.error());
        co_return;
    }
    const iec::DataBlock block = iec::parse_block(readout->block);
    for (const std::size_t point : job.in_readout) { job.decode(point, *readout, block.sets); }
}

Task<void> Reader::read_registers(Job& job) {
    Programming programming(client_);
    auto entered = co_await programming.enter();
    if (!entered) {
        // Refused, it concerns the registers alone; else nobody is there.
        if (entered.error().category == Category::refused) {
            for (const std::size_t point : job.registers) { job.set(point, tl::unexpected(entered.error())); }
        } else {
            job.fail_rest(job.registers, entered.error());
        }
    }
    for (std::size_t i = 0; entered && i < job.registers.size(); ++i) {
        const std::size_t point = job.registers[i];
        auto reading = co_await read_register(programming, job.points[point]);
        const bool gone = !reading && reading.error().category != Category::refused && ends_all(reading.error());
        if (gone) { job.fail_rest(std::span(job.registers).subspan(i), reading.error()); }
        if (gone) { break; }
        job.set(point, std::move(reading));
    }
    co_await programming.leave();
}

Task<Result<Reading>> read_register(Programming& programming, const Point& point) {
    const auto at = iec::point_address(point);
    if (!at) { co_return tl::unexpected(at.error()); }
    const iec::Command command = iec::read_command(at->id, at->value, at->read_type);
    auto block = co_await programming.read(command);
    if (!block) {
        Error error = block.error();
        error.where = point.address + (error.where.empty() ? "" : ", " + error.where);
        co_return tl::unexpected(error);
    }
    std::vector<iec::Group> groups;
    for (const iec::DataSet& set : iec::parse_block(*block).sets) {
        if (!set.id.empty() && !iec::same_id(set.id, at->id)) {
            co_return fail(Category::untrusted, "the meter's answer is about " + set.id, point.address,
                           {"asking again"}, "iec62056_21.mismatch");
        }
        groups.insert(groups.end(), set.groups.begin(), set.groups.end());
    }
    if (groups.empty()) {
        co_return fail(Category::untrusted, "the meter's answer holds no value", point.address, {},
                       "iec62056_21.no_value");
    }
    co_return iec::decode_point(point, groups);
}

} // namespace meterctl::sessions::iec62056_21
