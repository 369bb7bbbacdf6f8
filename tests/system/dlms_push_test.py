#!/usr/bin/python3
"""`decode` as the head-end of meters that push: over TCP and UDP, in wrapper and HDLC, ciphered or not, as it comes."""

import contextlib
import json
import pathlib
import queue
import signal
import socket
import sys
import threading
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from behaviour_test import PATIENCE, Behaviour as Program  # noqa: E402
from decoded import fcs  # noqa: E402

# {1-0:1.8.0.255, 123456789, {0, Wh}} of the Green Book's types, at 2026-11-21 12:00:00Z.
BODY = "0203 0906 0100010800FF 06075BCD15 0202 0F00 161E"
NOTIFICATION = bytes.fromhex("0F 00000001 0C 07EA0B15060C000000000000" + BODY)
EVENT = bytes.fromhex("C2 01 0C 07EA0B15060C000000000000 0001 0000600B00FF 02 1107")
REPORT = bytes.fromhex("18 00 01 02 FA00 01 06075BCD15")
# The same notification by GCM: key 00..0F, GAK D0..DF, title HLY and 1, counters 1 to 3. Made by another implementation
# of AES-GCM (Python's cryptography).
KEYS = "guek = 000102030405060708090A0B0C0D0E0F\ngak = D0D1D2D3D4D5D6D7D8D9DADBDCDDDEDF\n"
TITLE = "484C590000000001"
SEALED = {
    1: "DB08484C5900000000013830000000016B27E1372D50E0FA8FDD15D4242EB42891FA3E24E2C4F71EBD8FEFF400009D961E3D"
       "BF4FEAA88B2F8EF10BFC881312BD283ABB",
    2: "DB08484C590000000001383000000002CE3320B6417FB5DC4B50A3E8EA368A0C4D8E8BF0976F2DFC32A1262B6CD8B3E97CDB"
       "90C8AF30C8FCCEC8AA10CC5615B95FC78A",
    3: "DB08484C590000000001383000000003ED2B841F98157D5D05D8CBE079FECE9216B372FBD7CCBEAD2F7889663570121D4D83"
       "BA84CF3AA6AB8302D4D9F13E8AE8700C5B",
}


def wrapped(apdu, source=1, target=16):
    return b"".join(number.to_bytes(2, "big") for number in (1, source, target, len(apdu))) + apdu


def ui_frame(apdu):
    """HDLC: the meter 1/17 to the client 16."""
    body = b"\x21\x02\x23\x13"
    information = b"\xe6\xe7\x00" + apdu
    length = 2 + len(body) + 2 + len(information) + 2
    head = bytes([0xA0 | length >> 8, length & 0xFF]) + body
    head += fcs(head)
    return b"\x7e" + head + information + fcs(head + information) + b"\x7e"


