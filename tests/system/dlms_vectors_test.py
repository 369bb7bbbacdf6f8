#!/usr/bin/python3
"""Every vector of DLMS/COSEM through `meterctl decode`: each thing that a vector expects is looked for in what is shown,
and one that nothing here looks for is a failure. Without METERCTL_EXTRA_VECTORS there is nothing to do."""

import decimal
import json
import os
import pathlib
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from decoded import Decoded, fcs, plain  # noqa: E402
from dlms_expected import Table  # noqa: E402

FOLDER = pathlib.Path(os.environ.get("METERCTL_EXTRA_VECTORS") or "nowhere") / "dlms"
# What a decoder does not show: remarks, and what a session does about it.
REMARKS = {"note", "is_echo_of_request", "server_fault", "next", "outcome"}
# Pushes that name nothing: what their positions mean is the utility's list, given as a definition of one's own.
LISTS = {
    "Landis+Gyr E450, Netz Burgenland": (
        "voltage_l1_v voltage_l2_v voltage_l3_v current_l1_ca current_l2_ca current_l3_ca active_power_import_w "
        "active_power_export_w active_energy_import_wh active_energy_export_wh - - - meter_id", {}),
    "Kaifa MA304H3E": (
        "list meter_id model active_power_import active_power_export reactive_power_import reactive_power_export "
        "current_l1 current_l2 current_l3 voltage_l1 voltage_l2 voltage_l3",
        {"current": "0.001", "voltage": "0.1"}),
}


