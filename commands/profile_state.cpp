#include "commands/profile_state.hpp"

#include "src/catalogue/fields.hpp"
#include "src/output/json_writer.hpp"

#include <array>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <fstream>
#include <iterator>
#include <sys/file.h>
#include <unistd.h>

namespace meterctl::commands {

namespace {

using catalogue::into;
using catalogue::Key;
using catalogue::Node;
using catalogue::Source;
using sessions::ProfileMark;

constexpr std::string_view schema = "meterctl/state/1";

/// A profile as the file has it.
struct Entry {
    std::string target, address, profile, time, next_time;
    std::optional<Decimal> sequence, next_sequence, device, inode, size, length;
    Decimal same_time{0, 0}, next_same_time{0, 0};
};

constexpr std::array entry_table{
    Key<Entry>{"target", into<&Entry::target>},
    Key<Entry>{"address", into<&Entry::address>},
    Key<Entry>{"profile", into<&Entry::profile>},
    Key<Entry>{"time", into<&Entry::time>},
    Key<Entry>{"sequence", into<&Entry::sequence>},
    Key<Entry>{"same_time", into<&Entry::same_time>},
    Key<Entry>{"next_time", into<&Entry::next_time>},
    Key<Entry>{"next_sequence", into<&Entry::next_sequence>},
    Key<Entry>{"next_same_time", into<&Entry::next_same_time>},
    Key<Entry>{"device", into<&Entry::device>},
    Key<Entry>{"inode", into<&Entry::inode>},
    Key<Entry>{"size", into<&Entry::size>},
    Key<Entry>{"length", into<&Entry::length>},
};

} // namespace

struct StateFile {
    using Held = ProfileState::Held;
    std::string schema;
    std::map<ProfileKey, Held> marks;
};

namespace {

std::optional<std::uint64_t> count_of(const Decimal& number) {
    const auto whole = number.to_int64();
    return whole && *whole >= 0 ? std::optional(static_cast<std::uint64_t>(*whole)) : std::nullopt;
}

Result<ProfileMark> mark_of(const Source& source, const Node& node, const std::optional<Decimal>& sequence,
                            const std::string& time, const Decimal& same_time) {
    ProfileMark mark;
    if (sequence) { mark.sequence = count_of(*sequence); }
    const auto same = count_of(same_time);
    if (!same || (sequence && !mark.sequence)) {
        return tl::unexpected(source.error(node, "a count is a whole number from 0 up"));
    }
    mark.same_time = *same;
    if (time.empty()) { return mark; }
    const auto parsed = DateTime::parse(time);
    if (!parsed) { return tl::unexpected(source.error(node, parsed.error().what)); }
    mark.time = *parsed;
    return mark;
}

Result<void> read_entry(const Source& source, const Node& node, StateFile& file) {
    Entry entry;
    if (auto read = catalogue::read_object<Entry>(source, node, entry_table, entry); !read) { return read; }
    const auto mark = mark_of(source, node, entry.sequence, entry.time, entry.same_time);
    if (!mark) { return tl::unexpected(mark.error()); }
    StateFile::Held held;
    held.mark = *mark;
    if (entry.device && entry.inode && entry.size && entry.length) {
        const auto next = mark_of(source, node, entry.next_sequence, entry.next_time, entry.next_same_time);
        if (!next) { return tl::unexpected(next.error()); }
        PendingMark pending;
        pending.mark = *next;
        pending.place = {count_of(*entry.device).value_or(0), count_of(*entry.inode).value_or(0),
                         count_of(*entry.size).value_or(0)};
        pending.length = count_of(*entry.length).value_or(0);
        held.next = pending;
    }
    file.marks.insert_or_assign({entry.target, entry.address, entry.profile}, held);
    return {};
}

Result<void> read_entries(const Source& source, const Node& node, StateFile& file) {
    if (auto fits = catalogue::expect_kind(source, node, Node::Kind::list); !fits) { return fits; }
    for (const Node& item : node.children) {
        if (auto read = read_entry(source, item, file); !read) { return read; }
    }
    return {};
}

constexpr std::array file_table{
    Key<StateFile>{"schema", into<&StateFile::schema>},
    Key<StateFile>{"profiles", read_entries},
};

tl::unexpected<Error> trouble(const std::string& path, const std::string& what, int number) {
    const std::string why = std::strerror(number); // NOLINT(concurrency-mt-unsafe): one thread
    return fail(Category::endpoint, what + ": " + why, path, {}, "state.file");
}

Result<StateFile> read_state(const std::string& path) {
    if (::access(path.c_str(), F_OK) != 0 && errno == ENOENT) { return StateFile(); }
    std::ifstream stream(path, std::ios::binary);
    if (!stream) { return trouble(path, "the state file cannot be read", errno); }
    const std::string text{std::istreambuf_iterator<char>(stream), {}};
    const auto source = catalogue::parse_tree(text, path);
    if (!source) { return tl::unexpected(source.error()); }
    StateFile file;
    if (auto read = catalogue::read_object<StateFile>(*source, source->root, file_table, file); !read) {
        return tl::unexpected(read.error());
    }
    if (file.schema != schema) {
        return fail(Category::usage, "this is no state file of dump-profile", path, {"another --state"}, "state.file");
    }
    return file;
}

void write_mark(output::JsonWriter& json, const ProfileMark& mark, const std::string& prefix) {
    if (mark.sequence) { json.member(prefix + "sequence", *mark.sequence); }
    if (mark.time) { json.member(prefix + "time", mark.time->to_string()); }
    if (mark.same_time != 0) { json.member(prefix + "same_time", mark.same_time); }
}

} // namespace

Result<ProfileState> ProfileState::open(const std::string& path) {
    const std::string lock_path = path + ".lock";
    const int lock = ::open(lock_path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
    if (lock < 0) { return trouble(lock_path, "the state cannot be locked", errno); }
    ProfileState state(path, lock);
    if (::flock(lock, LOCK_EX | LOCK_NB) != 0) {
        return fail(Category::endpoint, "another run is using this state", path,
                    {"waiting for it, or a --state of its own for each"}, "state.busy");
    }
    auto file = read_state(path);
    if (!file) { return tl::unexpected(file.error()); }
    state.marks_ = std::move(file->marks);
    return state;
}

ProfileState::ProfileState(ProfileState&& other) noexcept
    : path_(std::move(other.path_)), lock_(std::exchange(other.lock_, -1)), marks_(std::move(other.marks_)) {}

ProfileState& ProfileState::operator=(ProfileState&& other) noexcept {
    std::swap(path_, other.path_);
    std::swap(lock_, other.lock_);
    std::swap(marks_, other.marks_);
    return *this;
}

ProfileState::~ProfileState() {
    if (lock_ >= 0) { ::close(lock_); }
}

std::optional<ProfileMark> ProfileState::find(const ProfileKey& key, const std::optional<output::FilePlace>& now,
                                              std::optional<std::uint64_t>& torn) const {
    const auto found = marks_.find(key);
    if (found == marks_.end()) { return std::nullopt; }
    const Held& held = found->second;
    const bool told = held.next && now && now->same_file(held.next->place) && now->size > held.next->place.size;
    if (told && now->size >= held.next->place.size + held.next->length) { return held.next->mark; }
    if (told) { torn = held.next->place.size; }
    const bool begun = held.mark.sequence || held.mark.time;
    return begun ? std::optional(held.mark) : std::nullopt;
}

Result<void> ProfileState::write() {
    std::string text;
    output::JsonWriter json(text, true);
    json.begin_object();
    json.member("schema", schema);
    json.key("profiles");
    json.begin_array();
    for (const auto& [key, held] : marks_) {
        json.begin_object();
        json.member("target", key.target);
        json.optional_member("address", key.address);
        json.member("profile", key.profile);
        write_mark(json, held.mark, "");
        if (held.next) {
            write_mark(json, held.next->mark, "next_");
            json.member("device", held.next->place.device);
            json.member("inode", held.next->place.inode);
            json.member("size", held.next->place.size);
            json.member("length", held.next->length);
        }
        json.end_object();
    }
    json.end_array();
    json.end_object();
    json.end_line();
    auto file = output::file_sink(path_);
    if (!file) { return tl::unexpected(file.error()); }
    (*file)->write(text);
    return (*file)->finish();
}

Result<void> ProfileState::remember(const ProfileKey& key, const ProfileMark& mark) {
    marks_.insert_or_assign(key, Held{mark, {}});
    return write();
}

Result<void> ProfileState::announce(const ProfileKey& key, const ProfileMark& mark, const PendingMark& next) {
    marks_.insert_or_assign(key, Held{mark, next});
    return write();
}

void advance(ProfileMark& mark, const ProfileRecord& record) {
    if (record.sequence) { mark.sequence = record.sequence; }
    if (!record.time) { return; }
    const std::uint64_t in_a_row = mark.time == record.time ? mark.same_time + 1 : 1;
    mark.same_time = record.same_time != 0 ? record.same_time : in_a_row;
    mark.time = record.time;
}

} // namespace meterctl::commands
