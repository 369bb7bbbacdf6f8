// HDLC and the wrapper: streams, the receiver, and both stations of a connection, chosen by the first octet.
#include "tests/codecs/dlms/hdlc_any_octets.hpp"

#include <cstdio>
#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto wrong = hdlc_any::check({data, size});
    if (!wrong.empty()) {
        std::fprintf(stderr, "%s\n", wrong.c_str());
        std::abort();
    }
    return 0;
}
