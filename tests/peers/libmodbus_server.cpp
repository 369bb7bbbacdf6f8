// A libmodbus server: libmodbus_server LINK START COUNT [awake] [REGISTER=HEX]..., holding registers and coils START to
// START + COUNT - 1; what is outside is refused with exception 2. Says `listening on PORT` (0 takes a free one) or
// `listening on DEVICE` once it can be reached, and serves until it is ended. With `awake` it never sleeps between
// requests over TCP, so that clients are timed rather than the machine's waking it.
#include "tests/peers/link.hpp"

#include <algorithm>
#include <arpa/inet.h>
#include <array>
#include <cerrno>
#include <cstdint>
#include <poll.h>
#include <string_view>
#include <sys/socket.h>
#include <unistd.h>
#include <vector>

namespace {

struct Mapping {
    unsigned first;
    modbus_mapping_t* map;

    Mapping(unsigned start, unsigned count)
        : first(start), map(modbus_mapping_new_start_address(start, count, start, count, start, count, start, count)) {}
    ~Mapping() { modbus_mapping_free(map); }
    Mapping(const Mapping&) = delete;
    Mapping& operator=(const Mapping&) = delete;

    /// "0x5002=43668000": words in hex from that register on, holding and input alike.
    void fill(const std::string& assignment) const {
        const std::size_t sign = assignment.find('=');
        std::size_t place = std::stoul(assignment.substr(0, sign), nullptr, 0) - first;
        for (std::size_t at = sign + 1; at + 4 <= assignment.size(); at += 4, ++place) {
            map->tab_registers[place] = static_cast<std::uint16_t>(std::stoul(assignment.substr(at, 4), nullptr, 16));
            map->tab_input_registers[place] = map->tab_registers[place];
        }
    }
};

/// Answers one request; false when the peer has gone.
bool answer(modbus_t* context, const Mapping& mapping) {
    std::array<std::uint8_t, MODBUS_MAX_ADU_LENGTH> request{};
    const int length = modbus_receive(context, request.data());
    if (length > 0) { return modbus_reply(context, request.data(), length, mapping.map) >= 0 || errno != EPIPE; }
    return length == 0 || errno == EMBBADCRC || errno == ETIMEDOUT;
}

/// `patience` in ms between requests as poll() takes it: -1 sleeps, 0 never does.
int serve_tcp(modbus_t* context, const Mapping& mapping, int patience) {
    int listener = modbus_tcp_listen(context, 16);
    if (listener < 0) { return 1; }
    sockaddr_in where{};
    socklen_t size = sizeof where;
    getsockname(listener, reinterpret_cast<sockaddr*>(&where), &size);
    std::printf("listening on %d\n", ntohs(where.sin_port));
    std::fflush(stdout);
    std::vector<pollfd> waiting{{listener, POLLIN, 0}};
    while (poll(waiting.data(), waiting.size(), patience) >= 0) {
        for (std::size_t i = waiting.size(); i-- > 1;) {
            if (waiting[i].revents == 0) { continue; }
            modbus_set_socket(context, waiting[i].fd);
            if (!answer(context, mapping)) {
                close(waiting[i].fd);
                waiting.erase(waiting.begin() + static_cast<std::ptrdiff_t>(i));
            }
        }
        if (waiting.front().revents != 0 && modbus_tcp_accept(context, &listener) >= 0) {
            waiting.push_back({modbus_get_socket(context), POLLIN, 0});
        }
    }
    return 1;
}

int serve_line(modbus_t* context, const Mapping& mapping, std::string_view device) {
    if (modbus_connect(context) != 0) {
        std::fprintf(stderr, "%s\n", modbus_strerror(errno));
        return 1;
    }
    std::printf("listening on %.*s\n", static_cast<int>(device.size()), device.data());
    std::fflush(stdout);
    while (answer(context, mapping)) {}
    return 1;
}

} // namespace

int main(int count, char** words) {
    int place = 1;
    const peers::Context context = peers::make_context(count, words, place);
    if (place + 2 > count) {
        std::fputs("usage: libmodbus_server LINK START COUNT [awake] [REGISTER=HEX]...\n", stderr);
        return 2;
    }
    const auto start = static_cast<unsigned>(std::stoul(words[place], nullptr, 0));
    const auto size = static_cast<unsigned>(std::stoul(words[place + 1], nullptr, 0));
    const Mapping mapping(start, size);
    place += 2;
    const bool awake = place < count && std::string_view(words[place]) == "awake";
    for (place += awake ? 1 : 0; place < count; ++place) { mapping.fill(words[place]); }
    const std::string_view kind = words[1];
    return kind == "tcp" ? serve_tcp(context.get(), mapping, awake ? 0 : -1)
                         : serve_line(context.get(), mapping, words[2]);
}
