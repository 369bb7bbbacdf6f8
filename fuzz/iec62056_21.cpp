// The whole IEC 62056-21 codec: streams of messages and telegrams, the framer, data blocks, points as texts and values,
// chosen by the first octet.
#include "tests/codecs/iec62056_21/any_octets.hpp"

#include <cstdio>
#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto wrong = iec_any::check({data, size});
    if (!wrong.empty()) {
        std::fprintf(stderr, "%s\n", wrong.c_str());
        std::abort();
    }
    return 0;
}
