#include "simulators/iec62056_21_server.hpp"

#include "codecs/iec62056_21/data_set.hpp"

namespace meterctl::simulators {

namespace iec = codecs::iec62056_21;

namespace {

constexpr unsigned most_wrong_passwords = 3;
constexpr std::string_view operand_of_password = "(12345678)";
/// Octets of a partial block: an answer to R3, R4 or R6 comes in such pieces.
constexpr std::size_t block_octets = 12;

bool in_blocks(const iec::Command& command) {
    return command.type == '3' || command.type == '4' || command.type == '6';
}

/// `address(value)` of a command.
iec::DataSet set_of(const iec::Command& command) {
    const auto block = iec::parse_block(command.data.value_or(std::string()));
    return block.sets.empty() ? iec::DataSet() : block.sets.front();
}

std::string first_value(const iec::DataSet& set) {
    if (set.groups.empty()) { return {}; }
    const iec::Group& group = set.groups.front();
    return group.has_unit ? group.value + "*" + group.unit : group.value;
}

iec::Message error_answer(IecError error) {
    iec::Data data;
    data.block = error_text(error);
    return data;
}

} // namespace

iec::Message IecServer::operand() {
    iec::Command command = iec::password_command({}, '0');
    command.data = std::string(operand_of_password);
    return command;
}

std::optional<iec::Message> IecServer::answer(const Message& message) {
    if (std::holds_alternative<iec::Acknowledge>(message) && !blocks_.empty()) { return next_block(); }
    blocks_.clear();
    const auto* command = std::get_if<iec::Command>(&message);
    if (command == nullptr) { return std::nullopt; }
    switch (command->command) {
    case 'P':
        return answer_password(*command);
    case 'R':
        return answer_read(*command);
    case 'W':
    case 'E':
        return answer_write(*command);
    default:
        ended_ = true;
        return std::nullopt;
    }
}

iec::Message IecServer::answer_password(const iec::Command& command) {
    unlocked_ = first_value(set_of(command)) == meter_.password();
    if (unlocked_) { return iec::Acknowledge(); }
    if (++wrong_passwords_ < most_wrong_passwords) { return error_answer(IecError::password); }
    ended_ = true;
    return iec::break_command();
}

iec::Message IecServer::answer_read(const iec::Command& command) {
    const auto text = meter_.read(set_of(command).id);
    if (!text) { return error_answer(text.error()); }
    blocks_.clear();
    for (std::size_t at = 0; in_blocks(command) && at < text->size(); at += block_octets) {
        blocks_.push_back(text->substr(at, block_octets));
    }
    if (!blocks_.empty()) { return next_block(); }
    iec::Data data;
    data.block = *text;
    return data;
}

iec::Message IecServer::next_block() {
    iec::Data data;
    data.block = blocks_.front();
    blocks_.pop_front();
    data.partial = !blocks_.empty();
    return data;
}

iec::Message IecServer::answer_write(const iec::Command& command) {
    if (!unlocked_) { return error_answer(IecError::locked); }
    const iec::DataSet set = set_of(command);
    const auto written = meter_.write(set.id, first_value(set));
    if (!written) { return error_answer(written.error()); }
    return iec::Acknowledge();
}

} // namespace meterctl::simulators
