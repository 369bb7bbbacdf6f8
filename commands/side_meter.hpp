// A meter beside the thing that a command is about: read before, after and in between, on the same loop.
#pragma once

#include "commands/connection.hpp"

#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace meterctl::commands {

/// Which options name it; and what a simulated one shares with the simulated input.
struct SideMeterOptions {
    std::string target;
    std::string model;   ///< as given; empty: the target's own, else `usual_model`
    std::string address; ///< as given
    std::string usual_model;
    const transports::Endpoint* like = nullptr; ///< load, seed, speed and start of this `sim:` endpoint
};

/// The one target that the options name. Usage errors as resolve_targets().
Result<Target> side_target(const SideMeterOptions& options, const Arguments& arguments, const Models& models,
                           const Io& io);

class SideMeter {
public:
    /// A simulated one runs on `loop`. Errors as connect() and Protocol::open.
    static Result<SideMeter> open(Target target, const Models& models, const std::shared_ptr<transports::Loop>& loop,
                                  Wiring& wiring, Io& io);

    [[nodiscard]] const Target& target() const { return target_; }
    /// By name or in the protocol's own terms. Usage error where it has no such point.
    [[nodiscard]] Result<catalogue::Point> point(const std::string& name) const;
    /// One reading; its failure is the error.
    Result<Reading> read(const catalogue::Point& point);
    /// The number of a point that the model may have; nullopt where it has not, or does not say.
    std::optional<Decimal> number_of(const std::string& name);
    /// Likewise as text.
    std::optional<std::string> text_of(const std::string& name);
    [[nodiscard]] transports::Loop& loop() const { return *connection_.loop; }
    [[nodiscard]] const sessions::Statistics& statistics() const { return session_->statistics(); }

private:
    SideMeter() = default;

    Target target_;
    const sessions::Protocol* protocol_ = nullptr;
    Connection connection_;
    std::unique_ptr<sessions::Session> session_;
};

} // namespace meterctl::commands
