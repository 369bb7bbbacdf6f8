"""What the tests of DLMS/COSEM share: the keys of simulated meters, a meter of the wrapper that answers by script, and a
gateway that changes what passes through it."""

import contextlib
import os
import pathlib
import socket
import struct
import tempfile
import threading

import peers

KEYS = {"guek": "000102030405060708090A0B0C0D0E0F", "gak": "D0D1D2D3D4D5D6D7D8D9DADBDCDDDEDF"}
PUBLIC, READ, MANAGEMENT = 16, 2, 1
NORMAL, WITH_LIST = 1, 3
# An association without security is accepted: GET, SET, ACTION and blocks, no lists; APDUs of 1024 octets.
ACCEPTED = bytes.fromhex("6129A109060760857405080101A203020100A305A103020100BE10040E0800065F1F0400001C1D04000007")
RELEASED = bytes.fromhex("6303800100")
AARQ, RLRQ, GET, GET_ANSWER, GLO_GET_ANSWER, GLO_ACTION_ANSWER = 0x60, 0x62, 0xC0, 0xC4, 0xCC, 0xCF


def write_keys(path, **changed):
    """A file of keys that only its owner may read."""
    path = pathlib.Path(path)
    path.touch(mode=0o600)
    path.write_text("".join(f"{name} = {value}\n" for name, value in {**KEYS, **changed}.items()))
    return path


@contextlib.contextmanager
def state():
    """A folder for files, in which frame counters are kept too."""
    before = os.environ.get("XDG_STATE_HOME")
    with tempfile.TemporaryDirectory(prefix="meterctl-") as path:
        os.environ["XDG_STATE_HOME"] = path
        try:
            yield pathlib.Path(path)
        finally:
            os.environ.pop("XDG_STATE_HOME")
            if before is not None:
                os.environ["XDG_STATE_HOME"] = before


def refused(diagnostic, source=1, result=1):
    """An AARE that refuses the association: source 1 is the user of the service, 2 its provider."""
    body = bytes.fromhex("A109060760857405080101") + bytes([0xA2, 3, 2, 1, result])
    body += bytes([0xA3, 5, 0xA0 + source, 3, 2, 1, diagnostic])
    return bytes([0x61, len(body)]) + body


def value(request, data):
    """GET-response-normal to that request."""
    return bytes([GET_ANSWER, NORMAL, request[2], 0]) + data


def refusal(request, result):
    return bytes([GET_ANSWER, NORMAL, request[2], 1, result])


def block(request, number, octets, last=False):
    """GET-response-with-datablock."""
    return bytes([GET_ANSWER, 2, request[2], last]) + struct.pack(">I", number) + bytes([0, len(octets)]) + octets


def take_apdu(connection):
    """(header, APDU) of one PDU of the wrapper; None at the end of the stream."""
    octets = b""
    while len(octets) < 8 or len(octets) < 8 + int.from_bytes(octets[6:8], "big"):
        wanted = 8 if len(octets) < 8 else 8 + int.from_bytes(octets[6:8], "big")
        more = connection.recv(wanted - len(octets))
        if not more:
            return None
        octets += more
    return octets[:8], octets[8:]


def wrap(apdu, source, destination):
    return struct.pack(">HHHH", 1, source, destination, len(apdu)) + apdu


class Script:
    """A meter on the wrapper over TCP. `answer(apdu)` gives the APDU for a request, b"" for none, None for what any meter
    would say: associations are accepted and released. `heard` are the APDUs that came."""

    def __init__(self, answer):
        self.answer = answer
        self.heard = []
        self.came = threading.Condition()
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.target = f"tcp://127.0.0.1:{self.port}"
        self.thread = threading.Thread(target=self.serve, daemon=True)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.listener.close()

    def serve(self):
        with contextlib.suppress(OSError):
            while True:
                connection, _ = self.listener.accept()
                with connection:
                    self.talk(connection)

    def talk(self, connection):
        while (taken := take_apdu(connection)) is not None:
            header, apdu = taken
            with self.came:
                self.heard.append(apdu)
                self.came.notify_all()
            said = self.answer(apdu)
            if said is None:
                said = {AARQ: ACCEPTED, RLRQ: RELEASED}.get(apdu[0], b"")
            source, destination = struct.unpack(">HH", header[2:6])
            if said:
                connection.sendall(wrap(said, destination, source))

    def wait_for(self, tag):
        """Until an APDU with that tag has come."""
        with self.came:
            return self.came.wait_for(lambda: any(apdu[0] == tag for apdu in self.heard), peers.PATIENCE)


class Gateway:
    """Between a client and a meter on the wrapper: `change(apdu)` gives what the client gets for the meter's APDU."""

    def __init__(self, port, change):
        self.meter, self.change = port, change
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.target = f"tcp://127.0.0.1:{self.listener.getsockname()[1]}"
        self.thread = threading.Thread(target=self.serve, daemon=True)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.listener.close()

    def serve(self):
        with contextlib.suppress(OSError):
            while True:
                client, _ = self.listener.accept()
                with client, socket.create_connection(("127.0.0.1", self.meter)) as meter:
                    while (asked := take_apdu(client)) is not None:
                        meter.sendall(b"".join(asked))
                        said = take_apdu(meter)
                        if said is None:
                            break
                        source, destination = struct.unpack(">HH", said[0][2:6])
                        client.sendall(wrap(self.change(said[1]), source, destination))
