#!/usr/bin/python3
"""smartmeter-obis (npm) and meterctl find the same values in readouts of IEC 62056-21, and smartmeter-obis reads our
simulated meter in mode C."""

import json
import os
import pathlib
import unittest

import npm
import peers

MODULES = npm.modules("smartmeter-obis", "4.0.0")
SCRIPT = peers.HERE / "smartmeter_obis.js"
VECTORS = peers.HERE.parent / "vectors/iec62056-21/readouts.json"
NUMBERS = {"C": "96", "F": "97", "L": "98", "P": "99"}
# It takes these to be one id, or the groups of several to be one text; the profile's rows have no id of their own.
NOT_READ_ALIKE = {"a load profile", "no values"}


def canonical(code):
    """An id as both print it: numbers for letters, no billing period where it is the present one, no zeros before one."""
    medium, _, rest = code.rpartition(":")
    rest, mark, period = rest.replace("&", "*").partition("*")
    parts = [NUMBERS.get(part, part) for part in rest.split(".")]
    kept = f"*{int(period)}" if mark and period != "255" else ""
    return (f"{medium}:" if medium else "") + ".".join(parts) + kept


def theirs(kind, path):
    """{id: (value, unit)} of smartmeter-obis: the first value of each id."""
    environment = {**os.environ, "NODE_PATH": str(MODULES)}
    done = peers.run("env", f"NODE_PATH={environment['NODE_PATH']}", "node", SCRIPT, kind, path)
    return {canonical(one["id"]): (one["values"][0]["value"], one["values"][0]["unit"]) for one in json.loads(done)}


def ours(document):
    """The same of a document of read or decode with --raw."""
    readings = document.get("readings") or [one for frame in document["frames"] for one in frame["readings"]]
    return {canonical(one["point"]): (one["value"], one.get("unit", "")) for one in readings}


def alike(their, our):
    """A number is one; a date, and digits that stay text, are compared with what they were made of."""
    value, unit = their
    if unit:
        return abs(float(value) - float(our[0])) < 1e-9 and unit == our[1]
    return str(value).lstrip("0") == str(our[0]).lstrip("0") or not isinstance(our[0], str) or "T" in our[0]


class Readouts(unittest.TestCase):
    def test_decode_finds_what_smartmeter_obis_finds(self):
        with peers.folder() as folder:
            for vector in json.loads(VECTORS.read_text()):
                if vector["name"] in NOT_READ_ALIKE:
                    continue
                with self.subTest(vector["name"]):
                    path = pathlib.Path(folder) / "readout.bin"
                    path.write_bytes(bytes.fromhex(vector["hex"]))
                    their = theirs("file", path)
                    our = ours(json.loads(peers.meterctl("decode", path, "--raw", "-f", "json")))
                    self.assertEqual(sorted(their), sorted(our))
                    for code, value in their.items():
                        self.assertTrue(alike(value, our[code]), f"{code}: {value}, {our[code]}")


class SimulatedMeter(unittest.TestCase):
    def test_smartmeter_obis_reads_simulate_in_mode_c(self):
        with peers.folder() as folder:
            line = pathlib.Path(folder) / "meter"
            with peers.simulate("iec62056-21", "--listen", f"pty:{line}", "--speed", "0"):
                their = theirs("serial", line)
                document = peers.read(line, "-m", "iec62056-21", "--raw")
            our = ours(document)
            self.assertGreater(len(their), 5)
            for code, value in their.items():
                self.assertIn(code, our)
                self.assertTrue(alike(value, our[code]), f"{code}: {value}, {our[code]}")


if __name__ == "__main__":
    peers.main("node", "npm")
