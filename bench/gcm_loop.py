#!/usr/bin/python3
"""Deciphers the bodies of general-glo-ciphering in a file of wrapper PDUs with Python's cryptography, which is OpenSSL's
AES-GCM, and does nothing else with them; prints the seconds of CPU that the loop took. FILE GUEK GAK"""

import sys
import time

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes


def pdus(octets):
    at = 0
    while at < len(octets):
        size = int.from_bytes(octets[at + 6:at + 8], "big")
        yield octets[at + 8:at + 8 + size]
        at += 8 + size


def parts(apdu):
    title, head = apdu[2:10], 11 if apdu[10] < 0x80 else 12 if apdu[10] == 0x81 else 13
    content = apdu[head:]
    return title + content[1:5], content[:1], content[5:-12], content[-12:]


def main():
    guek, gak = bytes.fromhex(sys.argv[2]), bytes.fromhex(sys.argv[3])
    with open(sys.argv[1], "rb") as file:
        sealed = [parts(apdu) for apdu in pdus(file.read())]
    key = algorithms.AES(guek)
    begin = time.process_time()
    for iv, control, body, tag in sealed:
        opener = Cipher(key, modes.GCM(iv, tag, min_tag_length=12)).decryptor()
        opener.authenticate_additional_data(control + gak)
        opener.update(body)
        opener.finalize()
    print(f"{time.process_time() - begin:.6f}")


if __name__ == "__main__":
    main()