class Push(Program):
    # Only what stands here is run: the rest is behaviour_test.py's own.
    def setUp(self):
        super().setUp()
        self.keys = self.folder / "keys"
        self.keys.write_text(KEYS)
        self.keys.chmod(0o600)

    @contextlib.contextmanager
    def listening(self, scheme, *words, form="ndjson"):
        process = self.start("decode", f"{scheme}-listen://127.0.0.1:0", "-f", form, *words)
        self.addCleanup(process.kill)
        try:
            line = process.stderr.readline()
            self.assertIn("listening on ", line)
            port = int(line.split("listening on ")[1].split(":")[-1])
            printed = queue.Queue()
            reader = threading.Thread(target=lambda: [printed.put(one) for one in process.stdout], daemon=True)
            reader.start()
            yield printed, lambda: self.peer(scheme, port)
        finally:
            process.send_signal(signal.SIGINT)
            code = process.wait(timeout=PATIENCE)
            reader.join(PATIENCE)
            process.stdout.close()
            process.stderr.close()
        self.assertEqual(code, 130)

    def peer(self, scheme, port):
        made = socket.socket(socket.AF_INET, socket.SOCK_DGRAM if scheme == "udp" else socket.SOCK_STREAM)
        self.addCleanup(made.close)
        made.connect(("127.0.0.1", port))
        return made

    def line(self, printed):
        """The next line, while everything stays open: it has to come of itself."""
        try:
            return printed.get(timeout=PATIENCE)
        except queue.Empty:
            self.fail("nothing is printed")

    def frame(self, printed):
        return json.loads(self.line(printed))["frames"][0]

    def check_reading(self, frame, *flags):
        self.assertNotIn("error", frame)
        reading, = frame["readings"]
        self.assertEqual((reading["name"], reading["value"], reading["unit"]), ("active_energy_import", 123456789, "Wh"))
        self.assertEqual(reading["time"], "2026-11-21T12:00:00Z")
        self.assertEqual(reading.get("flags", []), list(flags))

    def test_each_notification_is_a_line_as_it_comes(self):
        for scheme in ("tcp", "udp"):
            for framed in (wrapped, ui_frame):
                with self.subTest(scheme, framed=framed.__name__), self.listening(scheme) as (printed, connect):
                    meter = connect()
                    for _ in range(2):
                        meter.send(framed(NOTIFICATION))
                        self.check_reading(self.frame(printed))

    def test_rows_of_csv_come_as_they_come(self):
        with self.listening("tcp", form="csv") as (printed, connect):
            meter = connect()
            meter.send(wrapped(NOTIFICATION))
            self.assertTrue(self.line(printed).startswith("frame,time,source,"))
            self.assertIn(",active_energy_import,1-0:1.8.0,123456789,Wh,ok", self.line(printed))
            meter.send(wrapped(NOTIFICATION))
            self.assertIn(",active_energy_import,", self.line(printed))

    def test_meters_that_are_connected_at_once_do_not_mix(self):
        with self.listening("tcp") as (printed, connect):
            meters = [connect() for _ in range(5)]
            whole = wrapped(NOTIFICATION)
            for cut in (3, 20):
                for meter in meters:
                    meter.send(whole[:cut] if cut == 3 else whole[3:cut])
            for meter in meters:
                meter.send(whole[20:])
            frames = [self.frame(printed) for _ in meters]
            for frame in frames:
                self.check_reading(frame)
            self.assertEqual(len({frame["source"] for frame in frames}), len(meters))

    def test_what_is_ciphered_is_deciphered_and_a_replay_refused_from_wherever_it_comes(self):
        for scheme in ("tcp", "udp"):
            with self.subTest(scheme), self.listening(scheme, "--keys", self.keys) as (printed, connect):
                meter = connect()
                meter.send(wrapped(bytes.fromhex(SEALED[2])))
                frame = self.frame(printed)
                self.check_reading(frame)
                self.assertNotIn("00 01 02 03 04 05 06 07 08", json.dumps(frame))
                connect().send(wrapped(bytes.fromhex(SEALED[2])))  # recorded, and played back by somebody else
                frame = self.frame(printed)
                self.assertEqual((frame["error"]["code"], frame["readings"]), ("dlms.replay", []))
                connect().send(wrapped(bytes.fromhex(SEALED[1])))  # an older one
                self.assertEqual(self.frame(printed)["error"]["code"], "dlms.replay")
                meter.send(wrapped(bytes.fromhex(SEALED[3])))
                self.check_reading(self.frame(printed))
                damaged = bytearray.fromhex(SEALED[3])
                damaged[-1] ^= 1
                meter.send(wrapped(damaged))
                frame = self.frame(printed)
                self.assertEqual((frame["error"]["category"], frame["readings"]), ("untrusted", []))

    def test_without_keys_what_is_readable_is_shown(self):
        with self.listening("tcp") as (printed, connect):
            connect().send(wrapped(bytes.fromhex(SEALED[1])))
            frame = self.frame(printed)
            shown = {field["name"]: (field["value"], field.get("label")) for field in frame["fields"]}
            self.assertEqual(shown["system_title"][0].replace(" ", ""), TITLE)
            self.assertEqual(shown["invocation_counter"][0], 1)
            self.assertEqual(shown["security_control"], (0x30, "suite 0, authenticated, encrypted"))
            self.assertEqual(shown["ciphered"][1], "there are no keys to decipher it with")
            self.assertTrue(frame["summary"].endswith(", no keys"))
            self.assertEqual(frame["readings"], [])

    def test_bad_octets_are_told_while_the_line_is_open_and_the_next_frame_is_found(self):
        with self.listening("tcp") as (printed, connect):
            meter = connect()
            meter.send(b"\xff\xfe\xfd no frame at all")
            frame = self.frame(printed)
            self.assertEqual((frame["error"]["exit_code"], frame["readings"]), (5, []))
            meter.send(wrapped(NOTIFICATION))
            self.check_reading(self.frame(printed))
            meter.send(b"\xff\xfe\xfd" + wrapped(NOTIFICATION))
            self.assertEqual(self.frame(printed)["error"]["code"], "dlms.noise")
            self.check_reading(self.frame(printed))
            meter.send(wrapped(NOTIFICATION)[:20])
            meter.close()
            frame = self.frame(printed)
            self.assertIn("incomplete: 20 of ", frame["error"]["what"])

    def test_events_and_reports_are_records_too(self):
        with self.listening("udp") as (printed, connect):
            meter = connect()
            meter.send(wrapped(EVENT))
            frame = self.frame(printed)
            self.assertTrue(frame["summary"].startswith("1 > 16: event-notification-request 2026-11-21T12:00:00"))
            reading, = frame["readings"]
            self.assertEqual((reading["obis"], reading["value"]), ("0-0:96.11.0", 7))
            meter.send(wrapped(REPORT))
            frame = self.frame(printed)
            self.assertTrue(frame["summary"].endswith("information-report of 1"), frame["summary"])
            self.assertNotIn("error", frame)

    def test_a_simulated_meter_pushes_to_whom_it_connects(self):
        for scheme, more in (("tcp", ()), ("udp", ()), ("tcp", ("--push-for", "management"))):
            keys = ("--keys", self.keys) if more else ()
            with self.subTest(scheme, more=more), self.listening(scheme, *keys, *self.named()) as (printed, connect):
                place = f"{scheme}://127.0.0.1:{connect().getpeername()[1]}"
                meter = self.start("simulate", "dtsd545", "--connect", place, "--push", 10, "--speed", 600, "--seed", 3,
                                   "--days", 0, *more)
                self.addCleanup(meter.kill)
                try:
                    frames = [self.frame(printed) for _ in range(3)]
                finally:
                    meter.send_signal(signal.SIGINT)
                    meter.communicate(timeout=PATIENCE)
                for frame in frames:
                    self.assertNotIn("error", frame)
                    self.assertEqual(bool(more), "general-glo-ciphering" in frame["summary"])
                    names = [reading["name"] for reading in frame["readings"]]
                    self.assertEqual(names, ["clock", "serial_number", "active_energy_import"])
                times = [frame["readings"][0]["value"] for frame in frames]
                self.assertEqual(times, sorted(set(times)))

    def named(self):
        """What stands where in a push, which the meter does not say."""
        path = self.folder / "own.json"
        path.write_text(json.dumps({"model": "own", "extends": "dtsd545",
                                    "settings": {"push_lists": "- clock serial_number active_energy_import -"}}))
        return "--meter-file", path, "-m", "own"


def load_tests(loader, _standard, _pattern):
    own = [name for name in vars(Push) if name.startswith("test_")]
    return unittest.TestSuite(Push(name) for name in own)


if __name__ == "__main__":
    unittest.main()
