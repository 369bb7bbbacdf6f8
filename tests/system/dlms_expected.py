"""Which method of dlms_expectations.py looks for which of a vector's expectations."""

from decoded import plain
from dlms_expectations import Expectations


class Table(Expectations):
    def table(self):
        see = {
            "type": self.see_type, "types": self.see_types, "control": self.see_control,
            "destination": self.see_address("destination"), "source": self.see_address("source"),
            "ns": self.see_field("send_number"), "nr": self.see_field("receive_number"),
            "poll_final": self.see_field("poll_final"), "segmented": self.see_field("segmented"),
            "info": self.see_info, "llc": self.see_inside, "apdu": self.see_apdu, "fcs": self.see_hex("fcs"),
            "length_field": self.see_field("length"), "rlre_reason": self.see_field("reason"),
            "reason": self.see_field("reason"), "negotiated_conformance": self.see_octets("bits"),
            "conformance_negotiated": lambda tree, wanted, _: self.assertEqual(plain(tree.all("bits")[-1]["value"]),
                                                                              wanted),
            "max_info_tx": self.see_parameter("max_info_transmit"),
            "max_info_rx": self.see_parameter("max_info_receive"),
            "window_tx": self.see_parameter("window_transmit"), "window_rx": self.see_parameter("window_receive"),
            "max_info": self.see_parameter("max_info_transmit"), "window": self.see_parameter("window_receive"),
            "values": self.see_values, "strings": self.see_strings, "readings": self.see_readings,
            "by_position": self.see_positions, "frames": self.see_frames,
            "skipped": lambda tree, wanted, _: self.assertEqual(tree.frames[0]["length"], wanted),
            "incomplete_tail": lambda tree, wanted, _: self.assertEqual(tree.frames[-1]["length"], wanted),
            "source_id": self.see_printed, "meter_id": self.see_printed, "model": self.see_printed,
            "utc": self.see_utc, "clock": self.see_time, "clock_object": self.see_time,
            "date_time": self.see_time, "date_time_push": self.see_time, "deviation_min": self.see_deviation,
            "hundredths": self.nothing, "day_of_week": self.nothing, "clock_status": self.see_clock_status,
            "fcs_valid": self.see_good, "hcs_valid": self.see_good, "checksums_valid": self.see_good,
            "mbus_frames": lambda tree, wanted, _: self.assertEqual(len(tree.frames), wanted),
            "ci_fields": lambda tree, wanted, _: self.assertEqual([f"{one['value']:02X}" for one in tree.all("ci")],
                                                                  wanted),
            "object_count": self.see_count, "push_object_list_length": self.see_list_length,
            "payload_values": lambda tree, wanted, _: self.assertEqual(
                [one["value"] for one in tree.first("notification_body")["fields"]], wanted),
            "complete_pushes": lambda tree, wanted, _: (self.assertEqual(tree.readings, []),
                                                        self.assertTrue(tree.errors())),
            "gbt_blocks": self.see_blocks,
            "gbt_last": lambda tree, wanted, _: self.assertEqual(
                [one["label"].startswith("last") for one in tree.all("block_control")], wanted),
            "gbt_streaming": lambda tree, wanted, _: self.assertEqual(
                ["streaming" in one["label"] for one in tree.all("block_control")], wanted),
            "system_title": self.see_octets("system_title"), "security_control": self.see_hex("security_control"),
            "invocation_counter": self.see_field("invocation_counter"), "tag_valid": self.see_trust,
            "tag_checked": lambda tree, wanted, _: self.assertEqual(
                {"not_authenticated" in one["flags"] for one in tree.readings}, {not wanted}),
            "tag": self.see_octets("authentication_tag"), "ciphertext": self.see_inside, "plaintext": self.see_plain,
            "iv": self.nothing, "aad": self.nothing,  # that it deciphers says both
            "inner": self.see_apdu, "ciphertext_and_tag_length": lambda tree, wanted, _: self.assertEqual(
                tree.first("ciphered")["length"] + tree.first("authentication_tag")["length"], wanted),
            "version": self.see_field("version"), "source_wport": self.see_field("source_wport"),
            "destination_wport": self.see_field("destination_wport"), "length": self.see_field("length"),
            "client_wport": self.see_field("source_wport"), "server_wport": self.see_field("destination_wport"),
            "ctos": self.see_octets("calling_authentication_value"),
            "stoc": self.see_octets("responding_authentication_value"),
            "initiate_request_plaintext": self.see_plain, "action_request_plaintext": self.see_plain,
            "action_response_plaintext": self.see_plain, "request_plaintext": self.see_plain,
            "response_plaintext": self.see_plain, "wrapped_key": self.see_wrapped,
            "dedicated_key": lambda tree, wanted, _: self.assertEqual(tree.first("dedicated_key")["label"],
                                                                      f"{len(wanted) // 2} octets, not shown"),
            "key_id": self.nothing, "new_key": self.nothing,  # a secret, which is not shown
            "plaintexts": lambda tree, wanted, vector: [self.see_plain(tree, one, vector) for one in wanted.values()],
            "application_context": lambda tree, wanted, _: self.assertEqual(
                tree.first("application_context_name")["label"], wanted),
            "mechanism": self.see_mechanism, "authentication_value_text": lambda tree, wanted, _: self.assertEqual(
                tree.first("calling_authentication_value")["label"], f'"{wanted}"'),
            "calling_ap_title": self.see_octets("calling_ap_title"),
            "user_information_tag": lambda tree, wanted, _: self.assertEqual(
                f"glo-initiateRequest ({tree.first('user_information')['fields'][0]['value']})", wanted),
            "user_information": self.see_octets("user_information"),
            "initiate_request": self.see_initiate, "initiate_response": self.see_initiate,
            "server_max_receive_pdu_size": lambda tree, wanted, _: self.assertEqual(
                tree.all("server_max_receive_pdu_size")[-1]["value"], wanted),
            "diagnostic": self.see_diagnostic,
            "protocol_version_bits": lambda tree, wanted, _: self.assertEqual(
                tree.octets_of("protocol_version")[-2:], wanted),
            "lengths_valid": lambda tree, wanted, _: self.assertEqual(bool(tree.errors()), not wanted),
            "result": self.see_field("result"), "class_id": self.see_field("class_id"),
            "obis": self.see_field("logical_name"), "attribute": self.see_field("attribute"),
            "method": self.see_field("method"), "state_error": self.see_field("state_error"),
            "service_error": self.see_field("service_error"), "access_selection": self.see_octets("access_selection"),
            "access_selector": self.see_field("access_selector"), "range": self.see_range, "entry": self.see_entry,
            "invoke_id_and_priority": self.see_hex("invoke_id_and_priority"),
            "long_invoke_id_and_priority": self.see_field("long_invoke_id_and_priority"),
            "invoke_id": self.see_invoke(0), "service_class": self.see_invoke(1), "priority": self.see_invoke(2),
            "data": self.see_some_data, "body": lambda tree, wanted, vector: self.see_data(
                tree, wanted, vector, "notification_body"),
            "data_access_result": self.see_access_result, "name": self.see_access_name,
            "data_access_results": lambda tree, wanted, _: self.assertEqual(
                [one["value"] for one in tree.all("result")], wanted),
            "names": lambda tree, wanted, _: self.assertEqual([one["label"] for one in tree.all("result")], wanted),
            "results": lambda tree, wanted, vector: [
                self.see_data(tree, one, vector, field) for one, field in zip(wanted, tree.all("data"), strict=True)],
            "last_block": self.see_field("last_block"), "block_number": self.see_field("block_number"),
            "block_numbers": self.see_blocks,
            "last": lambda tree, wanted, _: self.assertEqual([one["value"] for one in tree.all("last_block")], wanted),
            "raw_length": lambda tree, wanted, _: self.assertEqual(len(tree.octets_of("raw_data")) // 2, wanted),
            "raw_lengths": lambda tree, wanted, _: self.assertEqual(
                [len(plain(one["value"])) // 2 for one in tree.all("raw_data")], wanted),
            "raw_starts_with": lambda tree, wanted, _: self.assertTrue(
                tree.octets_of("raw_data").startswith(wanted)),
            "array_count": lambda tree, wanted, _: self.assertEqual(
                int(tree.octets_of("raw_data")[4:8], 16), wanted),
            "capture_objects": lambda tree, wanted, _: [
                self.see_capture(field["fields"], one)
                for one, field in zip(wanted, tree.first("data")["fields"], strict=True)],
            "items": lambda tree, wanted, _: [
                self.see_descriptor(field["fields"], one)
                for one, field in zip(wanted, tree.all("attribute_descriptor"), strict=True)],
            "apdus": lambda tree, wanted, _: self.assertEqual(
                [frame["summary"].split()[0] for frame in tree.frames], wanted),
            "f_stoc": lambda tree, wanted, _: self.assertEqual(
                tree.octets_of("parameters"),
                f"{wanted['security_control']}{wanted['invocation_counter']:08X}{wanted['tag']}"),
        }
        return see
