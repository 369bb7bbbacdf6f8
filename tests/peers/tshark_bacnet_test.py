#!/usr/bin/python3
"""`meterctl decode` and tshark agree field by field on captures of BACnet/IP and of MS/TP: values, and where they stand."""

import json
import re
import socket
import struct
import sys
import unittest
import xml.etree.ElementTree

import capture
import peers

# APDUs sent to a simulated S4100.
APDUS = [
    "00 03 01 0C 0C00000002 1955",                                 # ReadProperty
    "00 03 02 0C 0C023FFFFF 194C 2900",                            # an element of an array
    "00 03 03 0C 0C00000063 1955",                                 # unknown-object
    "00 03 04 0C 0C023FFFFF 194C",                                 # does not fit: Abort
    "00 03 05 0C 0C023FFFFF 194D",                                 # a text
    "00 03 06 0C 0C023FFFFF 1938",                                 # a date
    "00 03 07 0C 0C023FFFFF 1939",                                 # a time
    "02 73 08 0E 0C00000001 1E 0955 094D 0975 0967 096F 1F 0C00000063 1E 0955 1F",
    "00 03 09 0E 0C00000003 1E 0908 1F",                           # all properties
    "00 03 0A 0E 0C05000001 1E 0985 098D 0991 0986 098E 0984 1F",  # of a trend log
    "00 03 0B 0F 0C00800003 1955 3E 4443480000 3F",                # WriteProperty
    "00 03 0C 0F 0C00800002 1955 3E 4441500000 3F 4908",           # value-out-of-range, priority 8
    "00 03 0D 0F 0C00800003 1955 3E 21C8 3F",                      # invalid-data-type
    "00 03 0E 0F 0C00000001 1955 3E 4443480000 3F",                # write-access-denied
    "00 03 0F 1A 0C05000001 1983 3E 2101 3105 3F",                 # ReadRange by position
    "00 03 10 1A 0C05000001 1983 6E 2217D0 3104 6F",               # by sequence number
    "00 03 11 1A 0C05000001 1983 7E A47D0C1F03 B417000000 3104 7F",  # by time
    "00 03 12 05 0907 1C00000002 2900 393C",                       # SubscribeCOV: Reject
    "00 03 13 14 0901",                                            # ReinitializeDevice
    "00 03 14 11 1900",                                            # DeviceCommunicationControl
    "00 03 15 06 C402800001 0E 3100 2120 0F",                      # AtomicReadFile: Reject
    "00 03 16 63",                                                 # no service
    "00 03 17 0C 0C00000002",                                      # a parameter is missing
    "00 03 18 0C 0C00C00001 1955",                                 # an enumeration
    "10 08",                                                       # Who-Is
    "10 08 0900 1B3FFFFF",
    "10 08 0900 190A",                                             # of others
    "10 07 2C00000002",                                            # Who-Has
    "10 07 3D08 004B57685F4E6574",
    "10 06 A47E0B1506 B403252D10",                                 # TimeSynchronization, which nobody answers
    "10 63 2105",
]
SILENT = {"10 06 A47E0B1506 B403252D10", "10 63 2105", "10 08 0900 190A", "10 07 3D040058595A"}
# Whole datagrams: to all networks, foreign devices, broadcast tables; a question for routers has no answer here.
DATAGRAMS = ["810B000C 0120FFFF00FF 1008", "81050006003C", "81020004", "81060004", "810A0009 0180000007"]
QUESTION = DATAGRAMS[-1]


def number(field):
    return int(field.get("show"), 0)


def octets(field):
    return int(field.get("value"), 16)


def text(field):
    return field.get("show")


def real(field):
    return struct.unpack(">f", bytes.fromhex(field.get("value"))[-4:])[0]


