// The whole Modbus codec: streams, PDUs, receivers, points as texts and values in registers, chosen by the first octet.
#include "tests/codecs/modbus/any_octets.hpp"

#include <cstdio>
#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto wrong = modbus_any::check({data, size});
    if (!wrong.empty()) {
        std::fprintf(stderr, "%s\n", wrong.c_str());
        std::abort();
    }
    return 0;
}
