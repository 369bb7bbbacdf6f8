#!/usr/bin/python3
"""DLMS meters that refuse, lie, break off or fall silent: what is said of it, the exit code, and the end of the
association."""

import json
import os
import pathlib
import resource
import signal
import subprocess
import sys
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "peers"))
import dlms  # noqa: E402  (lives beside the peers' tests)
import peers  # noqa: E402

POINT = "1:0-0:96.1.0.255:2"  # an object without a scaler: one GET
READ = ["-m", "dtsd545", "--client", "read"]
REFUSED, UNTRUSTED, SILENT, ENDPOINT = 6, 5, 4, 3
PROMPT = 20  # seconds for a whole process, far below any time-out of ours where nothing is asked again
USER_REASONS = {
    1: "no-reason-given", 2: "application-context-name-not-supported", 3: "calling-AP-title-not-recognized",
    4: "calling-AP-invocation-identifier-not-recognized", 5: "calling-AE-qualifier-not-recognized",
    6: "calling-AE-invocation-identifier-not-recognized", 7: "called-AP-title-not-recognized",
    8: "called-AP-invocation-identifier-not-recognized", 9: "called-AE-qualifier-not-recognized",
    10: "called-AE-invocation-identifier-not-recognized", 11: "authentication-mechanism-name-not-recognised",
    12: "authentication-mechanism-name-required", 13: "authentication-failure", 14: "authentication-required"}
ACCESS_RESULTS = {
    1: "hardware-fault", 2: "temporary-failure", 3: "read-write-denied", 4: "object-undefined",
    9: "object-class-inconsistent", 11: "object-unavailable", 12: "type-unmatched", 13: "scope-of-access-violated",
    14: "data-block-unavailable", 15: "long-get-aborted", 16: "no-long-get-in-progress", 250: "other-reason"}


class Case(unittest.TestCase):
    def setUp(self):
        self.folder = self.enterContext(dlms.state())

    def enterContext(self, context):  # of unittest from Python 3.11 on, where it is in all classes
        entered = context.__enter__()
        self.addCleanup(context.__exit__, None, None, None)
        return entered

    def failure(self, *words, expect):
        """The one error of a read that gets nothing."""
        begin = time.monotonic()
        document = peers.read(*words, expect=expect)
        self.assertLess(time.monotonic() - begin, PROMPT, "it hung")
        self.assertEqual(document["readings"], [])
        self.assertEqual(len(document["errors"]), 1)
        return document["errors"][0]


