// What the libmodbus programs of the tests and benchmarks share: a context from words of the command line.
#pragma once

#include <cstdio>
#include <cstdlib>
#include <memory>
#include <modbus/modbus.h>
#include <string>

namespace peers {

struct Free {
    void operator()(modbus_t* context) const { modbus_free(context); }
};
using Context = std::unique_ptr<modbus_t, Free>;

/// `tcp HOST PORT UNIT` or `rtu DEVICE BAUD PARITY UNIT`, PARITY being N, E or O; `place` moves behind what was taken.
/// Ends the program when the words make no link.
inline Context make_context(int count, char** words, int& place) {
    const auto next = [&]() -> std::string {
        if (place >= count) {
            std::fputs("too few arguments: tcp HOST PORT UNIT | rtu DEVICE BAUD PARITY UNIT\n", stderr);
            std::exit(2);
        }
        return words[place++];
    };
    const std::string kind = next();
    const std::string where = next();
    const int number = std::stoi(next());
    Context context;
    if (kind == "tcp") {
        context.reset(modbus_new_tcp(where.c_str(), number));
    } else {
        context.reset(modbus_new_rtu(where.c_str(), number, next().front(), 8, 1));
    }
    if (!context || modbus_set_slave(context.get(), std::stoi(next())) != 0) {
        std::fprintf(stderr, "no such link: %s\n", modbus_strerror(errno));
        std::exit(2);
    }
    return context;
}

} // namespace peers
