// What the services of this folder share.
#pragma once

#include "src/core/error.hpp"

namespace meterctl::sessions::dlms {

/// Of an answer that is neither what was asked for nor a refusal.
inline Error unexpected_answer(std::string where) {
    return {
        Category::untrusted, "an answer of another form than the request's", std::move(where), {}, "dlms.unexpected"};
}

} // namespace meterctl::sessions::dlms