# tshark's field: ours, and what of it has our value.
NAMES = {
    "mstp.frame_type": ({"frame_type"}, number),
    "mstp.dst": ({"destination"}, number),
    "mstp.src": ({"source"}, number),
    "mstp.len": ({"length"}, number),
    "mstp.hdr_crc": ({"header_crc"}, number),
    "bvlc.function": ({"function"}, number),
    "bvlc.length": ({"length"}, octets),
    "bvlc.result": ({"result"}, number),
    "bvlc.reg_ttl": ({"time_to_live"}, number),
    "bacnet.version": ({"version"}, number),
    "bacnet.control": ({"control"}, number),
    "bacnet.dnet": ({"destination_network", "network"}, number),
    "bacnet.snet": ({"source_network"}, number),
    "bacnet.hopc": ({"hop_count"}, number),
    "bacnet.mesgtyp": ({"message_type"}, number),
    "bacapp.invoke_id": ({"invoke_id"}, number),
    "bacapp.confirmed_service": ({"service"}, number),
    "bacapp.unconfirmed_service": ({"service"}, number),
    "bacapp.property_identifier": ({"property"}, number),
    "bacapp.error_class": ({"error_class"}, number),
    "bacapp.error_code": ({"error_code"}, number),
    "bacapp.reject_reason": ({"reason"}, number),
    "bacapp.abort_reason": ({"reason"}, number),
    "bacapp.present_value.real": ({"value"}, real),
    "bacapp.present_value.enum_index": ({"value"}, number),
    "bacapp.present_value.uint": ({"value"}, number),
    "bacapp.object_name": ({"value", "object_name"}, text),
    "bacapp.vendor_identifier": ({"vendor", "value"}, number),
    "bacapp.who_is.low_limit": ({"low"}, number),
    "bacapp.who_is.high_limit": ({"high"}, number),
}


def base_of(packet):
    """Where the frame begins in the packet."""
    return min(int(proto.get("pos")) for proto in packet.iter("proto") if proto.get("name") in ("bvlc", "mstp"))


def tshark_frames(path):
    """The fields of each frame as (tshark's name, value, where it ends), and the objects that it names."""
    report = xml.etree.ElementTree.fromstring(peers.run("tshark", "-r", path, "-T", "pdml"))
    frames = []
    for packet in report.iter("packet"):
        base = base_of(packet)
        fields, objects, kind = [], [], None
        for field in packet.iter("field"):
            name = field.get("name")
            end = int(field.get("pos") or 0) + int(field.get("size") or 0) - base
            if name in NAMES:
                fields.append((name, NAMES[name][1](field), end))
            elif name == "bacapp.objectType":
                kind = re.search(r"Object Type: (\S+) \(", field.get("showname")).group(1)
            elif name == "bacapp.instance_number":
                objects.append((f"{kind}:{number(field)}", end))
            elif name == "bacapp.type":
                fields.append((name, number(field), end))
            elif name == "mstp.checksum.status":
                fields.append((name, number(field), None))
        frames.append((fields, objects))
    return frames


def flat(fields):
    """All fields, and those in them."""
    for field in fields:
        yield field
        yield from flat(field.get("fields", []))


class Agreement(unittest.TestCase):
    def compare(self, ours, theirs):
        """Each field that both know is at the same place with the same value."""
        mine = list(flat(ours["fields"]))
        # A value of any type stands between an opening and a closing tag, which is ours to it.
        places = {(field["name"], json.dumps(field["value"]), field["offset"] + field["length"] - closing)
                  for field in mine for closing in ((0, 1) if field["name"] == "value" else (0,))}
        fields, objects = theirs
        for other, value, end in fields:
            self.compared[other] = self.compared.get(other, 0) + 1
            where = f"{other} {value} up to {end} in {ours['summary']}: {sorted(places)}"
            if other == "mstp.checksum.status":
                self.assertEqual(value, 1, where)
                self.assertNotIn("error", ours, where)
            elif other == "bacapp.type":
                kinds = [field["value"] >> 4 for field in mine if field["name"] == "pdu_type"]
                self.assertEqual(kinds, [value], where)
            elif isinstance(value, float):
                found = [field for field in mine if field["name"] == "value"
                         and field["offset"] + field["length"] in (end, end + 1) and isinstance(field["value"], (int, float))]
                self.assertTrue(any(struct.pack(">f", field["value"]) == struct.pack(">f", value) for field in found),
                                where)
            else:
                names = NAMES[other][0]
                self.assertTrue(any((name, json.dumps(value), end) in places for name in names), where)
        self.compared["objects"] = self.compared.get("objects", 0) + len(objects)
        told = {(value, end) for _, value, end in places}
        for one, end in objects:
            self.assertIn((json.dumps(one), end), told, ours["summary"])

    def agree(self, path, protocol):
        theirs = tshark_frames(path)
        ours = json.loads(peers.meterctl("decode", path, "-f", "json"))["frames"]
        self.assertEqual([frame["protocol"] for frame in ours], [protocol] * len(theirs))
        self.compared = {}
        for mine, other in zip(ours, theirs):
            with self.subTest(mine["summary"]):
                self.compare(mine, other)
        return ours


