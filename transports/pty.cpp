// pty: a pseudo-terminal that stands for a serial line, behind a link of the user's choice: the far end of it is what a
// program that reads meters opens.
#include "transports/one_peer.hpp"
#include "transports/openers.hpp"
#include "transports/options.hpp"
#include "transports/serial_line.hpp"
#include "transports/sockets.hpp"
#include "transports/stream_io.hpp"

#include <array>
#include <cerrno>
#include <cstdlib>
#include <fcntl.h>
#include <filesystem>
#include <fmt/format.h>
#include <system_error>
#include <unistd.h>

namespace meterctl::transports {

namespace {

namespace fs = std::filesystem;

constexpr auto write_patience = std::chrono::milliseconds(200);

tl::unexpected<Error> link_failure(const std::string& path, std::string what) {
    return fail(Category::endpoint, std::move(what), path, {"choose another path", fmt::format("rm {}", path)});
}

/// A symbolic link to the far end, removed when this goes.
class TerminalLink {
public:
    TerminalLink(std::string path, std::string target) : path_(std::move(path)), target_(std::move(target)) {}
    TerminalLink(const TerminalLink&) = delete;
    TerminalLink& operator=(const TerminalLink&) = delete;
    ~TerminalLink() {
        std::error_code trouble;
        if (made_ && fs::read_symlink(path_, trouble) == target_) { fs::remove(path_, trouble); }
    }

    /// A link that leads nowhere was left by a process that ended at once, and is replaced.
    Result<void> make() {
        std::error_code trouble;
        const auto status = fs::symlink_status(path_, trouble);
        if (fs::is_symlink(status) && !fs::exists(path_, trouble)) { fs::remove(path_, trouble); }
        fs::create_symlink(target_, path_, trouble);
        if (trouble == std::errc::file_exists && fs::is_symlink(status)) {
            return link_failure(path_, "the path is a link that somebody uses");
        }
        if (trouble == std::errc::file_exists) { return link_failure(path_, "the path is taken by a file"); }
        if (trouble) { return link_failure(path_, fmt::format("the link cannot be made: {}", trouble.message())); }
        made_ = true;
        return {};
    }

private:
    std::string path_, target_;
    bool made_ = false;
};

class PtyTransport final : public Transport {
public:
    PtyTransport(RealLoop& loop, int near_end, std::string name, const LineSettings& line)
        : loop_(loop), near_(loop, near_end), name_(std::move(name)), line_(line) {}

    /// Kept open, so that clients may come and go without the near end ending.
    void keep(std::unique_ptr<Descriptor> far_end) { far_ = std::move(far_end); }
    void keep(std::unique_ptr<TerminalLink> link) { link_ = std::move(link); }

    [[nodiscard]] Loop& loop() override { return loop_; }
    [[nodiscard]] std::string description() const override { return name_; }
    /// At the baud rate that the far end has set by now. Its frame a pseudo-terminal does not tell.
    [[nodiscard]] std::optional<LineSettings> line() const override {
        LineSettings line = line_;
        line.baud = baud_of(near_.fd()).value_or(line.baud);
        return line;
    }
    [[nodiscard]] bool datagrams() const override { return false; }

    Task<Result<void>> write(ByteView octets) override {
        auto written = co_await write_octets(near_, octets, write_patience, name_);
        // A line keeps nothing for those who do not listen.
        if (!written && written.error().code == "transport.stuck") { co_return Result<void>(); }
        co_return written;
    }

    Task<Result<Chunk>> read(TimePoint deadline) override {
        const auto octets = co_await read_octets(near_, deadline, name_);
        if (!octets) { co_return tl::unexpected(octets.error()); }
        Chunk chunk;
        chunk.octets.assign(octets->begin(), octets->end());
        co_return chunk;
    }

    Task<Result<void>> configure(const LineSettings& settings) override {
        line_ = settings;
        co_return Result<void>();
    }

    Task<Result<void>> reopen() override { co_return Result<void>(); }

private:
    RealLoop& loop_;
    Descriptor near_;
    std::string name_;
    LineSettings line_;
    std::unique_ptr<Descriptor> far_;
    std::unique_ptr<TerminalLink> link_;
};

} // namespace

Task<Listening> listen_pty(RealLoop& loop, Endpoint endpoint, OpenOptions options) {
    const auto line = line_settings(endpoint, options.line);
    if (!line) { co_return tl::unexpected(line.error()); }
    const int near_end = ::posix_openpt(O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
    if (near_end < 0) { co_return socket_failure(errno, endpoint.text); }
    std::array<char, 64> far_name{};
    const bool unlocked = ::grantpt(near_end) == 0 && ::unlockpt(near_end) == 0 &&
                          ::ptsname_r(near_end, far_name.data(), far_name.size()) == 0;
    const int far_end = unlocked ? ::open(far_name.data(), O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC) : -1;
    const std::string target = far_name.data();
    const std::string name =
        endpoint.path.empty() ? fmt::format("pty:{}", target) : fmt::format("pty:{} ({})", endpoint.path, target);
    auto transport = std::make_unique<PtyTransport>(loop, near_end, name, *line);
    if (far_end < 0) { co_return socket_failure(errno, endpoint.text); }
    transport->keep(std::make_unique<Descriptor>(loop, far_end));
    const auto raw = set_line(far_end, *line, target);
    if (!raw) { co_return tl::unexpected(raw.error()); }
    stop_marking(far_end);
    if (!endpoint.path.empty()) {
        auto link = std::make_unique<TerminalLink>(endpoint.path, target);
        const auto made = link->make();
        if (!made) { co_return tl::unexpected(made.error()); }
        transport->keep(std::move(link));
    }
    co_return make_one_peer(loop, std::move(transport), name);
}

} // namespace meterctl::transports
