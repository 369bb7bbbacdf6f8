// A file that goes when the test ends.
#pragma once

#include <cstdint>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string>
#include <unistd.h>
#include <vector>

class TemporaryFile {
public:
    explicit TemporaryFile(const std::vector<std::uint8_t>& content = {}) {
        const int descriptor = ::mkstemp(path_.data());
        if (descriptor < 0) { throw std::runtime_error("no temporary file"); }
        ::close(descriptor);
        const std::string text(content.begin(), content.end());
        std::ofstream(path_, std::ios::binary) << text;
    }
    TemporaryFile(const TemporaryFile&) = delete;
    TemporaryFile& operator=(const TemporaryFile&) = delete;
    ~TemporaryFile() { ::unlink(path_.c_str()); }

    [[nodiscard]] const std::string& path() const { return path_; }
    [[nodiscard]] std::vector<std::uint8_t> content() const {
        std::ifstream file(path_, std::ios::binary);
        return {std::istreambuf_iterator<char>(file), {}};
    }

private:
    std::string path_ = "/tmp/meterctl-test-XXXXXX";
};
