// The whole M-Bus codec: streams, the receiver, records of both senders, telegrams and secondary addresses, chosen by
// the first octet.
#include "tests/codecs/mbus/any_octets.hpp"

#include <cstdio>
#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto wrong = mbus_any::check({data, size});
    if (!wrong.empty()) {
        std::fprintf(stderr, "%s\n", wrong.c_str());
        std::abort();
    }
    return 0;
}
