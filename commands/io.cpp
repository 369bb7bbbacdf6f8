#include "commands/io.hpp"

#include <cstdlib>
#include <fcntl.h>
#include <unistd.h>

namespace meterctl::commands {

namespace {

std::optional<std::string> process_variable(std::string_view name) {
    const char* value = std::getenv(std::string(name).c_str()); // NOLINT(concurrency-mt-unsafe): read before any thread
    if (value == nullptr || *value == '\0') { return std::nullopt; }
    return std::string(value);
}

void put(std::FILE* stream, std::string_view text) {
    std::fwrite(text.data(), 1, text.size(), stream);
}

} // namespace

Io process_io() {
    Io io;
    io.in_is_terminal = isatty(STDIN_FILENO) != 0;
    io.out_is_terminal = isatty(STDOUT_FILENO) != 0;
    io.err_is_terminal = isatty(STDERR_FILENO) != 0;
    io.environment = process_variable;
    return io;
}

void hold_standard_streams() {
    for (const int stream : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
        if (::fcntl(stream, F_GETFD) >= 0) { continue; }
        (void)::open("/dev/null", stream == STDIN_FILENO ? O_WRONLY : O_RDONLY); // takes the lowest number that is free
    }
}

void choose_colours(Io& io, std::string_view choice) {
    const bool plain = io.environment("NO_COLOR").has_value() || io.environment("TERM") == "dumb";
    const bool forced = io.environment("CLICOLOR_FORCE").value_or("0") != "0";
    const auto decide = [&](bool terminal) {
        if (choice == "always") { return true; }
        if (choice == "never") { return false; }
        return (terminal || forced) && !plain;
    };
    io.colour_out = decide(io.out_is_terminal);
    io.colour_err = decide(io.err_is_terminal);
}

void say(Io& io, std::string_view text) {
    put(io.err, text);
    put(io.err, "\n");
    std::fflush(io.err);
}

void report(Io& io, std::string_view subject, const Error& error) {
    std::string text = io.colour_err ? "\x1b[1;31mmeterctl:\x1b[0m " : "meterctl: ";
    if (!subject.empty()) { text += std::string(subject) + ": "; }
    text += error.what;
    if (!error.where.empty() && error.where != subject) { text += " (" + error.where + ")"; }
    for (const std::string& hint : error.hints) { text += "\n  try: " + hint; }
    say(io, text);
}

void tell(Io& io, std::string_view text) {
    if (io.verbose) { say(io, "meterctl: " + std::string(text)); }
}

void warn(Io& io, std::string_view text) {
    if (!io.quiet) { say(io, "meterctl: " + std::string(text)); }
}

} // namespace meterctl::commands
