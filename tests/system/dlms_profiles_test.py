#!/usr/bin/python3
"""`dump-profile` on a DLMS meter: what it selects, what breaks in the middle, events, drawings; and `meters --from`."""

import contextlib
import csv
import datetime
import io
import json
import os
import pathlib
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import unittest

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "tests/peers"))
import peers  # noqa: E402  (lives beside the peers' tests)

HOME = tempfile.TemporaryDirectory()
FOLDER = pathlib.Path(HOME.name)
os.environ["XDG_STATE_HOME"] = str(FOLDER / "state")
KEYS = FOLDER / "keys"
KEYS.write_text("guek = 000102030405060708090A0B0C0D0E0F\ngbek = 202122232425262728292A2B2C2D2E2F\n"
                "gak = D0D1D2D3D4D5D6D7D8D9DADBDCDDDEDF\nkek = 404142434445464748494A4B4C4D4E4F\n", encoding="ascii")
KEYS.chmod(0o600)
AS_READER = ["--client", "read", "--keys", KEYS]
SIM = "sim://dtsd545?days=120"

# A meter whose every client may read all, without keys; its public client has no selective access.
OPEN_METER = FOLDER / "open.json"
OPEN_METER.write_text(json.dumps({
    "model": "open-meter", "title": "Anybody may read it", "extends": "dtsd545",
    "clients": [{"name": "public", "sap": 16, "authentication": "none", "reads": ["*"], "writes": [],
                 "services": ["get", "get_with_list", "block_transfer_with_get"]},
                {"name": "other", "sap": 17, "authentication": "none", "reads": ["*"], "writes": []}]}),
    encoding="ascii")
AS_ANYBODY = ["-m", "open-meter", "--meter-file", OPEN_METER]


def rows(text):
    return list(csv.DictReader(io.StringIO(text)))


def dump(*words, expect=0):
    return rows(peers.meterctl("dump-profile", *words, "-f", "csv", "-q", expect=expect))


def records(found):
    return [row for row in found if row["kind"] != "gap"]


def times(found):
    return [row["time"] for row in records(found)]


def instant(text):
    return datetime.datetime.fromisoformat(text.replace("Z", "+00:00"))


def served(*words):
    return peers.simulate("dtsd545", "--speed", 0, "--days", 120, "--latency", "0ms", *words, "--listen",
                          "tcp://127.0.0.1:0")


