#!/usr/bin/python3
"""meterctl reads and writes through ser2net, whose serial port it sets by RFC 2217."""

import json
import unittest

import peers

CONFIG = """%YAML 1.1
---
connection: &meter
  accepter: telnet(rfc2217=true),tcp,127.0.0.1,{port}
  connector: serialdev,{device},1200n81,local
  options:
    kickolduser: true
"""


class Gateway(unittest.TestCase):
    def test_read_and_write(self):
        with peers.folder() as path, peers.linked_lines() as (near, far):
            port = peers.free_port()
            config = path / "ser2net.yaml"
            config.write_text(CONFIG.format(port=port, device=near))
            gateway = ["ser2net", "-n", "-d", "-u", "-c", config, "-P", path / "pid"]
            with peers.Process(peers.SERVER, "rtu", far, 9600, "N", 1, 0x4000, 0x204B, *peers.assignments()), \
                    peers.Process(*gateway, port=port):
                target = f"rfc2217://127.0.0.1:{port}"
                document = peers.read(target, "-m", "pro380-mod", *peers.PRO380_VALUES)
                self.assertEqual(peers.values(document), peers.PRO380_VALUES)
                written = json.loads(peers.meterctl("write", f"{target}?baud=9600&frame=8E1", "-m", "pro380-mod",
                                                    "lcd_cycle_time=25", "--yes", "-f", "json"))
                self.assertEqual(written["errors"], [])
                self.assertEqual(peers.values(peers.read(target, "-m", "pro380-mod", "lcd_cycle_time")),
                                 {"lcd_cycle_time": 25})


if __name__ == "__main__":
    peers.main("ser2net", "socat")
