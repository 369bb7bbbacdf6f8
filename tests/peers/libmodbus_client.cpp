// A libmodbus client: libmodbus_client LINK COMMAND..., one line of output a command.
//   read TABLE START COUNT    TABLE: coils, inputs, holding, input; prints words in hex, bits as 0 and 1
//   write START WORD...       function 16; words in hex, up to the next command
//   write-one START WORD      function 6
//   loop N START COUNT        reads holding registers N times and prints the seconds it took
#include "tests/peers/link.hpp"

#include <array>
#include <cerrno>
#include <chrono>
#include <cstdint>
#include <string_view>
#include <vector>

namespace {

class Client {
public:
    Client(int count, char** words)
        : count_(count), words_(words), context_(peers::make_context(count, words, place_)) {}

    int run() {
        if (modbus_connect(context_.get()) != 0) { return failed("connect"); }
        while (place_ < count_) {
            const std::string_view command = words_[place_++];
            const bool good = command == "read"        ? read()
                              : command == "write"     ? write()
                              : command == "write-one" ? write_one()
                              : command == "loop"      ? loop()
                                                       : false;
            if (!good) { return failed(command); }
        }
        modbus_close(context_.get());
        return 0;
    }

private:
    static int failed(std::string_view what) {
        std::printf("error: %.*s: %s\n", static_cast<int>(what.size()), what.data(), modbus_strerror(errno));
        return 1;
    }
    std::string next() { return place_ < count_ ? words_[place_++] : std::string(); }
    int number() { return std::stoi(next(), nullptr, 0); }

    bool read() {
        const std::string table = next();
        const int start = number();
        const int wanted = number();
        std::array<std::uint8_t, MODBUS_MAX_READ_BITS> bits{};
        std::array<std::uint16_t, MODBUS_MAX_READ_REGISTERS> words{};
        const bool is_bits = table == "coils" || table == "inputs";
        const int got = table == "coils"    ? modbus_read_bits(context_.get(), start, wanted, bits.data())
                        : table == "inputs" ? modbus_read_input_bits(context_.get(), start, wanted, bits.data())
                        : table == "input"  ? modbus_read_input_registers(context_.get(), start, wanted, words.data())
                                            : modbus_read_registers(context_.get(), start, wanted, words.data());
        if (got != wanted) { return false; }
        for (std::size_t i = 0; i < static_cast<std::size_t>(got); ++i) {
            if (is_bits) {
                std::printf("%s%d", i == 0 ? "" : " ", bits[i]);
            } else {
                std::printf("%s%04X", i == 0 ? "" : " ", words[i]);
            }
        }
        std::puts("");
        return true;
    }

    bool write() {
        const int start = number();
        std::vector<std::uint16_t> words;
        while (place_ < count_ &&
               std::string_view(words_[place_]).find_first_not_of("0123456789ABCDEFabcdef") == std::string_view::npos) {
            words.push_back(static_cast<std::uint16_t>(std::stoul(next(), nullptr, 16)));
        }
        const int wanted = static_cast<int>(words.size());
        if (modbus_write_registers(context_.get(), start, wanted, words.data()) != wanted) { return false; }
        std::puts("written");
        return true;
    }

    bool write_one() {
        const int start = number();
        const auto word = static_cast<std::uint16_t>(std::stoul(next(), nullptr, 16));
        if (modbus_write_register(context_.get(), start, word) != 1) { return false; }
        std::puts("written");
        return true;
    }

    bool loop() {
        const int times = number();
        const int start = number();
        const int wanted = number();
        std::array<std::uint16_t, MODBUS_MAX_READ_REGISTERS> words{};
        const auto begin = std::chrono::steady_clock::now();
        for (int i = 0; i < times; ++i) {
            if (modbus_read_registers(context_.get(), start, wanted, words.data()) != wanted) { return false; }
        }
        const std::chrono::duration<double> taken = std::chrono::steady_clock::now() - begin;
        std::printf("%.6f\n", taken.count());
        return true;
    }

    int count_;
    char** words_;
    int place_ = 1;
    peers::Context context_;
};

} // namespace

int main(int count, char** words) {
    return Client(count, words).run();
}
