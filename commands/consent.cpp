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

bool agrees(const Assignment& assignment, const std::string& target, const Error& reason,
            std::span<const std::string> notes, Io& io) {
    std::string question = "meterctl: " + target + ": " + shown(assignment) + ": " + reason.what + "\n";
    for (const std::string& note : notes) { question += "  " + note + "\n"; }
    question += "Write it? Type yes to go on: ";
    std::fwrite(question.data(), 1, question.size(), io.err);
    std::fflush(io.err);
    return to_lower(trim(read_line(io.in))) == "yes";
}

} // namespace

bool can_ask(const Arguments& arguments, const Io& io) {
    return io.in_is_terminal && io.err_is_terminal && !arguments.flag("--no-input");
}

Result<void> ask_consent(std::span<const Assignment> assignments, const std::string& target, const Arguments& arguments,
                         Io& io, std::span<const std::vector<std::string>> notes) {
    const bool yes = arguments.flag("--yes");
    for (std::size_t at = 0; at < assignments.size(); ++at) {
        const Assignment& assignment = assignments[at];
        auto consented = sessions::check_write(assignment.point, assignment.value, yes);
        if (consented) { continue; }
        if (!can_ask(arguments, io)) { return consented; }
        const std::span<const std::string> shows = at < notes.size() ? notes[at] : std::span<const std::string>();
        if (!agrees(assignment, target, consented.error(), shows, io)) {
            return fail(Category::rejected, "nothing was written", assignment.point.name, {}, "write.declined");
        }
    }
    return {};
}

} // namespace meterctl::commands
