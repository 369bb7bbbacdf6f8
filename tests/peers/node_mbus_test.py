#!/usr/bin/python3
"""node-mbus (npm; libmbus inside) reads our simulated M-Bus meters, finds them by their secondary addresses and moves one,
over TCP and over a line."""

import json
import re
import unittest

import npm
import peers

MODULES = npm.modules("node-mbus", "2.2.6", scripts=True)
SCRIPT = peers.HERE / "node_mbus.js"
BUS = ["--unit", "1=pro380-mb", "--unit", "2=mbus", "--speed", "0", "--latency", "2ms"]
POWERS = {"": 1, "m": 1e-3, "k": 1e3, "M": 1e6}


def master(*words):
    """The results of node-mbus, one a request."""
    return [json.loads(line) for line in
            peers.run("env", f"NODE_PATH={MODULES}", "node", SCRIPT, *words).splitlines()]


def energies(data):
    """Of its records those in Wh, as {(function, storage, tariff): Wh}."""
    found = {}
    for record in data["DataRecord"]:
        unit = re.fullmatch(r"Energy \((?:(1e\d+|10|100) )?([mkM]?)Wh\)", record["Unit"])
        if unit:
            factor = float(unit[1] or 1) * POWERS[unit[2]]
            key = record["Function"].split()[0], record["StorageNumber"], record.get("Tariff", 0)
            found[key] = record["Value"] * factor
    return found


class Master(unittest.TestCase):
    def check(self, link, target):
        """What node-mbus sees at `link` is what meterctl sees at `target`."""
        by_primary, by_secondary = master(*link, "get", 1, "get", "24110380FFFFFFFF")
        self.assertEqual(by_primary["SlaveInformation"]["Id"], 24110380)
        self.assertEqual(by_primary["SlaveInformation"]["Manufacturer"], "INM")
        self.assertEqual(energies(by_primary), energies(by_secondary))

        ours = peers.values(peers.read(target, "-m", "pro380-mb", "energy"))
        theirs = energies(by_primary)
        self.assertEqual(len(theirs), 12)
        names = {("Instantaneous", 0, 0): "import", ("Instantaneous", 0, 2): "import_t2",
                 ("Instantaneous", 3, 0): "import_l3", ("Minimum", 0, 0): "export", ("Minimum", 0, 1): "export_t1",
                 ("Minimum", 2, 0): "export_l2"}
        for key, name in names.items():
            self.assertAlmostEqual(theirs[key] / 1000, ours["active_energy_" + name], msg=name)

        self.assertEqual(sorted(master(*link, "scan")[0]),
                         sorted(one["address"] for one in self.scan(target)))

        moved = master(*link, "move", 1, 9, "get", 9)[-1]
        self.assertEqual(moved["SlaveInformation"]["Id"], 24110380)
        self.assertEqual(peers.values(peers.read(target, "-m", "pro380-mb", "-a", 9, "serial_number", "address")),
                         {"serial_number": "24110380", "address": 9})

    def scan(self, target):
        """The meters that meterctl finds, their addresses as libmbus writes them."""
        found = json.loads(peers.meterctl("scan", target, "-p", "mbus", "--secondary", "--timeout", "60ms", "-f", "json"))
        for meter in found["meters"]:
            number, maker, version, medium = meter["address"].split("-")
            code = sum((ord(letter) - 64) << shift for letter, shift in zip(maker, (10, 5, 0)))
            meter["address"] = f"{number}{code & 0xFF:02X}{code >> 8:02X}{version}{medium}"
        self.assertEqual(len(found["meters"]), 2)
        return found["meters"]

    def test_tcp(self):
        with peers.simulate("--listen", "tcp://127.0.0.1:0", *BUS) as server:
            self.check(["tcp", "127.0.0.1", server.port], f"tcp://127.0.0.1:{server.port}")

    def test_line(self):
        with peers.folder() as folder, peers.simulate("--listen", f"pty:{folder}/bus", *BUS):
            self.check(["pty", f"{folder}/bus", 9600], f"{folder}/bus?baud=9600&frame=8E1")


if __name__ == "__main__":
    peers.main()
