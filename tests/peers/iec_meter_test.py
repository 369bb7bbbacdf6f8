#!/usr/bin/python3
"""meterctl reads and programs a scripted IEC 62056-21 meter through a pseudo-terminal, and keeps the standard's times."""

import json
import os
import signal
import subprocess
import time
import unittest

import peers
from iec_meter import ACK, NAK, SOH, STX, ETX, Meter, checked

BREAK = checked(SOH, b"B0" + ETX)


def read(meter, *words, expect=0, query="", scheme="ir://"):
    return peers.read(f"{scheme}{meter.path}{query}", "-p", "iec62056-21", *words, expect=expect)


class Readout(unittest.TestCase):
    def check_values(self, document):
        values = peers.values(document)
        self.assertEqual(values["active_energy_import"], 123.45)
        self.assertEqual(values["active_energy_export"], 1)
        self.assertEqual(document["errors"], [])

    def check_times(self, meter, least, rate):
        """Request and choice at 300 baud, the choice behind the reaction time, and the switch before the meter's own."""
        request, choice = meter.heard[0], meter.heard[1]
        self.assertEqual((request.octets, request.rate), (b"/?!\r\n", 300))
        self.assertEqual((choice.octets, choice.rate), (ACK + b"0" + str(rate).encode() + b"0\r\n", 300))
        identified = meter.said[0][1]
        self.assertGreaterEqual(choice.began - identified, least - 0.005)
        self.assertLess(choice.began - identified, 1.5)
        # The message came whole: its first octet was said `reaction` behind the choice, to a client at the new rate.
        self.assertGreaterEqual(meter.said[1][0] - choice.ended, meter.reaction - 0.005)

    def test_mode_c(self):
        with Meter() as meter:
            self.check_values(read(meter))
            self.check_times(meter, 0.2, 5)

    def test_a_fast_meter_is_answered_fast(self):
        with Meter("/XYz5ABC", reaction=0.02) as meter:
            self.check_values(read(meter))
            self.check_times(meter, 0.02, 5)
            self.assertLess(meter.heard[1].began - meter.said[0][1], 0.15)

    def test_the_rate_of_the_sign_on_is_kept_where_that_is_asked_for(self):
        with Meter() as meter:
            self.check_values(read(meter, query="?baud=300"))
            self.check_times(meter, 0.2, 0)

    def test_a_plain_serial_device_will_do(self):
        with Meter() as meter:
            self.check_values(read(meter, scheme="serial://"))
            self.check_times(meter, 0.2, 5)

    def test_an_echo_is_taken_out(self):
        with Meter(echo=True) as meter:
            self.check_values(read(meter))
            self.check_times(meter, 0.2, 5)

    def test_a_wrong_block_check_is_answered_by_nak(self):
        with Meter(damaged=1) as meter:
            self.check_values(read(meter))
            self.assertEqual([heard.octets for heard in meter.heard[2:]], [NAK])
            self.assertGreaterEqual(meter.heard[2].began - meter.said[1][1], 0.195)

    def test_a_meter_that_never_switches(self):
        with Meter(switches=False) as meter:
            self.check_values(read(meter))
            self.assertEqual(meter.heard[-1].octets, ACK + b"000\r\n")

    def test_a_battery_meter_is_woken(self):
        with Meter() as meter:
            self.check_values(read(meter, query="?wakeup=1"))
            call, request = meter.heard[0], meter.heard[1]
            self.assertEqual(call.octets.strip(b"\0"), b"")
            self.assertTrue(2.1 <= call.ended - call.began <= 2.3, call.ended - call.began)
            self.assertTrue(1.5 <= request.began - call.ended <= 1.7, request.began - call.ended)

    def test_an_address_is_called(self):
        with Meter() as meter:
            self.check_values(read(meter, "-a", "16001234"))
            self.assertEqual(meter.heard[0].octets, b"/?16001234!\r\n")


class Programming(unittest.TestCase):
    def run_write(self, meter, password, expect=0):
        command = [peers.METERCTL, "write", f"ir://{meter.path}", "-p", "iec62056-21", "reg:0001=2000", "--yes", "-f",
                   "json", "--trace"]
        environment = {**os.environ, "METERCTL_PASSWORD": password}
        done = subprocess.run(command, capture_output=True, text=True, env=environment, timeout=peers.PATIENCE,
                              check=False)
        self.assertEqual(done.returncode, expect, done.stderr)
        shown = done.stderr + done.stdout
        self.assertNotIn(password, shown)
        self.assertNotIn(" ".join(f"{ord(letter):02X}" for letter in password), shown)
        self.assertIn("28" + " 2A" * len(password) + " 29", shown)
        return json.loads(done.stdout)

    def test_a_register_is_written_with_the_password_and_the_meter_let_go(self):
        with Meter() as meter:
            document = self.run_write(meter, "00000000")
            self.assertEqual(document["writes"][0]["status"], "verified")
            self.assertEqual(meter.registers["0001"], "2000")
            self.assertTrue(meter.last_heard(BREAK))
            said = [heard.octets for heard in meter.heard[2:]]
            self.assertEqual(said, [checked(SOH, b"P1" + STX + b"(00000000)" + ETX),
                                    checked(SOH, b"R1" + STX + b"0001()" + ETX),
                                    checked(SOH, b"W1" + STX + b"0001(2000)" + ETX),
                                    checked(SOH, b"R1" + STX + b"0001()" + ETX), BREAK])
            self.assertEqual({heard.rate for heard in meter.heard[2:]}, {9600})

    def test_a_wrong_password_is_refused_and_the_meter_let_go(self):
        with Meter() as meter:
            document = self.run_write(meter, "31337", expect=6)
            self.assertIn("ERROR01", document["errors"][0]["what"])
            self.assertTrue(meter.last_heard(BREAK))
            self.assertEqual(meter.registers["0001"], "1000")

    def test_ctrl_c_lets_the_meter_go(self):
        with Meter(silent_at="R1") as meter:
            command = [peers.METERCTL, "read", f"ir://{meter.path}", "-p", "iec62056-21", "reg:0001", "--timeout", "30s"]
            with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
                limit = time.monotonic() + peers.PATIENCE
                while not any(b"R1" in heard.octets for heard in meter.heard) and time.monotonic() < limit:
                    time.sleep(0.02)
                process.send_signal(signal.SIGINT)
                self.assertEqual(process.wait(peers.PATIENCE), 130)
            self.assertTrue(meter.last_heard(BREAK))


if __name__ == "__main__":
    peers.main()
