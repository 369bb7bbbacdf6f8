#!/usr/bin/python3
"""Programs take turns on one serial line: meterctl waits for whoever holds it, and says for whom."""

import fcntl
import json
import os
import subprocess
import unittest

import peers


class Turns(unittest.TestCase):
    def test_waits_until_the_line_is_free(self):
        with peers.folder() as path:
            line = path / "meter0"
            with peers.simulate("pro380-mod", "--speed", 0, "--listen", f"pty:{line}"):
                held = os.open(line, os.O_RDWR | os.O_NOCTTY)
                fcntl.flock(held, fcntl.LOCK_EX)
                reading = subprocess.Popen([peers.METERCTL, "read", line, "-m", "pro380-mod", "voltage_l1"],
                                           stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
                notice = reading.stderr.readline()
                self.assertIn(f"waiting for {line}", notice)
                self.assertIn(f"(pid {os.getpid()}) holds it", notice)
                os.close(held)
                output, _ = reading.communicate(timeout=peers.PATIENCE)
                self.assertEqual(reading.returncode, 0)
                self.assertEqual([one["name"] for one in json.loads(output)["readings"]], ["voltage_l1"])

    def test_gives_up_after_its_time(self):
        with peers.folder() as path:
            line = path / "meter0"
            with peers.simulate("pro380-mod", "--speed", 0, "--listen", f"pty:{line}"):
                with open(line, "rb") as held:
                    fcntl.flock(held, fcntl.LOCK_EX)
                    document = peers.read(f"{line}?lock_wait=1ms", "-m", "pro380-mod", "voltage_l1", expect=3)
                self.assertEqual(document["errors"][0]["code"], "port.busy")
                peers.read(line, "-m", "pro380-mod", "voltage_l1")

    def test_many_at_once_all_get_their_answer(self):
        with peers.folder() as path:
            line = path / "meter0"
            with peers.simulate("pro380-mod", "--speed", 0, "--listen", f"pty:{line}"):
                command = [peers.METERCTL, "read", f"{line}?lock_wait=60s", "-m", "pro380-mod", "voltage_l1"]
                readings = [subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
                            for _ in range(6)]
                documents = [json.loads(one.communicate(timeout=2 * peers.PATIENCE)[0]) for one in readings]
                self.assertEqual([one.returncode for one in readings], [0] * len(readings))
                self.assertEqual(len({str(peers.values(document)) for document in documents}), 1)


if __name__ == "__main__":
    peers.main()
