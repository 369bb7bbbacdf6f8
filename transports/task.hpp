// Task<T>: a lazy coroutine with one awaiter. Sessions, transports and commands return it; it pulls in no heavy header,
// so asio stays inside transports/ and the same session runs in real and in virtual time.
//
// g++ 12 destroys some temporaries inside a co_await expression twice: no braces and no lambda inside one; name them on
// the line before. tests/ enforce it.
#pragma once

#include <coroutine>
#include <exception>
#include <optional>
#include <stdexcept>
#include <utility>

namespace meterctl {

template <class T>
class Task;

namespace detail {

struct FinalAwaiter {
    [[nodiscard]] bool await_ready() const noexcept { return false; }
    template <class Promise>
    std::coroutine_handle<> await_suspend(std::coroutine_handle<Promise> self) const noexcept {
        auto next = self.promise().continuation;
        return next ? next : std::noop_coroutine();
    }
    void await_resume() const noexcept {}
};

struct PromiseBase {
    std::coroutine_handle<> continuation;
    std::exception_ptr exception;
    std::suspend_always initial_suspend() noexcept { return {}; }
    FinalAwaiter final_suspend() noexcept { return {}; }
    void unhandled_exception() { exception = std::current_exception(); }
};

template <class T>
struct Promise : PromiseBase {
    std::optional<T> value;
    Task<T> get_return_object();
    template <class U>
    void return_value(U&& result) {
        value.emplace(std::forward<U>(result));
    }
    T take() {
        if (exception) { std::rethrow_exception(exception); }
        if (!value) { throw std::logic_error("the task waits for what never comes"); }
        return std::move(*value);
    }
};

template <>
struct Promise<void> : PromiseBase {
    Task<void> get_return_object();
    bool returned = false;
    void return_void() { returned = true; }
    void take() const {
        if (exception) { std::rethrow_exception(exception); }
        if (!returned) { throw std::logic_error("the task waits for what never comes"); }
    }
};

} // namespace detail

template <class T>
class [[nodiscard]] Task {
public:
    using promise_type = detail::Promise<T>;

    explicit Task(std::coroutine_handle<promise_type> handle) : handle_(handle) {}
    Task(Task&& other) noexcept : handle_(std::exchange(other.handle_, nullptr)) {}
    Task& operator=(Task&& other) noexcept {
        if (this != &other) {
            if (handle_) { handle_.destroy(); }
            handle_ = std::exchange(other.handle_, nullptr);
        }
        return *this;
    }
    Task(const Task&) = delete;
    Task& operator=(const Task&) = delete;
    ~Task() {
        if (handle_) { handle_.destroy(); }
    }

    [[nodiscard]] bool await_ready() const noexcept { return false; }
    /// Runs the task up to where it first waits. One that ends without waiting returns straight here, so that a million
    /// of them in a row take no stack, even where the compiler makes no tail calls.
    bool await_suspend(std::coroutine_handle<> caller) {
        handle_.resume();
        if (handle_.done()) { return false; }
        handle_.promise().continuation = caller;
        return true;
    }
    T await_resume() { return handle_.promise().take(); }

    /// For the loop that drives the outermost task.
    void start() { handle_.resume(); }
    [[nodiscard]] bool done() const { return handle_.done(); }
    T take() { return handle_.promise().take(); }

private:
    std::coroutine_handle<promise_type> handle_;
};

template <class T>
Task<T> detail::Promise<T>::get_return_object() {
    return Task<T>(std::coroutine_handle<Promise<T>>::from_promise(*this));
}

inline Task<void> detail::Promise<void>::get_return_object() {
    return Task<void>(std::coroutine_handle<Promise<void>>::from_promise(*this));
}

} // namespace meterctl
