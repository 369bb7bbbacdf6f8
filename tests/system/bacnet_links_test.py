#!/usr/bin/python3
"""BACnet through the whole program: the same meter on every link, and the same frames in every kind of input."""

import json
import pathlib
import struct
import subprocess
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "peers"))
import peers  # noqa: E402  (lives beside the peers' tests)

METER = ["-m", "leviton-s4100"]
STILL = ["--speed", 0]


class Links(unittest.TestCase):
    """A virtual S4100 whose time stands still says the same wherever it is asked."""

    def setUp(self):
        self.inside = self.values("sim:?speed=0")
        self.assertGreater(len(self.inside), 150)

    def values(self, target, *words):
        document = peers.read(target, *METER, *words)
        self.assertEqual(document["errors"], [])
        return peers.values(document)

    def test_bacnet_ip(self):
        with peers.simulate("leviton-s4100", *STILL, "--listen", "udp://127.0.0.1:0") as meter:
            self.assertEqual(self.values(f"udp://127.0.0.1:{meter.port}"), self.inside)

    def test_behind_a_router(self):
        with peers.simulate("leviton-s4100", *STILL, "--router", 7, "--listen", "udp://127.0.0.1:0") as meter:
            for address in ("1", "7:1", "device:1004100"):
                some = self.values(f"udp://127.0.0.1:{meter.port}", "-a", address, "active_energy_import", "voltage_l1")
                self.assertEqual(some, {name: self.inside[name] for name in some})
            refused = peers.read(f"udp://127.0.0.1:{meter.port}", *METER, "-a", "9:1", "voltage_l1", expect=6)
            self.assertEqual(len(refused["errors"]), 1)

    def test_an_mstp_line(self):
        with peers.folder() as path:
            line = path / "bus"
            with peers.simulate(*STILL, "--masters", "3,20", "--listen", f"pty:{line}", "--unit", "1=leviton-s4100",
                                "--unit", "9=dts307-bacnet"):
                self.assertEqual(self.values(f"{line}?max_master=30&mac=12"), self.inside)
                other = peers.read(f"{line}?max_master=30&mac=12&baud=76800", "-m", "bacnet", "-a", 9, "active_power")
                self.assertEqual(len(other["readings"]), 1)


MSTP = bytes.fromhex("55FF050102000D2201040005010C0C00000012195502E3")
IP_REQUEST = bytes.fromhex("810A001101040005010C0C000000121955")
IP_ANSWER = bytes.fromhex("810A0017010030010C0C0000001219553E447FC000003F")


def pcap(link_type, packets):
    file = struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, link_type)
    for place, packet in enumerate(packets):
        file += struct.pack("<IIII", 1_700_000_000 + place, 0, len(packet), len(packet)) + packet
    return file


def block(kind, body):
    body += bytes(-len(body) % 4)
    return struct.pack("<II", kind, len(body) + 12) + body + struct.pack("<I", len(body) + 12)


def pcapng(link_type, packets):
    file = block(0x0A0D0D0A, struct.pack("<IHHq", 0x1A2B3C4D, 1, 0, -1))
    file += block(1, struct.pack("<HHI", link_type, 0, 0))
    for place, packet in enumerate(packets):
        moment = (1_700_000_000 + place) * 1_000_000
        file += block(6, struct.pack("<IIIII", 0, moment >> 32, moment & 0xFFFFFFFF, len(packet), len(packet)) + packet)
    return file


def upper_pdu(name, packet):
    """Wireshark's pseudo-header of exported PDUs: the dissector's name, and the end."""
    padded = name.encode() + bytes(-len(name) % 4)
    return struct.pack(">HH", 12, len(padded)) + padded + struct.pack(">HH", 0, 0) + packet


def ethernet(packet, asks):
    ends = [("192.0.2.1", 47808), ("192.0.2.2", 47808)]
    (source, source_port), (target, target_port) = ends if asks else ends[::-1]
    address = [bytes(map(int, one.split("."))) for one in (source, target)]
    udp = struct.pack(">HHHH", source_port, target_port, 8 + len(packet), 0) + packet
    internet = struct.pack(">BBHHHBBH", 0x45, 0, 20 + len(udp), 0, 0, 64, 17, 0) + address[0] + address[1]
    return bytes(12) + b"\x08\x00" + internet + udp


class Inputs(unittest.TestCase):
    def decoded(self, *words, octets=None):
        done = subprocess.run([peers.METERCTL, "decode", "-f", "json", *map(str, words)], input=octets,
                              capture_output=True, timeout=peers.PATIENCE, check=False)
        self.assertEqual(done.returncode, 0, done.stderr)
        return json.loads(done.stdout)["frames"]

    def check_mstp(self, frames, count=1):
        self.assertEqual([frame["protocol"] for frame in frames], ["bacnet-mstp"] * count)
        self.assertIn("analog-input:18", frames[0]["summary"])
        self.assertEqual(bytes.fromhex(frames[0]["octets"].replace(" ", "")), MSTP)

    def check_ip(self, frames):
        self.assertEqual([frame["protocol"] for frame in frames], ["bacnet-ip"] * 2)
        self.assertEqual([frame["direction"] for frame in frames], ["request", "response"])
        reading = frames[1]["readings"][0]
        self.assertEqual((reading["name"], reading["value"]), ("frequency", None))

    def test_hex(self):
        self.check_mstp(self.decoded(MSTP.hex(" ")))
        self.check_mstp(self.decoded(MSTP.hex(), "-p", "bacnet-mstp"))

    def test_streams(self):
        self.check_mstp(self.decoded("-", octets=MSTP * 3), 3)
        with peers.folder() as path:
            file = path / "line.bin"
            file.write_bytes(b"\x00\xff" + MSTP[:9] + MSTP)  # noise, and a frame that broke off
            frames = subprocess.run([peers.METERCTL, "decode", str(file), "-f", "json"], capture_output=True,
                                    check=False).stdout
            good = [frame for frame in json.loads(frames)["frames"] if "error" not in frame]
            self.check_mstp(good)

    def test_captures_of_mstp(self):
        with peers.folder() as path:
            for write in (pcap, pcapng):
                for name, link_type, packet in (("plain", 165, MSTP), ("pseudo-header", 252, upper_pdu("mstp", MSTP))):
                    file = path / f"{write.__name__}-{name}"
                    file.write_bytes(write(link_type, [packet, packet]))
                    with self.subTest(file.name):
                        frames = self.decoded(file)
                        self.check_mstp(frames, 2)
                        self.assertTrue(frames[0]["time"].startswith("2023-11-14T22:13:20"), frames[0]["time"])

    def test_captures_of_bacnet_ip(self):
        with peers.folder() as path:
            for write in (pcap, pcapng):
                file = path / write.__name__
                file.write_bytes(write(1, [ethernet(IP_REQUEST, True), ethernet(IP_ANSWER, False)]))
                with self.subTest(file.name):
                    self.check_ip(self.decoded(file, *METER))

    def test_a_capture_of_our_own_run(self):
        with peers.folder() as path:
            for framing, protocol in (("ip", "bacnet-ip"), ("mstp", "bacnet-mstp")):
                file = path / f"{framing}.pcapng"
                peers.meterctl("read", f"sim:?speed=0&framing={framing}", *METER, "voltage_l1", "--capture",
                               file)
                with self.subTest(framing):
                    frames = self.decoded(file, *METER)
                    self.assertEqual({frame["protocol"] for frame in frames}, {protocol})
                    names = [reading["name"] for frame in frames for reading in frame.get("readings", [])]
                    self.assertIn("voltage_l1", names)


if __name__ == "__main__":
    unittest.main(verbosity=2)
