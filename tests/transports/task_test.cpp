#include "transports/loop.hpp"
#include "transports/task.hpp"

#include <doctest/doctest.h>
#include <stdexcept>
#include <string>

using namespace meterctl;
using namespace meterctl::transports;

namespace {

struct Forever {
    [[nodiscard]] bool await_ready() const { return false; }
    void await_suspend(std::coroutine_handle<>) const {}
    void await_resume() const {}
};

Task<int> one() {
    co_return 1;
}

Task<int> count_to(int end) {
    int sum = 0;
    for (int i = 0; i < end; ++i) { sum += co_await one(); }
    co_return sum;
}

Task<int> never() {
    co_await Forever();
    co_return 1;
}

Task<void> never_void() {
    co_await Forever();
}

Task<std::string> broken() {
    co_await one();
    throw std::runtime_error("invariant");
}

Task<std::string> passes_on() {
    co_return co_await broken();
}

} // namespace

TEST_CASE("a million tasks that end at once take no stack") {
    const auto loop = make_virtual_loop();
    CHECK(run(*loop, count_to(1'000'000)) == 1'000'000);
}

TEST_CASE("a task whose loop runs dry is a broken invariant, not a made-up value") {
    const auto loop = make_virtual_loop();
    CHECK_THROWS_AS(run(*loop, never()), std::logic_error);
    CHECK_THROWS_AS(run(*loop, never_void()), std::logic_error);
}

TEST_CASE("an exception reaches whoever drives the task") {
    const auto loop = make_virtual_loop();
    CHECK_THROWS_AS(run(*loop, passes_on()), std::runtime_error);
}
