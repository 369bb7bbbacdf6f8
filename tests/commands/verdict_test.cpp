#include "commands/verdict.hpp"

#include <doctest/doctest.h>
#include <vector>

using namespace meterctl;
using namespace meterctl::commands;

namespace {

Error error_of(Category category) {
    return Error{category, "it went wrong", {}, {}, {}};
}

} // namespace

TEST_CASE("the exit code of a run follows the documented table") {
    struct Row {
        bool succeeded;
        std::vector<Category> failures;
        int code;
    };
    const std::vector<Row> rows{
        {true, {}, 0},
        {false, {}, 0},
        {true, {Category::timeout}, 1},
        {true, {Category::refused, Category::untrusted}, 1},
        {false, {Category::timeout}, 4},
        {false, {Category::endpoint, Category::timeout}, 3},
        {false, {Category::untrusted}, 5},
        {false, {Category::refused}, 6},
        {true, {Category::verdict}, 8},
        {true, {Category::timeout, Category::interrupted}, 130},
        {false, {Category::interrupted}, 130},
    };
    for (const Row& row : rows) {
        Verdict verdict;
        if (row.succeeded) { verdict.success(); }
        for (const Category category : row.failures) { verdict.failure(error_of(category)); }
        CHECK(verdict.code() == row.code);
    }
}
