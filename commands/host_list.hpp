// Several hosts in the place of one: tcp://10.0.0.1,10.0.0.7-9:4059, tcp://192.168.1.0/24:502.
#pragma once

#include "src/core/error.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace meterctl::commands {

/// The endpoints that `endpoint` stands for, in its order: hosts parted by commas, each a name, an address, a range of
/// the last octet (10.0.0.7-9), or a network (10.0.0.0/24, without its network and broadcast addresses). The text
/// itself where it names one host, or is no endpoint of tcp or udp. Usage error where a range is none, or has more than
/// 65536 hosts.
Result<std::vector<std::string>> hosts_in(std::string_view endpoint);

} // namespace meterctl::commands
