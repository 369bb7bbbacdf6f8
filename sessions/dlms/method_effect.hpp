// What a method changes, read before it is called and after: a meter may ignore a command and answer with success.
// Which attributes tell of a method is the interface class's to say (IEC 62056-6-2), and of the end of a billing period
// the code of its script table.
#pragma once

#include "codecs/dlms/point.hpp"
#include "sessions/dlms/reader.hpp"

#include <memory>

namespace meterctl::sessions::dlms {

/// What an effect reads with; all outlive it.
struct EffectTools {
    Reader& reader;
    transports::Loop& loop;
    const SessionOptions& options;
};

class MethodEffect {
public:
    MethodEffect() = default;
    MethodEffect(const MethodEffect&) = delete;
    MethodEffect& operator=(const MethodEffect&) = delete;
    virtual ~MethodEffect() = default;

    /// Rejected where the meter would ignore the method, or refuse it.
    virtual Task<Result<Outlook>> before() = 0;
    /// After before(), and the method. Without `result` and `before`, which are the caller's.
    virtual Task<Result<CallOutcome>> after() = 0;
};

/// Whether there is more to tell of a method before it is called than its definition does: of relays, clocks,
/// calendars and firmware.
bool tells_before(const codecs::dlms::PointAddress& method);

/// nullptr where nothing that can be read tells of the method.
std::unique_ptr<MethodEffect> effect_of(const EffectTools& tools, const codecs::dlms::MethodCall& call);

/// Of a disconnect control, class 70: methods 1 and 2.
std::unique_ptr<MethodEffect> relay_effect(const EffectTools& tools, const codecs::dlms::PointAddress& method);
/// Of a clock, class 8: methods 1 to 4 and 6; `argument` is a shift in seconds.
std::unique_ptr<MethodEffect> clock_effect(const EffectTools& tools, const codecs::dlms::PointAddress& method,
                                           const codecs::dlms::Data& argument);
/// Of an activity calendar, class 20: method 1.
std::unique_ptr<MethodEffect> calendar_effect(const EffectTools& tools, const codecs::dlms::PointAddress& method);
/// Of attributes that begin anew, or take the argument's value; nullptr where the class has none such.
std::unique_ptr<MethodEffect> attribute_effect(const EffectTools& tools, const codecs::dlms::MethodCall& call);
/// Of the script table that ends a billing period: the definition's count of periods, and the time of the last one's
/// end; nullptr of other scripts.
std::unique_ptr<MethodEffect> billing_effect(const EffectTools& tools, const codecs::dlms::PointAddress& method);

/// The attribute of the object that a method is of.
codecs::dlms::PointAddress attribute_beside(const codecs::dlms::PointAddress& method, std::int8_t attribute);
/// "the meter accepted the command, and ..." Verdict.
Error not_followed(std::string what, const codecs::dlms::PointAddress& method, std::vector<std::string> hints);

} // namespace meterctl::sessions::dlms
