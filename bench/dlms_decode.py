"""The metric of bench/run for what DLMS meters push: ciphered notifications a second."""

import pathlib
import re
import resource
import statistics
import subprocess
import sys
import tempfile

import peers
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

HERE = pathlib.Path(__file__).resolve().parent
PUSHES = 20_000
GUEK, GAK = "000102030405060708090A0B0C0D0E0F", "D0D1D2D3D4D5D6D7D8D9DADBDCDDDEDF"
TITLE = bytes.fromhex("484C590000000001")
# Registers of a push: logical name, unit, scaler.
REGISTERS = [("0100010800FF", 30, 0), ("0100020800FF", 30, 0), ("0100030800FF", 32, 0), ("0100040800FF", 32, 0),
             ("0100010700FF", 27, 0), ("0100200700FF", 35, -1), ("0100340700FF", 35, -1), ("0100480700FF", 35, -1),
             ("01001F0700FF", 33, -2), ("0100330700FF", 33, -2), ("0100470700FF", 33, -2), ("01000E0700FF", 44, -2)]


def notification(number):
    """Each register as a structure of its name, its value and its scaler_unit."""
    rows = b"".join(b"\x02\x03\x09\x06" + bytes.fromhex(name) + b"\x06" + (100_000 * place + number).to_bytes(4, "big") +
                    b"\x02\x02\x0f" + (scaler & 0xFF).to_bytes(1, "big") + b"\x16" + bytes([unit])
                    for place, (name, unit, scaler) in enumerate(REGISTERS))
    head = b"\x0f" + number.to_bytes(4, "big") + b"\x0c" + bytes.fromhex("07EA0B15060C0000FF000000")
    return head + b"\x01" + bytes([len(REGISTERS)]) + rows


def sealed(number):
    counter = number.to_bytes(4, "big")
    sealer = Cipher(algorithms.AES(bytes.fromhex(GUEK)), modes.GCM(TITLE + counter)).encryptor()
    sealer.authenticate_additional_data(b"\x30" + bytes.fromhex(GAK))
    content = b"\x30" + counter + sealer.update(notification(number)) + sealer.finalize() + sealer.tag[:12]
    apdu = b"\xdb\x08" + TITLE + b"\x82" + len(content).to_bytes(2, "big") + content
    return b"\x00\x01\x00\x01\x00\x01" + len(apdu).to_bytes(2, "big") + apdu


def by_openssl(size):
    """AES-128-GCM of so many octets a second, by OpenSSL's own measure."""
    told = peers.run("openssl", "speed", "-seconds", 1, "-evp", "aes-128-gcm", "-decrypt", "-bytes", size)
    return 1000 * float(re.findall(r"([\d.]+)k", told)[-1]) / size


def processor(bench, *command):
    """Seconds of CPU of a whole process, median of the runs."""
    bench.shown(command)
    taken = []
    for _ in range(bench.runs):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run([str(word) for word in command], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, check=True)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        taken.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    return statistics.median(taken)


def decode(bench):
    """Whole processes that write to nowhere, over a loop that only deciphers; all in CPU time."""
    with tempfile.TemporaryDirectory() as folder:
        pushes, keys = pathlib.Path(folder, "pushes"), pathlib.Path(folder, "keys")
        pushes.write_bytes(b"".join(sealed(number) for number in range(1, PUSHES + 1)))
        keys.write_text(f"guek = {GUEK}\ngak = {GAK}\n")
        keys.chmod(0o600)
        size = len(notification(1))
        theirs = PUSHES / bench.said(sys.executable, HERE / "gcm_loop.py", pushes, GUEK, GAK)
        least = by_openssl(size)
        for form in ("csv", "ndjson"):
            ours = PUSHES / processor(bench, bench.meterctl, "decode", "-p", "dlms-wrapper", pushes, "--keys", keys, "-f", form)
            bench.row("dlms_decode", f"ciphered notifications of {len(REGISTERS)} registers to {form}, a second",
                      f"{ours:.0f}", f"deciphering alone, in Python {theirs:.0f}", f"{ours / theirs:.2f}", "", True)
        bench.row("dlms_decode", f"the loop over AES-GCM of {size} octets alone", f"{theirs:.0f}",
                  f"openssl speed {least:.0f}", f"{theirs / least:.2f}", "", True)
