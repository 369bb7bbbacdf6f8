"""The BACnet metrics of bench/run."""

import os
import pathlib
import re
import subprocess
import tempfile

import capture
import npm
import peers

HERE = pathlib.Path(__file__).resolve().parent
FRAMES = 20_000
SAID = re.compile(r"^\S+ ([<>]) ((?:[0-9A-F]{2} ?)+)$", re.M)


def simulated():
    """An S4100 that takes no time of its own."""
    return peers.simulate("leviton-s4100", "--speed", 0, "--latency", "0ms", "--listen", "udp://127.0.0.1:0")


def whole_read(bench, port):
    return [bench.meterctl, "read", f"udp://127.0.0.1:{port}", "-m", "leviton-s4100", "-f", "csv"]


def ip(bench):
    """All points of an S4100 over BACnet/IP, whole processes."""
    modules = os.environ.get("NODE_PATH") or npm.modules("node-bacnet", "0.2.4")
    with simulated() as meter:
        command = whole_read(bench, meter.port)
        points = peers.run(*command).count("\n") - 1
        ours = bench.timed(*command)
        theirs = bench.timed("env", f"NODE_PATH={modules}", "node", HERE / "node_bacnet_read.js", meter.port)
    bench.row("bacnet_ip", f"{points} points of an S4100 over BACnet/IP, ms", f"{1000 * ours:.2f}",
              f"node-bacnet {1000 * theirs:.2f}", f"{ours / theirs:.2f}", "<= 1", ours <= theirs)


def recorded(bench, path):
    """A capture of an S4100 that is read again and again."""
    with simulated() as meter:
        done = subprocess.run([str(word) for word in whole_read(bench, meter.port)] + ["--trace"], check=True,
                              capture_output=True, text=True)
    said = [(way == ">", bytes.fromhex(octets)) for way, octets in SAID.findall(done.stderr)]
    record = capture.Datagrams(47808)
    for number in range(FRAMES):
        record.datagram(*said[number % len(said)])
    record.write(path)


def decode(bench):
    """A capture of BACnet/IP to JSON, whole processes that write to nowhere."""
    with tempfile.TemporaryDirectory() as folder:
        path = f"{folder}/ip.pcap"
        recorded(bench, path)
        ours = bench.timed(bench.meterctl, "decode", path, "-f", "json")
        tree = bench.timed("tshark", "-r", path, "-T", "json")
        fields = bench.timed("tshark", "-r", path, "-T", "fields", "-e", "bacapp.confirmed_service", "-e",
                             "bacapp.instance_number", "-e", "bacapp.property_identifier", "-e",
                             "bacapp.present_value.real")
        summary = bench.timed(bench.meterctl, "decode", path, "--summary", "-f", "table")
        lines = bench.timed("tshark", "-r", path)
    for name, theirs in (("-T fields", fields), ("as it is, a line a frame", lines)):
        bench.row("bacnet_decode", "the same, a line a frame (--summary), s", f"{summary:.2f}",
                  f"tshark {name} {theirs:.2f}", f"1/{theirs / summary:.1f}", "", True)
    for name, theirs, wanted in (("-T json", tree, 100), ("-T fields", fields, 15)):
        bench.row("bacnet_decode", f"decode of {FRAMES} frames of BACnet/IP, s", f"{ours:.2f}",
                  f"tshark {name} {theirs:.2f}", f"1/{theirs / ours:.0f}", f"<= 1/{wanted}", theirs >= wanted * ours)
