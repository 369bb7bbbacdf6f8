#include "codecs/dlms/classes_tables.hpp"

#include <array>

namespace meterctl::codecs::dlms {

namespace {

constexpr std::array association_sn{
    Attribute{2, "object_list",
              "array(structure(base_name: long, class_id: long-unsigned, version: unsigned, logical_name: "
              "logical-name))"},
    Attribute{3, "access_rights_list", "array(any)"},
    Attribute{4, "security_setup_reference", "logical-name"},
    Attribute{5, "user_list", "array(structure(user_id: unsigned, user_name: visible-string))"},
    Attribute{6, "current_user", "structure(user_id: unsigned, user_name: visible-string)"},
};
constexpr std::array association_sn_methods{
    Method{1, "getlist_by_classid", "any"},
    Method{2, "getobj_by_logicalname", "any"},
    Method{3, "read_by_logicalname", "any"},
    Method{4, "get_attributes_and_methods", "any"},
    Method{5, "change_lls_secret", "octet-string"},
    Method{6, "change_hls_secret", "octet-string"},
    Method{8, "reply_to_hls_authentication", "octet-string"},
    Method{9, "add_user", "structure(user_id: unsigned, user_name: visible-string)"},
    Method{10, "remove_user", "structure(user_id: unsigned, user_name: visible-string)"},
};

constexpr std::array association_states{Label{0, "non_associated"}, Label{1, "association_pending"},
                                        Label{2, "associated"}};
constexpr std::string_view listed_object =
    "structure(class_id: long-unsigned, version: unsigned, logical_name: logical-name, access_rights: "
    "structure(attribute_access: array(structure(attribute_id: integer, access_mode: enum, access_selectors: any)), "
    "method_access: array(structure(method_id: integer, access_mode: any))))";
constexpr std::array association_ln{
    Attribute{2, "object_list",
              "array(structure(class_id: long-unsigned, version: unsigned, logical_name: logical-name, access_rights: "
              "structure(attribute_access: array(structure(attribute_id: integer, access_mode: enum, access_selectors: "
              "any)), method_access: array(structure(method_id: integer, access_mode: any)))))"},
    Attribute{3, "associated_partners_id", "structure(client_sap: integer, server_sap: long-unsigned)"},
    Attribute{4, "application_context_name", "any"},
    Attribute{5, "xdlms_context_info",
              "structure(conformance: bit-string, max_receive_pdu_size: long-unsigned, max_send_pdu_size: "
              "long-unsigned, dlms_version_number: unsigned, quality_of_service: integer, cyphering_info: "
              "octet-string)"},
    Attribute{6, "authentication_mechanism_name", "any"},
    Attribute{7, "secret", "octet-string"},
    Attribute{8, "association_status", "enum", association_states},
    Attribute{9, "security_setup_reference", "logical-name"},
    Attribute{10, "user_list", "array(structure(user_id: unsigned, user_name: visible-string))"},
    Attribute{11, "current_user", "structure(user_id: unsigned, user_name: visible-string)"},
};
constexpr std::array association_ln_methods{
    Method{1, "reply_to_hls_authentication", "octet-string"},
    Method{2, "change_hls_secret", "octet-string"},
    Method{3, "add_object", listed_object},
    Method{4, "remove_object", listed_object},
    Method{5, "add_user", "structure(user_id: unsigned, user_name: visible-string)"},
    Method{6, "remove_user", "structure(user_id: unsigned, user_name: visible-string)"},
};

constexpr std::array sap_assignment{
    Attribute{2, "sap_assignment_list", "array(structure(sap: long-unsigned, logical_device_name: text))"},
};
constexpr std::array sap_methods{
    Method{1, "connect_logical_device", "structure(sap: long-unsigned, logical_device_name: text)"},
};

constexpr std::array transfer_states{
    Label{0, "not_initiated"},           Label{1, "initiated"},           Label{2, "verification_initiated"},
    Label{3, "verification_successful"}, Label{4, "verification_failed"}, Label{5, "activation_initiated"},
    Label{6, "activation_successful"},   Label{7, "activation_failed"},
};
constexpr std::array image_transfer{
    Attribute{2, "image_block_size", "double-long-unsigned"},
    Attribute{3, "image_transferred_blocks_status", "bit-string"},
    Attribute{4, "image_first_not_transferred_block_number", "double-long-unsigned"},
    Attribute{5, "image_transfer_enabled", "boolean"},
    Attribute{6, "image_transfer_status", "enum", transfer_states},
    Attribute{7, "image_to_activate_info",
              "array(structure(image_to_activate_size: double-long-unsigned, image_to_activate_identification: "
              "octet-string, image_to_activate_signature: octet-string))"},
};
constexpr std::array image_methods{
    Method{1, "image_transfer_initiate", "structure(image_identifier: octet-string, image_size: double-long-unsigned)"},
    Method{2, "image_block_transfer",
           "structure(image_block_number: double-long-unsigned, image_block_value: octet-string)"},
    Method{3, "image_verify", "integer"},
    Method{4, "image_activate", "integer"},
};

constexpr std::array security_suites{Label{0, "aes_gcm_128"}, Label{1, "aes_gcm_128_ecdsa_p_256"},
                                     Label{2, "aes_gcm_256_ecdsa_p_384"}};
/// Versions differ in what the policy's bits mean: `names::security_policy` of the codec tells them apart.
constexpr std::array security_setup{
    Attribute{2, "security_policy", "enum"},
    Attribute{3, "security_suite", "enum", security_suites},
    Attribute{4, "client_system_title", "octet-string"},
    Attribute{5, "server_system_title", "octet-string"},
    Attribute{6, "certificates", "array(any)"},
};
constexpr std::string_view keys = "array(structure(key_id: enum, key_data: octet-string))";
constexpr std::array security_methods{
    Method{1, "security_activate", "enum"},
    Method{2, "key_transfer", keys},
    Method{3, "key_agreement", keys},
    Method{4, "generate_key_pair", "enum"},
    Method{5, "generate_certificate_request", "enum"},
    Method{6, "import_certificate", "octet-string"},
    Method{7, "export_certificate", "any"},
    Method{8, "remove_certificate", "any"},
};

constexpr std::array classes{
    InterfaceClass{12, 4, "association_sn", "Association SN", association_sn, association_sn_methods, "0-0:40.0.0.255"},
    InterfaceClass{15, 3, "association_ln", "Association LN", association_ln, association_ln_methods, "0-0:40.0.0.255"},
    InterfaceClass{17, 0, "sap_assignment", "SAP assignment", sap_assignment, sap_methods, "0-0:41.0.0.255"},
    InterfaceClass{18, 0, "image_transfer", "Image transfer", image_transfer, image_methods, "0-0:44.0.0.255"},
    InterfaceClass{64, 1, "security_setup", "Security setup", security_setup, security_methods, "0-0:43.0.0.255"},
};

} // namespace

std::span<const InterfaceClass> access_classes() {
    return classes;
}

} // namespace meterctl::codecs::dlms
