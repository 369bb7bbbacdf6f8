// What `dump-profile --state FILE` remembers from one run to the next: the last record of each profile that was
// written.
#pragma once

#include "sessions/profile.hpp"
#include "src/core/error.hpp"
#include "src/output/sink.hpp"

#include <map>
#include <memory>
#include <optional>
#include <string>

namespace meterctl::commands {

/// Which profile of which meter.
struct ProfileKey {
    std::string target, address, profile;
    friend auto operator<=>(const ProfileKey&, const ProfileKey&) = default;
};

class ProfileState {
public:
    /// An empty state where the file is not there. Usage error where it is no state file; endpoint error where it
    /// cannot be read, or where another process has it. It stays locked while this lives.
    static Result<ProfileState> open(const std::string& path);

    ProfileState(ProfileState&& other) noexcept;
    ProfileState& operator=(ProfileState&& other) noexcept;
    ProfileState(const ProfileState&) = delete;
    ProfileState& operator=(const ProfileState&) = delete;
    ~ProfileState();

    [[nodiscard]] std::optional<sessions::ProfileMark> find(const ProfileKey& key) const;
    /// Writes the state with this mark beside the file. Endpoint error.
    Result<void> prepare(const ProfileKey& key, const sessions::ProfileMark& mark);
    /// Puts what was prepared in the file's place, which takes no time: what is written in between and this state
    /// belong together, whenever the process is killed. Nothing where nothing was prepared.
    Result<void> remember();

private:
    ProfileState(std::string path, int lock) : path_(std::move(path)), lock_(lock) {}

    std::string path_;
    int lock_ = -1;
    std::map<ProfileKey, sessions::ProfileMark> marks_;
    std::unique_ptr<output::Sink> next_; ///< prepared
};

/// Moves the mark on to `record`.
void advance(sessions::ProfileMark& mark, const ProfileRecord& record);

} // namespace meterctl::commands
