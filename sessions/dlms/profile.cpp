#include "sessions/dlms/profile.hpp"

#include "sessions/dlms/discovery.hpp"

#include <algorithm>
#include <deque>
#include <fmt/format.h>

namespace meterctl::sessions::dlms {

namespace dlms = codecs::dlms;

namespace {

using namespace std::chrono_literals;

constexpr std::int8_t buffer = 2, capture_objects = 3, capture_period = 4, sort_method = 5, entries_in_use = 7;
constexpr std::int64_t last_in_first_out = 2;
constexpr std::uint16_t clock_class = 8, data_class = 1;

bool refuses(const Error& error) {
    return error.category == Category::refused;
}

std::optional<std::int64_t> whole(const Result<dlms::Data>& data) {
    return data ? data->whole() : std::nullopt;
}

/// The object that event logs keep an event's number in: 0-0:96.11.E.255.
bool holds_event(const dlms::CaptureObject& object) {
    return object.class_id == data_class && object.logical_name.a == 0 && object.logical_name.c == 96 &&
           object.logical_name.d == 11;
}

/// A span that is asked for by local time is asked for so much wider: whether a meter counts summer time in it is not
/// known. What is outside is left away here.
constexpr std::chrono::seconds summer_time = 1h;
/// Behind the last record that was had, this much is asked for again: a clock that was set back, and the end of summer
/// time, make earlier times come later.
constexpr std::chrono::seconds set_back = 3h;

constexpr std::string_view enough_code = "dlms.enough";

/// What ends a transfer that has given enough.
tl::unexpected<Error> enough() {
    return fail(Category::interrupted, "enough", {}, {}, std::string(enough_code));
}

/// Where the meter cannot give the last so many, all come, and the others are forgotten.
struct Tail {
    std::optional<std::uint64_t> most;
    std::deque<ProfileRecord> rows;
};

} // namespace

ProfileFetch::ProfileFetch(Association& association, Services& services, Reader& reader,
                           const catalogue::Definition* meter, catalogue::Profile profile, ProfileSelection selection,
                           const ProfileSink& sink)
    : association_(association), services_(services), reader_(reader), meter_(meter), profile_(std::move(profile)),
      selection_(std::move(selection)), sink_(sink) {}

dlms::AttributeDescriptor ProfileFetch::attribute(std::int8_t index) const {
    dlms::AttributeDescriptor attribute;
    attribute.class_id = address_.class_id;
    attribute.logical_name = address_.logical_name;
    attribute.attribute = index;
    return attribute;
}

void ProfileFetch::note(std::string text) {
    head_.notes.push_back(std::move(text));
}

ProfileCell ProfileFetch::cell_of(const dlms::CaptureObject& object, std::size_t place) const {
    ProfileCell cell;
    cell.object = object;
    if (object.class_id == clock_class && object.attribute == 2) { cell.kind = ProfileCell::Kind::time; }
    dlms::PointAddress address;
    address.class_id = object.class_id;
    address.logical_name = object.logical_name;
    address.index = object.attribute;
    const auto text = address.text();
    if (meter_ != nullptr) {
        const auto same = [&](const catalogue::Point& point) {
            const auto own = dlms::parse_point_address(point.address);
            return own && own->path.empty() && *own == address;
        };
        const auto found = std::ranges::find_if(meter_->points, same);
        if (found != meter_->points.end()) { cell.point = *found; }
    }
    if (cell.point.name.empty()) {
        dlms::ListedObject listed;
        listed.class_id = 1; // any that has a value
        listed.logical_name = object.logical_name;
        cell.point = points_of({listed}).front();
        cell.point.address = text;
        if (object.attribute != 2) { cell.point.name += fmt::format(":{}", static_cast<int>(object.attribute)); }
    }
    // Where the meter keeps the status elsewhere than the definition says, its place tells it.
    const bool delivered = place < profile_.columns.size() && profile_.columns[place] == profile_.status;
    if (!profile_.status.empty() && delivered && cell.point.bits.empty() && meter_ != nullptr) {
        const auto* const status = meter_->find(profile_.status);
        if (status != nullptr) { cell.point.bits = status->bits; }
    }
    if (holds_event(object)) { cell.kind = ProfileCell::Kind::event; }
    return cell;
}

/// Asked for once, and together.
Task<Result<void>> ProfileFetch::scalers(std::vector<ProfileCell>& cells) {
    std::vector<dlms::AttributeDescriptor> wanted;
    std::vector<std::size_t> places;
    for (std::size_t place = 0; place < cells.size(); ++place) {
        dlms::PointAddress address;
        address.class_id = cells[place].object.class_id;
        address.logical_name = cells[place].object.logical_name;
        address.index = cells[place].object.attribute;
        const auto where = dlms::scaler_unit_address(address);
        if (!where) { continue; }
        dlms::AttributeDescriptor attribute;
        attribute.class_id = where->class_id;
        attribute.logical_name = where->logical_name;
        attribute.attribute = where->index;
        wanted.push_back(std::move(attribute));
        places.push_back(place);
    }
    if (wanted.empty()) { co_return Result<void>(); }
    auto values = co_await services_.get_list(std::move(wanted));
    if (!values) { co_return tl::unexpected(values.error()); }
    for (std::size_t index = 0; index < places.size() && index < values->size(); ++index) {
        const auto& value = (*values)[index];
        ProfileCell& cell = cells[places[index]];
        if (value) { cell.scaling = dlms::scaler_unit_of(*value); }
        if (!cell.scaling) { note(fmt::format("{} is not scaled: the meter does not tell how", cell.point.name)); }
    }
    co_return Result<void>();
}

Task<Result<void>> ProfileFetch::describe() {
    if (described_) { co_return Result<void>(); }
    catalogue::Point point;
    point.name = profile_.name;
    point.address = profile_.address.empty() ? profile_.name : profile_.address;
    auto address = co_await reader_.address_of(point);
    if (!address) { co_return tl::unexpected(address.error()); }
    address_ = *address;
    std::vector<dlms::AttributeDescriptor> wanted;
    for (const auto index : {capture_objects, capture_period, sort_method, entries_in_use}) {
        wanted.push_back(attribute(index));
    }
    dlms::AttributeDescriptor clock;
    clock.class_id = clock_class;
    clock.logical_name = dlms::CaptureObject().logical_name;
    clock.attribute = 2;
    wanted.push_back(std::move(clock));
    auto values = co_await services_.get_list(std::move(wanted));
    if (!values) { co_return tl::unexpected(values.error()); }
    if (!(*values)[0]) { co_return tl::unexpected(reader_.explained((*values)[0].error())); }
    std::vector<ProfileCell> cells;
    const auto* const objects = (*values)[0]->items();
    bool timed = false;
    for (std::size_t place = 0; objects != nullptr && place < objects->size(); ++place) {
        const auto object = dlms::capture_object_of((*objects)[place]);
        if (!object) { continue; }
        cells.push_back(cell_of(*object, place));
        const bool time = cells.back().kind == ProfileCell::Kind::time;
        if (time && timed) { cells.back().kind = ProfileCell::Kind::value; }
        timed = timed || time;
    }
    if (cells.empty()) {
        co_return fail(Category::untrusted, "the profile tells no columns", address_.text(), {},
                       "dlms.profile.columns");
    }
    if (!timed && (selection_.from || selection_.to)) {
        co_return fail(Category::usage, "the profile records no time: nothing can be selected by it", address_.text(),
                       {"--entries", "--last"}, "dlms.profile.no_time");
    }
    auto scaled = co_await scalers(cells);
    if (!scaled) { co_return scaled; }
    take_head(*values);
    const auto period = head_.period.value_or(0s);
    rows_ = ProfileRows(std::move(cells), profile_, newest_first_ ? -period : period);
    head_.columns = rows_.columns();
    sieve_ = ProfileSieve(selection_, period, counting_sink());
    described_ = true;
    co_return Result<void>();
}

void ProfileFetch::take_head(const std::vector<Result<dlms::Data>>& values) {
    const std::chrono::seconds period(whole(values[1]).value_or(0));
    if (period > 0s) { head_.period = period; }
    newest_first_ = whole(values[2]) == last_in_first_out;
    if (const auto held = whole(values[3])) {
        head_.held = static_cast<std::uint64_t>(std::max<std::int64_t>(0, *held));
    }
    const auto sent = values[4] ? dlms::date_time_of(*values[4]) : std::nullopt;
    if (sent) {
        const auto shown = dlms::show_date_time(*sent);
        const auto* const time = shown.value.get<DateTime>();
        if (time != nullptr && time->complete()) { clock_ = *time; }
    }
    if (selection_.last) { most_ = selection_.last; }
    if (selection_.entries) { most_ = selection_.entries->second - selection_.entries->first + 1; }
}

/// Of these, no more than are wanted.
ProfileSink ProfileFetch::counting_sink() {
    ProfileSink counting;
    counting.gap = sink_.gap;
    counting.record = [this](ProfileRecord&& record) {
        const bool go_on = !sink_.record || sink_.record(std::move(record));
        enough_ = enough_ || !go_on || (most_ && sieve_.given() >= *most_);
        return !enough_;
    };
    return counting;
}

/// A time that is asked for, as the meter is to be told: with its offset from UTC, or as the meter's local time.
DateTime ProfileFetch::bound(DateTime time, bool with_deviation, std::chrono::seconds wider) const {
    const auto offset = clock_ ? clock_->utc_offset_minutes : std::nullopt;
    const bool exact = with_deviation && time.utc_offset_minutes;
    if (!exact) {
        if (time.utc_offset_minutes && offset) {
            time = later_by(time, std::chrono::minutes(*offset - *time.utc_offset_minutes)).value_or(time);
        }
        time.utc_offset_minutes = with_deviation ? offset : std::nullopt;
        time = later_by(time, wider).value_or(time);
    }
    return time;
}

bool ProfileFetch::ranged() const {
    return selection_.from || selection_.to || (sieve_.last() && sieve_.last()->time);
}

/// nullopt: all, since the clock has been set back behind the last record that was had.
std::optional<dlms::Selection> ProfileFetch::by_range(bool with_deviation) const {
    const auto& mark = sieve_.last();
    auto from = selection_.from;
    if (mark && mark->time) {
        if (clock_ && earlier(*clock_, *mark->time)) { return std::nullopt; }
        const auto behind = later_by(*mark->time, -set_back);
        if (behind && (!from || earlier(*from, *behind))) { from = behind; }
    }
    auto first = from ? bound(*from, with_deviation, -summer_time) : *DateTime::parse("2000-01-01T00:00:00");
    auto last =
        selection_.to ? bound(*selection_.to, with_deviation, summer_time) : *DateTime::parse("2099-12-31T23:59:59");
    // Both or neither: a deviation on one side alone is more than some meters take.
    if (!from && last.utc_offset_minutes) { first.utc_offset_minutes = last.utc_offset_minutes; }
    if (!selection_.to && first.utc_offset_minutes) { last.utc_offset_minutes = first.utc_offset_minutes; }
    return dlms::to_selection(dlms::clock_range(dlms::to_cosem(first), dlms::to_cosem(last)));
}

/// What to ask the meter for; nullopt: all.
std::optional<dlms::Selection> ProfileFetch::selective(bool with_deviation) const {
    if (ranged()) { return by_range(with_deviation); }
    dlms::EntrySelection entries;
    const auto count = [](std::uint64_t number) { return static_cast<std::uint32_t>(number); };
    if (selection_.entries) {
        const auto [first, last] = *selection_.entries;
        entries.from = count(first);
        entries.to = count(last);
        if (!newest_first_) { return dlms::to_selection(entries); }
        if (!head_.held || last > *head_.held) { return std::nullopt; }
        entries.from = count(*head_.held - last + 1);
        entries.to = count(*head_.held - first + 1);
        return dlms::to_selection(entries);
    }
    if (!selection_.last || !head_.held) { return std::nullopt; }
    const auto most = std::min(*selection_.last, *head_.held);
    if (newest_first_) {
        entries.to = count(most);
    } else {
        entries.from = count(*head_.held - most + 1);
        entries.to = count(*head_.held); // 0 for the newest is more than some meters take
    }
    return most == 0 ? std::nullopt : std::optional(dlms::to_selection(entries));
}

/// Once, and not before the meter has answered: what it refuses is among the notes.
void ProfileFetch::tell_head() {
    if (!told_ && sink_.head) { sink_.head(head_); }
    told_ = true;
}

Task<Result<void>> ProfileFetch::stream(std::optional<dlms::Selection> selection) {
    const bool all = !selection;
    auto wanted = attribute(buffer);
    wanted.selection = std::move(selection);
    rows_.restart();
    const bool resumed = sieve_.last().has_value();
    sieve_.restart();
    Tail tail;
    tail.most = all && !resumed ? selection_.last : std::nullopt;
    const bool hold = newest_first_ || tail.most.has_value();
    std::uint64_t place = 0;
    const auto give = [&](ProfileRecord&& record) {
        ++place;
        const bool before = all && !resumed && selection_.entries && place < selection_.entries->first;
        return before || sieve_.take(std::move(record));
    };
    const Services::RowSink taken = [&](dlms::Data&& row) -> Result<void> {
        tell_head();
        auto record = rows_.record(row);
        if (!record) { return tl::unexpected(record.error()); }
        if (!hold) { return give(std::move(*record)) ? Result<void>() : enough(); }
        newest_first_ ? tail.rows.push_front(std::move(*record)) : tail.rows.push_back(std::move(*record));
        if (!tail.most || tail.rows.size() <= *tail.most) { return {}; }
        newest_first_ ? tail.rows.pop_back() : tail.rows.pop_front();
        return {};
    };
    auto done = co_await services_.get_rows(std::move(wanted), taken);
    if (!done && done.error().code != enough_code) { co_return tl::unexpected(done.error()); }
    if (done && done->left_over > 0) { note(fmt::format("{} octets stand behind the records", done->left_over)); }
    tell_head();
    for (ProfileRecord& record : tail.rows) {
        if (!give(std::move(record))) { break; }
    }
    end();
    co_return Result<void>();
}

/// The answer was whole, or enough.
void ProfileFetch::end() {
    if (!enough_) { sieve_.finish(); }
    if (!enough_ && clock_) { sieve_.tell_end(*clock_); }
}

/// Some meters refuse a deviation in the range, and some the range itself.
Task<Result<void>> ProfileFetch::records() {
    const bool may_select = services_.selects();
    const bool with_offset = (selection_.from && selection_.from->utc_offset_minutes) ||
                             (selection_.to && selection_.to->utc_offset_minutes) ||
                             (sieve_.last() && sieve_.last()->time && sieve_.last()->time->utc_offset_minutes);
    auto selection = selective(with_offset);
    if (ranged() && !selection) { note("the meter's clock is behind the last record that was had: all are read"); }
    if (selection && !may_select) {
        note("the meter has no selective access: all records are read");
        selection.reset();
    }
    if (!selection) {
        auto done = co_await stream(selection);
        co_return done;
    }
    const bool by_time = ranged();
    auto done = co_await stream(selection);
    if (done || !refuses(done.error())) { co_return done; }
    if (by_time) {
        auto other = selective(!with_offset);
        done = co_await stream(std::move(other));
        if (done || !refuses(done.error())) { co_return done; }
    }
    note("the meter refuses selective access: all records are read");
    selection.reset();
    auto all = co_await stream(selection);
    co_return all;
}

} // namespace meterctl::sessions::dlms
