// What `dump-profile --state FILE` remembers from one run to the next: the last record of each profile that was
// written, and what was on its way, so that a run that was killed loses and doubles nothing.
#pragma once

#include "sessions/profile.hpp"
#include "src/core/error.hpp"
#include "src/output/sink.hpp"

#include <map>
#include <optional>
#include <string>

namespace meterctl::commands {

/// Which profile of which meter.
struct ProfileKey {
    std::string target, address, profile;
    friend auto operator<=>(const ProfileKey&, const ProfileKey&) = default;
};

/// Records on their way into a file: which mark they bring it to, and where in it they will be.
struct PendingMark {
    sessions::ProfileMark mark;
    output::FilePlace place; ///< before they are written
    std::uint64_t length = 0;
    friend bool operator==(const PendingMark&, const PendingMark&) = default;
};

class ProfileState {
public:
    /// An empty state where the file is not there. Usage error where it is no state file; endpoint error where it
    /// cannot be read, or where another process has it. It stays locked while this lives.
    static Result<ProfileState> open(const std::string& path);

    ProfileState(const ProfileState&) = delete;
    ProfileState& operator=(const ProfileState&) = delete;
    ProfileState(ProfileState&& other) noexcept;
    ProfileState& operator=(ProfileState&& other) noexcept;
    ~ProfileState();

    /// The mark that the output is at. Where a run was killed while it wrote into a file, the file tells: `now` is the
    /// output of this run. A piece that came there in part is named in `torn`, by where it begins.
    [[nodiscard]] std::optional<sessions::ProfileMark>
    find(const ProfileKey& key, const std::optional<output::FilePlace>& now, std::optional<std::uint64_t>& torn) const;
    /// On disk when it returns: the output is at `mark`. Endpoint error.
    Result<void> remember(const ProfileKey& key, const sessions::ProfileMark& mark);
    /// The same, and that `next` is about to be written.
    Result<void> announce(const ProfileKey& key, const sessions::ProfileMark& mark, const PendingMark& next);

private:
    struct Held {
        sessions::ProfileMark mark;
        std::optional<PendingMark> next;
    };
    friend struct StateFile;
    ProfileState(std::string path, int lock) : path_(std::move(path)), lock_(lock) {}
    Result<void> write();

    std::string path_;
    int lock_ = -1;
    std::map<ProfileKey, Held> marks_;
};

/// Moves the mark on to `record`.
void advance(sessions::ProfileMark& mark, const ProfileRecord& record);

} // namespace meterctl::commands
