// A folder that goes when the test ends.
#pragma once

#include <filesystem>
#include <stdexcept>
#include <stdlib.h>
#include <string>

namespace meterctl::transports::testing {

struct Folder {
    Folder() {
        std::string name = (std::filesystem::temp_directory_path() / "meterctl-XXXXXX").string();
        if (::mkdtemp(name.data()) == nullptr) { throw std::runtime_error("no temporary folder"); }
        path = name;
    }
    Folder(const Folder&) = delete;
    Folder& operator=(const Folder&) = delete;
    ~Folder() {
        std::error_code trouble;
        std::filesystem::remove_all(path, trouble);
    }
    [[nodiscard]] std::string operator/(const char* name) const { return (path / name).string(); }

    std::filesystem::path path;
};

} // namespace meterctl::transports::testing
