#include "commands/verdict.hpp"

namespace meterctl::commands {

void Verdict::failure(const Error& error) {
    interrupted_ = interrupted_ || error.category == Category::interrupted;
    refuted_ = refuted_ || error.category == Category::verdict;
    if (!first_) { first_ = error.category; }
}

int Verdict::code() const {
    if (interrupted_) { return exit_code(Category::interrupted); }
    if (refuted_) { return exit_code(Category::verdict); }
    if (!first_) { return 0; }
    return exit_code(succeeded_ ? Category::partial : *first_);
}

} // namespace meterctl::commands
