#!/usr/bin/python3
"""DLMS through the whole program: the same meter on every link, by every address, as every client; and found on all of
them."""

import json
import pathlib
import subprocess
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "peers"))
import dlms  # noqa: E402  (lives beside the peers' tests)
import peers  # noqa: E402

METER = ["-m", "dtsd545"]
POINTS = ["active_energy_import", "clock"]
STILL = ["--speed", 0, "--latency", "0ms"]
# The simulated meter with security that it does not have as delivered, for the mechanisms that it serves besides.
MECHANISMS = {"lls": None, "hls_md5": None, "hls_sha1": None, "hls_gmac": 0, "hls_sha256": None}


class Case(unittest.TestCase):
    """The tests of a class share their frame counters, so that only the first asks the meter for its own."""

    @classmethod
    def setUpClass(cls):
        context = dlms.state()
        cls.folder = context.__enter__()
        cls.addClassCleanup(context.__exit__, None, None, None)
        cls.keys = dlms.write_keys(cls.folder / "keys", lls_password="12345678", hls_secret="12345678")

    def read(self, target, *words, client="read", expect=0):
        return peers.read(target, *METER, "--client", client, "--keys", self.keys, *words, expect=expect)

    def values(self, target, *words, client="read"):
        document = self.read(target, *(words or POINTS), client=client)
        self.assertEqual(document["errors"], [])
        return peers.values(document)


class Links(Case):
    """A virtual DTSD545 whose time stands still says the same wherever it is asked."""

    def setUp(self):
        self.inside = self.values("sim:?speed=0")
        self.assertEqual(list(self.inside), POINTS)
        self.assertGreater(self.inside["active_energy_import"], 0)

    def served(self, listen, *words):
        return peers.simulate("dtsd545", *STILL, "--listen", listen, *words)

    def check(self, target, *words):
        self.assertEqual(self.values(target, *POINTS, *words), self.inside)

    def test_tcp(self):
        with self.served("tcp://127.0.0.1:0") as meter:
            self.check(f"tcp://127.0.0.1:{meter.port}")
            self.check(f"tcp://127.0.0.1:{meter.port}", "--client", 2)
            self.check(f"tcp://127.0.0.1:{meter.port}", "--client", "management")

    def test_udp(self):
        with self.served("udp://127.0.0.1:0") as meter:
            self.check(f"udp://127.0.0.1:{meter.port}")

    def test_hdlc_behind_a_serial_server(self):
        with self.served("tcp://127.0.0.1:0?framing=hdlc") as meter:
            self.check(f"tcp://127.0.0.1:{meter.port}?framing=hdlc")

    def test_an_hdlc_line(self):
        line = self.folder / "line"
        with self.served(f"pty:{line}"):
            self.check(line)
            for address in ("1", "1/17"):
                self.check(line, "-a", address)
            for size in (2, 4):
                self.check(f"{line}?address_size={size}", "-a", "1/17")
            document = peers.read(f"{line}?address_size=1", "-p", "dlms", "-a", "1", "1:0-0:96.1.0.255:2")
            self.assertEqual(document["errors"], [])
            self.check(f"{line}?physical=17&server=1&window=7&max_info=2030")

    def test_an_address_that_nobody_has(self):
        line = self.folder / "line"
        with self.served(f"pty:{line}"):
            document = self.read(line, "-a", "1/1000", "clock", "--timeout", "0.2s", "--retries", 0, expect=4)
            self.assertIn("1/1000", document["errors"][0]["where"])
            self.assertIn("scan", " ".join(document["errors"][0]["hints"]))

    def test_a_paced_line(self):
        line = self.folder / "line"
        with self.served(f"pty:{line}", "--baud", 9600):
            self.check(line)

    def test_an_optical_head(self):
        line = self.folder / "line"
        with self.served(f"pty:{line}"):
            told = subprocess.run([peers.METERCTL, "read", f"ir:{line}", *METER, "--client", "read", "--keys",
                                   str(self.keys), *POINTS, "-v"], capture_output=True, text=True, check=True)
            self.assertEqual(peers.values(json.loads(told.stdout)), self.inside)
            self.assertIn("/HLY5\\2D545", told.stderr)
            self.assertIn("HDLC at 9600 baud", told.stderr)
            self.assertNotIn("does not confirm", told.stderr)
            self.check(f"ir:{line}?mode=direct")

    def test_an_optical_head_that_hears_itself(self):
        line = self.folder / "line"
        with self.served(f"pty:{line}", "--echo"):
            self.check(f"ir:{line}")

    def test_an_optical_head_behind_a_bridge(self):
        with self.served("tcp://127.0.0.1:0?framing=hdlc") as meter:
            self.check(f"ir+tcp://127.0.0.1:{meter.port}")

    def test_a_sign_on_within_the_process(self):
        self.check("sim:?speed=0&mode=e")


