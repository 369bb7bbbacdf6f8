// A virtual DTSD545 behind a session, in virtual time, with the keys that all of them have.
#pragma once

#include "sessions/protocols.hpp"
#include "src/catalogue/catalogue.hpp"
#include "transports/open.hpp"

#include <doctest/doctest.h>
#include <string>

namespace dlms_fake {

using namespace meterctl;

inline constexpr std::string_view simulated_keys = "guek=000102030405060708090A0B0C0D0E0F\n"
                                                   "gbek=202122232425262728292A2B2C2D2E2F\n"
                                                   "gak=D0D1D2D3D4D5D6D7D8D9DADBDCDDDEDF\n"
                                                   "kek=404142434445464748494A4B4C4D4E4F\n";

inline const catalogue::Definition& dtsd545() {
    static const catalogue::Catalogue catalogue;
    return *catalogue.find("dtsd545").value();
}

inline const catalogue::Point& point(std::string_view name) {
    const auto* const found = dtsd545().find(name);
    REQUIRE_MESSAGE(found != nullptr, std::string(name));
    return *found;
}

/// What the user typed, as it is written.
inline Value typed(std::string_view name, std::string_view text) {
    auto value = sessions::parse_write_value(point(name), text);
    REQUIRE_MESSAGE(value.has_value(), (value ? std::string() : describe(value.error())));
    return *value;
}

class VirtualMeter {
public:
    explicit VirtualMeter(simulators::Options how = {}) {
        const auto& protocol = *sessions::find_protocol("dlms");
        simulators::Unit unit;
        unit.meter = &dtsd545();
        how.framing = "wrapper";
        auto bus = protocol.simulate(std::span(&unit, 1), how);
        REQUIRE_MESSAGE(bus.has_value(), (bus ? std::string() : describe(bus.error())));
        const auto line = transports::parse_frame("8N1", 9600);
        transport_ = transports::make_simulated(*loop_, std::move(*bus), line.value(), "sim:");
    }

    /// The counters go on where the last session's ended: the meter remembers them.
    std::unique_ptr<sessions::Session> session(std::string client = "management",
                                               std::string_view keys = simulated_keys) {
        options.meter = &dtsd545();
        options.settings["client"] = std::move(client);
        options.settings["framing"] = "wrapper";
        options.settings["ask_counter"] = "yes";
        options.keys = std::make_shared<const KeyRing>(parse_keys(keys).value());
        auto session = sessions::find_protocol("dlms")->open(*transport_, options);
        REQUIRE_MESSAGE(session.has_value(), (session ? std::string() : describe(session.error())));
        return std::move(*session);
    }

    template <class T>
    T run(Task<T> task) {
        return transports::run(*loop_, std::move(task));
    }

    Result<sessions::CallOutcome> call(std::string_view name, std::string_view argument = {}) {
        const auto one = session();
        const Value value = argument.empty() ? Value() : typed(name, argument);
        return run(one->call(point(name), value));
    }
    Result<sessions::WriteOutcome> write(std::string_view name, std::string_view text) {
        const auto one = session();
        const Value value = typed(name, text);
        return run(one->write(point(name), value));
    }
    Value read(std::string_view name, std::string client = "read") {
        const auto one = session(std::move(client));
        const std::vector<catalogue::Point> points{point(name)};
        auto outcome = run(one->read(points));
        REQUIRE_MESSAGE(outcome.has_value(), (outcome ? std::string() : describe(outcome.error())));
        REQUIRE(outcome->readings.size() == 1);
        return outcome->readings.front().value;
    }

    [[nodiscard]] transports::Loop& loop() { return *loop_; }

    sessions::SessionOptions options;

private:
    std::unique_ptr<transports::Loop> loop_ = transports::make_virtual_loop();
    std::unique_ptr<transports::Transport> transport_;
};

} // namespace dlms_fake
