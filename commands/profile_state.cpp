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
    std::string target, address, profile, time;
    std::optional<Decimal> sequence;
    Decimal same_time{0, 0};
};

constexpr std::array entry_table{
    Key<Entry>{"target", into<&Entry::target>},     Key<Entry>{"address", into<&Entry::address>},
    Key<Entry>{"profile", into<&Entry::profile>},   Key<Entry>{"time", into<&Entry::time>},
    Key<Entry>{"sequence", into<&Entry::sequence>}, Key<Entry>{"same_time", into<&Entry::same_time>},
};

struct File {
    std::string schema;
    std::map<ProfileKey, ProfileMark> marks;
};

std::optional<std::uint64_t> count_of(const Decimal& number) {
    const auto whole = number.to_int64();
    return whole && *whole >= 0 ? std::optional(static_cast<std::uint64_t>(*whole)) : std::nullopt;
}

Result<void> read_entry(const Source& source, const Node& node, File& file) {
    Entry entry;
    if (auto read = catalogue::read_object<Entry>(source, node, entry_table, entry); !read) { return read; }
    ProfileMark mark;
    if (entry.sequence) { mark.sequence = count_of(*entry.sequence); }
    const auto same_time = count_of(entry.same_time);
    if (!same_time || (entry.sequence && !mark.sequence)) {
        return tl::unexpected(source.error(node, "a count is a whole number from 0 up"));
    }
    mark.same_time = *same_time;
    if (!entry.time.empty()) {
        const auto time = DateTime::parse(entry.time);
        if (!time) { return tl::unexpected(source.error(node, time.error().what)); }
        mark.time = *time;
    }
    file.marks.insert_or_assign({entry.target, entry.address, entry.profile}, mark);
    return {};
}

Result<void> read_entries(const Source& source, const Node& node, File& file) {
    if (auto fits = catalogue::expect_kind(source, node, Node::Kind::list); !fits) { return fits; }
    for (const Node& item : node.children) {
        if (auto read = read_entry(source, item, file); !read) { return read; }
    }
    return {};
}

constexpr std::array file_table{
    Key<File>{"schema", into<&File::schema>},
    Key<File>{"profiles", read_entries},
};

tl::unexpected<Error> trouble(const std::string& path, const std::string& what, int number) {
    const std::string why = std::strerror(number); // NOLINT(concurrency-mt-unsafe): one thread
    return fail(Category::endpoint, what + ": " + why, path, {}, "state.file");
}

Result<std::map<ProfileKey, ProfileMark>> read_marks(const std::string& path) {
    if (::access(path.c_str(), F_OK) != 0 && errno == ENOENT) { return std::map<ProfileKey, ProfileMark>(); }
    std::ifstream stream(path, std::ios::binary);
    if (!stream) { return trouble(path, "the state file cannot be read", errno); }
    const std::string text{std::istreambuf_iterator<char>(stream), {}};
    const auto source = catalogue::parse_tree(text, path);
    if (!source) { return tl::unexpected(source.error()); }
    File file;
    if (auto read = catalogue::read_object<File>(*source, source->root, file_table, file); !read) {
        return tl::unexpected(read.error());
    }
    if (file.schema != schema) {
        return fail(Category::usage, "this is no state file of dump-profile", path, {"another --state"}, "state.file");
    }
    return std::move(file.marks);
}

std::string text_of(const std::map<ProfileKey, ProfileMark>& marks) {
    std::string text;
    output::JsonWriter json(text, true);
    json.begin_object();
    json.member("schema", schema);
    json.key("profiles");
    json.begin_array();
    for (const auto& [key, mark] : marks) {
        json.begin_object();
        json.member("target", key.target);
        json.optional_member("address", key.address);
        json.member("profile", key.profile);
        if (mark.sequence) { json.member("sequence", *mark.sequence); }
        if (mark.time) { json.member("time", mark.time->to_string()); }
        if (mark.same_time != 0) { json.member("same_time", mark.same_time); }
        json.end_object();
    }
    json.end_array();
    json.end_object();
    json.end_line();
    return text;
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
    auto marks = read_marks(path);
    if (!marks) { return tl::unexpected(marks.error()); }
    state.marks_ = std::move(*marks);
    return state;
}

ProfileState::ProfileState(ProfileState&& other) noexcept
    : path_(std::move(other.path_)), lock_(std::exchange(other.lock_, -1)), marks_(std::move(other.marks_)),
      next_(std::move(other.next_)) {}

ProfileState& ProfileState::operator=(ProfileState&& other) noexcept {
    std::swap(path_, other.path_);
    std::swap(lock_, other.lock_);
    std::swap(marks_, other.marks_);
    std::swap(next_, other.next_);
    return *this;
}

ProfileState::~ProfileState() {
    if (lock_ >= 0) { ::close(lock_); }
}

std::optional<ProfileMark> ProfileState::find(const ProfileKey& key) const {
    const auto found = marks_.find(key);
    return found == marks_.end() ? std::nullopt : std::optional(found->second);
}

Result<void> ProfileState::prepare(const ProfileKey& key, const ProfileMark& mark) {
    marks_.insert_or_assign(key, mark);
    auto file = output::file_sink(path_);
    if (!file) { return tl::unexpected(file.error()); }
    (*file)->write(text_of(marks_));
    auto written = (*file)->prepare();
    if (written) { next_ = std::move(*file); }
    return written;
}

Result<void> ProfileState::remember() {
    if (!next_) { return {}; }
    const auto file = std::exchange(next_, nullptr);
    return file->finish();
}

void advance(ProfileMark& mark, const ProfileRecord& record) {
    if (record.sequence) { mark.sequence = record.sequence; }
    if (!record.time) { return; }
    mark.same_time = mark.time == record.time ? mark.same_time + 1 : 1;
    mark.time = record.time;
}

} // namespace meterctl::commands