class Clients(Case):
    def test_the_public_client_is_told_what_it_may_read(self):
        for target in ("sim:?speed=0", "sim:?speed=0&framing=wrapper"):
            document = self.read(target, *POINTS, "serial_number", client="public", expect=1)
            self.assertEqual(list(peers.values(document)), ["serial_number"])
            document = self.read(target, *POINTS, client="public", expect=6)
            self.assertEqual(len(document["errors"]), 2)
            hints = " ".join(document["errors"][0]["hints"])
            self.assertIn("may read: logical_device_name serial_number", hints)
            self.assertIn("--client read", hints)

    def test_a_client_that_there_is_not(self):
        error, = self.read("sim:", "clock", client="reed", expect=2)["errors"]
        self.assertIn("--client read", error["hints"])

    def test_a_reader_is_told_that_it_may_write_nothing(self):
        for assignment in ("relay=disconnect", "clock=2026-03-01T00:00:00Z"):
            done = subprocess.run([peers.METERCTL, "write", "sim:?speed=0", *METER, "--client", "read", "--keys",
                                   str(self.keys), assignment, "--yes"], capture_output=True, text=True, check=False)
            self.assertEqual(done.returncode, 6, done.stderr)
            self.assertIn('what the client "read" may write: nothing', done.stderr)
            self.assertIn("--client management", done.stderr)
            self.assertNotIn("may read", done.stderr)

    def test_every_mechanism(self):
        """A meter whose read client proves itself otherwise."""
        for mechanism, suite in MECHANISMS.items():
            with self.subTest(mechanism):
                client = {"name": "read", "sap": 2, "authentication": mechanism, "reads": ["*"], "writes": []}
                if suite is not None:
                    client["suite"] = suite
                file = self.folder / f"{mechanism}.json"
                file.write_text(json.dumps({"model": "other", "extends": "dtsd545", "clients": [client]}))
                for framing in ("hdlc", "wrapper"):
                    document = peers.read(f"sim://other?speed=0&framing={framing}", "--meter-file", file, "--client", "read",
                                          "--keys", self.keys, *POINTS)
                    self.assertEqual(len(document["readings"]), 2, document)
                wrong = dlms.write_keys(self.folder / "wrong", lls_password="87654321", hls_secret="87654321",
                                        gak="00" * 16)
                document = peers.read("sim://other?speed=0", "--meter-file", file, "--client", "read", "--keys", wrong,
                                      *POINTS, expect=6)
                self.assertEqual(document["readings"], [])


class ShortNames(Case):
    """An older meter, which names an attribute by a number: of the clock 0100, of a register 0200."""

    ACCEPTED = "6129A109060760857405080102A203020100A305A103020100BE10040E0800065F1F040018000004000007"
    ROWS = ["0204 10 0100 12 0008 11 00 0906 0000010000FF", "0204 10 0200 12 0003 11 00 0906 0100010800FF"]
    VALUES = {0xFA08: "0102" + "".join(ROWS), 0x0108: "090C 07E9 0C 18 03 12 00 00 00 FFC4 00", 0x0208: "06 00012345",
              0x0210: "0202 0F FF 16 1E"}

    def answer(self, apdu):
        if apdu[0] == dlms.AARQ:
            return bytes.fromhex(self.ACCEPTED)
        if apdu[0] != 0x05:
            return None
        self.assertEqual(apdu[:3], b"\x05\x01\x02", "one variable, by its name")
        value = self.VALUES.get(int.from_bytes(apdu[3:5], "big"))
        return bytes.fromhex("0C01" + ("00" + value if value else "01 04"))

    def test_points_and_the_whole_list(self):
        with dlms.Script(self.answer) as meter:
            target = f"{meter.target}?names=short"
            document = peers.read(target, "-p", "dlms", "3:1-0:1.8.0.255:2", "8:0-0:1.0.0.255:2")
            read = {reading["name"]: reading for reading in document["readings"]}
            self.assertEqual(read["3:1-0:1.8.0.255:2"]["value"], 7456.5)
            self.assertEqual(read["3:1-0:1.8.0.255:2"]["unit"], "Wh")
            self.assertTrue(read["8:0-0:1.0.0.255:2"]["value"].startswith("2025-12-24T18:00:00"))
            whole = peers.values(peers.read(target, "-m", "dlms"))
            self.assertEqual(whole["active_energy_import"], 7456.5)
            refused = peers.read(target, "-p", "dlms", "3:1-0:2.8.0.255:2", expect=6)
            self.assertEqual(refused["errors"][0]["code"], "dlms.access.4")


