#include "commands/dispatch.hpp"
#include "commands/io.hpp"

#include <csignal>
#include <string>
#include <vector>

int main(int argc, char** argv) {
    meterctl::commands::hold_standard_streams();
    // A reader that goes away shows as EPIPE where it is written, and is handled there.
    (void)std::signal(SIGPIPE, SIG_IGN);
    const std::vector<std::string> words(argv + (argc > 0 ? 1 : 0), argv + argc);
    meterctl::commands::Io io = meterctl::commands::process_io();
    return meterctl::commands::dispatch(words, io);
}