class Scripted(Case):
    """As public client, of a meter that answers by script."""

    def ask(self, answer, expect, *words):
        with dlms.Script(answer) as meter:
            error = self.failure(meter.target, "-p", "dlms", POINT, *words, expect=expect)
            self.heard = meter.heard
        return error

    def get(self, answer, expect, *words):
        """What is said of an answer to a GET. The association is released, whatever came."""
        error = self.ask(lambda apdu: answer(apdu) if apdu[0] == dlms.GET else None, expect, *words)
        self.assertEqual([apdu[0] for apdu in self.heard if apdu[0] != dlms.GET], [dlms.AARQ, dlms.RLRQ], error)
        return error

    def test_associations_are_refused_for_reasons(self):
        for number, name in USER_REASONS.items():
            with self.subTest(name):
                error = self.ask(lambda apdu: dlms.refused(number), REFUSED)
                self.assertEqual(error["code"], f"dlms.association.{number}")
                self.assertIn(name, error["what"])
        for number, name in {1: "no-reason-given", 2: "no-common-acse-version"}.items():
            with self.subTest(name):
                error = self.ask(lambda apdu: dlms.refused(number, source=2), REFUSED)
                self.assertEqual(error["code"], f"dlms.association.provider.{number}")
                self.assertIn(name, error["what"])
        error = self.ask(lambda apdu: dlms.refused(1, result=2), REFUSED)
        self.assertIn("for now", error["what"])

    def test_an_association_of_nonsense(self):
        self.assertEqual(self.ask(lambda apdu: b"\x61\x84\xFF\xFF\xFF\xFF\x00", UNTRUSTED)["category"], "untrusted")

    def test_access_is_refused_for_reasons(self):
        for number, name in ACCESS_RESULTS.items():
            with self.subTest(name):
                error = self.get(lambda apdu: dlms.refusal(apdu, number), REFUSED)
                self.assertEqual(error["code"], f"dlms.access.{number}")
                self.assertIn(name, error["what"])
                self.assertIn("1:0-0:96.1.0.255:2", error["where"])

    def test_exceptions(self):
        error = self.get(lambda apdu: bytes([0xD8, 1, 2]), REFUSED)
        self.assertEqual(error["code"], "dlms.exception.2")
        self.assertIn("service-not-supported", error["what"])

    def test_blocks_lost_and_out_of_order(self):
        for numbers in ([1, 3], [1, 1], [2], [1, 0]):
            with self.subTest(numbers):
                left = list(numbers)
                error = self.get(lambda apdu: dlms.block(apdu, left.pop(0), b"\x09\x20" + bytes(10)) if left else b"",
                                 UNTRUSTED, "--timeout", "1s")
                self.assertIn("block", error["what"])

    def test_a_last_block_that_ends_too_early(self):
        self.get(lambda apdu: dlms.block(apdu, 1, b"\x09\x20" + bytes(10), last=True), UNTRUSTED)

    def test_silence_behind_the_first_block(self):
        said = []

        def answer(apdu):
            said.append(apdu)
            return dlms.block(apdu, 1, b"\x09\x20" + bytes(10)) if len(said) == 1 else b""
        self.assertEqual(self.get(answer, SILENT, "--timeout", "1s")["category"], "timeout")

    def test_lies_about_sizes(self):
        lies = {"a thousand structures": b"\x02\x01" * 1000 + b"\x00", "a thousand arrays": b"\x01\x01" * 1000 + b"\x00",
                "an array of four billion": b"\x01\x84\xFF\xFF\xFF\xFF" + b"\x11\x01" * 20,
                "a structure of four billion": b"\x02\x84\xFF\xFF\xFF\xFF" + b"\x00" * 20,
                "four billion octets": b"\x09\x84\xFF\xFF\xFF\xFF" + b"\x00" * 20,
                "four billion bits": b"\x04\x84\xFF\xFF\xFF\xFF" + b"\x00" * 20,
                "a compact array of nulls": b"\x13\x00\x84\xFF\xFF\xFF\xFF", "an unknown type": b"\xEE\x00"}
        for name, data in lies.items():
            with self.subTest(name):
                error = self.get(lambda apdu: dlms.value(apdu, data), UNTRUSTED)
                self.assertEqual(error["category"], "untrusted")
        if "asan" not in peers.METERCTL:  # of all children so far, in KiB
            self.assertLess(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss, 64 * 1024)

    def test_answers_that_are_none(self):
        for name, answer in {"an unknown tag": b"\x01\x02", "an answer cut short": b"\xC4\x01", "a tag alone": b"\xC4"}.items():
            with self.subTest(name):
                self.get(lambda apdu: answer, UNTRUSTED, "--timeout", "1s")

    def test_a_meter_that_hangs_up(self):
        def hang_up(apdu):
            if apdu[0] == dlms.GET:
                raise ConnectionResetError
        self.assertEqual(self.ask(hang_up, ENDPOINT)["category"], "endpoint")

    def test_ctrl_c_releases(self):
        for ending in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            with dlms.Script(lambda apdu: b"" if apdu[0] == dlms.GET else None) as meter:
                with subprocess.Popen([peers.METERCTL, "read", meter.target, "-p", "dlms", POINT], stdout=subprocess.PIPE,
                                      stderr=subprocess.PIPE) as process:
                    self.assertTrue(meter.wait_for(dlms.GET))
                    process.send_signal(ending)
                    process.communicate(timeout=PROMPT)
                self.assertEqual(process.returncode, 130)
                self.assertTrue(meter.wait_for(dlms.RLRQ))


class Ciphered(Case):
    """As read client of the simulated meter, whose answers a gateway changes."""

    @classmethod
    def setUpClass(cls):
        cls.meter = peers.simulate("dtsd545", "--speed", 0, "--latency", "0ms", "--listen", "tcp://127.0.0.1:0")
        cls.meter.__enter__()

    @classmethod
    def tearDownClass(cls):
        cls.meter.__exit__()

    def through(self, change, expect, **keys):
        with dlms.Gateway(self.meter.port, change) as gateway:
            words = [gateway.target, *READ, "--keys", dlms.write_keys(self.folder / "keys", **keys), "--timeout", "5s"]
            if expect:
                return self.failure(*words, "clock", expect=expect)
            return peers.read(*words, "clock")

    def test_as_it_is(self):
        self.assertEqual(len(self.through(lambda apdu: apdu, 0)["readings"]), 1)

    def test_wrong_keys(self):
        for name in dlms.KEYS:
            with self.subTest(name):
                error = self.through(lambda apdu: apdu, REFUSED, **{name: "FF" * 16})
                self.assertEqual(error["code"], "dlms.wrong_key")
                self.assertIn("--keys", " ".join(error["hints"]))

    def test_another_meters_title(self):
        error = self.through(lambda apdu: apdu, UNTRUSTED, server_title="4142430000000009")
        self.assertEqual(error["code"], "dlms.title")
        self.assertIn("484C590000000001", error["what"])

    def test_an_answer_that_repeats(self):
        answers = []

        def repeat(apdu):
            if apdu[0] in (dlms.GLO_GET_ANSWER, dlms.GLO_ACTION_ANSWER):
                answers.append(apdu)
                return answers[0]  # the meter's proof, behind which values are asked for
            return apdu
        self.assertEqual(self.through(repeat, UNTRUSTED)["code"], "dlms.replay")

    def changed(self, change):
        return self.through(lambda apdu: change(apdu) if apdu[0] == dlms.GLO_GET_ANSWER else apdu, UNTRUSTED)

    def test_an_answer_that_was_altered(self):
        for place in (-1, 7, 12):  # tag, encrypted octets
            with self.subTest(place):
                def flip(apdu, place=place):
                    octets = bytearray(apdu)
                    octets[place] ^= 1
                    return bytes(octets)
                self.assertIn(self.changed(flip)["code"], ("dlms.authentication_key", "dlms.encryption_key"))

    def test_an_answer_that_is_not_protected(self):
        self.assertEqual(self.changed(lambda apdu: bytes.fromhex("C401C1001101"))["code"], "dlms.weaker_answer")

    def test_a_counter_of_long_ago(self):
        keys = dlms.write_keys(self.folder / "keys")
        words = [f"tcp://127.0.0.1:{self.meter.port}", *READ, "--keys", keys, "clock"]
        peers.read(*words)
        files = [path for path in (self.folder / "meterctl/frame-counters").iterdir() if not path.suffix]
        counter = [path for path in files if path.name.startswith("any-")]
        self.assertEqual(len(counter), 1, files)
        self.assertGreater(int(counter[0].read_text()), 1)
        counter[0].write_text("1\n")  # as a machine has it that was set back
        told = subprocess.run([peers.METERCTL, "read", *map(str, words), "-v"], capture_output=True, text=True, check=True)
        self.assertIn("frame counter", told.stderr)
        self.assertEqual(json.loads(told.stdout)["errors"], [])


    def test_a_full_disk_leaves_nothing_half_written(self):
        """Files that cannot grow are as good."""
        words = [peers.METERCTL, "read", f"tcp://127.0.0.1:{self.meter.port}", *READ, "--keys",
                 str(dlms.write_keys(self.folder / "keys")), "clock"]
        limits = resource.getrlimit(resource.RLIMIT_FSIZE)
        full = subprocess.run(words, capture_output=True, text=True, check=False, restore_signals=False,
                              preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (0, limits[1])))
        self.assertEqual(full.returncode, ENDPOINT, full.stderr)
        self.assertIn("XDG_STATE_HOME", full.stderr)
        self.assertEqual(list((self.folder / "meterctl").rglob("*title*")), [])
        self.assertEqual(subprocess.run(words, capture_output=True, check=False).returncode, 0)