class Scans(Case):
    def scan(self, target, *words, expect=0):
        return json.loads(peers.meterctl("scan", target, *words, "-f", "json", expect=expect))

    def test_addresses_of_a_line(self):
        files = []
        for number in ("24110546", "24110547"):
            file = self.folder / f"{number}.json"
            file.write_text(json.dumps({"model": f"other-{number}", "extends": "dtsd545", "points": [
                {"name": "serial_number", "address": "1:0-0:96.1.0.255:2", "type": "text", "simulate": f"={number}"}]}))
            files += ["--meter-file", file]
        bus = "sim://bus?unit=1/17:dtsd545&unit=1/18:other-24110546&unit=1/100:other-24110547"
        document = self.scan(bus, "-p", "dlms", *files, "--addresses", "1/16-20,1/100")
        self.assertEqual([(meter["address"], meter["serial_number"]) for meter in document["meters"]],
                         [("1/17", "24110545"), ("1/18", "24110546"), ("1/100", "24110547")])
        self.assertEqual({meter["model"] for meter in document["meters"]}, {"dtsd545"})
        self.assertEqual(document["summary"]["tried"], 6)

    def test_names_and_logical_devices(self):
        meter = self.scan("sim://dtsd545", "--addresses", "1")["meters"][0]
        facts = peers.values({"readings": meter["facts"]})
        self.assertTrue(facts["logical_device_name"].startswith("HLY"), facts)
        self.assertIn("1:", facts["logical_devices"])

    def test_a_socket_counts(self):
        with peers.simulate("dtsd545", *STILL, "--listen", "tcp://127.0.0.1:0") as meter:
            document = self.scan(f"tcp://127.0.0.1:{meter.port}", "-p", "dlms")
        self.assertEqual((document["summary"]["tried"], document["summary"]["found"]), (1, 1))

    def test_hosts_of_a_network(self):
        """127.0.0.0/24 answers here whole; meters are at three of its hosts, something else at a fourth."""
        port = peers.free_port()
        with peers.simulate("dtsd545", *STILL, *self.at(port, 5, 9)), \
                peers.simulate("dtsd545", *STILL, *self.at(port, 77)), \
                peers.simulate("pro380-mod", *STILL, *self.at(port, 78)):
            document = self.scan(f"tcp://127.0.0.0/24:{port}", "-p", "dlms", "--timeout", "2s")
            self.assertEqual(sorted(meter["target"] for meter in document["meters"]),
                             [f"tcp://127.0.0.{host}:{port}" for host in (5, 77, 9)])
            self.assertEqual({meter["model"] for meter in document["meters"]}, {"dtsd545"})
            self.assertEqual((document["summary"]["tried"], document["summary"]["planned"]), (254, 254))
            document = self.scan(f"tcp://127.0.0.77,127.0.0.5-6:{port}", "-p", "dlms")
            self.assertEqual(len(document["meters"]), 2)
            self.scan(f"tcp://127.0.0.10-12:{port}", "-p", "dlms", expect=4)

    def test_hosts_of_other_protocols(self):
        port = peers.free_port()
        with peers.simulate("pro380-mod", *STILL, *self.at(port, 5, 6)):
            document = self.scan(f"tcp://127.0.0.4-7:{port}", "-p", "modbus")
        self.assertEqual([meter["model"] for meter in document["meters"]], ["pro380-mod"] * 2)
        with peers.simulate("leviton-s4100", *STILL, "--listen", f"udp://127.0.0.5:{port}"):
            document = self.scan(f"udp://127.0.0.4-6:{port}", "-p", "bacnet", "--timeout", "0.5s")
        self.assertEqual([meter["model"] for meter in document["meters"]], ["leviton-s4100"])

    @staticmethod
    def at(port, *hosts):
        return [word for host in hosts for word in ("--listen", f"tcp://127.0.0.{host}:{port}")]


if __name__ == "__main__":
    unittest.main(verbosity=2)
