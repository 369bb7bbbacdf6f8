#!/usr/bin/python3
"""A pymodbus server: pymodbus_server.py tcp|rtu WHERE UNIT [REGISTER=HEX]...

WHERE is a TCP port or a serial device. Registers that are not named, or were not written, are refused with exception 2.
Says `listening on WHERE` once it can be reached, and serves until it is ended.
"""

import asyncio
import sys

from pymodbus.datastore import ModbusServerContext, ModbusSlaveContext, ModbusSparseDataBlock
from pymodbus.device import ModbusDeviceIdentification
from pymodbus.server.async_io import ModbusSerialServer, ModbusTcpServer
from pymodbus.transaction import ModbusRtuFramer


def registers(assignments):
    """{address: word} from texts like 0x5002=43668000."""
    words = {}
    for assignment in assignments:
        address, octets = assignment.split("=")
        for place in range(0, len(octets), 4):
            words[int(address, 0) + place // 4] = int(octets[place:place + 4], 16)
    return words


async def serve(kind, where, unit, words):
    block = ModbusSparseDataBlock(words)
    slave = ModbusSlaveContext(hr=block, ir=block, zero_mode=True)
    context = ModbusServerContext(slaves={unit: slave}, single=False)
    identity = ModbusDeviceIdentification(
        info_name={"VendorName": "Measurlogic", "ProductCode": "DTS 307", "MajorMinorRevision": "3.3"})
    if kind == "tcp":
        server = ModbusTcpServer(context, identity=identity, address=("127.0.0.1", int(where)),
                                 ignore_missing_slaves=True)
        running = asyncio.ensure_future(server.serve_forever())
        await server.serving
    else:
        # Without parity: a pseudo-terminal has none, and glibc's tcsetattr says so.
        server = ModbusSerialServer(context, framer=ModbusRtuFramer, identity=identity, port=where, baudrate=9600,
                                    ignore_missing_slaves=True)
        await server.start()
        running = asyncio.ensure_future(server.serve_forever())
    print(f"listening on {where}", flush=True)
    await running


if __name__ == "__main__":
    asyncio.run(serve(sys.argv[1], sys.argv[2], int(sys.argv[3]), registers(sys.argv[4:])))
