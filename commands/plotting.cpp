#include "commands/plotting.hpp"

#include "src/output/sink.hpp"

#include <array>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>
#include <utility>

extern char** environ; // NOLINT(readability-redundant-declaration): not every C library declares it

namespace meterctl::commands {

namespace {

namespace fs = std::filesystem;

constexpr const char* program = "gnuplot";

/// Where the shell would find it; empty: nowhere.
std::string find_program(const Io& io) {
    const std::string path = io.environment("PATH").value_or("/usr/local/bin:/usr/bin:/bin");
    for (std::size_t begin = 0; begin <= path.size();) {
        const std::size_t end = std::min(path.find(':', begin), path.size());
        const auto folder = path.substr(begin, end - begin);
        const auto file = (folder.empty() ? std::string(".") : folder) + "/" + program;
        if (::access(file.c_str(), X_OK) == 0) { return file; }
        begin = end + 1;
    }
    return {};
}

tl::unexpected<Error> trouble(const std::string& what, const std::string& where, int number) {
    const std::string why = std::strerror(number); // NOLINT(concurrency-mt-unsafe): one thread
    return fail(Category::endpoint, what + ": " + why, where, {}, "plot.file");
}

std::string content(const std::string& path) {
    std::ifstream stream(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(stream), {}};
}

/// In `folder`, with what it says in `said`. Its exit code, or -1.
int run(const std::string& file, const std::string& script, const std::string& said) {
    posix_spawn_file_actions_t actions;
    ::posix_spawn_file_actions_init(&actions);
    ::posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    ::posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
    ::posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, said.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
    std::string name = program, defaults = "-d", argument = script; // -d: nobody's own settings
    std::array<char*, 4> arguments{name.data(), defaults.data(), argument.data(), nullptr};
    pid_t child = 0;
    const int failed = ::posix_spawn(&child, file.c_str(), &actions, nullptr, arguments.data(), environ);
    ::posix_spawn_file_actions_destroy(&actions);
    if (failed != 0) { return -1; }
    int status = 0;
    while (::waitpid(child, &status, 0) < 0) {
        if (errno != EINTR) { return -1; }
    }
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

} // namespace

Result<Plotting> Plotting::open(const std::string& path, const std::string& title, const Io& io) {
    Plotting made;
    const auto kind = output::plot_kind(path);
    if (!kind) {
        return fail(Category::usage, "--plot: \"" + path + "\" ends in neither .svg nor .png", {}, {"profile.svg"},
                    "usage.value");
    }
    made.kind_ = *kind;
    made.path_ = path;
    made.gnuplot_ = find_program(io);
    if (made.gnuplot_.empty()) {
        return fail(
            Category::usage, "--plot needs gnuplot, which is not installed", {},
            {"apt install gnuplot-nox, or what your system calls it", "-f csv, which any other program can draw from"},
            "plot.gnuplot_missing");
    }
    std::string folder = io.environment("TMPDIR").value_or("/tmp") + "/meterctl-plot-XXXXXX";
    if (::mkdtemp(folder.data()) == nullptr) { return trouble("no temporary folder can be made", folder, errno); }
    made.folder_ = folder;
    const auto data = folder + "/data";
    made.data_ = std::fopen(data.c_str(), "we");
    if (made.data_ == nullptr) { return trouble("the file cannot be written", data, errno); }
    made.plot_.emplace(made.data_, title);
    return made;
}

Plotting::Plotting(Plotting&& other) noexcept
    : path_(std::move(other.path_)), gnuplot_(std::move(other.gnuplot_)),
      folder_(std::exchange(other.folder_, std::string())), kind_(other.kind_),
      data_(std::exchange(other.data_, nullptr)), plot_(std::move(other.plot_)) {}

Plotting::~Plotting() {
    if (data_ != nullptr) { std::fclose(data_); }
    std::error_code ignored;
    if (!folder_.empty()) { fs::remove_all(folder_, ignored); }
}

Result<void> Plotting::finish() {
    if (!plot_->drawable()) {
        return fail(Category::rejected, "there is nothing to draw: no record has a number that measures anything",
                    path_, {}, "plot.nothing");
    }
    const bool whole = std::ferror(data_) == 0;
    const bool closed = std::fclose(std::exchange(data_, nullptr)) == 0;
    if (!whole || !closed) { return trouble("the data of the drawing cannot be written", folder_, errno); }
    const auto script = folder_ + "/script", drawing = folder_ + "/drawing", said = folder_ + "/said";
    std::ofstream(script) << plot_->script(kind_, folder_ + "/data", drawing);
    if (run(gnuplot_, script, said) != 0) {
        return fail(Category::endpoint, "gnuplot could not draw it: " + content(said), gnuplot_, {}, "plot.gnuplot");
    }
    auto file = output::file_sink(path_);
    if (!file) { return tl::unexpected(file.error()); }
    (*file)->write(content(drawing));
    return (*file)->finish();
}

} // namespace meterctl::commands
