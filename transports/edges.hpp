// EdgeSource: the edges of one pulse input, as they come or as they were recorded. Knows nothing of meters: what the
// pulses mean is for the caller.
#pragma once

#include "codecs/pulse/edge.hpp"
#include "src/core/error.hpp"
#include "transports/endpoint.hpp"
#include "transports/loop.hpp"
#include "transports/task.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace meterctl::transports {

using codecs::pulse::Edge;

/// What an input can tell, and how well.
struct EdgeNature {
    std::string description; ///< "line:///dev/ttyS0 dcd", for errors and records
    Duration resolution{};   ///< an edge's time is known to about this; zero: as well as this machine tells time
    bool widths = true;      ///< false: only the beginnings of pulses are seen, and their ends are made up (`rx:`)
    bool live = true;        ///< false: recorded; times are the record's own, and nothing is waited for
    std::vector<std::string>
        notes; ///< what the user should know: "the driver cannot wait for edges: polled every 1 ms"
};

/// What comes next from an input.
struct EdgeStep {
    enum class Kind {
        start,    ///< always the first: when watching begins (or the record does), and the level then
        edge,     ///< the level changed
        deadline, ///< the deadline passed and nothing came; `edge.time` is the time until which nothing did
        end,      ///< of a record: the time of its last sample, and the level then; nothing comes after it
    };
    Kind kind = Kind::deadline;
    Edge edge;
};

class EdgeSource {
public:
    virtual ~EdgeSource() = default;

    [[nodiscard]] virtual Loop& loop() = 0;
    [[nodiscard]] virtual const EdgeNature& nature() const = 0;
    /// Edges in the order of their times; two of the same level in a row have a lost one between them. Endpoint error
    /// when the input goes away, decode error (with its line) where a record is damaged, interrupted on Ctrl-C. A
    /// record never waits: its deadline never passes.
    virtual Task<Result<EdgeStep>> next(TimePoint deadline) = 0;
};

using OpenedEdges = Result<std::unique_ptr<EdgeSource>>;

struct EdgeOptions {
    Duration lock_wait = std::chrono::seconds(10);  ///< how long to wait for another process to leave the port
    std::function<void(const std::string&)> notice; ///< may be empty
};

/// True for line:, rx:, gpio: and edges:.
bool is_pulse_input(Scheme scheme);
/// Live inputs need the real loop; `edges:` takes any.
Task<OpenedEdges> open_edges(Loop& loop, const Endpoint& endpoint, EdgeOptions options);

/// Edges that are known beforehand: each comes when the loop's time reaches it (at once where `nature.live` is false).
/// `start` tells the time and level at which watching begins. After the last comes the end.
std::unique_ptr<EdgeSource> make_edge_script(Loop& loop, Edge start, std::vector<Edge> edges, EdgeNature nature);
/// The same from a function that gives one edge after the other, in the order of their times; nullopt: the end. It is
/// asked for the next edge only when the one before was taken.
using EdgeMaker = std::function<std::optional<Edge>()>;
std::unique_ptr<EdgeSource> make_edge_source(Loop& loop, Edge start, EdgeMaker next_edge, EdgeNature nature);

} // namespace meterctl::transports