class Selection(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.all = dump(SIM, "load_profile_1", *AS_READER)

    def test_all_is_all_that_the_meter_holds(self):
        document = json.loads(peers.meterctl("dump-profile", SIM, "load_profile_1", "--all", *AS_READER))
        self.assertEqual(len(document["records"]), document["held"])
        self.assertEqual(document["period_s"], 1800)
        self.assertEqual([one["time"] for one in document["records"]], times(self.all))
        self.assertEqual({gap["reason"] for gap in document["gaps"]}, {"no records"})
        missing = sum(gap["count"] for gap in document["gaps"])
        whole = (instant(times(self.all)[-1]) - instant(times(self.all)[0])).total_seconds() / 1800 + 1
        self.assertEqual(len(document["records"]) + missing, whole)

    def test_a_span_has_every_record_between_and_no_more(self):
        spans = [("2025-12-30T00:00:00Z", "2025-12-30T23:59:59Z"), ("2025-12-30T00:00:01Z", "2025-12-30T00:29:59Z"),
                 ("2025-12-30T00:30:00Z", "2025-12-30T00:30:00Z"), ("2025-12-30T02:00:00+02:00", "2025-12-30T03:00:00Z"),
                 ("2025-10-01T00:00:00Z", "2025-11-15T12:00:00-05:00"), ("2019-01-01T00:00:00Z", "2019-12-31T00:00:00Z")]
        for begin, end in spans:
            with self.subTest(begin=begin, end=end):
                found = dump(SIM, "load_profile_1", "--from", begin, "--to", end, *AS_READER)
                wanted = [row for row in records(self.all) if instant(begin) <= instant(row["time"]) <= instant(end)]
                self.assertEqual(records(found), wanted)

    def test_local_times_and_dates_are_the_meters_own(self):
        for words, first, last in ((["--from", "2025-12-30", "--to", "2025-12-30"], "2025-12-30T00:00:00Z",
                                    "2025-12-30T23:30:00Z"),
                                   (["--from", "2025-12-31T12:15:00"], "2025-12-31T12:30:00Z", "2026-01-01T12:00:00Z"),
                                   (["--to", "2025-09-10T00:00:00"], times(self.all)[0], "2025-09-10T00:00:00Z")):
            with self.subTest(words=words):
                found = dump(SIM, "load_profile_1", *words, *AS_READER)
                self.assertEqual((times(found)[0], times(found)[-1]), (first, last))

    def test_a_span_that_ends_before_it_begins_is_refused(self):
        for words in (["--from", "2026-01-02", "--to", "2026-01-01"],
                      ["--from", "2026-01-01T12:00:00+01:00", "--to", "2026-01-01T10:59:59Z"]):
            peers.meterctl("dump-profile", SIM, "load_profile_1", *words, expect=2)
        self.assertEqual(len(dump(SIM, "load_profile_1", "--from", "2026-01-01T12:00:00+01:00", "--to",
                                  "2026-01-01T11:00:00Z", *AS_READER)), 1)

    def test_entries_and_the_last(self):
        for words, part in ((["--entries", "5-9"], slice(4, 9)), (["--entries", "7"], slice(6, 7)),
                            (["--last", 3], slice(-3, None)), (["--last", 100000], slice(None))):
            with self.subTest(words=words):
                found = dump(SIM, "load_profile_1", *words, *AS_READER)
                self.assertEqual(times(found), times(self.all)[part])

    def test_over_tcp_it_is_the_same(self):
        with served() as meter:
            found = dump(f"tcp://127.0.0.1:{meter.port}", "-m", "dtsd545", "load_profile_1", *AS_READER)
        self.assertEqual(len(records(found)), len(records(self.all)))
        self.assertEqual(list(found[0]), list(self.all[0]))

    def test_a_status_is_named_in_each_record_that_has_one(self):
        document = json.loads(peers.meterctl("dump-profile", SIM, "load_profile_1", *AS_READER))
        marked = [one for one in document["records"] if one.get("flags")]
        self.assertTrue(marked)
        for one in marked:
            self.assertEqual((one["values"]["load_profile_1_status"], one["flags"], one["text"]),
                             (128, ["power_down"], "power_down"))
        behind = {gap["to"] for gap in document["gaps"]}
        self.assertEqual({one["time"] for one in marked}, behind)

    def test_without_selective_access_all_is_read_and_that_is_said(self):
        words = [SIM.replace("dtsd545", "open-meter"), *AS_ANYBODY, "load_profile_1", "--from", "2025-12-30", "--to",
                 "2025-12-30"]
        document = json.loads(peers.meterctl("dump-profile", *words))
        self.assertEqual(document["notes"], ["the meter has no selective access: all records are read"])
        self.assertEqual(len(document["records"]), 48)
        self.assertNotIn("notes", json.loads(peers.meterctl("dump-profile", *words, "--client", "other")))
        tail = dump(*words[:-4], "--last", 3)
        self.assertEqual(times(tail), times(self.all)[-3:])
        self.assertEqual(times(dump(*words[:-4], "--entries", "5-9")), times(self.all)[4:9])


class Events(unittest.TestCase):
    def test_a_log_names_its_events(self):
        found = dump("sim://", "-m", "dtsd545", "event_log_fraud", *AS_READER)
        self.assertTrue(found)
        for row in found:
            self.assertEqual(row["kind"], "event")
            self.assertRegex(row["note"], r"^[a-z][a-z0-9_]+$")
        self.assertIn("terminal_cover_opened", {row["note"] for row in found})

    def test_whoever_may_is_taken_where_nobody_is_named(self):
        found = dump("sim://", "-m", "dtsd545", "event_log_fraud")
        self.assertIn("terminal_cover_opened", {row["note"] for row in found})

    def test_the_public_client_is_told_who_may(self):
        done = subprocess.run([peers.METERCTL, "dump-profile", "sim://", "-m", "dtsd545", "event_log_fraud",
                               "--client", "public"], capture_output=True, text=True, check=False)
        self.assertEqual(done.returncode, 6)
        self.assertIn("--client read with its keys", done.stderr)
        self.assertIn("read-write-denied", done.stderr)

    def test_every_event_of_every_log_has_its_name(self):
        listed = json.loads(peers.meterctl("meters", "dtsd545", "-f", "json"))["meters"][0]
        logs = {one["name"]: one["events"] for one in listed["profiles"] if one["name"].startswith("event_log_")}
        self.assertEqual(len(logs), 11)
        daily = logs.pop("event_log_daily")
        self.assertEqual(sum(map(len, logs.values())), 125)
        self.assertEqual(sorted(event["code"] for log in logs.values() for event in log), list(range(1, 126)))
        self.assertEqual({event["name"] for event in daily}, {event["name"] for log in logs.values() for event in log})
        for name in logs:
            for row in dump("sim://", "-m", "dtsd545", name, *AS_READER):
                names = {str(event["code"]): event["name"] for event in logs[name]}
                self.assertEqual(row["note"], names[row[list(row)[3]]])

    def test_all_profiles_are_listed(self):
        listed = json.loads(peers.meterctl("dump-profile", "sim://", "-m", "dtsd545", "--list"))
        self.assertEqual(len(listed["profiles"]), 15)


class Breaking:
    """Stands between, and lets so many octets of each connection's answers through."""

    def __init__(self, port, *allowed):
        self.port, self.allowed = port, list(allowed)
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.own = self.listener.getsockname()[1]
        self.connections = 0
        self.ends = []
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self):
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            allowed = self.allowed[self.connections] if self.connections < len(self.allowed) else None
            self.connections += 1
            meter = socket.create_connection(("127.0.0.1", self.port))
            self.ends += [client, meter]
            threading.Thread(target=self.pass_on, args=(client, meter, None), daemon=True).start()
            threading.Thread(target=self.pass_on, args=(meter, client, allowed), daemon=True).start()

    @staticmethod
    def pass_on(here, there, allowed):
        with contextlib.suppress(OSError):
            while octets := here.recv(4096):
                there.sendall(octets if allowed is None else octets[:allowed])
                allowed = None if allowed is None else allowed - len(octets)
                if allowed is not None and allowed <= 0:
                    break
        for end in (here, there):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)

    def close(self):
        for end in (self.listener, *self.ends):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()


