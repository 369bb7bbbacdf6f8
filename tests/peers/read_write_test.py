#!/usr/bin/python3
"""meterctl reads and writes somebody else's servers, libmodbus and pymodbus, over TCP and over a line."""

import json
import sys
import unittest

import peers

LINE = "?baud=9600&frame=8E1"


class Served(unittest.TestCase):
    """The same checks against every server, which holds the words of peers.PRO380."""

    def check(self, target, has_silent_units=True):
        document = peers.read(target, "-m", "pro380-mod", *peers.PRO380_VALUES)
        self.assertEqual(peers.values(document), peers.PRO380_VALUES)
        self.assertEqual(document["errors"], [])
        everything = peers.read(target, "-m", "pro380-mod")
        self.assertEqual(everything["errors"], [])

        raw = peers.read(target, "-p", "modbus", "-a", 1, "holding:0x5002:float32", "input:20484:float32",
                         "holding:0x5002:uint32:cdab")
        self.assertEqual([reading["value"] for reading in raw["readings"]], [230.5, 230, 0x80004366])

        half = peers.read(target, "-p", "modbus", "-a", 1, "holding:0x5002:float32", "holding:0x7000", expect=1)
        self.assertEqual(len(half["readings"]), 1)
        self.assertEqual([error["category"] for error in half["errors"]], ["refused"])

        written = json.loads(peers.meterctl("write", target, "-m", "pro380-mod", "lcd_cycle_time=25",
                                            "s0_output_rate=100", "--yes", "-f", "json"))
        self.assertEqual(written["errors"], [])
        changed = peers.values(peers.read(target, "-m", "pro380-mod", "lcd_cycle_time", "s0_output_rate"))
        self.assertEqual(changed, {"lcd_cycle_time": 25, "s0_output_rate": 100})

        if has_silent_units:
            self.check_silence(target)

    def check_silence(self, target):
        peers.meterctl("read", target, "-p", "modbus", "-a", 9, "holding:0x5002", "--timeout", "200ms", "--retries", 0,
                       expect=4)

    def check_words(self, *link):
        """The words that the writes left, as libmodbus sees them."""
        self.assertEqual(peers.client(*link, "read", "holding", "0x4010", 1, "read", "holding", "0x400D", 2),
                         ["0025", "42C8 0000"])


class Libmodbus(Served):
    def test_tcp(self):
        with peers.Process(peers.SERVER, "tcp", "127.0.0.1", 0, 1, 0x4000, 0x204B, *peers.assignments()) as server:
            self.check(f"tcp://127.0.0.1:{server.port}", has_silent_units=False)
            self.check_words("tcp", "127.0.0.1", server.port, 1)

    def test_line(self):
        with peers.linked_lines() as (near, far):
            with peers.Process(peers.SERVER, "rtu", far, 9600, "N", 1, 0x4000, 0x204B, *peers.assignments()):
                # libmodbus takes the frame behind a request to another unit for that unit's answer: asked last.
                self.check(f"{near}{LINE}", has_silent_units=False)
                self.check_words("rtu", near, 9600, "N", 1)
                self.check_silence(f"{near}{LINE}")


class Pymodbus(Served):
    def test_tcp(self):
        port = peers.free_port()
        with peers.Process(sys.executable, peers.HERE / "pymodbus_server.py", "tcp", port, 1, *peers.assignments()):
            self.check(f"tcp://127.0.0.1:{port}")
            self.check_words("tcp", "127.0.0.1", port, 1)

    def test_line(self):
        with peers.linked_lines() as (near, far):
            with peers.Process(sys.executable, peers.HERE / "pymodbus_server.py", "rtu", far, 1, *peers.assignments()):
                self.check(f"{near}{LINE}")
                self.check_words("rtu", near, 9600, "N", 1)


class Scan(unittest.TestCase):
    def test_identifies_what_pymodbus_serves(self):
        """Device identification says Measurlogic DTS 307, and the registers of a PRO380 are not there."""
        port = peers.free_port()
        with peers.Process(sys.executable, peers.HERE / "pymodbus_server.py", "tcp", port, 100, "0x0=0000"):
            found = json.loads(peers.meterctl("scan", f"tcp://127.0.0.1:{port}", "--addresses", "100", "-f", "json"))
            self.assertEqual([(meter["address"], meter["model"]) for meter in found["meters"]],
                             [("100", "dts307-modbus")])


if __name__ == "__main__":
    peers.main("socat")
