"""A scripted IEC 62056-21 meter behind a pseudo-terminal, written from the standard's own diagrams and with none of ours:
it keeps the standard's times, talks at the rate it has switched to, and notes what it hears, when, and at which rate the
other end was then. Who listens at another rate gets noise."""

import fcntl
import functools
import os
import pty
import select
import struct
import threading
import time
import tty

SOH, STX, ETX, EOT, ACK, NAK = b"\x01", b"\x02", b"\x03", b"\x04", b"\x06", b"\x15"
TCGETS2, TERMIOS2 = 0x802C542A, "4I20s2I"
CHARACTER = {"0": 300, "1": 600, "2": 1200, "3": 2400, "4": 4800, "5": 9600, "6": 19200}
READOUT = "F.F(00)\r\n0.0.0(16001234)\r\n1.8.0(000123.45*kWh)\r\n2.8.0(0000001.00*kWh)\r\n!\r\n"


def checked(opening, body):
    """A message with its block check: the exclusive or of all behind the first octet, ETX included."""
    return opening + body + bytes([functools.reduce(lambda a, b: a ^ b, body, 0)])


def data(block):
    return checked(STX, block.encode() + ETX)


class Heard:
    def __init__(self, octets, began, rate):
        self.octets, self.began, self.rate = octets, began, rate
        self.ended = began + len(octets) * 10 / rate  # a pseudo-terminal takes no time, the line that it stands for does


class Meter:
    """`with Meter(...) as meter:` serves in a thread; meter.path is what a client opens."""

    def __init__(self, identification="/XYZ5ABC", reaction=0.2, switches=True, echo=False, damaged=0, password="00000000",
                 silent_at=None):
        self.identification = identification.encode() + b"\r\n"
        self.offered = CHARACTER.get(identification[4])
        self.reaction, self.switches, self.echo, self.damaged = reaction, switches, echo, damaged
        self.password, self.silent_at = password, silent_at
        self.registers = {"0001": "1000"}
        self.heard, self.said = [], []
        self.rate = 300
        self.near, far = pty.openpty()
        tty.setraw(far)
        self.far = far
        self.path = os.ttyname(far)
        self.ending = threading.Event()
        self.thread = threading.Thread(target=self.serve, daemon=True)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.ending.set()
        self.thread.join()
        os.close(self.near)
        os.close(self.far)

    def last_heard(self, octets, patience=5):
        """Whether these are the last that came, when what is on its way has come."""
        limit = time.monotonic() + patience
        while time.monotonic() < limit and not (self.heard and self.heard[-1].octets == octets):
            time.sleep(0.02)
        return bool(self.heard) and self.heard[-1].octets == octets

    def client_rate(self):
        """What the other end has set, also where it is no customary rate: c_ospeed of struct termios2."""
        return struct.unpack(TERMIOS2, fcntl.ioctl(self.near, TCGETS2, bytes(struct.calcsize(TERMIOS2))))[-1]

    def octets(self):
        """What came, with a pause behind it, or nothing while nobody sends."""
        if not select.select([self.near], [], [], 0.02)[0]:
            return b""
        began, rate, got = time.monotonic(), self.client_rate(), b""
        while select.select([self.near], [], [], 0.01)[0]:
            got += os.read(self.near, 4096)
        if self.echo:
            os.write(self.near, got)
        self.heard.append(Heard(got, began, rate))
        return got if rate == self.rate else b""

    def say(self, message):
        """After the reaction time, character by character, at the meter's own rate."""
        time.sleep(max(0.0, self.heard[-1].ended + self.reaction - time.monotonic()) if self.heard else 0)
        begin = time.monotonic()
        # Noted before the first octet: who hears the last one may look here before this thread runs again.
        said = [begin, begin, self.rate, message]
        self.said.append(said)
        for index in range(len(message)):
            due = begin + (index + 1) * 10 / self.rate
            time.sleep(max(0.0, due - time.monotonic()))
            same = self.client_rate() == self.rate
            said[1] = time.monotonic()
            os.write(self.near, message[index:index + 1] if same else b"\xF8")
            if self.ending.is_set():
                return

    def serve(self):
        while not self.ending.is_set():
            got = self.octets()
            if b"/?" in got and got.endswith(b"!\r\n"):
                self.say(self.identification)
                self.converse()
                self.rate = 300

    def wait(self, seconds):
        limit = time.monotonic() + seconds
        while time.monotonic() < limit and not self.ending.is_set():
            got = self.octets()
            if got:
                return got
        return b""

    def converse(self):
        choice = self.wait(1.8)
        if not (len(choice) == 6 and choice[:1] == ACK and choice.endswith(b"\r\n")):
            return self.say(data(READOUT))
        time.sleep(max(0.0, self.heard[-1].ended - time.monotonic()))
        if self.switches:
            self.rate = CHARACTER[chr(choice[2])]
        if choice[3:4] == b"1" and self.switches:
            return self.program()
        message = data(READOUT)
        for _ in range(4):
            spoilt = self.damaged > 0
            self.damaged -= 1
            self.say(message[:-1] + bytes([message[-1] ^ 1]) if spoilt else message)
            if self.wait(1.6) != NAK:
                return None
        return None

    def program(self):
        self.say(checked(SOH, b"P0" + STX + b"(31415926)" + ETX))
        unlocked = False
        while not self.ending.is_set():
            got = self.wait(60)
            if not got or got[:3] == SOH + b"B0":
                return
            if self.silent_at and got[1:3].decode() == self.silent_at:
                continue
            if got != checked(SOH, got[1:-1]):
                self.say(NAK)
                continue
            kind, body = got[1:3].decode(), got[4:-2].decode()
            name, value = body.split("(")[0], body.split("(")[1].rstrip(")")
            if kind == "P1":
                unlocked = value == self.password
                self.say(ACK if unlocked else data("(ERROR01)"))
            elif kind == "R1":
                self.say(data(f"{name}({self.registers[name]})" if name in self.registers else "(ERROR23)"))
            elif kind == "W1" and unlocked and name in self.registers:
                self.registers[name] = value
                self.say(ACK)
            else:
                self.say(data("(ERROR24)"))