class Lines(Case):
    """HDLC."""

    def read(self, *words, expect=0):
        return peers.read(*words, *READ, "--keys", dlms.write_keys(self.folder / "keys"), expect=expect)

    def test_damaged_frames(self):
        document = self.read("sim://dtsd545?speed=0&corrupt=0.3&seed=3", "clock", "voltage_l1")
        self.assertEqual(document["errors"], [])
        document = self.read("sim://dtsd545?speed=0&corrupt=1", "clock", expect=UNTRUSTED)
        self.assertEqual(document["errors"][0]["code"], "dlms.damaged")
        self.assertIn("FCS", document["errors"][0]["what"])

    def test_silence(self):
        document = self.read("sim://dtsd545?speed=0&misbehave=silent_after:5", "clock", expect=SILENT)
        self.assertEqual(document["errors"][0]["category"], "timeout")

    def test_silence_in_a_profile(self):
        keys = dlms.write_keys(self.folder / "keys")
        done = subprocess.run([peers.METERCTL, "dump-profile", "sim://dtsd545?speed=0&misbehave=silent_after:14", *READ[2:],
                               "--keys", str(keys), "load_profile_1", "--last", "300", "-f", "json"],
                              capture_output=True, text=True, check=False, timeout=2 * PROMPT)
        self.assertIn(done.returncode, (1, SILENT), done.stderr)
        document = json.loads(done.stdout)
        self.assertLess(len(document["records"]), 300)
        self.assertEqual(document["errors"][0]["category"], "timeout")

    def test_ctrl_c_in_a_profile_disconnects(self):
        line = self.folder / "line"
        keys = dlms.write_keys(self.folder / "keys")
        with peers.simulate("dtsd545", "--speed", 0, "--baud", 9600, "--trace", "--listen", f"pty:{line}") as meter:
            with subprocess.Popen([peers.METERCTL, "dump-profile", str(line), *READ, "--keys", str(keys), "load_profile_1",
                                   "--last", "500", "-f", "ndjson"], stdout=subprocess.PIPE,
                                  stderr=subprocess.PIPE) as process:
                process.stdout.readline()  # the first record has come
                process.send_signal(signal.SIGINT)
                process.communicate(timeout=PROMPT)
            self.assertEqual(process.returncode, 130)
            limit = time.monotonic() + PROMPT
            while not self.is_left(list(meter.lines)) and time.monotonic() < limit:
                time.sleep(0.02)
            self.assertTrue(self.is_left(list(meter.lines)), meter.lines[-20:])

    @staticmethod
    def is_left(lines):
        """The last frame that came is DISC, and the last that went is UA: 7E A0, length, addresses, control."""
        last = {}
        for direction in "<>":
            octets = bytes.fromhex("".join(line.split(f" {direction} ")[1] for line in lines if f" {direction} " in line))
            frame = octets[octets.rfind(b"\x7E\xA0", 0, -1):]
            last[direction] = frame[5:8] if len(frame) < 40 else b""
        return 0x53 in last["<"] and 0x73 in last[">"]


if __name__ == "__main__":
    unittest.main(verbosity=2)
