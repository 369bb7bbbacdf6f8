#include "transports/transport.hpp"

namespace meterctl::transports {

Task<Result<void>> Transport::send_break(Duration /*duration*/) {
    co_return fail(Category::endpoint, "the link cannot send a break", description(),
                   {"a serial device, or rfc2217://"});
}

Task<Result<void>> Transport::write_to(std::string_view peer, ByteView octets) {
    if (peer.empty()) { co_return co_await write(octets); }
    co_return fail(Category::usage, "this link has one peer alone", description(), {"udp://HOST:PORT?bind=PORT"});
}

} // namespace meterctl::transports
