// edges: a record of edges from a file, or from standard input as it comes.
#include "codecs/pulse/edge_file.hpp"
#include "transports/edge_openers.hpp"
#include "transports/options.hpp"
#include "transports/real_loop.hpp"
#include "transports/sockets.hpp"

#include <cerrno>
#include <charconv>
#include <deque>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>
#include <utility>

namespace meterctl::transports {

namespace {

using codecs::pulse::EdgeFileOptions;
using codecs::pulse::EdgeFileReader;
using Kind = EdgeStep::Kind;

constexpr std::size_t block_size = 65536;

/// A file's descriptor, or standard input, which stays open.
class Input {
public:
    explicit Input(int fd) : fd_(fd) {}
    Input(const Input&) = delete;
    Input& operator=(const Input&) = delete;
    ~Input() {
        if (fd_ > STDIN_FILENO) { ::close(fd_); }
    }
    [[nodiscard]] int fd() const { return fd_; }
    [[nodiscard]] bool is_file() const {
        struct stat status {};
        return ::fstat(fd_, &status) == 0 && S_ISREG(status.st_mode);
    }

private:
    int fd_;
};

class RecordedEdges final : public EdgeSource {
public:
    RecordedEdges(Loop& loop, std::unique_ptr<Input> input, EdgeFileOptions options, std::string name)
        : loop_(loop), input_(std::move(input)), reader_(std::move(options)), block_(block_size, '\0') {
        nature_.description = std::move(name);
        nature_.live = false;
        // A copy, as the loop closes what it waits for.
        if (!input_->is_file()) {
            pipe_ = std::make_unique<Descriptor>(real_loop(loop), ::fcntl(input_->fd(), F_DUPFD_CLOEXEC, 3));
        }
    }

    [[nodiscard]] Loop& loop() override { return loop_; }
    [[nodiscard]] const EdgeNature& nature() const override { return nature_; }

    Task<Result<EdgeStep>> next(TimePoint /*deadline*/) override {
        while (true) {
            if (!started_ && reader_.first()) {
                started_ = true;
                co_return step_of(Kind::start, *reader_.first());
            }
            if (!edges_.empty()) {
                const Edge edge = edges_.front();
                edges_.pop_front();
                co_return step_of(Kind::edge, edge);
            }
            if (broken_) { co_return tl::unexpected(*broken_); }
            if (ended_) { co_return step_of(Kind::end, *reader_.last()); }
            co_await fill();
        }
    }

private:
    static EdgeStep step_of(Kind kind, const Edge& edge) {
        EdgeStep step;
        step.kind = kind;
        step.edge = edge;
        return step;
    }

    /// The next block. What is wrong is told after the edges before it.
    Task<void> fill() {
        if (pipe_) {
            Wait readable = pipe_->readable(TimePoint::max());
            co_await readable;
        }
        if (loop_.interrupted()) {
            broken_ = interrupted_failure(nature_.description).value();
            co_return;
        }
        const ssize_t got = ::read(input_->fd(), block_.data(), block_.size());
        if (got < 0) {
            if (errno == EINTR || errno == EAGAIN) { co_return; }
            broken_ = fail(Category::endpoint, std::system_category().message(errno), nature_.description).value();
            co_return;
        }
        std::vector<Edge> edges;
        ended_ = got == 0;
        auto taken = ended_ ? reader_.finish(edges)
                            : reader_.take(std::string_view(block_).substr(0, static_cast<std::size_t>(got)), edges);
        edges_.insert(edges_.end(), edges.begin(), edges.end());
        if (taken) { co_return; }
        broken_ = std::move(taken.error());
        broken_->where =
            broken_->where.empty() ? nature_.description : fmt::format("{}, {}", nature_.description, broken_->where);
    }

    Loop& loop_;
    std::unique_ptr<Input> input_;
    std::unique_ptr<Descriptor> pipe_; ///< waited for; null for a file, which is always ready
    EdgeFileReader reader_;
    EdgeNature nature_;
    std::string block_;
    std::deque<Edge> edges_;
    std::optional<Error> broken_;
    bool started_ = false, ended_ = false;
};

double rate_of(const Endpoint& endpoint) {
    double rate = 0;
    const std::string text = endpoint.option("rate").value_or("0");
    std::from_chars(text.data(), text.data() + text.size(), rate);
    return rate;
}

} // namespace

Task<OpenedEdges> open_recorded_edges(Loop& loop, Endpoint endpoint, EdgeOptions /*options*/) {
    const bool is_stdin = endpoint.path == "-";
    const int fd = is_stdin ? STDIN_FILENO : ::open(endpoint.path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY);
    if (fd < 0) {
        co_return fail(Category::endpoint, std::system_category().message(errno), endpoint.path, {"check the path"});
    }
    EdgeFileOptions options;
    options.channel = endpoint.option("channel").value_or("");
    options.active_low = endpoint.option("active") == "low";
    options.rate = rate_of(endpoint);
    const std::string name = is_stdin ? "standard input" : endpoint.path;
    co_return std::make_unique<RecordedEdges>(loop, std::make_unique<Input>(fd), std::move(options), name);
}

} // namespace meterctl::transports
