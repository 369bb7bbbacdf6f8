#!/usr/bin/python3
"""What is done to a DLMS meter from the command line: what asks and what it shows, exit codes, files, secrets, firmware that
is taken up again after a kill."""

import hashlib
import json
import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from behaviour_test import PATIENCE, Behaviour as Program  # noqa: E402

KEYS = {
    "guek": "000102030405060708090A0B0C0D0E0F",
    "gak": "D0D1D2D3D4D5D6D7D8D9DADBDCDDDEDF",
    "kek": "404142434445464748494A4B4C4D4E4F",
}
CALENDAR = {
    "name": "2027",
    "seasons": [{"name": "winter", "start": "*-01-01", "week": "usual"},
                {"name": "summer", "start": "*-04-01", "week": "usual"}],
    "weeks": [{"name": "usual", "monday": 1, "tuesday": 1, "wednesday": 1, "thursday": 1, "friday": 1,
               "saturday": 2, "sunday": 2}],
    "days": [{"id": 1, "slots": [{"from": "00:00:00", "tariff": 2}, {"from": "07:00:00", "tariff": 1}]},
             {"id": 2, "slots": [{"from": "00:00:00", "tariff": 2}]}],
}


class Writing(Program):
    def setUp(self):
        super().setUp()
        self.keys = self.secret("keys", KEYS)

    def secret(self, name, keys):
        path = self.folder / name
        path.write_text("".join(f"{key}={value}\n" for key, value in keys.items()))
        path.chmod(0o600)
        return path

    def words(self, *rest, target="sim://", client="management", keys=None):
        return ("write", target, "-m", "dtsd545", "--client", client, "--keys", str(keys or self.keys), *rest)

    def do(self, *rest, expect=0, **how):
        out, error = self.run_(*self.words(*rest, **how), expect=expect)
        return (json.loads(out) if out else None), error

    def meter(self, *words):
        """A simulated meter that outlives a run; its target."""
        _, target = self.enterContext(self.simulated("dtsd545", "--listen", "tcp://127.0.0.1:0", *words))
        return target.replace("tcp-listen:", "tcp:")

    def test_the_relay_asks_acts_and_verifies(self):
        self.do("relay=disconnect", expect=7)
        document, _ = self.do("relay=disconnect", "--yes")
        write = document["writes"][0]
        self.assertEqual(write["status"], "verified")
        self.assertEqual(write["before"]["control_state"], "connected")
        self.assertEqual(write["read_back"], {"control_state": "disconnected", "output_state": False, "control_mode": 5})

    def test_on_a_terminal_the_question_shows_state_mode_and_what_will_be(self):
        for answer, code in ((b"no\n", 7), (b"yes\n", 0)):
            ended, shown = self.on_a_terminal(answer, *self.words("relay=disconnect"))
            self.assertEqual(ended, code, shown)
            for part in ("the relay is connected", "control mode 5", "makes it disconnected", "Type yes"):
                self.assertIn(part, shown)

    def test_the_read_client_may_not_exit_6(self):
        document, error = self.do("relay=disconnect", "--yes", client="read", expect=6)
        self.assertEqual(document["writes"], [])
        self.assertIn("what the client", error)

    def test_a_dry_run_shows_it_all_and_acts_not(self):
        target = self.meter()
        document, _ = self.do("relay=disconnect", "--dry-run", target=target)
        write = document["writes"][0]
        self.assertEqual(write["status"], "planned")
        self.assertEqual(write["before"]["control_state"], "connected")
        self.assertTrue(write["notes"] and write["frames"])
        out, _ = self.run_("read", target, "-m", "dtsd545", "--client", "read", "--keys", str(self.keys), "relay_state")
        self.assertEqual(json.loads(out)["readings"][0]["label"], "connected")

    def test_a_mode_that_lacks_the_transition_is_exit_7_before_anything_is_sent(self):
        target = self.meter()
        self.do("relay_mode=always_connected", "--yes", target=target)
        document, error = self.do("relay=disconnect", "--yes", target=target, expect=7)
        self.assertEqual(document["errors"][0]["code"], "dlms.relay.mode")
        self.assertIn("always connected", error)

    def test_the_clock_is_set_to_now(self):
        document, _ = self.do("clock=now", "--yes")
        self.assertEqual(document["writes"][0]["status"], "verified")

    def test_a_method_without_what_it_is_to_do_is_told_what_there_is(self):
        for assignment, code in (("relay", 2), ("relay=disconect", 7)):
            _, error = self.do(assignment, "--yes", expect=code)
            self.assertIn("reconnect", error)
        _, error = self.do("activate_calendar=1", "--yes", expect=2)
        self.assertIn("takes no argument", error)

    def test_out_of_range_is_exit_7_and_sends_nothing(self):
        for assignment in ("limiter_threshold_normal=300", "load_profile_1_period=7", "voltage_sag_threshold=-1"):
            _, error = self.do(assignment, "--yes", "--trace", expect=7)
            self.assertNotIn("7E", error)

    def test_what_is_written_together_goes_in_one_request(self):
        document, _ = self.do("voltage_sag_threshold=190", "voltage_sag_time=12", "--dry-run")
        self.assertEqual([len(one.get("frames", [])) for one in document["writes"]], [1, 0])
        document, _ = self.do("voltage_sag_threshold=190", "voltage_sag_time=12", "--yes")
        self.assertEqual([one["status"] for one in document["writes"]], ["verified", "verified"])

    def test_a_calendar_goes_round_trip_through_a_file(self):
        target = self.meter()
        file = self.folder / "calendar.json"
        file.write_text(json.dumps(CALENDAR))
        document, _ = self.do(f"tariff_calendar={file}", "activate_calendar", "--yes", target=target)
        self.assertEqual([one["status"] for one in document["writes"]], ["verified", "verified"])
        out, _ = self.run_("read", target, "-m", "dtsd545", "--client", "read", "--keys", str(self.keys),
                           "tariff_calendar")
        self.assertEqual(json.loads(out)["readings"][0]["value"], CALENDAR)

    def test_a_calendar_with_a_fault_is_exit_7_and_says_where(self):
        file = self.folder / "calendar.json"
        file.write_text(json.dumps({**CALENDAR, "weeks": [{**CALENDAR["weeks"][0], "sunday": 9}]}))
        _, error = self.do(f"tariff_calendar={file}", "--yes", expect=7)
        self.assertIn("there is no day 9", error)
        self.assertIn("weeks[1]", error)
        self.do("tariff_calendar=/nowhere.json", "--yes", expect=2)

    def test_new_keys_hold_and_the_old_ones_are_told_as_wrong(self):
        target = self.meter()
        fresh = {**KEYS, "guek": "101112131415161718191A1B1C1D1E1F", "gak": "303132333435363738393A3B3C3D3E3F"}
        new = self.secret("new", {name: fresh[name] for name in ("guek", "gak")})
        self.do(f"keys_management={new}", target=target, expect=7)
        _, error = self.do(f"keys_management={new}", "--yes", "--trace", "-v", target=target)
        for key in (*fresh.values(), *KEYS.values()):
            self.assertNotIn(key, error.replace(" ", "").upper())
        _, error = self.do("voltage_sag_time=12", target=target, expect=6)
        self.assertIn("key", error)
        self.do("voltage_sag_time=12", target=target, keys=self.secret("all", fresh))
        new.chmod(0o644)
        self.do(f"keys_management={new}", "--yes", target=target, expect=2)

    def firmware(self, octets):
        body = bytes(at * 7 % 251 for at in range(octets - 32))
        path = self.folder / "HLY-2.0.bin"
        path.write_bytes(body + hashlib.sha256(body).digest())
        return path

    def test_firmware_is_transferred_verified_and_activated(self):
        target = self.meter()
        image = self.firmware(5000)
        self.do(f"image={image}", target=target, expect=7)
        document, _ = self.do(f"image={image}", "--yes", target=target)
        self.assertEqual(document["writes"][0]["status"], "verified")
        self.assertEqual(document["writes"][0]["read_back"]["identification"], "HLY-2.0")
        document, _ = self.do("image_activate", "--yes", target=target)
        self.assertEqual(document["writes"][0]["read_back"]["software_version"], "HLY-2.0")

    def test_a_killed_transfer_goes_on_with_what_is_missing(self):
        target = self.meter("--latency", "0ms")
        blocks, enough = 400, 60  # what the pipe of the trace holds besides is far less than all
        image = self.firmware(blocks * 200)
        running = self.start(*self.words(f"image={image}", "--yes", "--trace", target=target))
        for _ in range(enough):  # of the association, and some blocks and their answers
            self.assertTrue(running.stderr.readline())
        running.kill()
        running.communicate(timeout=PATIENCE)
        document, _ = self.do(f"image={image}", "--dry-run", target=target)
        notes = " ".join(document["writes"][0]["notes"])
        self.assertIn("an earlier transfer of it goes on", notes)
        missing = int(notes.split("goes on: ")[1].split()[0])
        self.assertTrue(0 < missing < blocks, notes)
        document, _ = self.do(f"image={image}", "--yes", target=target)
        self.assertEqual(document["writes"][0]["status"], "verified")

    def test_bad_firmware_is_exit_8(self):
        path = self.folder / "HLY-bad.bin"
        path.write_bytes(b"\xA5" * 700)
        document, _ = self.do(f"image={path}", "--yes", expect=8)
        self.assertEqual(document["writes"][0]["status"], "mismatch")
        self.assertEqual(document["errors"][0]["code"], "dlms.image.verify")


def load_tests(loader, _standard, _pattern):
    own = [name for name in vars(Writing) if name.startswith("test_")]
    return unittest.TestSuite(Writing(name) for name in own)


if __name__ == "__main__":
    unittest.main()
