#!/usr/bin/python3
"""What the program does with BACnet where the command line matters: exit codes, prompts, order, passwords, Ctrl-C."""

import json
import pathlib
import signal
import subprocess
import sys
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from behaviour_test import PATIENCE, Behaviour as Program  # noqa: E402

LEVITON = ("-m", "leviton-s4100")
TOKEN, DATA_EXPECTING_REPLY = "token", "data-expecting-reply"


class Bacnet(Program):
    # Only what stands here is run: the rest is behaviour_test.py's own.
    def write(self, *words, expect=0):
        out, error = self.run_("write", "sim:", *LEVITON, *words, expect=expect)
        return (json.loads(out) if out else None), error

    def test_a_value_outside_its_choices_is_exit_7_and_all_five_are_named(self):
        _, error = self.write("system_type=13", expect=7)
        for allowed in ("10", "11", "12", "31", "40"):
            self.assertIn(allowed, error)

    def test_what_depends_on_another_point_is_written_behind_it(self):
        document, _ = self.write("system_voltage=4800", "pt_ratio=10")
        self.assertEqual([(one["name"], one["status"]) for one in document["writes"]],
                         [("pt_ratio", "verified"), ("system_voltage", "verified")])

    def test_a_value_that_does_not_fit_the_other_is_exit_7_before_anything_is_sent(self):
        out, error = self.run_("write", "sim:", *LEVITON, "--trace", "system_voltage=480", "pt_ratio=10", expect=7)
        self.assertEqual(out, "")
        self.assertIn("820 to 6600", error)
        self.assertNotIn("55 FF", error)

    def test_commands_keep_the_time_that_the_meter_wants_between_them(self):
        document, error = self.write("--yes", "-v", "reset_energy", "reset_max_demand")
        self.assertEqual([one["status"] for one in document["writes"]], ["invoked", "invoked"])
        self.assertIn("one command in 10 s", error)

    def test_a_restart_asks_first(self):
        for method in ("coldstart", "warmstart", "disable_communication=5"):
            self.write(method, expect=7)
            self.write(method, "--yes")
        code, shown = self.on_a_terminal(b"yes\n", "write", "sim:", *LEVITON, "warmstart")
        self.assertEqual(code, 0, shown)
        code, shown = self.on_a_terminal(b"no\n", "write", "sim:", *LEVITON, "warmstart")
        self.assertEqual(code, 7, shown)

    def test_a_password_shows_neither_in_traces_nor_in_plans(self):
        password = self.folder / "password"
        password.write_text("tr0ub4dor\n")
        password.chmod(0o600)
        hidden = " ".join(f"{ord(letter):02X}" for letter in "tr0ub4dor")
        words = ("write", "sim:", *LEVITON, "--password-file", password, "--yes", "coldstart")
        for more in (("--trace",), ("--dry-run",)):
            out, error = self.run_(*words, *more)
            self.assertNotIn(hidden, out + error)
            self.assertIn(" ".join(["2A"] * 9), out + error)

    def test_a_priority_is_for_bacnet_alone(self):
        document, _ = self.write("--priority", "8", "ct_primary=200")
        self.assertEqual(document["writes"][0]["status"], "verified")
        out, _ = self.run_("write", "sim:", *LEVITON, "--priority", "8", "--dry-run", "ct_primary=200")
        self.assertTrue(json.loads(out)["writes"][0]["frames"][0]["octets"].endswith("49 08"))
        self.write("--priority", "17", "ct_primary=200", expect=2)
        self.run_("write", "sim:", "-m", "pro380-mod", "--priority", "8", "-n", "lcd_cycle_time=25", expect=2)

    def test_several_values_are_planned_as_the_one_request_that_they_are(self):
        out, _ = self.run_("write", "sim:", "-p", "bacnet", "-a", "1", "--dry-run", "analog-value:1=2",
                           "analog-value:2=3", "-m", "bacnet")
        first, second = json.loads(out)["writes"]
        self.assertIn("WritePropertyMultiple", first["frames"][0]["summary"])
        self.assertNotIn("frames", second)

    def test_a_watch_is_a_document_a_report(self):
        out, _ = self.run_("read", "sim://dts307-bacnet?speed=600", "-f", "ndjson", "--watch", "60s", "--count", "3",
                           "analog-input:4")
        values = [json.loads(line)["readings"][0]["value"] for line in out.splitlines()]
        self.assertEqual(len(values), 3)
        self.assertEqual(len(set(values)), 3)
        out, _ = self.run_("read", "sim://dts307-bacnet?speed=600", "-f", "ndjson", "--watch", "60s", "--count", "2",
                           "--confirmed", "analog-input:4")
        self.assertEqual(len(out.splitlines()), 2)
        self.run_("read", "sim:", *LEVITON, "--confirmed", "active_power", expect=2)
        self.run_("read", "sim:", *LEVITON, "--watch", "10s", "active_power", expect=6)
        self.run_("read", "sim:", "-m", "pro380-mod", "--watch", "10s", "voltage_l1", expect=2)
        self.run_("read", "sim:", *LEVITON, "--watch", "10s", "--interval", "1s", "active_power", expect=2)

    def test_two_devices_of_one_number_are_both_named(self):
        where = "sim://bus?unit=1:leviton-s4100&unit=4:leviton-s4100&same_instance=1"
        out, _ = self.run_("scan", where, "-p", "bacnet", expect=1)
        self.assertIn("device 1004100 is at", out)
        out, error = self.run_("read", where, *LEVITON, "-a", "1004100", "ct_primary", expect=5)
        self.assertIn("at 1", error)
        self.assertIn("at 4", error)

    def test_ctrl_c_on_a_line_leaves_the_ring_with_a_token_passed_on(self):
        with self.simulated("leviton-s4100", "--masters", "9", "--listen", f"pty:{self.folder}/line"):
            capture = self.folder / "line.pcapng"
            process = self.start("read", f"{self.folder}/line", *LEVITON, "--interval", "10ms", "-f", "ndjson",
                                 "--capture", capture, "active_power", stderr=subprocess.DEVNULL)
            for _ in range(3):
                self.assertIn("active_power", process.stdout.readline())
            time.sleep(0.05)
            process.send_signal(signal.SIGINT)
            process.communicate(timeout=PATIENCE)
        self.assertEqual(process.returncode, 130)
        out, _ = self.run_("decode", capture, "-f", "ndjson")
        frames = [json.loads(line) for line in out.splitlines()]
        self.assertFalse([frame for frame in frames if frame.get("error")])


def load_tests(loader, _standard, _pattern):
    own = [name for name in vars(Bacnet) if name.startswith("test_")]
    return unittest.TestSuite(Bacnet(name) for name in own)


if __name__ == "__main__":
    unittest.main()
