#include "codecs/dlms/classes_tables.hpp"

#include <array>

namespace meterctl::codecs::dlms {

namespace {

constexpr std::array baud_rates{Label{0, "300"},   Label{1, "600"},   Label{2, "1200"},  Label{3, "2400"},
                                Label{4, "4800"},  Label{5, "9600"},  Label{6, "19200"}, Label{7, "38400"},
                                Label{8, "57600"}, Label{9, "115200"}};

constexpr std::array port_modes{Label{0, "iec_62056_21"}, Label{1, "hdlc"}, Label{2, "other"}};
constexpr std::array response_times{Label{0, "20 ms"}, Label{1, "200 ms"}};
constexpr std::array local_port{
    Attribute{2, "default_mode", "enum", port_modes}, Attribute{3, "default_baud", "enum", baud_rates},
    Attribute{4, "prop_baud", "enum", baud_rates},    Attribute{5, "response_time", "enum", response_times},
    Attribute{6, "device_addr", "octet-string"},      Attribute{7, "pass_p1", "octet-string"},
    Attribute{8, "pass_p2", "octet-string"},          Attribute{9, "pass_w5", "octet-string"},
};

constexpr std::array hdlc_setup{
    Attribute{2, "comm_speed", "enum", baud_rates},
    Attribute{3, "window_size_transmit", "unsigned"},
    Attribute{4, "window_size_receive", "unsigned"},
    Attribute{5, "max_info_field_length_transmit", "long-unsigned"},
    Attribute{6, "max_info_field_length_receive", "long-unsigned"},
    Attribute{7, "inter_octet_time_out", "long-unsigned"},
    Attribute{8, "inactivity_time_out", "long-unsigned"},
    Attribute{9, "device_address", "long-unsigned"},
};

constexpr std::array modem_configuration{
    Attribute{2, "comm_speed", "enum", baud_rates},
    Attribute{3, "initialization_string",
              "array(structure(request: text, response: text, delay_after_response: long-unsigned))"},
    Attribute{4, "modem_profile", "array(octet-string)"},
};

constexpr std::array answer_states{Label{0, "inactive"}, Label{1, "active"}, Label{2, "locked"}};
constexpr std::array auto_answer{
    Attribute{2, "mode", "enum"},
    Attribute{3, "listening_window", fields::windows},
    Attribute{4, "status", "enum", answer_states},
    Attribute{5, "number_of_calls", "unsigned"},
    Attribute{6, "number_of_rings", "structure(nr_rings_in_window: unsigned, nr_rings_out_of_window: unsigned)"},
    Attribute{7, "list_of_allowed_callers", "array(structure(caller_id: octet-string, call_type: enum))"},
};

constexpr std::array auto_connect{
    Attribute{2, "mode", "enum"},
    Attribute{3, "repetitions", "unsigned"},
    Attribute{4, "repetition_delay", "long-unsigned"},
    Attribute{5, "calling_window", fields::windows},
    Attribute{6, "destination_list", "array(text)"},
};
constexpr std::array connect_methods{Method{1, "connect", "integer"}};

/// Version 2 has structures where version 1 has the repetition delay, and more behind the tenth attribute.
constexpr std::array push_setup{
    Attribute{2, "push_object_list", fields::object_list},
    Attribute{3, "send_destination_and_method", "structure(transport_service: enum, destination: text, message: enum)"},
    Attribute{4, "communication_window", fields::windows},
    Attribute{5, "randomisation_start_interval", "long-unsigned"},
    Attribute{6, "number_of_retries", "unsigned"},
    Attribute{7, "repetition_delay", "any"},
    Attribute{8, "port_reference", "logical-name"},
    Attribute{9, "push_client_sap", "integer"},
    Attribute{10, "push_protection_parameters", "array(any)"},
};
constexpr std::array push_methods{Method{1, "push", "integer"}};

constexpr std::array tcp_udp_setup{
    Attribute{2, "tcp_udp_port", "long-unsigned"},
    Attribute{3, "ip_reference", "logical-name"},
    Attribute{4, "mss", "long-unsigned"},
    Attribute{5, "nb_of_sim_conn", "unsigned"},
    Attribute{6, "inactivity_time_out", "long-unsigned"},
};

constexpr std::array ipv4_setup{
    Attribute{2, "dl_reference", "logical-name"},
    Attribute{3, "ip_address", "double-long-unsigned"},
    Attribute{4, "multicast_ip_address", "array(double-long-unsigned)"},
    Attribute{5, "ip_options",
              "array(structure(ip_option_type: unsigned, ip_option_length: unsigned, ip_option_data: octet-string))"},
    Attribute{6, "subnet_mask", "double-long-unsigned"},
    Attribute{7, "gateway_ip_address", "double-long-unsigned"},
    Attribute{8, "use_dhcp_flag", "boolean"},
    Attribute{9, "primary_dns_address", "double-long-unsigned"},
    Attribute{10, "secondary_dns_address", "double-long-unsigned"},
};
constexpr std::array ipv4_methods{
    Method{1, "add_mc_ip_address", "double-long-unsigned"},
    Method{2, "delete_mc_ip_address", "double-long-unsigned"},
    Method{3, "get_nbof_mc_ip_addresses", "integer"},
};

constexpr std::array mac_address{Attribute{2, "mac_address", "octet-string"}};

constexpr std::array gprs_setup{
    Attribute{2, "apn", "text"},
    Attribute{3, "pin_code", "long-unsigned"},
    Attribute{4, "quality_of_service",
              "structure(default: structure(precedence: unsigned, delay: unsigned, reliability: unsigned, "
              "peak_throughput: unsigned, mean_throughput: unsigned), requested: structure(precedence: unsigned, "
              "delay: unsigned, reliability: unsigned, peak_throughput: unsigned, mean_throughput: unsigned))"},
};

constexpr std::array modem_states{
    Label{0, "not_registered"},      Label{1, "registered_home"}, Label{2, "searching"},
    Label{3, "registration_denied"}, Label{4, "unknown"},         Label{5, "registered_roaming"},
};
constexpr std::array circuit_states{Label{0, "inactive"}, Label{1, "incoming_call"}, Label{2, "active"}};
constexpr std::array packet_states{Label{0, "inactive"}, Label{1, "gprs"},       Label{2, "edge"},
                                   Label{3, "umts"},     Label{4, "hsdpa"},      Label{5, "lte"},
                                   Label{6, "cdma"},     Label{7, "lte_cat_m1"}, Label{8, "lte_nb_iot"}};
constexpr std::array gsm_diagnostic{
    Attribute{2, "operator", "visible-string"},
    Attribute{3, "status", "enum", modem_states},
    Attribute{4, "cs_attachment", "enum", circuit_states},
    Attribute{5, "ps_status", "enum", packet_states},
    Attribute{6, "cell_info", "any"},
    Attribute{7, "adjacent_cells", "array(any)"},
    Attribute{8, "capture_time", "date-time"},
};

constexpr std::array lte_monitoring{
    Attribute{2, "lte_network_parameters", "any"},
    Attribute{3, "lte_quality_of_service", "any"},
    Attribute{4, "capture_time", "date-time"},
};

constexpr std::array classes{
    InterfaceClass{19, 1, "iec_local_port_setup", "IEC local port setup", local_port, {}, "0-0:20.0.0.255"},
    InterfaceClass{23, 1, "iec_hdlc_setup", "IEC HDLC setup", hdlc_setup, {}, "0-0:22.0.0.255"},
    InterfaceClass{27, 1, "modem_configuration", "Modem configuration", modem_configuration, {}, "0-0:2.0.0.255"},
    InterfaceClass{28, 2, "auto_answer", "Auto answer", auto_answer, {}, "0-0:2.2.0.255"},
    InterfaceClass{29, 2, "auto_connect", "Auto connect", auto_connect, connect_methods, "0-0:2.1.0.255"},
    InterfaceClass{40, 1, "push_setup", "Push setup", push_setup, push_methods, "0-0:25.9.0.255"},
    InterfaceClass{41, 0, "tcp_udp_setup", "TCP-UDP setup", tcp_udp_setup, {}, "0-0:25.0.0.255"},
    InterfaceClass{42, 0, "ipv4_setup", "IPv4 setup", ipv4_setup, ipv4_methods, "0-0:25.1.0.255"},
    InterfaceClass{43, 0, "mac_address_setup", "MAC address setup", mac_address, {}, "0-0:25.2.0.255"},
    InterfaceClass{45, 0, "gprs_modem_setup", "GPRS modem setup", gprs_setup, {}, "0-0:25.4.0.255"},
    InterfaceClass{47, 1, "gsm_diagnostic", "GSM diagnostic", gsm_diagnostic, {}, "0-0:25.6.0.255"},
    InterfaceClass{151, 1, "lte_monitoring", "LTE monitoring", lte_monitoring, {}, "0-0:25.11.0.255"},
};

} // namespace

std::span<const InterfaceClass> communication_classes() {
    return classes;
}

} // namespace meterctl::codecs::dlms
