#include "transports/transport.hpp"

namespace meterctl::transports {

Task<Result<void>> Transport::send_break(Duration /*duration*/) {
    co_return fail(Category::endpoint, "the link cannot send a break", description(),
                   {"a serial device, or rfc2217://"});
}

} // namespace meterctl::transports
