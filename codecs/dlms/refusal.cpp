#include "codecs/dlms/refusal.hpp"

#include "codecs/dlms/names.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>

namespace meterctl::codecs::dlms {
namespace {

struct Hint {
    std::uint8_t result;
    std::string_view text;
};

constexpr std::array hints{
    Hint{2, "again later"},
    Hint{3, "another client: this one may not"},
    Hint{4, "the meter's list of objects, to see which there are"},
    Hint{9, "another class for this logical name"},
    Hint{11, "again later: the object is there, its value is not"},
    Hint{12, "another type of value"},
    Hint{13, "another client: this one may not"},
    Hint{14, "fewer values or a smaller range at a time"},
    Hint{15, "again: the transfer was broken off"},
    Hint{16, "again: the transfer was broken off"},
    Hint{17, "again: the transfer was broken off"},
    Hint{19, "again: a block was lost"},
};

std::vector<std::string> hints_for(AccessResult result) {
    const auto* const found = std::ranges::find(hints, result.code, &Hint::result);
    return found == hints.end() ? std::vector<std::string>{} : std::vector<std::string>{std::string(found->text)};
}

} // namespace

Error access_refused(AccessResult result, const std::string& what) {
    return {Category::refused,
            "the meter refused: " + name_or_number(data_access_result_name(result.code), result.code), what,
            hints_for(result), fmt::format("dlms.access.{}", result.code)};
}

Error action_refused(AccessResult result, const std::string& what) {
    return {Category::refused, "the meter refused: " + name_or_number(action_result_name(result.code), result.code),
            what, hints_for(result), fmt::format("dlms.action.{}", result.code)};
}

Error service_refused(const ConfirmedServiceError& error, const std::string& what) {
    return {Category::refused,
            "the meter refused: " + error_kind_text(error.kind, error.value),
            what,
            {},
            fmt::format("dlms.service.{}.{}", error.kind, error.value)};
}

} // namespace meterctl::codecs::dlms
