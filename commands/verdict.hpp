// How a run of several parts ended, as one exit code.
#pragma once

#include "src/core/error.hpp"

#include <optional>

namespace meterctl::commands {

class Verdict {
public:
    void success() { succeeded_ = true; }
    void failure(const Error& error);
    void interrupt() { interrupted_ = true; }

    [[nodiscard]] bool interrupted() const { return interrupted_; }
    /// 130 once interrupted; 8 where a verification failed; 0 without failures; 1 with failures beside successes; else
    /// the code of the first failure.
    [[nodiscard]] int code() const;

private:
    bool succeeded_ = false;
    bool interrupted_ = false;
    bool refuted_ = false;
    std::optional<Category> first_;
};

} // namespace meterctl::commands
