// Edges that somebody makes up: scripts, and simulated pulse outputs.
#include "transports/edges.hpp"

#include <algorithm>
#include <utility>

namespace meterctl::transports {

namespace {

using Kind = EdgeStep::Kind;

class MadeEdges final : public EdgeSource {
public:
    MadeEdges(Loop& loop, Edge start, EdgeMaker next_edge, EdgeNature nature)
        : loop_(loop), last_(start), make_(std::move(next_edge)), nature_(std::move(nature)) {}

    [[nodiscard]] Loop& loop() override { return loop_; }
    [[nodiscard]] const EdgeNature& nature() const override { return nature_; }

    Task<Result<EdgeStep>> next(TimePoint deadline) override {
        if (!std::exchange(started_, true)) { co_return step(Kind::start, last_); }
        if (!coming_) { coming_ = make_(); }
        if (!coming_) { co_return step(Kind::end, last_); }
        if (nature_.live) {
            const TimePoint due{coming_->time};
            const TimePoint wake = std::min(due, deadline);
            co_await loop_.sleep_until(wake);
            if (loop_.interrupted()) { co_return fail(Category::interrupted, "interrupted", nature_.description); }
            if (deadline < due) { co_return step(Kind::deadline, Edge{deadline.time_since_epoch(), last_.level}); }
        }
        last_ = *std::exchange(coming_, std::nullopt);
        co_return step(Kind::edge, last_);
    }

private:
    static EdgeStep step(Kind kind, const Edge& edge) {
        EdgeStep made;
        made.kind = kind;
        made.edge = edge;
        return made;
    }

    Loop& loop_;
    Edge last_;
    EdgeMaker make_;
    EdgeNature nature_;
    std::optional<Edge> coming_;
    bool started_ = false;
};

} // namespace

std::unique_ptr<EdgeSource> make_edge_source(Loop& loop, Edge start, EdgeMaker next_edge, EdgeNature nature) {
    return std::make_unique<MadeEdges>(loop, start, std::move(next_edge), std::move(nature));
}

std::unique_ptr<EdgeSource> make_edge_script(Loop& loop, Edge start, std::vector<Edge> edges, EdgeNature nature) {
    EdgeMaker next = [edges = std::move(edges), done = std::size_t{0}]() mutable -> std::optional<Edge> {
        if (done == edges.size()) { return std::nullopt; }
        return edges[done++];
    };
    return make_edge_source(loop, start, std::move(next), std::move(nature));
}

} // namespace meterctl::transports
