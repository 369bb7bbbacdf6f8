// Records of edges: tables and value change dumps. In one piece and in many they say the same.
#include "codecs/pulse/edge_file.hpp"

#include <cstdint>
#include <cstdlib>

using namespace meterctl;
using namespace meterctl::codecs::pulse;

namespace {

bool read(std::string_view text, std::size_t piece, const EdgeFileOptions& options, std::vector<Edge>& edges) {
    EdgeFileReader reader(options);
    while (!text.empty()) {
        const auto some = text.substr(0, piece);
        if (!reader.take(some, edges)) { return false; }
        text.remove_prefix(some.size());
    }
    return reader.finish(edges).has_value();
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    EdgeFileOptions options;
    options.channel = "1";
    options.rate = 1000;
    std::vector<Edge> whole;
    std::vector<Edge> pieces;
    const bool good = read(text, size + 1, options, whole);
    if (read(text, 3, options, pieces) != good || whole != pieces) { std::abort(); }
    if (whole.size() > size) { std::abort(); }
    for (std::size_t i = 1; i < whole.size(); ++i) {
        if (whole[i].time < whole[i - 1].time || whole[i].level == whole[i - 1].level) { std::abort(); }
    }
    return 0;
}
