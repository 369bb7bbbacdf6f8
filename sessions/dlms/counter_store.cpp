#include "sessions/dlms/counter_store.hpp"

#include "codecs/dlms/crypto.hpp"
#include "src/core/hex.hpp"
#include "src/core/text.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <optional>
#include <sys/file.h>
#include <unistd.h>

namespace meterctl::sessions::dlms {

namespace {

/// One above the last counter there is.
constexpr std::uint64_t end_of_counters = std::uint64_t{1} << 32U;
/// Few at first, since what a run leaves of them is lost; twice as many each time, so that a long profile seldom waits
/// for the disk.
constexpr std::uint64_t first_reservation = 32, most_reserved = 1024;
constexpr std::size_t key_id_octets = 8;
/// Parts what is hashed here from every other hash of a key.
constexpr std::string_view key_id_prefix = "meterctl frame counter ";

tl::unexpected<Error> used_up() {
    return fail(Category::refused, "the frame counter of this key is used up", {},
                {"another key for the meter: `meterctl write TARGET keys=...`"}, "dlms.counter_end");
}

tl::unexpected<Error> trouble(const std::string& path, std::string_view what) {
    const std::string why = std::strerror(errno); // NOLINT(concurrency-mt-unsafe): one thread
    return fail(Category::endpoint, "the frame counter cannot be " + std::string(what) + ": " + why, path,
                {"XDG_STATE_HOME, where it is kept, on a disk that can be written"}, "dlms.counter_file");
}

class MemoryCounter final : public FrameCounter {
public:
    Result<std::uint32_t> next() override {
        if (next_ >= end_of_counters) { return used_up(); }
        new_ = false;
        return static_cast<std::uint32_t>(next_++);
    }
    void raise_to(std::uint32_t least) override {
        next_ = std::max<std::uint64_t>(next_, least);
        new_ = false;
    }
    [[nodiscard]] bool overtaken() const override { return false; }
    [[nodiscard]] bool is_new() const override { return new_; }

private:
    std::uint64_t next_ = 1;
    bool new_ = true;
};

/// Closed, and with it unlocked, when this goes.
class Descriptor {
public:
    explicit Descriptor(int fd) : fd_(fd) {}
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    Descriptor(Descriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
    Descriptor& operator=(Descriptor&&) = delete;
    ~Descriptor() {
        if (fd_ >= 0) { ::close(fd_); }
    }
    [[nodiscard]] int get() const { return fd_; }

private:
    int fd_;
};

/// nullopt where there is no file yet.
Result<std::optional<std::uint64_t>> read_value(const std::string& path) {
    const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (file.get() < 0) {
        if (errno == ENOENT) { return std::optional<std::uint64_t>(); }
        return trouble(path, "read");
    }
    std::array<char, 32> buffer{};
    const ssize_t got = ::read(file.get(), buffer.data(), buffer.size());
    if (got < 0) { return trouble(path, "read"); }
    std::uint64_t value = 0;
    const char* end = buffer.data() + got;
    const auto parsed = std::from_chars(buffer.data(), end, value);
    if (parsed.ec != std::errc() || parsed.ptr + 1 != end || *parsed.ptr != '\n' || value > end_of_counters) {
        return fail(Category::endpoint, "this file should hold a frame counter and does not", path,
                    {"removing it: the counter is then asked of the meter"}, "dlms.counter_file");
    }
    return std::optional(value);
}

Result<void> write_all(const Descriptor& file, std::string_view text, const std::string& path) {
    while (!text.empty()) {
        const ssize_t written = ::write(file.get(), text.data(), text.size());
        if (written < 0 && errno == EINTR) { continue; }
        if (written <= 0) { return trouble(path, "written"); }
        text.remove_prefix(static_cast<std::size_t>(written));
    }
    return {};
}

/// Under the lock. The old value or the new one is there, whenever the power goes.
Result<void> replace_value(const std::string& folder, const std::string& path, std::uint64_t value) {
    const std::string fresh = path + ".new";
    {
        const Descriptor file(::open(fresh.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
        if (file.get() < 0) { return trouble(fresh, "written"); }
        auto written = write_all(file, std::to_string(value) + "\n", fresh);
        if (written && ::fsync(file.get()) != 0) { written = trouble(fresh, "written"); }
        if (!written) { return written; }
    }
    if (::rename(fresh.c_str(), path.c_str()) != 0) { return trouble(path, "written"); }
    const Descriptor place(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (place.get() < 0 || ::fsync(place.get()) != 0) { return trouble(folder, "written"); }
    return {};
}

class FileCounter final : public FrameCounter {
public:
    FileCounter(std::string folder, std::string path, bool is_new)
        : folder_(std::move(folder)), path_(std::move(path)), new_(is_new) {}

    Result<std::uint32_t> next() override {
        const auto valid = still_ours();
        if (!valid) { return tl::unexpected(valid.error()); }
        if (!*valid) {
            if (auto done = reserve(); !done) { return tl::unexpected(done.error()); }
        }
        new_ = false;
        return static_cast<std::uint32_t>(next_++);
    }

    void raise_to(std::uint32_t least) override {
        least_ = std::max<std::uint64_t>(least_, least);
        new_ = false;
    }

    [[nodiscard]] bool overtaken() const override {
        const auto stored = read_value(path_);
        return stored && *stored && **stored > end_;
    }
    [[nodiscard]] bool is_new() const override { return new_; }

private:
    /// False where the reservation is used up, too low, or another process has reserved behind it: the meter may have
    /// seen that one's already.
    Result<bool> still_ours() {
        if (next_ >= end_ || next_ < least_) { return false; }
        const auto stored = read_value(path_);
        if (!stored) { return tl::unexpected(stored.error()); }
        return *stored == end_;
    }

    Result<void> reserve() {
        const std::string lock_path = path_ + ".lock";
        const Descriptor lock(::open(lock_path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
        if (lock.get() < 0) { return trouble(lock_path, "locked"); }
        while (::flock(lock.get(), LOCK_EX) != 0) {
            if (errno != EINTR) { return trouble(lock_path, "locked"); }
        }
        const auto stored = read_value(path_);
        if (!stored) { return tl::unexpected(stored.error()); }
        const std::uint64_t first = std::max({stored->value_or(1), end_, least_});
        if (first >= end_of_counters) { return used_up(); }
        const std::uint64_t end = std::min(first + reservation_, end_of_counters);
        if (auto written = replace_value(folder_, path_, end); !written) { return written; }
        next_ = first;
        end_ = end;
        reservation_ = std::min(2 * reservation_, most_reserved);
        return {};
    }

    std::string folder_, path_;
    std::uint64_t next_ = 0, end_ = 0; ///< reserved and not used
    std::uint64_t least_ = 0;
    std::uint64_t reservation_ = first_reservation;
    bool new_;
};

Result<std::string> key_id(const SecretBytes& key) {
    Bytes text = ByteWriter().text(key_id_prefix).bytes(key.view()).take();
    const auto hash = codecs::dlms::crypto::digest(codecs::dlms::crypto::Hash::sha256, text);
    wipe(text);
    if (!hash) { return tl::unexpected(hash.error()); }
    return to_lower(to_hex(ByteView(*hash).first(key_id_octets), ""));
}

/// Letters, digits and dashes of what names the meter; all else would be a path.
std::string file_name(std::string_view meter) {
    std::string name;
    for (const char character : to_lower(meter)) {
        const bool plain = (character >= 'a' && character <= 'z') || (character >= '0' && character <= '9');
        name += plain ? std::string(1, character) : "_" + to_hex(Bytes{static_cast<std::uint8_t>(character)}, "");
    }
    return name;
}

} // namespace

std::unique_ptr<FrameCounter> make_memory_counter() {
    return std::make_unique<MemoryCounter>();
}

Result<std::unique_ptr<FrameCounter>> open_counter(const std::string& folder, std::string_view meter,
                                                   const SecretBytes& key) {
    if (folder.empty()) {
        return fail(Category::endpoint, "there is no place to keep the frame counter", {},
                    {"the environment variable XDG_STATE_HOME or HOME"}, "dlms.counter_file");
    }
    const auto id = key_id(key);
    if (!id) { return tl::unexpected(id.error()); }
    std::error_code failed;
    std::filesystem::create_directories(folder, failed);
    if (failed) {
        errno = failed.value();
        return trouble(folder, "kept");
    }
    std::filesystem::permissions(folder, std::filesystem::perms::owner_all, failed);
    std::string path = folder + "/" + file_name(meter) + "-" + *id;
    const auto stored = read_value(path);
    if (!stored) { return tl::unexpected(stored.error()); }
    return std::make_unique<FileCounter>(folder, std::move(path), !stored->has_value());
}

} // namespace meterctl::sessions::dlms
