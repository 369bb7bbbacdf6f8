"""What the peer tests share: processes that listen, lines that are linked, meterctl, and somebody else's programs.

Peers open pseudo-terminals without parity: these have none, and the C library calls that an error now and then.
"""

import contextlib
import json
import os
import pathlib
import random
import re
import shutil
import socket
import struct
import subprocess
import sys
import tempfile
import threading
import time
import unittest

HERE = pathlib.Path(__file__).resolve().parent
METERCTL = os.environ.get("METERCTL", "meterctl")
CLIENT = os.environ.get("PEER_CLIENT", "libmodbus_client")
SERVER = os.environ.get("PEER_SERVER", "libmodbus_server")
PATIENCE = 60  # seconds; a loaded machine under sanitizers is slow, and nothing here waits for this long when all is well

# A PRO380-Mod as a table of words: identity, settings, measurements and energies, each block filled to its end.
PRO380 = {
    0x4000: "2411038001020001" + "2580" + "404CCCCD" + "400B851F" + "3FA8F5C3" + "00640000" + "447A0000" + "0001"
            + "00100001" + "314632463346" + "0000000C0001000100010001" + "0D012D35" + "00110111" + "0005",
    0x5000: "00000000" + "43668000" + "43660000" + "43670000" + "42480000" + "0000" * 40,
    0x6000: "0000" * 12 + "42F6E979" + "0000" * 58 + "0001" + "40E80000",
}
PRO380_VALUES = {"serial_number": "24110380", "modbus_id": 1, "lcd_cycle_time": 10, "voltage_l1": 230.5,
                 "voltage_l2": 230, "voltage_l3": 231, "frequency": 50, "active_energy_import": 123.456, "tariff": 1,
                 "day_counter": 7.25}


def assignments():
    """PRO380 as the servers' arguments."""
    return [f"{address:#x}={words}" for address, words in PRO380.items()]


def float32(words):
    """The number in two words of hex, high word first."""
    return struct.unpack(">f", bytes.fromhex("".join(words)))[0]


class Process:
    """A program that says `listening on WHERE` once it can be reached, or, if `port` is given, says nothing and takes
    connections there; ended with the `with` block."""

    READY = re.compile(r"listening on (\S+)")

    def __init__(self, *command, port=None):
        self.command = [str(word) for word in command]
        self.probed = port
        self.lines = []
        self.where = None
        self.seen = threading.Event()
        self.process = subprocess.Popen(self.command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                        stderr=subprocess.STDOUT, text=True)
        self.reader = threading.Thread(target=self.drain, daemon=True)
        self.reader.start()

    def drain(self):
        for line in self.process.stdout:
            self.lines.append(line)
            match = self.READY.search(line)
            if match and self.where is None:
                self.where = match.group(1)
                self.seen.set()
        self.seen.set()

    def probe(self):
        """Waits until the port takes a connection."""
        limit = time.monotonic() + PATIENCE
        while time.monotonic() < limit and self.process.poll() is None:
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.probed), PATIENCE):
                self.where = str(self.probed)
                return
            time.sleep(0.02)

    def __enter__(self):
        if self.probed:
            self.probe()
        else:
            self.seen.wait(PATIENCE)
        if self.where is None:
            self.__exit__()
            raise RuntimeError(f"{' '.join(self.command)} did not get ready:\n{''.join(self.lines)}")
        return self

    def __exit__(self, *_):
        self.process.terminate()
        try:
            self.process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.reader.join(PATIENCE)
        self.process.stdout.close()

    @property
    def port(self):
        return int(re.search(r"(\d+)$", self.where).group(1))


def run(*command, expect=0):
    """Runs to the end; fails the test unless the exit code is the expected one."""
    done = subprocess.run([str(word) for word in command], stdin=subprocess.DEVNULL, capture_output=True, text=True,
                          timeout=2 * PATIENCE, check=False)
    if done.returncode != expect:
        raise AssertionError(f"{' '.join(map(str, command))}\nexits {done.returncode}, not {expect}\n"
                             f"stdout: {done.stdout}\nstderr: {done.stderr}")
    return done.stdout


def meterctl(*words, expect=0):
    return run(METERCTL, *words, expect=expect)


def read(*words, expect=0):
    """One `meterctl read` as its JSON document."""
    return json.loads(meterctl("read", *words, "-f", "json", expect=expect))


def values(document):
    return {reading["name"]: reading["value"] for reading in document["readings"]}


def client(*words, expect=0):
    """The libmodbus client's lines of output."""
    return run(CLIENT, *words, expect=expect).splitlines()


def mbpoll(*words):
    """What mbpoll shows, as {reference: text}; None where it writes."""
    output = run("mbpoll", *words)
    return {int(place): text for place, text in re.findall(r"^\[(\d+)\]:\s+(\S+)", output, re.M)}


def simulate(*words):
    return Process(METERCTL, "simulate", *words)


def free_port():
    """Below those that the kernel gives to whoever asks for any, so that nobody comes between."""
    while True:
        port = random.randrange(20000, 32768)
        with contextlib.suppress(OSError), socket.socket() as one:
            one.bind(("127.0.0.1", port))
            return port


@contextlib.contextmanager
def folder():
    with tempfile.TemporaryDirectory(prefix="meterctl-") as path:
        yield pathlib.Path(path)


@contextlib.contextmanager
def linked_lines():
    """Two ends of one line: what is written into one comes out of the other. Pseudo-terminals have no parity, and glibc's
    tcsetattr fails where it is asked for and nothing else changes."""
    with folder() as path:
        ends = [path / "a", path / "b"]
        socat = subprocess.Popen(["socat", *(f"pty,raw,echo=0,link={end}" for end in ends)])
        try:
            limit = time.monotonic() + PATIENCE
            while not all(end.exists() for end in ends):
                if time.monotonic() > limit or socat.poll() is not None:
                    raise RuntimeError("socat links no lines")
                time.sleep(0.01)
            yield ends
        finally:
            socat.terminate()
            socat.wait()


def main(*programs):
    """Runs the tests of the calling file; skips (77) where a peer is missing, fails then under CI."""
    missing = [program for program in programs if not shutil.which(program)]
    if missing:
        print(f"skipped: {', '.join(missing)} missing (scripts/install-deps test)")
        sys.exit(1 if os.environ.get("CI") else 77)
    unittest.main(verbosity=2)
