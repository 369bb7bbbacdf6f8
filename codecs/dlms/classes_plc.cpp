#include "codecs/dlms/classes_tables.hpp"

#include <array>

namespace meterctl::codecs::dlms {

namespace {

constexpr std::array mac_counters{
    Attribute{2, "mac_tx_data_packet_count", "double-long-unsigned"},
    Attribute{3, "mac_rx_data_packet_count", "double-long-unsigned"},
    Attribute{4, "mac_tx_cmd_packet_count", "double-long-unsigned"},
    Attribute{5, "mac_rx_cmd_packet_count", "double-long-unsigned"},
    Attribute{6, "mac_csma_fail_count", "double-long-unsigned"},
    Attribute{7, "mac_csma_no_ack_count", "double-long-unsigned"},
    Attribute{8, "mac_bad_crc_count", "double-long-unsigned"},
    Attribute{9, "mac_tx_data_broadcast_count", "double-long-unsigned"},
    Attribute{10, "mac_rx_data_broadcast_count", "double-long-unsigned"},
};
constexpr std::array mac_counter_methods{Method{1, "reset", "integer"}};

constexpr std::array mac_setup{
    Attribute{2, "mac_short_address", "long-unsigned"},
    Attribute{3, "mac_rc_coord", "long-unsigned"},
    Attribute{4, "mac_pan_id", "long-unsigned"},
    Attribute{5, "mac_key_table", "array(structure(key_id: unsigned, key: octet-string))"},
    Attribute{6, "mac_frame_counter", "double-long-unsigned"},
    Attribute{7, "mac_tone_mask", "bit-string"},
    Attribute{8, "mac_tmr_ttl", "unsigned"},
    Attribute{9, "mac_max_frame_retries", "unsigned"},
    Attribute{10, "mac_neighbour_table_entry_ttl", "unsigned"},
    Attribute{11, "mac_neighbour_table", "array(any)"},
    Attribute{12, "mac_high_priority_window_size", "unsigned"},
    Attribute{13, "mac_csma_fairness_limit", "unsigned"},
    Attribute{14, "mac_beacon_randomization_window_length", "unsigned"},
    Attribute{15, "mac_a", "unsigned"},
    Attribute{16, "mac_k", "unsigned"},
    Attribute{17, "mac_min_cw_attempts", "unsigned"},
    Attribute{18, "mac_cenelec_legacy_mode", "unsigned"},
    Attribute{19, "mac_fcc_legacy_mode", "unsigned"},
    Attribute{20, "mac_max_be", "unsigned"},
    Attribute{21, "mac_max_csma_backoffs", "unsigned"},
    Attribute{22, "mac_min_be", "unsigned"},
};
constexpr std::array mac_setup_methods{Method{1, "mac_get_neighbour_table_entry", "any"}};

constexpr std::array adaptation_layer{
    Attribute{2, "adp_max_hops", "unsigned"},
    Attribute{3, "adp_weak_lqi_value", "unsigned"},
    Attribute{4, "adp_security_level", "unsigned"},
    Attribute{5, "adp_prefix_table", "array(any)"},
    Attribute{6, "adp_routing_configuration", "array(any)"},
    Attribute{7, "adp_broadcast_log_table_entry_ttl", "long-unsigned"},
    Attribute{8, "adp_routing_table", "array(any)"},
    Attribute{9, "adp_context_information_table", "array(any)"},
    Attribute{10, "adp_blacklist_table", "array(any)"},
    Attribute{11, "adp_broadcast_log_table", "array(any)"},
    Attribute{12, "adp_group_table", "array(long-unsigned)"},
    Attribute{13, "adp_max_join_wait_time", "long-unsigned"},
    Attribute{14, "adp_path_discovery_time", "unsigned"},
    Attribute{15, "adp_active_key_index", "unsigned"},
    Attribute{16, "adp_metric_type", "unsigned"},
    Attribute{17, "adp_coord_short_address", "long-unsigned"},
    Attribute{18, "adp_disable_default_routing", "boolean"},
    Attribute{19, "adp_device_type", "enum"},
};

constexpr std::array classes{
    InterfaceClass{90, 1, "g3_plc_mac_layer_counters", "G3-PLC MAC layer counters", mac_counters, mac_counter_methods,
                   "0-0:29.0.0.255"},
    InterfaceClass{91, 1, "g3_plc_mac_setup", "G3-PLC MAC setup", mac_setup, mac_setup_methods, "0-0:29.1.0.255"},
    InterfaceClass{92,
                   1,
                   "g3_plc_6lowpan_adaptation_layer_setup",
                   "G3-PLC 6LoWPAN adaptation layer setup",
                   adaptation_layer,
                   {},
                   "0-0:29.2.0.255"},
};

} // namespace

std::span<const InterfaceClass> plc_classes() {
    return classes;
}

} // namespace meterctl::codecs::dlms
