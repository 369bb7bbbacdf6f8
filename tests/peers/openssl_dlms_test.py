#!/usr/bin/python3
"""OpenSSL's command line as the other side: APDUs that it ciphers, GMACs that it makes, keys that it wraps.

`openssl enc` knows no GCM, but GCM's ciphertext is that of counter mode from the block IV || 00000002 on, and its tags over
additional data alone are `openssl mac` GMACs. A tag over both differs from the GMAC of both, padded, by the last block of
GHASH alone, which holds the lengths: by their difference times H, the block of zeros ciphered.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import unittest

METERCTL = os.environ["METERCTL"]
GUEK, GAK = "000102030405060708090A0B0C0D0E0F", "D0D1D2D3D4D5D6D7D8D9DADBDCDDDEDF"
TITLE = "484C590000000001"
# data-notification: a structure of a register's value and text
PLAIN = "0F00000001000202" "06075BCD15" "0A04" "74657374"


def openssl(*words, octets=b""):
    return subprocess.run(["openssl", *words], input=octets, capture_output=True, check=True, timeout=60).stdout


def counter_mode(key, iv, octets):
    return openssl("enc", f"-aes-{len(key) * 4}-ctr", "-K", key, "-iv", iv + "00000002", octets=octets)


def gmac(key, iv, octets):
    with tempfile.NamedTemporaryFile() as file:
        file.write(octets)
        file.flush()
        made = openssl("mac", "-cipher", f"AES-{len(key) * 4}-GCM", "-macopt", f"hexkey:{key}", "-macopt", f"hexiv:{iv}",
                      "-in", file.name, "GMAC").decode().strip()
    return bytes.fromhex(made)


def times(a, b):
    """Multiplies in GF(2^128), as GHASH does: the first bit is the lowest power."""
    a, b, product = int.from_bytes(a, "big"), int.from_bytes(b, "big"), 0
    for bit in range(127, -1, -1):
        product ^= b if a >> bit & 1 else 0
        b = b >> 1 ^ (0xE1 << 120 if b & 1 else 0)
    return product.to_bytes(16, "big")


def padded(octets):
    return octets + bytes(-len(octets) % 16)


def lengths(additional, text):
    return (8 * additional).to_bytes(8, "big") + (8 * text).to_bytes(8, "big")


def xor(a, b):
    return bytes(x ^ y for x, y in zip(a, b))


def tag(key, iv, additional, text):
    """GCM's tag, of 12 octets, over additional data and ciphertext."""
    both = padded(additional) + padded(text)
    h = openssl("enc", f"-aes-{len(key) * 4}-ecb", "-K", key, "-nopad", octets=bytes(16))
    difference = times(xor(lengths(len(both), 0), lengths(len(additional), len(text))), h)
    return xor(gmac(key, iv, both), difference)[:12]


def ciphered(control, counter, key=GUEK, plain=PLAIN, gak=GAK):
    """general-glo-ciphering around a data-notification."""
    text, iv = bytes.fromhex(plain), TITLE + f"{counter:08X}"
    head = bytes([control]) + bytes.fromhex(gak)
    body = counter_mode(key, iv, text) if control & 0x20 else text
    if control & 0x10:
        body += tag(key, iv, head, body) if control & 0x20 else gmac(key, iv, head + text)[:12]
    content = bytes([control]) + counter.to_bytes(4, "big") + body
    return b"\xDB\x08" + bytes.fromhex(TITLE) + bytes([len(content)]) + content


def wrapped(apdu):
    return (b"\x00\x01\x00\x01\x00\x10" + len(apdu).to_bytes(2, "big") + apdu).hex()


def decode(apdus, keys):
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "keys")
        with open(os.open(path, os.O_WRONLY | os.O_CREAT, 0o600), "w", encoding="ascii") as file:
            file.write(keys)
        run = subprocess.run([METERCTL, "decode", "-p", "dlms-wrapper", "--keys", path, "".join(map(wrapped, apdus))],
                             capture_output=True, text=True, check=False, timeout=60)
    return run.returncode, run.stdout, run.stderr


class OpenSsl(unittest.TestCase):
    def test_encrypted(self):
        for suite, key in ((0, GUEK), (2, GUEK + GAK)):
            code, out, err = decode([ciphered(0x20 | suite, 7, key)], f"guek={key}\n")
            self.assertEqual(code, 0, err)
            self.assertIn("123456789", out)
            self.assertIn("test", out)

    def test_authenticated(self):
        for suite, key, gak in ((0, GUEK, GAK), (2, GUEK + GAK, GAK + GUEK)):
            code, out, err = decode([ciphered(0x10 | suite, 8, key, gak=gak)], f"guek={key}\ngak={gak}\n")
            self.assertEqual(code, 0, err)
            self.assertIn("123456789", out)
            self.assertIn("authenticated", out)
            self.assertNotIn("not authenticated", out)

    def test_authenticated_and_encrypted(self):
        for suite, key, gak in ((0, GUEK, GAK), (1, GUEK, GAK), (2, GUEK + GAK, GAK + GUEK)):
            apdu = ciphered(0x30 | suite, 9, key, gak=gak)
            code, out, err = decode([apdu], f"guek={key}\ngak={gak}\n")
            self.assertEqual(code, 0, err)
            self.assertIn("123456789", out)
            self.assertIn('"label":"authenticated"', out)
            self.assertNotIn("not_authenticated", out)
            damaged = apdu[:-1] + bytes([apdu[-1] ^ 1])
            code, out, err = decode([damaged], f"guek={key}\ngak={gak}\n")
            self.assertEqual(code, 5, err)
            self.assertNotIn("123456789", out)

    def test_keys_by_title_and_by_serial_number(self):
        for heading in (TITLE, "24110545"):
            keys = f"guek={GAK}\ngak={GUEK}\n[99999999]\nguek={GAK}\ngak={GAK}\n[{heading}]\nguek={GUEK}\ngak={GAK}\n"
            code, out, err = decode([ciphered(0x30, 21), ciphered(0x30, 22)], keys)
            self.assertEqual(code, 0, err)
            self.assertEqual(out.count("123456789"), 2)

    def test_wrong_key(self):
        code, out, _ = decode([ciphered(0x20, 9)], f"guek={GAK}\n")
        self.assertEqual(code, 5)
        self.assertNotIn("123456789", out)
        self.assertNotIn(GAK, out)
        code, out, _ = decode([ciphered(0x10, 10)], f"guek={GUEK}\ngak={GUEK}\n")  # what is in clear is shown, and refused
        self.assertEqual(code, 5)
        self.assertIn("dlms.authentication_key", out)

    def test_replayed(self):
        code, out, _ = decode([ciphered(0x20, 11), ciphered(0x20, 11)], f"guek={GUEK}\n")
        self.assertEqual(code, 1)
        self.assertIn("dlms.replay", out)
        self.assertEqual(json.loads(out)["frames"][1]["readings"], [])

    def test_documents_hold_no_keys(self):
        _, out, err = decode([ciphered(0x20, 12)], f"guek={GUEK}\ngak={GAK}\n")
        json.loads(out)
        for text in (out, err):
            self.assertNotIn(GUEK, text.upper().replace(" ", ""))


if __name__ == "__main__":
    if shutil.which("openssl") is None:
        print("skipped: no openssl")
        sys.exit(77)
    unittest.main()
