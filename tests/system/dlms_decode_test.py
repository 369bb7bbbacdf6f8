#!/usr/bin/python3
"""`decode` of DLMS/COSEM from wherever octets come: arguments, files, standard input, captures with TCP and UDP, lines, and
what the program itself recorded; what it shows with keys, without, and with the meter's definition."""

import contextlib
import csv
import io
import json
import os
import pathlib
import pty
import signal
import subprocess
import sys
import threading
import tty
import unittest

TESTS = pathlib.Path(__file__).resolve().parents[1]
sys.path[:0] = [str(TESTS), str(TESTS / "system"), str(TESTS / "peers")]
import capture  # noqa: E402
import golden  # noqa: E402
from behaviour_test import PATIENCE, Behaviour as Program  # noqa: E402
from dlms_push_test import KEYS, NOTIFICATION, SEALED, ui_frame, wrapped  # noqa: E402

READ = ("-m", "dtsd545", "--client", "read")
POINTS = ("active_energy_import", "clock", "voltage_l1", "serial_number")
# A GET of a register's value and its answer, of its scaler and the answer: 2307, 10^-1 V.
TALK = ["C001C1 0003 0100200700FF 02 00", "C401C1 00 120903", "C001C2 0003 0100200700FF 03 00", "C401C2 00 02020FFF1623",
        "C001C3 0003 0100200700FF 02 00", "C401C3 00 120904"]


