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

constexpr std::string_view enough_code = "dlms.enough";

/// What ends a transfer that has given enough.
tl::unexpected<Error> enough() {
    return fail(Category::interrupted, "enough", {}, {}, std::string(enough_code));
}

/// Where the meter cannot give the last so many, all come, and the others are forgotten.
struct Tail {
    std::optional<std::uint64_t> most;
    std::deque<dlms::Data> rows;
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
    const bool delivered = place < profile_.columns.size() && profile_.columns[place] == profile_.status;
    if (!profile_.status.empty() && (cell.point.name == profile_.status || delivered)) {
        cell.kind = ProfileCell::Kind::status;
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
    auto values = co_await services_.get_list(std::move(wanted));
    if (!values) { co_return tl::unexpected(values.error()); }
    if (!(*values)[0]) { co_return tl::unexpected(reader_.explained((*values)[0].error())); }
    std::vector<ProfileCell> cells;
    const auto* const objects = (*values)[0]->items();
    for (std::size_t place = 0; objects != nullptr && place < objects->size(); ++place) {
        const auto object = dlms::capture_object_of((*objects)[place]);
        if (object) { cells.push_back(cell_of(*object, place)); }
    }
    if (cells.empty()) {
        co_return fail(Category::untrusted, "the profile tells no columns", address_.text(), {},
                       "dlms.profile.columns");
    }
    auto scaled = co_await scalers(cells);
    if (!scaled) { co_return scaled; }
    const std::chrono::seconds period(whole((*values)[1]).value_or(0));
    newest_first_ = whole((*values)[2]) == last_in_first_out;
    if (period > 0s) { head_.period = period; }
    if (const auto held = whole((*values)[3])) {
        head_.held = static_cast<std::uint64_t>(std::max<std::int64_t>(0, *held));
    }
    rows_ = ProfileRows(std::move(cells), profile_, period);
    head_.columns = rows_.columns();
    described_ = true;
    co_return Result<void>();
}

/// What to ask the meter for; nullopt: all.
std::optional<dlms::Selection> ProfileFetch::selective(bool with_deviation) const {
    const auto& mark = rows_.last() ? rows_.last() : selection_.after;
    auto from = selection_.from;
    if (mark && mark->time && (!from || earlier(*from, *mark->time))) { from = mark->time; }
    if (from || selection_.to) {
        DateTime first = from.value_or(DateTime{}), last = selection_.to.value_or(DateTime{});
        if (!from) { first = *DateTime::parse("2000-01-01T00:00:00"); }
        if (!selection_.to) { last = *DateTime::parse("2099-12-31T23:59:59"); }
        return dlms::to_selection(dlms::clock_range(dlms::to_cosem(first), dlms::to_cosem(last), with_deviation));
    }
    dlms::EntrySelection entries;
    if (selection_.entries) {
        entries.from = static_cast<std::uint32_t>(selection_.entries->first);
        entries.to = static_cast<std::uint32_t>(selection_.entries->second);
        return dlms::to_selection(entries);
    }
    if (!selection_.last || !head_.held || newest_first_) { return std::nullopt; }
    const auto most = std::min(*selection_.last, *head_.held);
    entries.from = static_cast<std::uint32_t>(*head_.held - most + 1);
    return dlms::to_selection(entries);
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
    Tail tail;
    tail.most = all ? selection_.last : std::nullopt;
    const bool hold = newest_first_ || tail.most.has_value();
    std::uint64_t place = 0;
    const auto give = [&](const dlms::Data& row) -> Result<bool> {
        auto record = rows_.record(row);
        if (!record) { return tl::unexpected(record.error()); }
        ++place;
        const auto& entries = selection_.entries;
        if (all && entries && (place < entries->first || (entries->second > 0 && place > entries->second))) {
            return true;
        }
        if (!rows_.wanted(*record, selection_)) { return true; }
        if (const auto gap = rows_.gap_before(*record); gap && sink_.gap) { sink_.gap(*gap); }
        rows_.given(*record);
        ++given_;
        return !sink_.record || sink_.record(std::move(*record));
    };
    const Services::RowSink taken = [&](dlms::Data&& row) -> Result<void> {
        tell_head();
        if (!hold) {
            const auto go_on = give(row);
            if (!go_on) { return tl::unexpected(go_on.error()); }
            return *go_on ? Result<void>() : enough();
        }
        newest_first_ ? tail.rows.push_front(std::move(row)) : tail.rows.push_back(std::move(row));
        if (tail.most && tail.rows.size() > *tail.most) { tail.rows.pop_front(); }
        return {};
    };
    auto done = co_await services_.get_rows(std::move(wanted), taken);
    if (!done && done.error().code != enough_code) { co_return tl::unexpected(done.error()); }
    if (done && done->left_over > 0) { note(fmt::format("{} octets stand behind the records", done->left_over)); }
    tell_head();
    for (const dlms::Data& row : tail.rows) {
        auto go_on = give(row);
        if (!go_on) { co_return tl::unexpected(go_on.error()); }
        if (!*go_on) { break; }
    }
    co_return Result<void>();
}

/// Some meters refuse a deviation in the range, and some the range itself.
Task<Result<void>> ProfileFetch::records() {
    using dlms::Feature;
    const bool may_select = association_.negotiated().conformance.has(Feature::selective_access);
    const bool with_offset = (selection_.from && selection_.from->utc_offset_minutes) ||
                             (selection_.to && selection_.to->utc_offset_minutes);
    auto selection = selective(with_offset);
    if (selection && !may_select) {
        note("the meter has no selective access: all records are read");
        selection.reset();
    }
    if (!selection) {
        auto done = co_await stream(selection);
        co_return done;
    }
    auto done = co_await stream(selection);
    if (done || !refuses(done.error())) { co_return done; }
    const bool ranged = selection_.entries == std::nullopt && selection_.last == std::nullopt;
    if (ranged) {
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