class Vectors(Table):
    listed = tuple(LISTS)

    # How the octets of a layer reach `decode`.

    def decode(self, vector):
        octets = bytes.fromhex(vector["hex"])
        keys = self.keys_of(vector)
        if vector["name"].startswith(tuple(LISTS)):
            return self.decode_listed(vector, octets, keys)
        if vector["layer"] == "apdu":
            return Decoded(octets, "-p", "dlms-apdu", keys=keys)
        if vector["layer"] in ("exchange", "stream", "wrapper"):
            name = "dlms-hdlc" if b"\x7e" in octets[:8] or vector["name"].startswith("noise") else "dlms-wrapper"
            return Decoded(octets, "-p", name, keys=keys)
        return Decoded(octets, keys=keys)  # a checksum tells HDLC and M-Bus

    @staticmethod
    def keys_of(vector):
        keys = {name: value for name, value in vector.get("keys", {}).items()
                if name in ("guek", "gak", "client_title", "server_title")}
        if "system_title" in vector.get("keys", {}):
            keys["client_title"] = vector["keys"]["system_title"]
        return keys

    def decode_listed(self, vector, octets, keys):
        names, scales = next(value for name, value in LISTS.items() if vector["name"].startswith(name))
        points = [{"name": name, "title": name, "address": f"1:0-0:96.128.{index}.255:2", "source": "the utility's",
                   **({"scale": float(scale)} if (scale := scales.get(name.split("_")[0])) else {})}
                  for index, name in enumerate(names.split()) if name != "-"]
        points = [{**point, "unit": {"voltage": "V", "current": "A", "active": "W"}.get(point["name"].split("_")[0])}
                  if scales and point["name"].split("_")[0] in ("voltage", "current") else point for point in points]
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / "listed.json"
            path.write_text(json.dumps({
                "model": "listed", "title": "listed", "maker": "listed", "sources": ["the utility's list"],
                "protocol": "dlms", "address": "1", "settings": {"push_lists": names}, "points": points}))
            return Decoded(octets, "--meter-file", path, keys=keys)

    def whole(self, vector):
        tree = self.decode(vector)
        see = self.table()
        for name, wanted in vector["expect"].items():
            if name in REMARKS:
                continue
            self.assertTrue(name in see, f"nothing here looks for {name}")
            with self.subTest(vector["name"], expects=name):
                see[name](tree, wanted, vector)
        if tree.errors() and "dlms.unknown_apdu" in (tree.errors()[0]["code"],) and "info" in vector["expect"]:
            return  # a UI frame with something else in it
        unwell = {"complete_pushes", "incomplete_tail", "lengths_valid", "server_fault", "skipped"}
        if not unwell & set(vector["expect"]) and vector["expect"].get("tag_valid", True):
            self.assertEqual(tree.errors(), [], vector["name"])

    def value(self, vector):
        """A value alone, in a notification."""
        if vector["layer"] == "date":
            return self.patterns(vector)
        octets = bytes.fromhex(vector["hex"])
        if vector["layer"] == "date-time":
            octets = b"\x09\x0c" + octets
        tree = Decoded(bytes.fromhex("0F0000000100") + octets, "-p", "dlms-apdu")
        expect = dict(vector["expect"])
        body = tree.first("notification_body")
        if "count" in expect:
            self.assertEqual(expect.pop("blocks"), len(vector["hex"].split()))
            self.assertEqual(len(body["fields"]), expect.pop("count"))
            for name, at in (("first", 0), ("last", -1)):
                wanted, parts = expect.pop(name), body["fields"][at]["fields"]
                self.assertEqual([part["value"] for part in parts[:2]], [wanted["class_id"], wanted["version"]])
                self.assertIn(wanted["obis"], parts[2]["label"])
            classes = [str(one["fields"][0]["value"]) for one in body["fields"]]
            self.assertEqual({one: classes.count(one) for one in classes}, expect.pop("classes"))
        status, deviation = expect.pop("clock_status", None), expect.pop("deviation_min", "not said")
        self.assertIsNone(expect.pop("hundredths", None))
        if status is not None:
            self.assertEqual(octets[-1], status)
        if deviation != "not said":
            self.see_deviation(tree, deviation, vector)
        self.see_data(tree, expect, vector, body)
        self.assertEqual(tree.errors(), [])
        return None

    def patterns(self, vector):
        """Dates with open fields have texts of their own; what each means is told by it."""
        shown = []
        for part in vector["hex"].split():
            tree = Decoded(bytes.fromhex("0F0000000100" + "1A" + part), "-p", "dlms-apdu")
            self.assertEqual(tree.errors(), [])
            shown.append(tree.first("notification_body")["label"])
        self.assertEqual(len(set(shown)), len(vector["expect"]["meaning"]), shown)

    def addresses(self, vector):
        for one in vector["expect"]["addresses"]:
            body = bytes.fromhex(one["hex"])
            frame = bytes([0xA0, 2 + len(body) + 1 + 1 + 2]) + body + b"\x03\x93"
            field = Decoded(b"\x7e" + frame + fcs(frame) + b"\x7e").first("destination")
            parts = {part["name"]: part["value"] for part in field["fields"]}
            self.assertEqual(parts, {name: one[name] for name in ("logical", "physical") if name in one})

    def checks(self, vector):
        for body, check in zip(vector["hex"].split(), vector["expect"]["fcs"], strict=True):
            tree = Decoded(b"\x7e" + bytes.fromhex(body + check) + b"\x7e", "-p", "dlms-hdlc")
            self.assertEqual(f"{tree.value('fcs'):04X}", check)
            self.assertFalse([one for one in tree.errors() if one["code"].startswith("dlms.hdlc")])
            wrong = f"{int(check, 16) ^ 1:04X}"
            tree = Decoded(b"\x7e" + bytes.fromhex(body + wrong) + b"\x7e", "-p", "dlms-hdlc")
            self.assertTrue(tree.errors()[0]["code"].startswith("dlms.hdlc."))
            self.assertEqual((tree.code, tree.readings), (5, []))

    def openings(self, vector):
        octets, expect = bytes.fromhex(vector["hex"]), vector["expect"]
        self.assertEqual(octets.decode(), vector["text"])
        telegram = expect.get("identification", "").startswith("/")  # of a P1 port: a head that has no '/' in readouts
        if telegram:
            octets += b"\r\n1-0:1.8.0(000001.000*kWh)\r\n!\r\n"
        tree = Decoded(octets, *(() if telegram else ("-p", "iec62056-21")))
        self.assertEqual(tree.errors(), [])
        shown = json.dumps(tree.frames, default=str)
        for name in ("manufacturer", "identification"):
            self.assertIn(expect.get(name, ""), shown)
        fields = {field["name"]: field for field in tree.frames[0]["fields"]}
        if "max_baud" in expect:
            self.assertIn(f"{expect['max_baud']} baud", tree.frames[0]["summary"])
        if "mode_e_capable" in expect:
            self.assertEqual("mode E" in shown, expect["mode_e_capable"])
        if "mode" in expect:
            self.assertEqual([fields[name]["value"] for name in ("protocol", "mode")],
                             [expect["protocol_control"], expect["mode"]])
        if "baud_char" in expect and "baud" in fields:
            self.assertEqual(fields["baud"]["value"], expect["baud_char"])

    def secrets(self, vector):
        """A proof and a wrapped key are answers within services: as such they are shown; unit tests compute them."""
        wanted = vector["expect"].get("f_stoc", vector["hex"])
        size = len(wanted) // 2
        apdu = "C301C1" + "000F0000280000FF01" + "01" + f"09{size:02X}" + wanted
        self.assertEqual(Decoded(bytes.fromhex(apdu), "-p", "dlms-apdu").octets_of("parameters"), wanted)

    def test_every_vector_decodes_to_what_it_expects(self):
        by_layer = {"axdr": self.value, "date-time": self.value, "date": self.value, "hdlc-address": self.addresses,
                    "hdlc-fcs": self.checks, "iec62056-21": self.openings, "hls": self.secrets,
                    "key-wrap": self.secrets}
        count = 0
        for path in sorted(FOLDER.glob("*.json")):
            for vector in json.loads(path.read_text(), parse_float=decimal.Decimal):
                with self.subTest(file=path.name, vector=vector["name"]):
                    by_layer.get(vector["layer"], self.whole)(vector)
                count += 1
        print(f"{count} vectors of {FOLDER}")
        self.assertGreaterEqual(count, 114)


if __name__ == "__main__":
    if not FOLDER.is_dir():
        print("skipped: no METERCTL_EXTRA_VECTORS")
        sys.exit(77)
    unittest.main()
