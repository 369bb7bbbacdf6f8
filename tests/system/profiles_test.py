#!/usr/bin/python3
"""`dump-profile` on trend logs: what it selects, what a state remembers, and that a kill loses or doubles nothing."""

import csv
import io
import json
import pathlib
import signal
import subprocess
import sys
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "peers"))
import peers  # noqa: E402  (lives beside the peers' tests)

LOG = ["-m", "leviton-s4100", "trend_log_1"]


def rows(text):
    return list(csv.DictReader(io.StringIO(text)))


def dump(target, *words, expect=0):
    return rows(peers.meterctl("dump-profile", target, *words, "-f", "csv", expect=expect))


def sequences(records):
    return [int(record["sequence"]) for record in records]


class Selection(unittest.TestCase):
    def test_the_newest_hundred_in_their_order(self):
        records = dump("sim://leviton-s4100?speed=3600", "trend_log_1", "--last", 100)
        self.assertEqual(len(records), 100)
        numbers = sequences(records)
        self.assertEqual(numbers, list(range(numbers[0], numbers[0] + 100)))
        times = [record["time"] for record in records]
        self.assertEqual(times, sorted(set(times)))
        self.assertIn("active_energy_import [kWh]", records[0])

    def test_the_ways_to_select_exclude_each_other(self):
        for words in (["--last", "5", "--all"], ["--from", "2026-01-01", "--entries", "1-2"]):
            peers.run(peers.METERCTL, "dump-profile", "sim:", *LOG, *words, expect=2)
        peers.run(peers.METERCTL, "dump-profile", "sim:", "-m", "leviton-s4100", "trend_log_9", expect=2)

    def test_a_profile_is_listed_and_found_by_its_own_name(self):
        listed = json.loads(peers.meterctl("dump-profile", "sim:", "-m", "leviton-s4100", "--list", "-f", "json"))
        self.assertEqual([one["name"] for one in listed["profiles"]], ["trend_log_1", "trend_log_2", "trend_log_3"])
        records = dump("sim:", "-m", "leviton-s4100", "trend-log:3", "--entries", "2-3")
        self.assertEqual(len(records), 2)
        self.assertIn("active_demand [kW]", records[0])


class State(unittest.TestCase):
    def test_a_second_run_has_only_what_is_new(self):
        with peers.folder() as path, peers.simulate("leviton-s4100", "--speed", 3600, "--listen",
                                                    "udp://127.0.0.1:0") as meter:
            words = [f"udp://127.0.0.1:{meter.port}", *LOG, "--last", 100, "--state", path / "state.json"]
            first = sequences(dump(*words))
            self.assertEqual(len(first), 100)
            limit = time.monotonic() + peers.PATIENCE
            seen = list(first)
            while len(seen) < 103 and time.monotonic() < limit:  # a record each quarter of a second
                seen += sequences(dump(*words))
            self.assertEqual(seen, list(range(first[0], first[0] + len(seen))))
            self.assertGreaterEqual(len(seen), 103)

    def test_the_state_goes_with_its_profile_and_is_locked(self):
        with peers.folder() as path:
            state = path / "state.json"
            dump("sim:", *LOG, "--last", 3, "--state", state)
            held = json.loads(state.read_text(encoding="utf-8"))
            self.assertEqual([one["profile"] for one in held["profiles"]], ["trend_log_1"])
            self.assertEqual(len(dump("sim:", "-m", "leviton-s4100", "trend_log_2", "--last", 3, "--state", state)), 3)
            self.assertEqual(dump("sim:", *LOG, "--last", 3, "--state", state), [])


class Killed(unittest.TestCase):
    """A run that is killed while it writes; the next one takes up where it was."""

    def run_until(self, lines, words, output):
        """Kills it once the file has so many lines; False where it came to its end before."""
        with output.open("a", encoding="utf-8") as stream:
            process = subprocess.Popen([peers.METERCTL, "dump-profile", *map(str, words)], stdout=stream,
                                       stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        limit = time.monotonic() + peers.PATIENCE
        while process.poll() is None and time.monotonic() < limit:
            if output.read_text(encoding="utf-8").count("\n") >= lines:
                time.sleep(0.004)  # somewhere between two answers
                process.send_signal(signal.SIGKILL)
                process.wait()
                return True
            time.sleep(0.001)
        self.assertEqual(process.wait(), 0)
        return False

    def test_what_is_appended_has_every_record_once(self):
        with peers.folder() as path, peers.simulate("leviton-s4100", "--speed", 3600, "--latency", "10ms", "--listen",
                                                    "udp://127.0.0.1:0") as meter:
            output, state = path / "log.csv", path / "state.json"
            words = [f"udp://127.0.0.1:{meter.port}", *LOG, "-f", "csv", "--no-header", "--state", state]
            kills = 0
            for lines in (200, 900, 1300, 2600, 4000, 10**9):
                kills += self.run_until(lines, words, output)
            self.assertGreaterEqual(kills, 4)
            written = [line.split(",") for line in output.read_text(encoding="utf-8").splitlines()]
            numbers = [int(line[1]) for line in written]
            self.assertEqual(numbers, list(range(numbers[0], numbers[0] + len(numbers))))
            self.assertGreaterEqual(len(numbers), 5700)
            self.assertEqual({line[2] for line in written}, {"value"})

    def test_a_file_of_a_killed_run_is_not_there_and_nothing_is_remembered(self):
        with peers.folder() as path, peers.simulate("leviton-s4100", "--speed", 0, "--latency", "20ms", "--listen",
                                                    "udp://127.0.0.1:0") as meter:
            output, state = path / "log.csv", path / "state.json"
            words = ["dump-profile", f"udp://127.0.0.1:{meter.port}", *LOG, "-f", "csv", "--state", state, "-o", output]
            with subprocess.Popen([peers.METERCTL, *map(str, words), "--trace"], stdin=subprocess.DEVNULL,
                                  stderr=subprocess.PIPE, text=True) as process:
                for _ in range(20):  # requests and answers; the pipe does not hold the trace of all
                    self.assertTrue(process.stderr.readline())
                process.send_signal(signal.SIGKILL)
            self.assertEqual(process.returncode, -signal.SIGKILL)
            self.assertFalse(output.exists())
            self.assertFalse(state.exists())
            peers.meterctl(*words[:-2], "--last", 7, "-o", output)
            self.assertEqual(len(rows(output.read_text(encoding="utf-8"))), 7)


class Gap(unittest.TestCase):
    def test_records_that_were_overwritten_are_a_row_with_their_number(self):
        with peers.folder() as path:
            state = path / "state.json"
            dump("sim:", *LOG, "--last", 1, "--state", state)
            held = json.loads(state.read_text(encoding="utf-8"))
            held["profiles"][0]["sequence"] = 10
            state.write_text(json.dumps(held), encoding="utf-8")
            records = dump("sim:", *LOG, "--state", state)
            self.assertEqual((records[0]["kind"], records[0]["sequence"]), ("gap", "11"))
            missing = int(records[1]["sequence"]) - 11
            self.assertTrue(records[0]["note"].startswith(f"{missing} records: buffer overrun"), records[0]["note"])
            self.assertEqual(len(records), 5761)


if __name__ == "__main__":
    unittest.main(verbosity=2)
