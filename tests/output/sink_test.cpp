#include "src/output/sink.hpp"

#include <csignal>
#include <cstdlib>
#include <doctest/doctest.h>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sys/stat.h>
#include <unistd.h>

namespace fs = std::filesystem;
using namespace meterctl;
using namespace meterctl::output;

namespace {

/// A folder of its own that goes away with it.
struct Folder {
    fs::path path;
    Folder() {
        std::string name = (fs::temp_directory_path() / "meterctl-sink.XXXXXX").string();
        path = mkdtemp(name.data());
    }
    Folder(const Folder&) = delete;
    Folder& operator=(const Folder&) = delete;
    ~Folder() { fs::remove_all(path); }
    [[nodiscard]] std::string file(const char* name) const { return (path / name).string(); }
    [[nodiscard]] std::size_t entries() const {
        return static_cast<std::size_t>(std::distance(fs::directory_iterator(path), fs::directory_iterator()));
    }
};

std::string content(const std::string& path) {
    std::ifstream stream(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(stream), {}};
}

void put(const std::string& path, std::string_view text) {
    std::ofstream(path, std::ios::binary) << text;
}

mode_t mode_of(const std::string& path) {
    struct stat status {};
    stat(path.c_str(), &status);
    return status.st_mode & 0777U;
}

} // namespace

TEST_CASE("a file keeps its old content until it is finished") {
    const Folder folder;
    const std::string path = folder.file("out.json");
    put(path, "old");
    auto sink = file_sink(path);
    REQUIRE(sink);
    (*sink)->write("new");
    (*sink)->flush();
    CHECK(content(path) == "old");
    REQUIRE((*sink)->finish());
    CHECK(content(path) == "new");
    sink->reset();
    CHECK(folder.entries() == 1);
}

TEST_CASE("a file that is not finished leaves nothing behind") {
    const Folder folder;
    {
        auto sink = file_sink(folder.file("out.json"));
        REQUIRE(sink);
        (*sink)->write("half");
        (*sink)->flush();
    }
    CHECK(folder.entries() == 0);
}

TEST_CASE("a file has the permissions of the one it replaces, or those the umask leaves") {
    const Folder folder;
    const std::string old_path = folder.file("old");
    put(old_path, "x");
    REQUIRE(chmod(old_path.c_str(), 0640) == 0);
    const mode_t mask = umask(027);
    for (const char* name : {"old", "fresh"}) {
        auto sink = file_sink(folder.file(name));
        REQUIRE(sink);
        CHECK((*sink)->finish());
    }
    umask(mask);
    CHECK(mode_of(old_path) == 0640);
    CHECK(mode_of(folder.file("fresh")) == 0640);
}

TEST_CASE("a symbolic link stays, and its file is replaced") {
    const Folder folder;
    put(folder.file("real"), "old");
    fs::create_symlink("real", folder.path / "link");
    auto sink = file_sink(folder.file("link"));
    REQUIRE(sink);
    (*sink)->write("new");
    REQUIRE((*sink)->finish());
    CHECK(fs::is_symlink(folder.path / "link"));
    CHECK(content(folder.file("real")) == "new");
}

TEST_CASE("a device is written to, not replaced") {
    auto sink = file_sink("/dev/null");
    REQUIRE(sink);
    (*sink)->write("gone");
    CHECK((*sink)->finish());
    CHECK(fs::is_character_file("/dev/null"));
}

TEST_CASE("a file that cannot be opened is an endpoint error that says why") {
    const Folder folder;
    const auto missing = file_sink(folder.file("none/out.json"));
    REQUIRE_FALSE(missing);
    CHECK(missing.error().category == Category::endpoint);
    CHECK(missing.error().code == "output.open");
    CHECK(missing.error().what.find("No such file or directory") != std::string::npos);
    const auto directory = file_sink(folder.path.string());
    REQUIRE_FALSE(directory);
    CHECK(directory.error().what.find("Is a directory") != std::string::npos);
}

TEST_CASE("a disk that is full is an error") {
    if (!fs::is_character_file("/dev/full")) {
        MESSAGE("skipped: there is no /dev/full");
        return;
    }
    auto sink = file_sink("/dev/full");
    REQUIRE(sink);
    (*sink)->write("text");
    const auto finished = (*sink)->finish();
    REQUIRE_FALSE(finished);
    CHECK(finished.error().code == "output.write");
    CHECK(finished.error().what.find("No space left on device") != std::string::npos);
    CHECK((*sink)->closed());
}

TEST_CASE("a reader that goes away is no error, and is known") {
    auto* const before = std::signal(SIGPIPE, SIG_IGN);
    int ends[2] = {-1, -1};
    REQUIRE(pipe(ends) == 0);
    close(ends[0]);
    std::FILE* const stream = fdopen(ends[1], "w");
    const auto sink = stream_sink(stream);
    sink->write("text");
    CHECK_FALSE(sink->closed());
    sink->flush();
    CHECK(sink->closed());
    sink->write("more");
    CHECK(sink->finish());
    std::fclose(stream);
    std::signal(SIGPIPE, before);
}

TEST_CASE("much text is handed on before the end, little is not") {
    char* data = nullptr;
    std::size_t size = 0;
    std::FILE* const stream = open_memstream(&data, &size);
    const auto sink = stream_sink(stream);
    sink->write("little");
    sink->settle();
    std::fflush(stream);
    CHECK(size == 0);
    sink->write(std::string(100'000, 'x'));
    sink->settle();
    std::fflush(stream);
    CHECK(size == 100'006);
    std::fclose(stream);
    std::free(data);
}

TEST_CASE("no path, and -, are standard output") {
    for (const char* path : {"", "-"}) {
        char* data = nullptr;
        std::size_t size = 0;
        std::FILE* const stream = open_memstream(&data, &size);
        auto sink = open_sink(path, stream);
        REQUIRE(sink);
        (*sink)->write("text");
        CHECK((*sink)->finish());
        CHECK(std::string(data, size) == "text");
        std::fclose(stream);
        std::free(data);
    }
}
