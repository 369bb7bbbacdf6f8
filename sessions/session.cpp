#include "sessions/session.hpp"

namespace meterctl::sessions {

Error not_written() {
    return Error{.category = Category::rejected,
                 .what = "not written, because the one before failed",
                 .where = {},
                 .hints = {},
                 .code = "write.skipped"};
}

Task<std::vector<Result<WriteOutcome>>> Session::write_all(std::span<const PointValue> writes) {
    std::vector<Result<WriteOutcome>> outcomes;
    bool failed = false;
    for (const PointValue& one : writes) {
        if (failed) {
            outcomes.emplace_back(tl::unexpected(not_written()));
            continue;
        }
        auto outcome = co_await write(one.point, one.value);
        failed = !outcome.has_value();
        outcomes.push_back(std::move(outcome));
    }
    co_return outcomes;
}

Result<std::vector<std::vector<PlannedFrame>>> Session::plan_all(std::span<const PointValue> writes) {
    std::vector<std::vector<PlannedFrame>> plans;
    for (const PointValue& one : writes) {
        auto frames = plan_write(one.point, one.value);
        if (!frames) { return tl::unexpected(frames.error()); }
        plans.push_back(std::move(*frames));
    }
    return plans;
}

Task<Result<CallOutcome>> Session::call(const catalogue::Point& method, const Value& argument) {
    auto result = co_await invoke(method.address, argument);
    if (!result) { co_return tl::unexpected(result.error()); }
    CallOutcome outcome;
    outcome.result = std::move(*result);
    co_return outcome;
}

Task<Result<Outlook>> Session::look(const catalogue::Point& /*point*/, const Value& /*value*/) {
    co_return Outlook();
}

Task<Result<void>> Session::watch(std::vector<catalogue::Point> /*points*/, transports::Duration /*duration*/,
                                  std::function<bool(ReadOutcome&&)> /*changed*/) {
    co_return fail(Category::usage, "this protocol does not tell of changes", {},
                   {"--interval 10s, which reads again and again"}, "usage.no_watch");
}

Task<Result<std::vector<catalogue::Profile>>> Session::profiles() {
    co_return std::vector<catalogue::Profile>();
}

Task<Result<void>> Session::profile(const catalogue::Profile& profile, const ProfileSelection& /*selection*/,
                                    const ProfileSink& /*sink*/) {
    co_return fail(Category::usage, "this protocol has no profiles", profile.name, {}, "usage.no_profiles");
}

Task<Result<catalogue::Definition>> Session::describe() {
    co_return fail(Category::usage, "meters of this protocol do not tell what they have", {},
                   {"`meterctl meters MODEL --definition`, to start from a model that is known"},
                   "usage.not_described");
}

} // namespace meterctl::sessions
