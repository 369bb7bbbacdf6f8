#!/usr/bin/python3
"""What holds for the program as a whole: exit codes, streams, files written whole or not at all, Ctrl-C, prompts."""

import contextlib
import csv
import io
import json
import os
import pathlib
import pty
import select
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
import golden  # noqa: E402

PATIENCE = 60
POINTS = ["voltage_l1", "active_energy_import"]


class Behaviour(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="meterctl-")
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def start(self, *words, **options):
        options = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **options}
        return subprocess.Popen([golden.METERCTL, *map(str, words)], text=True, cwd=self.folder,
                                env=golden.environment(str(self.folder)), **options)

    def run_(self, *words, expect=0):
        process = self.start(*words)
        out, error = process.communicate(timeout=PATIENCE)
        self.assertEqual(process.returncode, expect, f"{words}\n{out}\n{error}")
        return out, error

    @contextlib.contextmanager
    def simulated(self, *words):
        """`simulate` as it serves; yields what it says it listens on."""
        process = self.start("simulate", *words)
        try:
            line = process.stderr.readline()
            self.assertIn("listening on ", line)
            yield process, line.split("listening on ")[1].split()[0]
        finally:
            process.send_signal(signal.SIGINT)
            process.communicate(timeout=PATIENCE)

    @contextlib.contextmanager
    def server(self, answer):
        """A TCP server that answers whatever it gets with `answer`; nothing where that is empty."""
        with socket.create_server(("127.0.0.1", 0)) as listener:
            def serve():
                with contextlib.suppress(OSError):
                    peer, _ = listener.accept()
                    with peer:
                        while peer.recv(1024):
                            peer.sendall(answer)

            threading.Thread(target=serve, daemon=True).start()
            yield f"tcp://127.0.0.1:{listener.getsockname()[1]}"

    def values(self, target, *points):
        out, _ = self.run_("read", target, "-m", "pro380-mod", "-f", "csv", *points)
        return [(row["name"], row["value"], row["unit"]) for row in csv.DictReader(io.StringIO(out))]

    def test_a_frozen_meter_reads_alike_through_every_transport(self):
        for points in ([], POINTS):
            expected = self.values("sim://?speed=0", *points)
            self.assertGreaterEqual(len(expected), 2)
            with self.simulated("pro380-mod", "--speed", 0, "--listen", "tcp://127.0.0.1:0") as (_, where):
                self.assertEqual(self.values(where.replace("tcp-listen", "tcp"), *points), expected)
            with self.simulated("pro380-mod", "--speed", 0, "--listen", f"pty:{self.folder}/meter0"):
                self.assertEqual(self.values(f"{self.folder}/meter0", *points), expected)

    def test_a_refused_connection_is_exit_3(self):
        with socket.create_server(("127.0.0.1", 0)) as listener:
            port = listener.getsockname()[1]
        _, error = self.run_("read", f"tcp://127.0.0.1:{port}", "-m", "pro380-mod", *POINTS, expect=3)
        self.assertIn("refused", error)

    def test_a_missing_device_is_exit_3(self):
        _, error = self.run_("read", "/dev/no-such-line", "-m", "pro380-mod", *POINTS, expect=3)
        self.assertIn("/dev/no-such-line", error)

    def test_silence_is_exit_4_and_says_what_was_sent(self):
        with self.server(b"") as where:
            out, error = self.run_("read", f"{where}?framing=rtu", "-m", "pro380-mod", "voltage_l1", "--timeout", "100ms",
                                   "--retries", 0, expect=4)
        self.assertIn("01 03 50 02 00 02 74 CB", error)
        self.assertEqual(json.loads(out)["errors"][0]["category"], "timeout")

    def test_octets_that_make_no_frame_are_exit_5(self):
        with self.server(bytes.fromhex("FE 00 7C 13 88 F0 01")) as where:
            out, _ = self.run_("read", f"{where}?framing=rtu", "-m", "pro380-mod", "voltage_l1", "--timeout", "200ms",
                               "--retries", 0, expect=5)
        self.assertEqual(json.loads(out)["errors"][0]["category"], "untrusted")

    def test_half_an_answer_is_exit_1_with_the_half_in_the_output(self):
        out, error = self.run_("read", "sim:", "-m", "pro380-mod", "voltage_l1", "holding:0x7000", expect=1)
        document = json.loads(out)
        self.assertEqual([reading["name"] for reading in document["readings"]], ["voltage_l1"])
        self.assertEqual(document["errors"][0]["category"], "refused")
        self.assertIn("holding:0x7000", error)

    def test_a_bad_line_never_gives_a_wrong_value(self):
        right = 0
        for seed in range(40):
            (_, expected, _), = self.values(f"sim:?speed=0&seed={seed}", "voltage_l1")
            process = self.start("read", f"sim:?speed=0&drop=0.1&corrupt=0.1&seed={seed}", "-m", "pro380-mod", "-f",
                                 "csv", "voltage_l1")
            out, _ = process.communicate(timeout=PATIENCE)
            self.assertIn(process.returncode, (0, 4, 5), out)
            for row in csv.DictReader(io.StringIO(out)):
                self.assertEqual(row["value"], expected if process.returncode == 0 else "", (seed, row))
            right += process.returncode == 0
        self.assertGreater(right, 30)

    def test_output_files_appear_whole_or_not_at_all(self):
        target = self.folder / "reading.json"
        self.run_("read", "sim:", "-m", "pro380-mod", "-o", target, "voltage_l1")
        self.assertEqual(json.loads(target.read_text())["meter"], "pro380-mod")
        target.unlink()
        self.run_("read", "sim:", "-m", "pro380-mod", "-o", target, "voltage_x1", expect=2)
        self.run_("read", "sim:", "-m", "pro380-mod", "-o", self.folder / "none" / "x.json", "voltage_l1", expect=3)
        self.assertEqual(list(self.folder.iterdir()), [])

    def test_a_reader_that_stops_early_is_no_failure(self):
        process = self.start("read", "sim:", "-m", "pro380-mod", "-f", "ndjson", "--interval", "1ms", "voltage_l1")
        self.assertIn("voltage_l1", process.stdout.readline())
        process.stdout.close()
        self.assertEqual(process.wait(PATIENCE), 0)
        self.assertEqual(process.stderr.read(), "")
        process.stderr.close()

    def test_a_closed_output_is_told_and_no_other_file_gets_the_data(self):
        for words in (("dump-profile", "sim:", "-m", "leviton-s4100", "trend_log_1", "--state", "state.json", "-f", "csv"),
                      ("read", "sim:", "-m", "pro380-mod", "voltage_l1")):
            done = subprocess.run(["sh", "-c", 'exec "$@" >&-', "sh", str(golden.METERCTL), *words], cwd=self.folder,
                                  env=golden.environment(str(self.folder)), stderr=subprocess.PIPE, text=True, check=False)
            self.assertEqual(done.returncode, 3, done.stderr)
            self.assertIn("cannot write standard output", done.stderr)
            self.assertEqual([path for path in self.folder.iterdir() if path.stat().st_size > 0], [])

    def test_ctrl_c_ends_reading_with_whole_documents(self):
        process = self.start("read", "sim:", "-m", "pro380-mod", "-f", "ndjson", "--interval", "20ms", "voltage_l1")
        first = process.stdout.readline()
        process.send_signal(signal.SIGINT)
        rest, _ = process.communicate(timeout=PATIENCE)
        self.assertEqual(process.returncode, 130)
        for line in (first + rest).splitlines():
            json.loads(line)

    def test_ctrl_c_ends_a_scan_and_keeps_what_was_found(self):
        with self.simulated("--unit", "1=pro380-mod", "--unit", "2=dts307-modbus", "--listen",
                            f"pty:{self.folder}/bus") as _:
            process = self.start("scan", f"{self.folder}/bus?baud=9600&frame=8E1", "-f", "ndjson")
            found = [json.loads(process.stdout.readline()), json.loads(process.stdout.readline())]
            process.send_signal(signal.SIGINT)
            rest, _ = process.communicate(timeout=PATIENCE)
        self.assertEqual(process.returncode, 130)
        self.assertEqual([document["meters"][0]["address"] for document in found], ["1", "2"])
        self.assertTrue(json.loads(rest.splitlines()[-1])["summary"]["interrupted"])

    def test_ctrl_c_ends_simulate(self):
        for ending in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            process = self.start("simulate", "pro380-mod", "--listen", f"pty:{self.folder}/meter0")
            process.stderr.readline()
            process.send_signal(ending)
            process.communicate(timeout=PATIENCE)
            self.assertEqual(process.returncode, 130)
            self.assertFalse((self.folder / "meter0").is_symlink())

    def on_a_terminal(self, answer, *words):
        """Runs on a terminal that answers the first question; returns exit code and what was shown."""
        pid, terminal = pty.fork()
        if pid == 0:
            os.execve(golden.METERCTL, [str(golden.METERCTL), *words], golden.environment(str(self.folder)))
        shown, answered, end = b"", False, time.monotonic() + PATIENCE
        while time.monotonic() < end:
            if not select.select([terminal], [], [], 1)[0]:
                continue
            try:
                shown += os.read(terminal, 65536)
            except OSError:
                break
            if not answered and b"Type yes" in shown:
                answered = True
                os.write(terminal, answer)
        os.close(terminal)
        return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), shown.decode()

    def test_what_cannot_be_undone_is_asked_for_on_a_terminal(self):
        words = ("write", "sim:", "-m", "pro380-mod", "combined_code=10")
        code, shown = self.on_a_terminal(b"yes\n", *words)
        self.assertEqual(code, 0, shown)
        self.assertIn("verified", shown)
        code, shown = self.on_a_terminal(b"no\n", *words)
        self.assertEqual(code, 7, shown)
        self.assertNotIn("verified", shown)
        code, shown = self.on_a_terminal(b"", *words, "--no-input")
        self.assertEqual(code, 7, shown)

    def test_a_capture_decodes_to_what_was_read(self):
        capture = self.folder / "talk.pcapng"
        read, _ = self.run_("read", "sim:?speed=0", "-m", "pro380-mod", "--capture", capture, *POINTS)
        decoded, _ = self.run_("decode", capture, "-m", "pro380-mod")
        readings = [reading for frame in json.loads(decoded)["frames"] for reading in frame.get("readings", [])]
        self.assertEqual({reading["name"]: reading["value"] for reading in readings},
                         {reading["name"]: reading["value"] for reading in json.loads(read)["readings"]})

    def test_decode_listens(self):
        listener = self.start("decode", "tcp-listen://127.0.0.1:0", "-p", "modbus-rtu", "-f", "ndjson", "--for", "20s")
        port = int(listener.stderr.readline().rsplit(":", 1)[1])
        with socket.create_connection(("127.0.0.1", port), PATIENCE) as peer:
            peer.sendall(bytes.fromhex("010350020002 74CB"))
            line = listener.stdout.readline()
        listener.send_signal(signal.SIGINT)
        listener.communicate(timeout=PATIENCE)
        self.assertIn("0x5002", line)


if __name__ == "__main__":
    unittest.main()
