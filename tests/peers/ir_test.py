#!/usr/bin/python3
"""An optical head reads a simulated meter that keeps IEC 62056-21's times: over a line, and with socat or ser2net
between, which know nothing of it."""

import contextlib
import unittest

import peers

MODEL = "pro380-ir"
SER2NET = """%YAML 1.1
---
connection: &meter
  accepter: telnet(rfc2217=true),tcp,127.0.0.1,{port}
  connector: serialdev,{device},1200n81,local
  options:
    kickolduser: true
"""


class Head(unittest.TestCase):
    @contextlib.contextmanager
    def meter(self, *options):
        """A meter on a line, and what its energy is by the simulator inside the process."""
        with peers.folder() as path, \
                peers.simulate(MODEL, "--speed", 0, "--listen", f"pty:{path / 'head'}", *options):
            yield path / "head"

    def check_energy(self, target):
        expected = peers.values(peers.read("sim://?speed=0", "-m", MODEL, "active_energy_import"))
        read = peers.values(peers.read(target, "-m", MODEL, "active_energy_import"))
        self.assertEqual(read, expected)

    def test_line(self):
        with self.meter() as line:
            self.check_energy(f"ir://{line}")

    def test_line_that_echoes(self):
        with self.meter("--echo") as line:
            self.check_energy(f"ir://{line}")

    def test_adapter_without_parity(self):
        with self.meter() as line:
            self.check_energy(f"ir://{line}?softparity=1")

    def test_remote_line(self):
        with self.meter() as line:
            port = peers.free_port()
            config = line.parent / "ser2net.yaml"
            config.write_text(SER2NET.format(port=port, device=line))
            with peers.Process("ser2net", "-n", "-d", "-u", "-c", config, "-P", line.parent / "pid", port=port):
                self.check_energy(f"ir+rfc2217://127.0.0.1:{port}")

    def test_bridge(self):
        """A bridge stays at 300 baud, at which only a register is read in reasonable time."""
        with self.meter("--echo") as line:
            port = peers.free_port()
            with peers.Process("socat", f"TCP-LISTEN:{port},bind=127.0.0.1,reuseaddr,fork",
                               f"FILE:{line},raw,echo=0,b300", port=port):
                target = f"ir+tcp://127.0.0.1:{port}"
                expected = peers.values(peers.read("sim://?speed=0", "-m", MODEL, "s0_output_rate"))
                self.assertEqual(peers.values(peers.read(target, "-m", MODEL, "s0_output_rate")), expected)


if __name__ == "__main__":
    peers.main("socat", "ser2net")
