"""Octets through `meterctl decode`, and what it shows of them."""

import decimal
import json
import pathlib
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
import golden  # noqa: E402


def plain(text):
    return str(text).replace(" ", "").upper()


def number(text):
    return decimal.Decimal(str(text)).normalize()


def significant(value):
    """Digits without their power of ten: of numbers whose scaler was not sent, or is shown in another prefix."""
    return number(value).as_tuple().digits


def fcs(octets):
    """The check sequence of HDLC: ISO/IEC 13239, low octet first."""
    value = 0xFFFF
    for octet in octets:
        value ^= octet
        for _ in range(8):
            value = (value >> 1) ^ (0x8408 if value & 1 else 0)
    return (value ^ 0xFFFF).to_bytes(2, "little")


def walk(fields):
    for field in fields:
        yield field
        yield from walk(field.get("fields", []))


class Decoded:
    """The frames that `decode` makes of octets."""

    def __init__(self, octets, *words, keys=None):
        self.folder = tempfile.TemporaryDirectory()
        source = pathlib.Path(self.folder.name) / "octets"
        source.write_bytes(octets)
        if keys:
            words += ("--keys", self.key_file(keys))
        made = subprocess.run([golden.METERCTL, "decode", *map(str, words), str(source)], capture_output=True, text=True,
                              timeout=60, check=False)
        self.code, self.error = made.returncode, made.stderr
        if not made.stdout:
            raise AssertionError(f"nothing is decoded: {made.stderr}")
        # Numbers stay what was printed: a double would round them.
        self.frames = json.loads(made.stdout, parse_float=decimal.Decimal)["frames"]
        self.folder.cleanup()

    def key_file(self, keys):
        path = pathlib.Path(self.folder.name) / "keys"
        path.write_text("".join(f"{name} = {value}\n" for name, value in keys.items()))
        path.chmod(0o600)
        return path

    def all(self, name):
        return [field for frame in self.frames for field in walk(frame["fields"]) if field["name"] == name]

    def first(self, name):
        found = self.all(name)
        if not found:
            raise AssertionError(f"no field {name} in {[frame['summary'] for frame in self.frames]}")
        return found[0]

    def value(self, name):
        return self.first(name)["value"]

    def octets_of(self, name):
        return plain(self.value(name))

    @property
    def readings(self):
        return [reading for frame in self.frames for reading in frame["readings"]]

    def reading(self, name):
        code = name.removesuffix(".255")
        for reading in self.readings:
            if name == reading["name"] or code == reading.get("obis"):
                return reading
        raise AssertionError(f"no reading {name} among {[reading['name'] for reading in self.readings]}")

    def errors(self):
        return [frame["error"] for frame in self.frames if "error" in frame]
