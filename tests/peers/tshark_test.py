#!/usr/bin/python3
"""`meterctl decode` and tshark agree field by field on a capture of Modbus TCP: values, offsets and lengths."""

import json
import socket
import struct
import sys
import unittest
import xml.etree.ElementTree

import capture
import peers

# PDUs sent to a simulated PRO380-Mod and to a libmodbus server.
TO_SIMULATED = ["03 5002 0008", "03 4000 0020", "06 4010 0025", "10 400D 0002 04 42C80000", "03 7000 0001",
                "04 5002 0002", "06 4010 0099", "2B 0E 01 00", "41 01 02"]
TO_LIBMODBUS = ["01 0000 000A", "02 0003 0009", "03 0010 0003", "04 0011 0002", "05 0002 FF00", "05 0003 0000",
                "0F 0004 000A 02 CD01", "06 0010 ABCD", "10 0020 0002 04 00010002", "16 0010 00F2 0025",
                "17 0010 0002 0020 0001 02 1234", "03 7000 0001", "11"]

# tshark's field, and ours: several where ours says more of what it is.
NAMES = {
    "mbtcp.trans_id": {"transaction"},
    "mbtcp.prot_id": {"protocol"},
    "mbtcp.len": {"length"},
    "mbtcp.unit_id": {"unit"},
    "modbus.func_code": {"function"},
    "modbus.exception_code": {"exception"},
    "modbus.reference_num": {"start", "register", "coil"},
    "modbus.read_reference_num": {"read_start"},
    "modbus.write_reference_num": {"write_start"},
    "modbus.word_cnt": {"count"},
    "modbus.bit_cnt": {"count"},
    "modbus.read_word_cnt": {"read_count"},
    "modbus.write_word_cnt": {"write_count"},
    "modbus.byte_cnt": {"byte_count"},
    "modbus.regval_uint16": {"word"},
    "modbus.bitval": {"bit"},
    "modbus.and_mask": {"and_mask"},
    "modbus.or_mask": {"or_mask"},
    "modbus.mei": {"mei"},
    "modbus.read_device_id": {"read_device_id"},
    "modbus.conformity_level": {"conformity"},
    "modbus.next_object_id": {"next_object"},
    "modbus.num_objects": {"count"},
    "modbus.object_id": {"object", "id"},
    "modbus.objects_len": {"length"},
}


def talk(record, port, unit, pdus):
    """Sends each PDU to a server, and keeps what both said."""
    record.open()
    with socket.create_connection(("127.0.0.1", port), peers.PATIENCE) as server:
        stream = server.makefile("rb")
        for transaction, text in enumerate(pdus, 1):
            pdu = bytes.fromhex(text)
            request = struct.pack(">HHHB", transaction, 0, len(pdu) + 1, unit) + pdu
            server.sendall(request)
            head = stream.read(6)
            answer = head + stream.read(struct.unpack(">H", head[4:])[0])
            record.segment(True, request)
            if transaction % 3 == 0:  # an answer in two segments
                record.segment(False, answer[:9])
                record.segment(False, answer[9:])
            else:
                record.segment(False, answer)


def tshark_frames(path):
    """The fields of each PDU as {(tshark's name, value, offset from the MBAP header, length)}."""
    report = xml.etree.ElementTree.fromstring(peers.run("tshark", "-r", path, "-T", "pdml"))
    frames = []
    for packet in report.iter("packet"):
        for proto in packet.iter("proto"):
            if proto.get("name") == "mbtcp":
                frames.append([])
                base = int(proto.find("field[@name='mbtcp.trans_id']").get("pos"))
            if proto.get("name") not in ("mbtcp", "modbus"):
                continue
            for field in proto.iter("field"):
                name = field.get("name")
                if name in NAMES:
                    value = int(field.get("show"), 0) if name == "modbus.bitval" else int(field.get("value"), 16)
                    frames[-1].append((name, value, int(field.get("pos")) - base, int(field.get("size"))))
    return frames


def our_fields(fields):
    """The fields that hold numbers, as (name, value, offset, length); registers and bits one by one."""
    for field in fields:
        place = field["offset"], field["length"]
        if field["name"] == "registers":
            for word in field["fields"]:
                yield "word", word["value"], word["offset"], word["length"]
        elif field["name"] == "bits":
            for index, bit in enumerate(field["value"]):
                yield "bit", int(bit), field["offset"] + index // 8, 1
        elif "fields" in field:
            yield from our_fields(field["fields"])
        elif isinstance(field["value"], int):
            yield field["name"], field["value"], *place


class Agreement(unittest.TestCase):
    def compare(self, ours, theirs):
        """Each field that both know is at the same place with the same value, in the same order."""
        mine = list(our_fields(ours["fields"]))
        for other, names in NAMES.items():
            expected = [place for name, *place in theirs if name == other]
            found = [place for name, *place in map(tuple, mine) if name in names]
            if expected:
                self.compared += len(expected)
                for place in expected:
                    self.assertIn(place, found, f"{other} in {ours['summary']}")
        words = [place for name, *place in mine if name == "word"]
        theirs_words = [place for name, *place in theirs if name == "modbus.regval_uint16"]
        if theirs_words:
            self.assertEqual(words, theirs_words, ours["summary"])

    def test_field_by_field(self):
        self.compared = 0
        record = capture.Capture()
        with peers.simulate("pro380-mod", "--speed", 0, "--listen", "tcp://127.0.0.1:0") as meter:
            talk(record, meter.port, 1, TO_SIMULATED)
        with peers.Process(peers.SERVER, "tcp", "127.0.0.1", 0, 1, 0, 0x40, "0x10=0123456789ABCDEF") as server:
            talk(record, server.port, 1, TO_LIBMODBUS)
        with peers.folder() as path:
            file = path / "modbus.pcap"
            record.write(file)
            theirs = tshark_frames(file)
            ours = json.loads(peers.meterctl("decode", file, "-f", "json"))["frames"]
        self.assertEqual(len(theirs), 2 * len(TO_SIMULATED + TO_LIBMODBUS))
        self.assertEqual([frame["protocol"] for frame in ours], ["modbus-tcp"] * len(theirs))
        for mine, other in zip(ours, theirs):
            with self.subTest(mine["summary"]):
                self.compare(mine, other)
        self.assertGreater(self.compared, 6 * len(theirs))


class OurCapture(unittest.TestCase):
    def test_wireshark_dissects_what_capture_writes(self):
        """With no settings: link type 252 names the dissector."""
        with peers.folder() as path, peers.simulate("pro380-mod", "--listen", "tcp://127.0.0.1:0") as meter:
            file = path / "read.pcapng"
            peers.read(f"tcp://127.0.0.1:{meter.port}", "-m", "pro380-mod", "voltage_l1", "--capture", file)
            shown = peers.run("tshark", "-r", file, "-T", "fields", "-e", "modbus.func_code", "-e",
                              "modbus.reference_num", "-e", "mbtcp.unit_id")
            self.assertEqual([line.split("\t") for line in shown.splitlines()], [["3", "20482", "1"], ["3", "", "1"]])


if __name__ == "__main__":
    sys.dont_write_bytecode = True
    peers.main("tshark")
