#include "codecs/iec62056_21/readings.hpp"

#include "src/core/text.hpp"

#include <algorithm>
#include <array>

namespace meterctl::codecs::iec62056_21 {
namespace {

struct Row {
    std::string_view text;
    Unit unit;
};

/// What meters write behind '*' and our table of units reads otherwise or not at all.
constexpr std::array rows{
    Row{"m3ph", Unit::cubic_metre_per_hour},
    Row{"m3/h", Unit::cubic_metre_per_hour},
    Row{"m3", Unit::cubic_metre},
    Row{"dm3", Unit::litre},
    Row{"VAr", Unit::var},
    Row{"VArh", Unit::var_hour},
    Row{"kVAr", Unit::kilovar},
    Row{"kVArh", Unit::kilovar_hour},
    Row{"MVAr", Unit::megavar},
    Row{"MVArh", Unit::megavar_hour},
    Row{"Grad", Unit::degree},
    Row{"GradC", Unit::degree_celsius},
    Row{"imp/kWh", Unit::impulse_per_kilowatt_hour},
    Row{"Imp/kWh", Unit::impulse_per_kilowatt_hour},
    Row{"Std", Unit::hour},
};

} // namespace

Unit unit_of(std::string_view text) {
    text = trim(text);
    const auto* const found = std::ranges::find(rows, text, &Row::text);
    if (found != rows.end()) { return found->unit; }
    return parse_unit(text).value_or(Unit::none);
}

} // namespace meterctl::codecs::iec62056_21
