"""Capture files of conversations as a network card would have seen them."""

import socket
import struct

CLIENT, SERVER = (socket.inet_aton(address) for address in ("192.0.2.1", "192.0.2.2"))


def checksum(octets):
    if len(octets) % 2:
        octets += b"\0"
    total = sum(struct.unpack(f">{len(octets) // 2}H", octets))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def ethernet(protocol, source, target, number, payload):
    """A packet that carries `payload` over IPv4."""
    internet = struct.pack(">BBHHHBBH4s4s", 0x45, 0, 20 + len(payload), number, 0, 64, protocol, 0, source, target)
    internet = internet[:10] + struct.pack(">H", checksum(internet)) + internet[12:]
    return bytes(12) + b"\x08\0" + internet + payload


def write(path, packets, link_type=1):
    """pcap; packets are a millisecond apart."""
    with open(path, "wb") as file:
        file.write(struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, link_type))
        for place, packet in enumerate(packets):
            moment = 1_700_000_000_000 + place
            file.write(struct.pack("<IIII", moment // 1000, moment % 1000 * 1000, len(packet), len(packet)))
            file.write(packet)


class Datagrams:
    """Ethernet, IPv4, UDP."""

    def __init__(self, server_port):
        self.server_port = server_port
        self.packets = []

    def datagram(self, from_client, octets):
        ends = [(CLIENT, 50000), (SERVER, self.server_port)]
        (source, source_port), (target, target_port) = ends if from_client else ends[::-1]
        head = struct.pack(">HHHH", source_port, target_port, 8 + len(octets), 0)  # 0: no checksum
        self.packets.append(ethernet(17, source, target, len(self.packets), head + octets))

    def write(self, path):
        write(path, self.packets)


class Capture:
    """Ethernet, IPv4, TCP."""

    def __init__(self, server_port=502):
        self.server_port = server_port
        self.packets = []
        self.client_port = 49151

    def open(self):
        """A further connection: the client's three-way handshake."""
        self.client_port += 1
        self.sent = {True: 1000, False: 5000}  # next sequence number, by "from the client"
        self.segment(True, b"", 0x02)
        self.segment(False, b"", 0x12)
        self.segment(True, b"", 0x10)

    def segment(self, from_client, octets, flags=0x18):
        ends = [(CLIENT, self.client_port), (SERVER, self.server_port)]
        (source, source_port), (target, target_port) = ends if from_client else ends[::-1]
        acknowledged = self.sent[not from_client] if flags & 0x10 else 0
        head = struct.pack(">HHIIBBHHH", source_port, target_port, self.sent[from_client], acknowledged, 5 << 4, flags,
                           64000, 0, 0)
        pseudo = source + target + struct.pack(">BBH", 0, 6, len(head) + len(octets))
        head = head[:16] + struct.pack(">H", checksum(pseudo + head + octets)) + head[18:]
        self.packets.append(ethernet(6, source, target, len(self.packets), head + octets))
        self.sent[from_client] += len(octets) + (1 if flags & 0x02 else 0)

    def write(self, path):
        write(path, self.packets)
