#!/usr/bin/python3
"""Reads with pymodbus's synchronous client: pymodbus_loop.py PORT TIMES START COUNT prints the seconds it took."""

import sys
import time

from pymodbus.client import ModbusTcpClient


def main():
    port, times, start, count = (int(word, 0) for word in sys.argv[1:])
    client = ModbusTcpClient("127.0.0.1", port=port)
    client.connect()
    begin = time.monotonic()
    for _ in range(times):
        answer = client.read_holding_registers(start, count, slave=1)
        if len(answer.registers) != count:
            sys.exit(f"pymodbus: {answer}")
    print(f"{time.monotonic() - begin:.6f}")


if __name__ == "__main__":
    main()
