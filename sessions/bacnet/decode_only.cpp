#include "sessions/bacnet/decode_only.hpp"

namespace meterctl::sessions::bacnet {
namespace {

tl::unexpected<Error> decoded_only() {
    return fail(Category::usage, "BACnet is decoded, not spoken", {}, {"meterctl decode, with a capture or hex"},
                "bacnet.decode_only");
}

} // namespace

// NOLINTNEXTLINE(performance-unnecessary-value-param): every protocol's row has this form
Result<std::unique_ptr<Session>> no_session(transports::Transport& /*transport*/, SessionOptions /*options*/) {
    return decoded_only();
}

} // namespace meterctl::sessions::bacnet
