#include "codecs/bacnet/apdu.hpp"
#include "codecs/bacnet/names.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>

namespace meterctl::codecs::bacnet {
namespace {

/// What to try, by the number of an error code, a reject or an abort reason.
struct Hint {
    std::uint32_t number;
    std::string_view text;
};

constexpr std::array error_hints{
    Hint{9, "another type: meters take real numbers where a value looks whole"},
    Hint{20, "fewer entries"},
    Hint{25, "again later: the device is busy with something else"},
    Hint{26, "the device's password"},
    Hint{27, "ReadRange, for the buffer of a log"},
    Hint{29, "another priority, or a device that grants this service"},
    Hint{31, "scan, or the object list, to see which objects there are"},
    Hint{32, "another property: this object lacks it"},
    Hint{37, "a value inside the range that the manual gives"},
    Hint{40, "another property: this one can only be read"},
    Hint{42, "index 0, which says how many elements there are"},
    Hint{45, "without it: the device does not offer this"},
    Hint{83, "enabling its communication again"},
};

constexpr std::array reject_hints{
    Hint{1, "fewer values at a time"},
    Hint{3, "another type of value"},
    Hint{7, "fewer values at a time"},
    Hint{9, "another service: the device does not know this one"},
};

constexpr std::array abort_hints{
    Hint{1, "fewer values at a time"},  Hint{4, "fewer values at a time: the answer does not fit one APDU"},
    Hint{8, "a longer time-out"},       Hint{9, "again later"},
    Hint{11, "fewer values at a time"},
};

template <std::size_t N>
std::vector<std::string> hints_for(const std::array<Hint, N>& hints, std::uint32_t number) {
    const auto found = std::ranges::find(hints, number, &Hint::number);
    return found == hints.end() ? std::vector<std::string>{} : std::vector<std::string>{std::string(found->text)};
}

Error refused(std::string what, std::vector<std::string> hints, std::string code) {
    return Error{Category::refused, std::move(what), {}, std::move(hints), std::move(code)};
}

constexpr std::uint32_t proprietary_reasons = 64, proprietary_errors = 256;

} // namespace

Error refusal(std::uint32_t error_class, std::uint32_t error_code) {
    return refused(fmt::format("the device refused: {}, {}",
                               names::text(names::error_classes, error_class, proprietary_reasons),
                               names::text(names::error_codes, error_code, proprietary_errors)),
                   hints_for(error_hints, error_code), fmt::format("bacnet.error.{}.{}", error_class, error_code));
}

Error refusal(const ErrorPdu& pdu) {
    return refusal(pdu.error_class, pdu.error_code);
}

Error refusal(const RejectPdu& pdu) {
    return refused("the device rejected the request: " +
                       names::text(names::reject_reasons, pdu.reason, proprietary_reasons),
                   hints_for(reject_hints, pdu.reason), fmt::format("bacnet.reject.{}", pdu.reason));
}

Error refusal(const AbortPdu& pdu) {
    return refused(fmt::format("the {} aborted: {}", pdu.server ? "device" : "client",
                               names::text(names::abort_reasons, pdu.reason, proprietary_reasons)),
                   hints_for(abort_hints, pdu.reason), fmt::format("bacnet.abort.{}", pdu.reason));
}

} // namespace meterctl::codecs::bacnet
