#include "sessions/modbus/reader.hpp"

#include <algorithm>

namespace meterctl::sessions::modbus {

namespace modbus = codecs::modbus;

namespace {

/// After so many requests in a row without an answer the meter is taken to be gone.
constexpr unsigned gone_after = 2;

/// The meter does not answer for all of the registers, or not for so many.
bool may_be_split(const Error& error) {
    return error.code == "modbus.exception.2" || error.code == "modbus.exception.3";
}

bool nothing_trusted_came(const Error& error) {
    return error.category == Category::timeout || error.category == Category::untrusted ||
           error.category == Category::endpoint || error.category == Category::interrupted;
}

bool ends_all(const Error& error) {
    return error.category == Category::endpoint || error.category == Category::interrupted;
}

Range to_range(const modbus::Block& block) {
    return {block.table, block.first, unsigned{block.first} + block.count};
}

} // namespace

/// One call of read(): what was asked, and what came of each point.
struct Reader::Job {
    explicit Job(std::span<const catalogue::Point> asked) : points(asked), results(asked.size()) {}

    std::span<const catalogue::Point> points;
    std::vector<std::optional<Result<Reading>>> results;
    std::vector<Range> wanted;       ///< registers
    std::vector<std::size_t> owners; ///< the point of each range
    unsigned unanswered = 0;
    std::optional<Error> end; ///< why nothing more is asked

    void set(std::size_t point, Result<Reading> result) { results[point].emplace(std::move(result)); }

    void sort_out() {
        for (std::size_t i = 0; i < points.size(); ++i) {
            const catalogue::Point& point = points[i];
            if (point.access == catalogue::Access::write) {
                set(i, fail(Category::rejected, "this point can only be written", point.name, {}, "read.access"));
            } else if (!is_identification(point.address)) {
                const auto at = modbus::point_address(point);
                if (!at) {
                    set(i, tl::unexpected(at.error()));
                    continue;
                }
                wanted.push_back({at->table, at->first, unsigned{at->first} + at->count});
                owners.push_back(i);
            }
        }
    }

    void decode(const PlannedRead& read, std::span<const std::uint16_t> words) {
        for (const std::size_t value : read.values) {
            const std::size_t skipped = wanted[value].first - read.range.first;
            set(owners[value],
                modbus::decode_point(points[owners[value]], words.subspan(skipped, wanted[value].count())));
        }
    }

    void note_failure(const Error& error, bool heard_from) {
        if (nothing_trusted_came(error)) { ++unanswered; }
        const bool gone = error.category == Category::timeout && (!heard_from || unanswered >= gone_after);
        if (ends_all(error) || gone) { end = error; }
    }

    ReadOutcome outcome() && {
        ReadOutcome outcome;
        for (std::size_t i = 0; i < points.size(); ++i) {
            if (!results[i] && end) { set(i, tl::unexpected(*end)); }
            if (!results[i]) { continue; }
            if (results[i]->has_value()) {
                outcome.readings.push_back(std::move(**results[i]));
            } else {
                PointFailure failure;
                failure.point = points[i].name;
                failure.error = std::move(results[i]->error());
                outcome.failures.push_back(std::move(failure));
            }
        }
        return outcome;
    }
};

Task<Result<ReadOutcome>> Reader::read(std::span<const catalogue::Point> points) {
    Job job(points);
    job.sort_out();
    co_await read_registers(job);
    co_await read_identification(job);
    ReadOutcome outcome = std::move(job).outcome();
    const bool all_lost = outcome.readings.empty() && !outcome.failures.empty() &&
                          std::all_of(outcome.failures.begin(), outcome.failures.end(),
                                      [](const PointFailure& failure) { return nothing_trusted_came(failure.error); });
    if (all_lost) { co_return tl::unexpected(outcome.failures.front().error); }
    co_return outcome;
}

Task<void> Reader::read_registers(Job& job) {
    auto todo = plan_reads(job.wanted, limits_);
    std::reverse(todo.begin(), todo.end());
    while (!todo.empty() && !job.end) {
        const PlannedRead read = std::move(todo.back());
        todo.pop_back();
        auto words = co_await read_range(read.range);
        if (words) {
            job.unanswered = 0;
            job.decode(read, *words);
            continue;
        }
        if (may_be_split(words.error())) {
            job.unanswered = 0;
            auto parts = split_refused(read, job.wanted, limits_);
            todo.insert(todo.end(), std::make_move_iterator(parts.rbegin()), std::make_move_iterator(parts.rend()));
            if (!parts.empty()) { continue; }
        }
        for (const std::size_t value : read.values) { job.set(job.owners[value], tl::unexpected(words.error())); }
        job.note_failure(words.error(), client_.heard_from());
    }
}

Task<void> Reader::read_identification(Job& job) {
    for (std::size_t i = 0; i < job.points.size() && !job.end; ++i) {
        const catalogue::Point& point = job.points[i];
        if (job.results[i] || !is_identification(point.address)) { continue; }
        auto text = co_await identification_.text(point.address);
        if (!text) {
            job.set(i, tl::unexpected(text.error()));
            job.note_failure(text.error(), client_.heard_from());
            continue;
        }
        Reading reading;
        reading.name = point.name;
        reading.obis = point.obis;
        reading.address = point.address;
        reading.raw.assign(text->begin(), text->end());
        reading.value = std::move(*text);
        job.set(i, std::move(reading));
    }
}

Task<Result<std::vector<std::uint16_t>>> Reader::read_range(Range range) {
    modbus::ReadRequest ask;
    ask.table = range.table;
    ask.address = static_cast<std::uint16_t>(range.first);
    ask.count = static_cast<std::uint16_t>(range.count());
    const modbus::Request request = ask;
    auto answer = co_await client_.ask(request);
    if (!answer) { co_return tl::unexpected(answer.error()); }
    if (auto* registers = std::get_if<modbus::ReadRegistersAnswer>(&*answer)) {
        co_return std::move(registers->registers);
    }
    if (const auto* bits = std::get_if<modbus::ReadBitsAnswer>(&*answer)) {
        co_return std::vector<std::uint16_t>(bits->bits.begin(), bits->bits.end());
    }
    co_return fail(Category::untrusted, "the answer holds no registers", client_.where());
}

Result<PlanLimits> plan_limits(const catalogue::Definition* meter,
                               const std::optional<transports::LineSettings>& line) {
    PlanLimits limits;
    limits.max_gap = paying_gap(line);
    if (meter == nullptr) { return limits; }
    const auto settings = modbus::settings(*meter);
    if (!settings) { return tl::unexpected(settings.error()); }
    limits.max_registers = settings->max_registers;
    if (settings->max_gap) { limits.max_gap = *settings->max_gap; }
    for (const modbus::Block& block : settings->readable) { limits.readable.push_back(to_range(block)); }
    return limits;
}

} // namespace meterctl::sessions::modbus
