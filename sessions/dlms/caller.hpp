// Calling methods: what a method changes is read before and after, where its class or the definition tells what that is
// (method_effect.hpp); new keys and firmware are more than a parameter.
#pragma once

#include "sessions/dlms/key_change.hpp"
#include "sessions/dlms/method_effect.hpp"

namespace meterctl::sessions::dlms {

class Caller {
public:
    /// `names`: what the meter is called in files of keys. The rest outlives it.
    Caller(Association& association, Services& services, Reader& reader, const SessionOptions& options,
           std::vector<std::string> names)
        : association_(association), services_(services), reader_(reader), options_(options), names_(std::move(names)) {
    }

    /// The plain APDU and what it asks; with no meter at hand.
    struct Planned {
        Bytes apdu;
        std::string summary;
    };
    [[nodiscard]] Result<Planned> plan(const catalogue::Point& method, const Value& argument) const;
    /// A method's address and its argument; gives what it returns, as a rule nothing. Nothing is looked at.
    Task<Result<Value>> invoke(std::string address, Value argument);
    Task<Result<CallOutcome>> call(catalogue::Point method, Value argument);
    Task<Result<Outlook>> look(catalogue::Point method, Value argument);

private:
    [[nodiscard]] EffectTools tools() { return {reader_, association_.link().transport().loop(), options_}; }
    /// The method and its parameter; "now" is turned into the seconds that the clock is off.
    Task<Result<codecs::dlms::MethodCall>> encoded(catalogue::Point method, Value argument);
    Task<Result<Value>> send(codecs::dlms::MethodCall call);
    Task<Result<Value>> give_keys(codecs::dlms::PointAddress address, std::string file);
    [[nodiscard]] Result<Planned> plan_image(const codecs::dlms::PointAddress& address, const Value& path) const;
    [[nodiscard]] Result<std::shared_ptr<const Bytes>> image_in(const Value& path) const;
    [[nodiscard]] const catalogue::Point* method_at(std::string_view address) const;

    Association& association_;
    Services& services_;
    Reader& reader_;
    const SessionOptions& options_;
    std::vector<std::string> names_;
};

} // namespace meterctl::sessions::dlms