def answered(line, record, octets, silent):
    line.send(octets)
    record.datagram(True, octets)
    if not silent:
        record.datagram(False, line.recv(2048))


class Ip(Agreement):
    def test_what_a_network_card_saw(self):
        record = capture.Datagrams(47808)
        with peers.simulate("leviton-s4100", "--speed", 0, "--listen", "udp://127.0.0.1:0") as meter, \
                socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as line:
            line.connect(("127.0.0.1", meter.port))
            line.settimeout(peers.PATIENCE)
            for apdu in APDUS:
                octets = bytes.fromhex(apdu)
                npdu = bytes([1, 0 if octets[0] & 0xF0 else 4]) + octets
                answered(line, record, b"\x81\x0A" + struct.pack(">H", len(npdu) + 4) + npdu, apdu in SILENT)
            for datagram in DATAGRAMS:
                answered(line, record, bytes.fromhex(datagram), datagram == QUESTION)
        with peers.folder() as path:
            record.write(path / "ip.pcap")
            frames = self.agree(path / "ip.pcap", "bacnet-ip")
        self.assertEqual(len(frames), len(record.packets))
        for name in set(NAMES) - {"bacnet.snet", "bvlc.reg_ttl"}:
            if not name.startswith("mstp"):
                self.assertIn(name, self.compared)
        self.assertGreater(self.compared["bacapp.property_identifier"], 50)
        self.assertGreater(self.compared["objects"], 40)

    def test_what_we_captured_ourselves(self):
        """With no settings: link type 252 names the dissector."""
        with peers.folder() as path, \
                peers.simulate("leviton-s4100", "--speed", 0, "--listen", "udp://127.0.0.1:0") as meter:
            endpoint = f"udp://127.0.0.1:{meter.port}"
            peers.read(endpoint, "-m", "leviton-s4100", "--capture", path / "read.pcapng")
            self.agree(path / "read.pcapng", "bacnet-ip")
            self.assertGreater(self.compared["bacapp.present_value.real"], 90)
            peers.meterctl("dump-profile", endpoint, "-m", "leviton-s4100", "trend_log_1", "--last", 30, "--capture",
                           path / "log.pcapng")
            self.assertGreater(len(self.agree(path / "log.pcapng", "bacnet-ip")), 3)


class Line(Agreement):
    def test_a_ring_with_us_on_it(self):
        """Each packet holds one frame, as link type 165 has it."""
        with peers.folder() as path, peers.simulate("leviton-s4100", "--speed", 0, "--masters", "5,9", "--listen",
                                                    f"pty:{path}/line"):
            endpoint = f"{path}/line?baud=76800&mac=20"
            peers.read(endpoint, "-m", "leviton-s4100", "--capture", path / "read.pcapng")
            frames = self.agree(path / "read.pcapng", "bacnet-mstp")
            self.assertGreater(self.compared["bacapp.present_value.real"], 90)
            kinds = {int(field["value"]) for frame in frames for field in frame["fields"]
                     if field["name"] == "frame_type"}
            self.assertEqual(kinds, {0, 1, 2, 5, 6})
            peers.meterctl("write", endpoint, "-m", "leviton-s4100", "--yes", "system_type=13", "--capture",
                           path / "write.pcapng", expect=7)
            peers.meterctl("write", endpoint, "-p", "bacnet", "-a", 1, "--yes", "analog-value:2=13", "--capture",
                           path / "refused.pcapng", expect=6)
            self.agree(path / "refused.pcapng", "bacnet-mstp")
            self.assertGreaterEqual(self.compared["bacapp.error_code"], 1)


if __name__ == "__main__":
    sys.dont_write_bytecode = True
    peers.main("tshark")