class Broken(unittest.TestCase):
    def test_a_connection_that_breaks_goes_on_behind_the_last_whole_record(self):
        with peers.simulate(
                "open-meter", "--meter-file", OPEN_METER, "--speed", 0, "--days", 120, "--latency", "0ms", "--listen",
                "tcp://127.0.0.1:0") as meter:
            words = ["load_profile_1", *AS_ANYBODY, "--client", "other"]
            whole = dump(f"tcp://127.0.0.1:{meter.port}", *words)
            for selection in ([], ["--from", "2025-10-01", "--to", "2025-12-20T07:00:00"], ["--entries", "100-4000"],
                              ["--last", 3000]):
                with self.subTest(selection=selection):
                    wanted = dump(f"tcp://127.0.0.1:{meter.port}", *words, *selection)
                    between = Breaking(meter.port, 30_000, 50_007, 20_011)
                    found = dump(f"tcp://127.0.0.1:{between.own}", *words, *selection)
                    between.close()
                    self.assertGreaterEqual(between.connections, 3)
                    self.assertEqual(found, wanted)
            self.assertEqual(len(records(whole)), 5740)

    def test_killed_half_way_nothing_is_lost_or_doubled(self):
        with peers.folder() as path, served() as meter:
            words = ["dump-profile", f"tcp://127.0.0.1:{meter.port}", "-m", "dtsd545", "load_profile_1", *AS_READER]
            wanted = times(rows(peers.meterctl(*words, "-f", "csv")))
            output, state = path / "log.csv", path / "state.json"
            kills = 0
            for lines in (150, 700, 1500, 2600, 4000, 10**9):
                kills += self.run_until(lines, [*words, "-f", "csv", "-q", "--no-header", "--state", state], output)
            self.assertGreaterEqual(kills, 3)
            written = [line.split(",") for line in output.read_text(encoding="utf-8").splitlines()]
            self.assertEqual([line[0] for line in written if line[2] != "gap"], wanted)

    def run_until(self, lines, words, output):
        """Kills it once the file has so many lines; False where it came to its end before."""
        with output.open("a", encoding="utf-8") as stream:
            process = subprocess.Popen([peers.METERCTL, *map(str, words)], stdout=stream, stdin=subprocess.DEVNULL)
        limit = time.monotonic() + peers.PATIENCE
        while process.poll() is None and time.monotonic() < limit:
            if output.read_text(encoding="utf-8").count("\n") >= lines:
                process.send_signal(signal.SIGKILL)
                process.wait()
                return True
            time.sleep(0.001)
        self.assertEqual(process.wait(), 0)
        return False


