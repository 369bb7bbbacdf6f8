// What APDUs of short names say together with others: the list of objects names all else that the meter tells. IEC
// 62056-5-3 clauses 7.4 and 8.4.
#include "codecs/dlms/conversation.hpp"

#include <optional>

namespace meterctl::codecs::dlms {
namespace {

std::optional<std::uint16_t> name_of(const VariableAccess& variable) {
    if (const auto* const one = std::get_if<VariableName>(&variable)) { return one->name; }
    if (const auto* const one = std::get_if<ParameterizedAccess>(&variable)) { return one->name; }
    return std::nullopt;
}

/// "20260203040506Z" and its like; nullopt for what is shorter than a time of day.
std::optional<DateTime> generalized_time(const std::string& text) {
    constexpr std::size_t whole = 14;
    if (text.size() < whole || text.find_first_not_of("0123456789") < whole) { return std::nullopt; }
    std::string iso = text.substr(0, 4) + "-" + text.substr(4, 2) + "-" + text.substr(6, 2) + "T" + text.substr(8, 2) +
                      ":" + text.substr(10, 2) + ":" + text.substr(12, 2);
    if (text.ends_with('Z')) { iso += 'Z'; }
    const auto time = DateTime::parse(iso);
    return time ? std::optional(*time) : std::nullopt;
}

} // namespace

void Conversation::follow_read(const ReadRequest& request) {
    const bool next_block =
        request.variables.size() == 1 && std::holds_alternative<BlockNumberAccess>(request.variables.front());
    if (next_block) { return; }
    asked_variables_ = request.variables;
    short_blocks_ = BlockAssembler{};
}

void Conversation::follow_read_answer(Said& said, const ReadResponse& response) {
    const auto* const block =
        response.results.size() == 1 ? std::get_if<ShortBlock>(&response.results.front()) : nullptr;
    if (block != nullptr && asked_variables_.size() == 1) {
        if (!short_blocks_.accept({block->last, block->number, block->raw})) {
            asked_variables_.clear();
            return;
        }
        if (!short_blocks_.complete()) { return; }
        const auto value = decode_data(short_blocks_.raw());
        if (value) { add_variable(said, asked_variables_.front(), *value); }
        short_blocks_ = BlockAssembler{};
        return;
    }
    if (response.results.size() != asked_variables_.size()) { return; }
    for (std::size_t index = 0; index < response.results.size(); ++index) {
        const auto* const value = std::get_if<Data>(&response.results[index]);
        if (value != nullptr) { add_variable(said, asked_variables_[index], *value); }
    }
}

/// A report says the names itself.
void Conversation::follow_report(Said& said, const InformationReport& report) {
    if (report.variables.size() != report.values.size()) { return; }
    const std::size_t before = said.readings.size();
    for (std::size_t index = 0; index < report.values.size(); ++index) {
        const Data& value = report.values[index];
        if (add_variable(said, report.variables[index], value)) { continue; }
        const auto name = name_of(report.variables[index]);
        auto reading = name ? reading_of(points_, *name, value) : std::nullopt;
        if (reading) { said.readings.push_back(std::move(*reading)); }
    }
    const auto time = report.time ? generalized_time(*report.time) : std::nullopt;
    for (std::size_t index = before; index < said.readings.size(); ++index) { said.readings[index].time = time; }
}

/// False where nothing is known of its name.
bool Conversation::add_variable(Said& said, const VariableAccess& variable, const Data& value) {
    const auto name = name_of(variable);
    if (!name) { return false; }
    if (name == object_list_name) {
        short_names_[server_].learn(value);
        return true;
    }
    if (points_.find_short(*name) != nullptr) {
        if (auto reading = reading_of(points_, *name, value)) { said.readings.push_back(std::move(*reading)); }
        return true;
    }
    const auto attribute = short_names_[server_].find(*name);
    if (attribute) { add_reading(said, *attribute, value); }
    return attribute.has_value();
}

} // namespace meterctl::codecs::dlms
