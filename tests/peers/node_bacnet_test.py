#!/usr/bin/python3
"""node-bacnet (npm) reads, writes and finds the simulated BACnet devices over UDP."""

import json
import os
import unittest

import npm
import peers

MODULES = npm.modules("node-bacnet", "0.2.4")
SCRIPT = peers.HERE / "node_bacnet.js"
REAL = 4
PRESENT_VALUE, OBJECT_NAME, OBJECT_LIST, UNITS, RELIABILITY = 85, 77, 76, 117, 103


def ask(port, *requests):
    words = [json.dumps(request) for request in requests]
    return json.loads(peers.run("env", f"NODE_PATH={os.environ.get('NODE_PATH') or MODULES}", "node", SCRIPT, port,
                                *words))


def value(answer):
    return answer["values"][0]["value"]


class Leviton(unittest.TestCase):
    def test_values_settings_and_refusals(self):
        with peers.simulate("leviton-s4100", "--speed", 0, "--listen", "udp://127.0.0.1:0") as meter:
            answers = ask(meter.port,
                          ["read", 0, 2, OBJECT_NAME], ["read", 0, 2, PRESENT_VALUE], ["read", 0, 2, UNITS],
                          ["read", 0, 4, UNITS], ["read", 8, 4194303, OBJECT_LIST, 0],
                          ["read", 8, 4194303, OBJECT_LIST], ["read", 0, 99, PRESENT_VALUE],
                          ["write", 2, 2, PRESENT_VALUE, REAL, 13], ["write", 2, 3, PRESENT_VALUE, REAL, 200],
                          ["read", 2, 3, RELIABILITY], ["wait", 2000], ["read", 2, 3, RELIABILITY],
                          ["read", 2, 3, PRESENT_VALUE], ["who-is"])
            name, energy, units, reactive, count, whole, unknown, refused, written, busy, _, settled, ratio, found = answers
            self.assertEqual(value(name), "KWh_Import")
            self.assertTrue(10000 < value(energy) < 30000, energy)
            self.assertEqual((value(units), value(reactive)), (19, 19))
            self.assertEqual(value(count), 113)
            self.assertIn("SEGMENTATION", whole["error"].upper().replace("REASON:4", "SEGMENTATION"))
            self.assertIn("UNKNOWN_OBJECT", unknown["error"].upper().replace("31", "UNKNOWN_OBJECT"))
            self.assertIn("VALUE_OUT_OF_RANGE", refused["error"].upper().replace("37", "VALUE_OUT_OF_RANGE"))
            self.assertNotIn("error", written)
            self.assertEqual((value(busy), value(settled), value(ratio)), (7, 0, 200))
            self.assertEqual((found["deviceId"], found["maxApdu"], found["vendorId"]), (1004100, 480, 133))

    def test_all_properties_of_an_object_and_a_trend_log(self):
        with peers.simulate("leviton-s4100", "--speed", 0, "--listen", "udp://127.0.0.1:0") as meter:
            everything, records = ask(meter.port, ["all", 0, 70], ["range", 20, 1, 1, 10])
            self.assertEqual({one["id"] for one in everything["values"][0]["values"]},
                             {28, 36, 75, 77, 79, 81, 85, 103, 111, 117})
            self.assertEqual(records["itemCount"], 10)


class Discovered(unittest.TestCase):
    def test_its_object_list_is_read_whole_and_a_subscription_is_taken(self):
        with peers.simulate("dts307-bacnet", "--speed", 0, "--listen", "udp://127.0.0.1:0") as meter:
            objects, voltage, subscribed = ask(meter.port, ["read", 8, 473001, OBJECT_LIST], ["read", 0, 11, OBJECT_NAME],
                                               ["subscribe", 0, 11])
            self.assertEqual(objects["values"][0]["value"], {"type": 8, "instance": 473001})
            self.assertEqual(len(objects["values"]), 18)
            self.assertEqual(value(voltage), "Voltage_L1")
            self.assertNotIn("error", subscribed)

    def test_confirmed_reports_are_repeated_until_they_are_acknowledged(self):
        with peers.simulate("dts307-bacnet", "--speed", 0, "--listen", "udp://127.0.0.1:0") as meter:
            reports, = ask(meter.port, ["reports", 0, [11], [12], 4500])
            acknowledged = [invoke for instance, invoke in reports if instance == 11]
            left = [invoke for instance, invoke in reports if instance == 12]
            self.assertEqual(len(acknowledged), 1, reports)
            self.assertGreater(len(left), 1, reports)
            self.assertEqual(len(set(left)), 1, reports)


if __name__ == "__main__":
    peers.main("node", "npm")
