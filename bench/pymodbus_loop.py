#!/usr/bin/python3
"""Reads with pymodbus's synchronous client: pymodbus_loop.py PORT TIMES START COUNT [floats] prints the seconds it took.

With `floats`, each answer's registers are turned into floats by pymodbus's own decoder.
"""

import sys
import time

from pymodbus.client import ModbusTcpClient
from pymodbus.constants import Endian
from pymodbus.payload import BinaryPayloadDecoder


def floats_of(registers):
    decoder = BinaryPayloadDecoder.fromRegisters(registers, byteorder=Endian.Big, wordorder=Endian.Big)
    return [decoder.decode_32bit_float() for _ in range(len(registers) // 2)]


def main():
    port, times, start, count = (int(word, 0) for word in sys.argv[1:5])
    decodes = sys.argv[5:] == ["floats"]
    client = ModbusTcpClient("127.0.0.1", port=port)
    client.connect()
    begin = time.monotonic()
    for _ in range(times):
        answer = client.read_holding_registers(start, count, slave=1)
        if len(answer.registers) != count:
            sys.exit(f"pymodbus: {answer}")
        if decodes:
            floats_of(answer.registers)
    print(f"{time.monotonic() - begin:.6f}")


if __name__ == "__main__":
    main()