class Drawn(unittest.TestCase):
    def test_channels_panels_and_what_is_flagged_are_drawn(self):
        with peers.folder() as path:
            peers.meterctl("dump-profile", SIM, "load_profile_1", "--from", "2025-12-01", *AS_READER, "-o", path / "log",
                           "--plot", path / "it's.svg")
            text = (path / "it's.svg").read_text(encoding="utf-8")
            for what in ("last_active_demand_import", "last_reactive_demand_export", ">VA<", ">var<", "power_down",
                         "grey: no records", "time, UTC", "load_profile_1: dtsd545 at sim:"):
                self.assertIn(what, text)
            self.assertNotIn("load_profile_1_status<", text)
            peers.meterctl("dump-profile", "sim:", "-m", "leviton-s4100", "trend_log_1", "--last", 50, "-o", path / "log",
                           "--plot", path / "trend.png")
            self.assertEqual((path / "trend.png").read_bytes()[:4], b"\x89PNG")

    def test_what_cannot_be_drawn_is_said(self):
        with peers.folder() as path:
            words = [peers.METERCTL, "dump-profile", "sim://", "-m", "dtsd545"]
            environment = {**os.environ, "PATH": str(path)}
            done = subprocess.run([*words, "load_profile_1", "--plot", path / "a.svg"], capture_output=True, text=True,
                                  check=False, env=environment)
            self.assertEqual((done.returncode, done.stdout), (2, ""))
            self.assertIn("gnuplot", done.stderr)
            self.assertIn("gnuplot-nox", done.stderr)
            peers.meterctl("dump-profile", SIM, "load_profile_1", *AS_READER, "--plot", path / "a.gif", expect=2)
            done = subprocess.run([*words, "event_log_fraud", *map(str, AS_READER), "--plot", path / "a.svg"],
                                  capture_output=True, text=True, check=False)
            self.assertEqual(done.returncode, 1)
            self.assertIn("nothing to draw", done.stderr)
            self.assertFalse((path / "a.svg").exists())


class Described(unittest.TestCase):
    def test_a_definition_from_a_meter_reads_that_meter(self):
        with peers.folder() as path, served() as meter:
            target, made = f"tcp://127.0.0.1:{meter.port}", path / "my-meter.json"
            peers.meterctl("meters", "my-meter", "--from", target, "-m", "dtsd545", *AS_READER, "--timeout", "60s", "-o",
                           made)
            peers.run(sys.executable, ROOT / "scripts/format-meters", "--check", made)
            self.check_schema(made)
            definition = json.loads(made.read_text(encoding="utf-8"))
            self.assertRegex(definition["sources"][0], r"^O: read from tcp://\S+ at 20\S+Z as client read$")
            names = {point["name"]: point for point in definition["points"]}
            self.assertGreater(len(names), 350)
            self.assertEqual(names["active_energy_import"]["unit"], "Wh")
            self.assertEqual({client["sap"] for client in definition["clients"]}, {16, 2, 1})
            own = ["--meter-file", made, "-m", "my-meter", *AS_READER]
            known = peers.values(peers.read(target, "-m", "dtsd545", *AS_READER, "--unit-scale", "base",
                                            "active_energy_import", "voltage_l1", "serial_number"))
            self.assertEqual(peers.values(peers.read(target, *own, *known, "--unit-scale", "base")), known)
            mine = dump(target, *own, "load_profile_1", "--last", 5)
            theirs = dump(target, "-m", "dtsd545", *AS_READER, "load_profile_1", "--last", 5)
            self.assertEqual([list(row.values())[4:9] for row in mine], [list(row.values())[4:9] for row in theirs])

    def check_schema(self, made):
        try:
            import jsonschema  # pylint: disable=import-outside-toplevel
        except ImportError:
            return
        schema = json.loads((ROOT / "meters/schema.json").read_text(encoding="utf-8"))
        jsonschema.validate(json.loads(made.read_text(encoding="utf-8")), schema)

    def test_what_the_public_client_sees_is_less(self):
        with peers.folder() as path:
            made = path / "public.json"
            peers.meterctl("meters", "--from", "sim://dtsd545", "-o", made)
            definition = json.loads(made.read_text(encoding="utf-8"))
            self.assertEqual(definition["model"], "hly0000024110545")
            self.assertIn("serial_number", {point["name"] for point in definition["points"]})
            self.assertLess(len(definition["points"]), 30)

    def test_a_bacnet_device_tells_its_objects_and_a_modbus_meter_nothing(self):
        with peers.folder() as path:
            made = path / "device.json"
            peers.meterctl("meters", "device", "--from", "sim://leviton-s4100", "-o", made)
            peers.run(sys.executable, ROOT / "scripts/format-meters", "--check", made)
            self.check_schema(made)
            shown = json.loads(peers.meterctl("meters", "device", "--meter-file", made, "-f", "json"))["meters"][0]
            self.assertGreater(shown["point_count"], 50)
            peers.meterctl("meters", "--from", "sim://pro380-mod", expect=2)

    def test_clients_profiles_and_methods_of_a_model_are_shown(self):
        text = peers.meterctl("meters", "dtsd545")
        for what in ("public", "management", "hls_gmac", "suite 0, authenticated and encrypted", "load_profile_1",
                     "30 min", "11520", "23=terminal_cover_opened"):
            self.assertIn(what, text)


if __name__ == "__main__":
    unittest.main(verbosity=2)
