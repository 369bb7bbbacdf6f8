#include "commands/consent.hpp"

#include "src/core/text.hpp"

#include <array>

namespace meterctl::commands {

namespace {

std::string read_line(std::FILE* stream) {
    std::array<char, 256> line{};
    return std::fgets(line.data(), static_cast<int>(line.size()), stream) == nullptr ? std::string()
                                                                                     : std::string(line.data());
}

bool agrees(const Assignment& assignment, const std::string& target, const Error& reason, Io& io) {
    const std::string question =
        "meterctl: " + target + ": " + shown(assignment) + ": " + reason.what + "\nWrite it? Type yes to go on: ";
    std::fwrite(question.data(), 1, question.size(), io.err);
    std::fflush(io.err);
    return to_lower(trim(read_line(io.in))) == "yes";
}

} // namespace

Result<void> ask_consent(std::span<const Assignment> assignments, const std::string& target, const Arguments& arguments,
                         Io& io) {
    const bool yes = arguments.flag("--yes");
    const bool can_ask = io.in_is_terminal && io.err_is_terminal && !arguments.flag("--no-input");
    for (const Assignment& assignment : assignments) {
        auto consented = sessions::check_write(assignment.point, assignment.value, yes);
        if (consented) { continue; }
        if (!can_ask) { return consented; }
        if (!agrees(assignment, target, consented.error(), io)) {
            return fail(Category::rejected, "nothing was written", assignment.point.name, {}, "write.declined");
        }
    }
    return {};
}

} // namespace meterctl::commands
