#!/usr/bin/python3
"""How soon meterctl speaks on an MS/TP line when it is its turn: mstp_turns.py [--points N] [--busy N] [--prefix WORDS]

Plays the other master of a ring on a pseudo-terminal, and takes the time from the last octet that it wrote to the first that
comes back: to a poll for master, to the token, and to a request (which meterctl answers with Reply Postponed, since it serves
nobody). ASHRAE 135, clause 9, allows 15 ms (Tusage_delay) for the first two, and 250 ms (Treply_delay) for the last.
--busy starts so many processes that do nothing but count; --prefix goes before meterctl: 'chrt -f 50', 'nice -n -10'.
"""

import argparse
import multiprocessing
import os
import pathlib
import pty
import select
import shlex
import subprocess
import sys
import time
import tty

ROOT = pathlib.Path(__file__).resolve().parent.parent
HERE, THERE = 0, 1  # MS/TP addresses: this program's, meterctl's
TOKEN, POLL, REPLY_TO_POLL, DATA_EXPECTING_REPLY, DATA, POSTPONED = 0, 1, 2, 5, 6, 7
REQUEST = bytes.fromhex("01040003010C0C000000011955")  # ReadProperty, invoke id 1
RPM, READ_PROPERTY = 14, 12
QUIET = 0.004  # between a frame of meterctl's and what follows; more than its turnaround


def crc8(octets):
    crc = 0xFF
    for octet in octets:
        crc ^= octet
        for _ in range(8):
            crc = crc >> 1 ^ (0x81 if crc & 1 else 0)
    return ~crc & 0xFF


def crc16(octets):
    crc = 0xFFFF
    for octet in octets:
        crc ^= octet
        for _ in range(8):
            crc = crc >> 1 ^ (0x8408 if crc & 1 else 0)
    return (~crc & 0xFFFF).to_bytes(2, "little")


def frame(kind, data=b""):
    head = bytes([kind, THERE, HERE]) + len(data).to_bytes(2, "big")
    return b"\x55\xFF" + head + bytes([crc8(head)]) + (data + crc16(data) if data else b"")


class Ring:
    """This end of the line."""

    def __init__(self, line):
        self.line = line
        self.pending = b""
        self.taken = {"poll": [], "token": [], "request": []}

    def say(self, octets, what=None, patience=1.0):
        """Writes, and waits for a frame where an answer is due; its time counts as `what`."""
        os.write(self.line, octets)
        said = time.monotonic()
        heard = self.hear(patience)
        if what and heard and self.first:  # not of what had come before
            self.taken[what].append(self.first - said)
        return heard

    def hear(self, patience):
        """The next frame as (type, destination, data); None where none comes."""
        limit = time.monotonic() + patience
        self.first = None
        while True:
            if len(self.pending) >= 8 and self.pending.startswith(b"\x55\xFF"):
                length = int.from_bytes(self.pending[5:7], "big")
                whole = 8 + (length + 2 if length else 0)
                if len(self.pending) >= whole:
                    one, self.pending = self.pending[:whole], self.pending[whole:]
                    return one[2], one[3], one[8:whole - 2]
            ready, _, _ = select.select([self.line], [], [], max(0, limit - time.monotonic()))
            if not ready:
                return None
            self.pending += os.read(self.line, 4096)
            self.first = self.first or time.monotonic()

    def turn(self):
        """Gives the token, and plays on until it is back."""
        heard = self.say(frame(TOKEN), "token")
        while heard and heard[0] != TOKEN:
            kind, destination, data = heard
            if kind == DATA_EXPECTING_REPLY and destination == HERE:
                heard = self.say(frame(DATA, answer(data)))
            elif kind == POLL and destination == HERE:
                heard = self.say(frame(REPLY_TO_POLL))
            else:
                heard = self.hear(1.0)
        return heard is not None


def answer(request):
    """No service but ReadProperty, which reads 1.5 of everything."""
    invoke_id, service = request[4], request[5]
    if service != READ_PROPERTY:
        return b"\x01\x00" + bytes([0x60, invoke_id, 9])
    return b"\x01\x00" + bytes([0x30, invoke_id, service]) + request[6:] + bytes.fromhex("3E443FC000003F")


def count():
    while True:
        pass


def shown(name, allowed, seconds):
    if not seconds:
        return f"{name:8} none"
    values = sorted(1000 * one for one in seconds)
    at = lambda share: values[min(len(values) - 1, int(share * len(values)))]
    late = sum(1 for one in values if one > allowed)
    return (f"{name:8} n {len(values):5}  median {at(0.5):7.2f}  p90 {at(0.9):7.2f}  p99 {at(0.99):7.2f}  p99.9 {at(0.999):7.2f}"
            f"  max {values[-1]:7.2f} ms  above {allowed} ms: {late}")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--meterctl", default=str(ROOT / "build/release/meterctl"))
    parser.add_argument("--points", type=int, default=500)
    parser.add_argument("--busy", type=int, default=0)
    parser.add_argument("--prefix", default="")
    parser.add_argument("--baud", type=int, default=76800)
    arguments = parser.parse_args()
    near, far = pty.openpty()
    tty.setraw(far)
    endpoint = f"{os.ttyname(far)}?baud={arguments.baud}&mac={THERE}&max_master=1"
    points = [f"analog-input:{number}" for number in range(arguments.points)]
    busy = [multiprocessing.Process(target=count, daemon=True) for _ in range(arguments.busy)]
    for process in busy:
        process.start()
    command = [*shlex.split(arguments.prefix), arguments.meterctl, "read", endpoint, "-p", "bacnet", "-a", str(HERE),
               *points, "-f", "csv"]
    reader = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                              text=True)
    ring = Ring(near)
    while reader.poll() is None and not ring.say(frame(POLL), patience=0.05):
        pass
    while reader.poll() is None:
        if not ring.turn():
            continue
        time.sleep(QUIET)
        ring.say(frame(POLL), "poll", 0.1)
        time.sleep(QUIET)
        ring.say(frame(DATA_EXPECTING_REPLY, REQUEST), "request", 0.3)
        time.sleep(QUIET)
    for process in busy:
        process.kill()
    rows = reader.stdout.read().count(",ok")
    print(f"{rows} of {len(points)} points read, {arguments.busy} busy processes, load {os.getloadavg()[0]:.1f}, "
          f"{os.cpu_count()} processors{', ' + arguments.prefix if arguments.prefix else ''}")
    for name, allowed in (("poll", 15), ("token", 15), ("request", 250)):
        print(shown(name, allowed, ring.taken[name]))
    return 0 if rows == len(points) else 1


if __name__ == "__main__":
    sys.exit(main())
