#!/usr/bin/python3
"""Somebody else's clients, mbpoll and libmodbus, read and write `meterctl simulate` over TCP and over a line."""

import unittest

import peers


class Simulated(unittest.TestCase):
    """The same checks on every way to reach a simulated PRO380-Mod whose time stands still."""

    def check_libmodbus(self, link, target):
        ours = peers.values(peers.read(target, "-m", "pro380-mod"))
        blocks = peers.client(*link, "read", "holding", "0x5002", 8, "read", "holding", "0x5012", 2, "read", "holding",
                              "0x600C", 2, "read", "holding", "0x4010", 1)
        words = [line.split() for line in blocks]
        for place, name in enumerate(["voltage_l1", "voltage_l2", "voltage_l3", "frequency"]):
            self.assertAlmostEqual(peers.float32(words[0][2 * place:2 * place + 2]), ours[name], places=4, msg=name)
        self.assertAlmostEqual(peers.float32(words[1]), ours["active_power"], places=4)
        self.assertAlmostEqual(peers.float32(words[2]), ours["active_energy_import"], places=2)
        self.assertEqual(words[3], [f"{ours['lcd_cycle_time']:04}"])
        self.assertTrue(207 < ours["voltage_l1"] < 253, ours["voltage_l1"])

        self.assertEqual(peers.client(*link, "write-one", "0x4010", "0025", "write", "0x400D", "42C8", "0000",
                                      "read", "holding", "0x400D", 2), ["written", "written", "42C8 0000"])
        changed = peers.values(peers.read(target, "-m", "pro380-mod", "lcd_cycle_time", "s0_output_rate"))
        self.assertEqual(changed, {"lcd_cycle_time": 25, "s0_output_rate": 100})

        refused = peers.client(*link, "read", "holding", "0x7000", 1, expect=1)
        self.assertEqual(refused, ["error: read: Illegal data address"])
        refused = peers.client(*link, "write-one", "0x4010", "0099", expect=1)
        self.assertEqual(refused, ["error: write-one: Illegal data value"])

    def check_mbpoll(self, words, target):
        ours = peers.values(peers.read(target, "-m", "pro380-mod"))
        shown = peers.mbpoll(*words, "-t", "4:float", "-B", "-0", "-r", 0x5002, "-c", 4, "-1")
        for place, name in enumerate(["voltage_l1", "voltage_l2", "voltage_l3", "frequency"]):
            self.assertAlmostEqual(float(shown[0x5002 + 2 * place]), ours[name], places=2, msg=name)
        peers.mbpoll(*words, "-t", "4", "-0", "-r", 0x4010, "-1", 0x15)
        peers.mbpoll(*words, "-t", "4:float", "-B", "-0", "-r", 0x400D, "-1", 10)
        changed = peers.values(peers.read(target, "-m", "pro380-mod", "lcd_cycle_time", "s0_output_rate"))
        self.assertEqual(changed, {"lcd_cycle_time": 15, "s0_output_rate": 10})

    def test_tcp(self):
        with peers.simulate("pro380-mod", "--speed", 0, "--listen", "tcp://127.0.0.1:0") as meter:
            target = f"tcp://127.0.0.1:{meter.port}"
            self.check_libmodbus(["tcp", "127.0.0.1", meter.port, 1], target)
            self.check_mbpoll(["-m", "tcp", "-p", meter.port, "-a", 1, "127.0.0.1"], target)

    def test_line(self):
        with peers.folder() as path:
            line = path / "meter0"
            with peers.simulate("pro380-mod", "--speed", 0, "--listen", f"pty:{line}"):
                self.check_libmodbus(["rtu", line, 9600, "N", 1], line)
                self.check_mbpoll(["-m", "rtu", "-b", 9600, "-P", "none", "-a", 1, line], line)

    def test_two_meters_on_one_line(self):
        with peers.folder() as path:
            line = path / "bus"
            with peers.simulate("--speed", 0, "--listen", f"pty:{line}", "--unit", "1=pro380-mod", "--unit",
                                "17=pro380-mod"):
                for unit in (1, 17):
                    shown = peers.client("rtu", line, 9600, "N", unit, "read", "holding", "0x4003", 1)
                    self.assertEqual(shown, [f"{unit:04X}"])
                silent = peers.client("rtu", line, 9600, "N", 2, "read", "holding", "0x4003", 1, expect=1)
                self.assertEqual(silent, ["error: read: Connection timed out"])


if __name__ == "__main__":
    peers.main("mbpoll")
