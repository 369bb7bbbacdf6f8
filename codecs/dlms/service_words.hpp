// The words that definitions have for the services of a client, and the bits of the conformance block that stand for
// them (IEC 62056-5-3, 8.2.2).
#pragma once

#include "codecs/dlms/initiate.hpp"

#include <array>
#include <string_view>

namespace meterctl::codecs::dlms {

struct ServiceWord {
    std::string_view word;
    Feature feature;
};

inline constexpr std::array service_words{
    ServiceWord{"get", Feature::get},
    ServiceWord{"set", Feature::set},
    ServiceWord{"action", Feature::action},
    ServiceWord{"get_with_list", Feature::multiple_references},
    ServiceWord{"set_with_list", Feature::multiple_references},
    ServiceWord{"action_with_list", Feature::multiple_references},
    ServiceWord{"selective_access", Feature::selective_access},
    ServiceWord{"block_transfer_with_get", Feature::block_transfer_with_get},
    ServiceWord{"block_transfer_with_set", Feature::block_transfer_with_set},
    ServiceWord{"block_transfer_with_action", Feature::block_transfer_with_action},
    ServiceWord{"general_block_transfer", Feature::general_block_transfer},
    ServiceWord{"event_notification", Feature::event_notification},
    ServiceWord{"data_notification", Feature::data_notification},
};

} // namespace meterctl::codecs::dlms