class Decode(Program):
    # Only what stands here is run: the rest is behaviour_test.py's own.
    def setUp(self):
        super().setUp()
        self.keys = self.folder / "keys"
        self.keys.write_text(KEYS)
        self.keys.chmod(0o600)

    def frames(self, *words, expect=0):
        out, _ = self.run_("decode", *words, expect=expect)
        return json.loads(out)["frames"]

    def readings(self, *words, expect=0):
        return [one for frame in self.frames(*words, expect=expect) for one in frame["readings"]]

    def values(self, rows):
        return [(row["name"], row["value"], row["unit"]) for row in csv.DictReader(io.StringIO(rows)) if row["name"]]

    def test_octets_come_as_arguments_files_and_standard_input(self):
        octets = ui_frame(NOTIFICATION)
        hexed = octets.hex(" ").upper()
        (self.folder / "octets").write_bytes(octets)
        (self.folder / "text.hex").write_text(hexed)
        expected = self.readings(hexed)
        self.assertEqual([(one["name"], one["value"]) for one in expected], [("active_energy_import", 123456789)])
        for words in (hexed.split(), [self.folder / "octets"], [self.folder / "text.hex"]):
            self.assertEqual(self.readings(*words), expected)
        for sent in (octets, hexed.encode()):
            done = subprocess.run([golden.METERCTL, "decode", "-"], input=sent, capture_output=True, timeout=PATIENCE,
                                  check=True)
            self.assertEqual(json.loads(done.stdout)["frames"][0]["readings"], expected)

    def test_apdus_of_other_networks_are_named_as_such(self):
        for octets in (NOTIFICATION, bytes.fromhex(SEALED[1])):
            frame, = self.frames("-p", "dlms-apdu", octets.hex(), "--keys", self.keys)
            self.assertEqual((frame["protocol"], frame["readings"][0]["value"]), ("dlms-apdu", 123456789))
        frames = self.frames("-p", "dlms-apdu", (NOTIFICATION + bytes.fromhex(SEALED[1] + SEALED[2])).hex(), "--keys",
                             self.keys)
        self.assertEqual([len(frame["readings"]) for frame in frames], [1, 1, 1])

    def test_captures_have_the_wrapper_and_hdlc_on_port_4059_and_elsewhere(self):
        for port in (4059, 9999):
            for framed in (wrapped, ui_frame):
                stream = capture.Capture(port)
                datagrams = capture.Datagrams(port)
                stream.open()
                octets = framed(NOTIFICATION)
                for part in (octets[:11], octets[11:], octets):
                    stream.segment(False, part)
                datagrams.datagram(False, octets)
                for record, count in ((stream, 2), (datagrams, 1)):
                    with self.subTest(port, framed=framed.__name__, count=count):
                        path = self.folder / "record.pcap"
                        record.write(path)
                        frames = self.frames(path)
                        self.assertEqual([frame["readings"][0]["value"] for frame in frames], [123456789] * count)
                        self.assertEqual(frames[0]["direction"], "response")

    def test_a_conversation_in_a_capture_is_named_and_scaled_by_what_was_asked(self):
        record = capture.Capture(4059)
        record.open()
        for place, apdu in enumerate(TALK):
            apdu = bytes.fromhex(apdu)
            asks = place % 2 == 0
            record.segment(asks, wrapped(apdu, 16, 1) if asks else wrapped(apdu, 1, 16))
        path = self.folder / "talk.pcap"
        record.write(path)
        frames = self.frames(path)
        self.assertEqual([frame["direction"] for frame in frames], ["request", "response"] * 3)
        self.assertEqual(frames[0]["summary"], "16 > 1: get-request-normal 3:1-0:32.7.0.255:2 voltage_l1")
        first, second = (frames[at]["readings"][0] for at in (1, 5))
        self.assertEqual((first["value"], first.get("unit"), first["flags"]), (2307, None, ["unscaled"]))
        self.assertEqual((second["name"], second["value"], second["unit"]), ("voltage_l1", 230.8, "V"))
        # A definition's unit is that of a scaled value.
        first, second = (self.frames(path, "-m", "dtsd545")[at]["readings"][0] for at in (1, 5))
        self.assertEqual((first["value"], first.get("unit"), first["flags"]), (2307, None, ["unscaled"]))
        self.assertEqual((second["value"], second["unit"]), (230.8, "V"))

    def recorded(self, where, *more):
        """What `read` prints, and what `decode` makes of its record."""
        path = self.folder / "record.pcapng"
        out, _ = self.run_("read", where, *READ, *more, "--keys", self.keys, "-f", "csv", "--capture", path, *POINTS)
        return self.values(out), path

    def test_what_the_program_recorded_decodes_to_what_it_read(self):
        place = f"pty:{self.folder}/line"
        for listen in ("tcp://127.0.0.1:0", "udp://127.0.0.1:0", place):
            with self.subTest(listen), self.simulated("dtsd545", "--days", 0, "--speed", 0, "--listen", listen) as (_, at):
                line = listen == place
                read, path = self.recorded(f"{self.folder}/line" if line else at.replace("-listen", ""))
                for one in (1, 2):  # again, by a capture that somebody else decodes
                    out, _ = self.run_("decode", path, "--keys", self.keys, "-m", "dtsd545", "-f", "csv")
                    shown = [row for row in self.values(out) if row[0] in POINTS]
                    self.assertEqual(sorted(shown), sorted(read), one)
                frames = self.frames(path, "-m", "dtsd545")
                self.assertFalse([frame for frame in frames if frame.get("error")])
                self.assertTrue([frame for frame in frames if frame["summary"].endswith("no keys")])
                names = {reading["name"] for frame in frames for reading in frame["readings"]}
                self.assertFalse(names & set(POINTS))
                self.assertEqual(frames[0]["protocol"], "dlms-hdlc" if line else "dlms-wrapper")

    def test_a_line_is_listened_to(self):
        ours, theirs = pty.openpty()
        tty.setraw(ours)
        tty.setraw(theirs)
        self.addCleanup(os.close, ours)
        self.addCleanup(os.close, theirs)
        process = self.start("decode", os.ttyname(theirs), "--keys", self.keys, "-f", "ndjson")
        self.addCleanup(process.kill)
        octets = b"\x7e\x7e noise" + ui_frame(NOTIFICATION) + ui_frame(bytes.fromhex(SEALED[1]))
        sending = threading.Event()

        def send():
            while not sending.wait(0.2):
                os.write(ours, octets)

        threading.Thread(target=send, daemon=True).start()
        try:
            values = []
            while len(values) < 2:
                frame = json.loads(process.stdout.readline())["frames"][0]
                values += [one["value"] for one in frame["readings"]]
            self.assertEqual(values, [123456789] * 2)
        finally:
            sending.set()
            process.send_signal(signal.SIGINT)
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.communicate(timeout=PATIENCE)
        self.assertEqual(process.returncode, 130)


def load_tests(loader, _standard, _pattern):
    own = [name for name in vars(Decode) if name.startswith("test_")]
    return unittest.TestSuite(Decode(name) for name in own)


if __name__ == "__main__":
    unittest.main()
