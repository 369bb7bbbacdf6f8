// The words that definitions, endpoints and command lines have for authentication mechanisms (Green Book,
// IEC 62056-5-3, 7.3.7.2: mechanism names).
#pragma once

#include "codecs/dlms/hls.hpp"

#include <array>
#include <string_view>

namespace meterctl::codecs::dlms {

struct MechanismWord {
    std::string_view word;
    Mechanism mechanism;
};

inline constexpr std::array mechanism_words{
    MechanismWord{"none", Mechanism::none},
    MechanismWord{"lls", Mechanism::lls},
    MechanismWord{"hls", Mechanism::hls},
    MechanismWord{"hls_md5", Mechanism::hls_md5},
    MechanismWord{"hls_sha1", Mechanism::hls_sha1},
    MechanismWord{"hls_gmac", Mechanism::hls_gmac},
    MechanismWord{"hls_sha256", Mechanism::hls_sha256},
};

} // namespace meterctl::codecs::dlms
