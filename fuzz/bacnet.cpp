// The whole BACnet codec: streams, services, links, values, points as texts, the master node and segments, chosen by
// the first octet.
#include "tests/codecs/bacnet/any_octets.hpp"

#include <cstdio>
#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto wrong = bacnet_any::check({data, size});
    if (!wrong.empty()) {
        std::fprintf(stderr, "%s\n", wrong.c_str());
        std::abort();
    }
    return 0;
}
