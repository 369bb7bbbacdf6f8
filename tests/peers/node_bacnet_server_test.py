#!/usr/bin/python3
"""meterctl reads, writes and finds a device that node-bacnet (npm) plays over UDP."""

import contextlib
import json
import os
import unittest

import npm
import peers

MODULES = npm.modules("node-bacnet", "0.2.4")
SCRIPT = peers.HERE / "node_bacnet_server.js"


@contextlib.contextmanager
def device(*manner):
    """A device, and the endpoint to reach it."""
    path = os.environ.get("NODE_PATH") or MODULES
    with peers.Process("env", f"NODE_PATH={path}", "node", SCRIPT, peers.free_port(), *manner) as server:
        yield f"udp://127.0.0.1:{server.port}"


def refusal(document):
    return [(error["name"], error["code"]) for error in document["errors"]]


def write(endpoint, *words, expect=0):
    return json.loads(peers.meterctl("write", endpoint, "--yes", "-f", "json", *words, expect=expect))


class Reads(unittest.TestCase):
    def test_points_in_the_protocols_own_terms(self):
        with device() as endpoint:
            document = peers.read(endpoint, "-p", "bacnet", "analog-input:1", "analog-input:60", "binary-value:1",
                                  "characterstring-value:1", "device/object-list[0]", "device/vendor-name",
                                  "analog-input:2/units")
        self.assertEqual(peers.values(document),
                         {"analog-input:1": 229.25, "analog-input:60": 244, "binary-value:1": 0,
                          "characterstring-value:1": "Zähler", "device/object-list[0]": 64,
                          "device/vendor-name": "Nobody", "analog-input:2/units": 5})
        self.assertEqual(document["readings"][0]["unit"], "V")

    def test_the_list_of_objects_becomes_points(self):
        with device() as endpoint:
            values = peers.values(peers.read(endpoint, "-m", "bacnet"))
        self.assertEqual(len(values), 63)
        self.assertEqual((values["voltage_l17"], values["set_point"], values["relay"], values["note"]),
                         (233.25, 20, 0, "Zähler"))

    def test_one_by_one_where_it_knows_no_more(self):
        with device("single") as endpoint:
            values = peers.values(peers.read(endpoint, "-p", "bacnet", "analog-input:1", "analog-value:3"))
        self.assertEqual(values, {"analog-input:1": 229.25, "analog-value:3": 20})

    def test_refusals_stand_beside_values(self):
        with device() as endpoint:
            document = peers.read(endpoint, "-p", "bacnet", "analog-input:1", "analog-input:99", "analog-input:1/location",
                                  "device/object-list[65]", "device/location[1]", expect=1)
        self.assertEqual(peers.values(document), {"analog-input:1": 229.25})
        self.assertEqual(refusal(document),
                         [("analog-input:99", "bacnet.error.1.31"), ("analog-input:1/location", "bacnet.error.2.32"),
                          ("device/object-list[65]", "bacnet.error.2.42"), ("device/location[1]", "bacnet.error.2.50")])


class Writes(unittest.TestCase):
    def test_values_are_stored_and_read_back(self):
        with device() as endpoint:
            document = write(endpoint, "-p", "bacnet", "analog-value:3=12.5", "binary-value:1=1",
                             "characterstring-value:1=Größe", "device/location=Cellar 3")
            names = write(endpoint, "-m", "bacnet", "set_point=50")
            after = peers.values(peers.read(endpoint, "-p", "bacnet", "analog-value:3", "device/location"))
        self.assertEqual([(one["written"], one["status"]) for one in document["writes"]],
                         [(12.5, "verified"), (1, "verified"), ("Größe", "verified"), ("Cellar 3", "verified")])
        self.assertEqual([(one["before"], one["status"]) for one in names["writes"]], [(12.5, "verified")])
        self.assertEqual(after, {"analog-value:3": 50, "device/location": "Cellar 3"})

    def test_refusals_are_told(self):
        with device() as endpoint:
            for point, code in (("analog-value:3=101", "2.37"), ("analog-input:1=1", "2.40"),
                                ("analog-value:99=1", "1.31"), ("device/model-name=N2", "2.40")):
                with self.subTest(point):
                    document = write(endpoint, "-p", "bacnet", point, expect=6)
                    self.assertEqual(refusal(document), [(point.split("=")[0], "bacnet.error." + code)])


class Finds(unittest.TestCase):
    def test_scan_names_the_device(self):
        with device() as endpoint:
            found = json.loads(peers.meterctl("scan", endpoint, "-p", "bacnet", "-f", "json"))["meters"]
        self.assertEqual([meter["address"] for meter in found], ["device:4711"])
        facts = {fact["name"]: fact["value"] for fact in found[0]["facts"]}
        self.assertEqual((facts["device_instance"], facts["vendor_identifier"], facts["model_name"]), (4711, 999, "N1"))

    def test_a_device_is_addressed_by_its_number(self):
        with device() as endpoint:
            values = peers.values(peers.read(endpoint, "-p", "bacnet", "-a", "device:4711", "analog-input:4"))
        self.assertEqual(values, {"analog-input:4": 230})


if __name__ == "__main__":
    peers.main("node", "npm")
