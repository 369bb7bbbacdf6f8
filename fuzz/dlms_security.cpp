// Ciphered APDUs, transfers of keys and files of keys, chosen by the first octet.
#include "tests/codecs/dlms/any_security.hpp"

#include <cstdio>
#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto wrong = dlms_any_security::check({data, size});
    if (!wrong.empty()) {
        std::fprintf(stderr, "%s\n", wrong.c_str());
        std::abort();
    }
    return 0;
}
