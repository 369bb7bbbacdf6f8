#include "sessions/protocols.hpp"

#include "codecs/bacnet/decoders.hpp"
#include "codecs/bacnet/point.hpp"
#include "codecs/dlms/decoders.hpp"
#include "codecs/dlms/point.hpp"
#include "codecs/iec62056_21/decoders.hpp"
#include "codecs/iec62056_21/point.hpp"
#include "codecs/mbus/decoders.hpp"
#include "codecs/mbus/point.hpp"
#include "codecs/modbus/decoders.hpp"
#include "codecs/modbus/point.hpp"
#include "sessions/bacnet/scan.hpp"
#include "sessions/bacnet/session.hpp"
#include "sessions/dlms/scan.hpp"
#include "sessions/dlms/session.hpp"
#include "sessions/iec62056_21/scan.hpp"
#include "sessions/iec62056_21/session.hpp"
#include "sessions/mbus/scan.hpp"
#include "sessions/mbus/session.hpp"
#include "sessions/modbus/scan.hpp"
#include "sessions/modbus/session.hpp"
#include "simulators/bacnet_bus.hpp"
#include "simulators/dlms_bus.hpp"
#include "simulators/dlms_party.hpp"
#include "simulators/iec62056_21_bus.hpp"
#include "simulators/mbus_bus.hpp"
#include "simulators/modbus_bus.hpp"

#include <algorithm>

namespace meterctl::sessions {

std::span<const Protocol> protocols() {
    static const std::vector<Protocol> rows{
        Protocol{
            "modbus",
            "Modbus RTU, ASCII and TCP",
            codecs::modbus::ad_hoc_point,
            codecs::modbus::validate,
            modbus::open_session,
            modbus::scan,
            simulators::make_modbus_bus,
            codecs::modbus::decoders(),
            "TABLE:REGISTER[:TYPE[:ORDER]]",
            {"holding:0x5002:float32", "input:30:uint32:cdab", "coil:1", "holding:0x10:ascii:8", "4x20483:float32"},
            {.baud = 9600, .frame = "8N1", .bauds = {}, .frames = {}},
            false,
            {},
            {"1"}},
        Protocol{"mbus",
                 "M-Bus (EN 13757-2 and -3)",
                 codecs::mbus::ad_hoc_point,
                 codecs::mbus::validate,
                 mbus::open_session,
                 mbus::scan,
                 simulators::make_mbus_bus,
                 codecs::mbus::decoders(),
                 "drh:HEADER | record:NUMBER | header:PART | link:address",
                 {"drh:0C04", "drh:4BFD47", "record:1", "header:manufacturer", "link:address"},
                 {.baud = 2400, .frame = "8E1", .bauds = {}, .frames = {}},
                 true},
        Protocol{"iec62056-21",
                 "IEC 62056-21 (IEC 1107): optical ports and current loops",
                 codecs::iec62056_21::ad_hoc_point,
                 codecs::iec62056_21::validate,
                 iec62056_21::open_session,
                 iec62056_21::scan,
                 simulators::make_iec62056_21_bus,
                 codecs::iec62056_21::decoders(),
                 "ID or reg:REGISTER[(VALUE)][:Rn][:Wn]",
                 {"1.8.0", "F.F", "0-0:96.1.0", "1.8.0*01", "reg:0001", "reg:6002:R3"},
                 {.baud = 300, .frame = "7E1", .bauds = {}, .frames = {}},
                 true,
                 {transports::Scheme::ir, transports::Scheme::ir_rfc2217, transports::Scheme::ir_tcp}},
        Protocol{
            .name = "bacnet",
            .title = "BACnet MS/TP and BACnet/IP",
            .parse_point = codecs::bacnet::ad_hoc_point,
            .validate = codecs::bacnet::validate,
            .open = bacnet::open_session,
            .scan = bacnet::scan,
            .simulate = simulators::make_bacnet_bus,
            .decoders = codecs::bacnet::decoders(),
            .point_syntax = "TYPE:INSTANCE[/PROPERTY[[INDEX]]]",
            .point_examples = {"analog-input:11", "trend-log:1/record-count", "device/location"},
            .line = {.baud = 38400, .frame = "8N1", .bauds = {}, .frames = {}},
            .self_describing = true,
        },
        Protocol{
            .name = "dlms",
            .title = "DLMS/COSEM over HDLC, TCP, UDP and optical ports",
            .parse_point = codecs::dlms::ad_hoc_point,
            .validate = codecs::dlms::validate,
            .open = dlms::open_session,
            .scan = dlms::scan,
            .simulate = simulators::make_dlms_bus,
            .decoders = codecs::dlms::decoders(),
            .point_syntax = "CLASS:LOGICAL-NAME:ATTRIBUTE",
            .point_examples = {"3:1-0:1.8.0.255:2", "8:0-0:1.0.0.255:time", "clock/time_zone",
                               "disconnect_control/control_state"},
            .line = {.baud = 9600, .frame = "8N1", .bauds = {}, .frames = {}},
            .self_describing = true,
            .looks_first = dlms::looks_first,
            .simulated_keys = simulators::dlms_simulated_ring,
        },
    };
    return rows;
}

const Protocol* find_protocol(std::string_view name) {
    const auto rows = protocols();
    const auto row = std::find_if(rows.begin(), rows.end(), [name](const Protocol& one) { return one.name == name; });
    return row == rows.end() ? nullptr : &*row;
}

} // namespace meterctl::sessions
