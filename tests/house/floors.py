#!/usr/bin/python3
"""The rules of the house that a look at the text can hold: floors.py ROOT [--stamp FILE].

Prints `file:line: what is wrong` for each breach and exits 1 if there is any. The build runs it before it compiles
anything, and the tests run it again on samples that break each rule.
"""

import argparse
import pathlib
import re
import sys

# A file includes from its own floor or from a lower one.
FLOORS = {
    "src/core": 1,
    "src/catalogue": 2,
    "src/output": 2,
    "codecs": 3,
    "simulators": 4,
    "transports": 5,
    "sessions": 6,
    "commands": 7,
}
# The two folders of floor 2 are neighbours: the writers know definitions, definitions know no writer.
CLOSED_NEIGHBOURS = {("src/catalogue", "src/output")}
TEST_FLOORS = {"tests/" + floor.removeprefix("src/"): floor for floor in FLOORS} | {"tests/meters": "sessions"}

COROUTINE_FLOORS = {"sessions", "transports", "commands"}
LINE_LIMIT = 400
LIMITED = {".cpp", ".hpp", ".py", ".sh", ".cmake", ".c"}
SOURCES = {".cpp", ".hpp"}
CODE_FOLDERS = ("src", "codecs", "simulators", "transports", "sessions", "commands", "tests", "bench", "fuzz")
PROSE_FOLDERS = CODE_FOLDERS + ("cmake", "scripts", "meters", "completions", "man", "docs")
# Heavy headers, and the floors that may include them.
HEAVY = [
    (re.compile(r"boost/asio"), {"transports"}, "asio stays inside transports/"),
    (re.compile(r"CLI/"), {"commands"}, "CLI11 stays inside commands/"),
    (re.compile(r"nlohmann/"), {"src/catalogue", "commands"}, "nlohmann reads definitions and inventories only"),
]

INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]')
COROUTINE = re.compile(r"\bco_(await|return|yield)\b")
COMMENT_OR_STRING = re.compile(r'//[^\n]*|/\*.*?\*/|"(?:\\.|[^"\\\n])*"', re.S)
# A path on somebody's own machine has no business here.
MACHINE_PATH = re.compile(r"(?<![\w.~-])/(home|root|work|Users)/\w")
JSON_DUMP = re.compile(r"\.dump\s*\(")


def floor_of(path):
    """'codecs' for codecs/modbus/pdu.hpp; tests stand on the floor they test; None for what is on no floor."""
    for folder, floor in TEST_FLOORS.items():
        if path.startswith(folder + "/"):
            return floor
    return next((floor for floor in FLOORS if path.startswith(floor + "/")), None)


def code_only(text):
    """The text with comments and strings blanked, line for line."""
    return COMMENT_OR_STRING.sub(lambda match: re.sub(r"[^\n]", " ", match.group()), text)


def check_includes(path, text):
    floor = floor_of(path)
    for number, line in enumerate(text.splitlines(), 1):
        match = INCLUDE.match(line)
        if not match:
            continue
        kind, header = match.groups()
        if kind == '"' and header.startswith("."):
            yield number, f"includes {header}: include by path from the root"
        target = floor_of(header)
        if floor and target and (FLOORS[target] > FLOORS[floor] or (floor, target) in CLOSED_NEIGHBOURS):
            yield number, f"{floor} (floor {FLOORS[floor]}) includes {header} (floor {FLOORS[target]}): upward"
        if not path.startswith("tests/"):
            for pattern, allowed, rule in HEAVY:
                if floor and pattern.match(header) and floor not in allowed:
                    yield number, f"includes {header}: {rule}"
            if "boost/asio" in header and path.endswith(".hpp") and not path.endswith("_impl.hpp"):
                yield number, f"includes {header}: a header that includes asio is named *_impl.hpp"


def check_code(path, text):
    floor = floor_of(path)
    if floor is None or path.startswith("tests/"):
        return
    for number, line in enumerate(code_only(text).splitlines(), 1):
        if floor not in COROUTINE_FLOORS and COROUTINE.search(line):
            yield number, f"a coroutine in {floor}: they live in {', '.join(sorted(COROUTINE_FLOORS))} only"
        if JSON_DUMP.search(line):
            yield number, "JSON written by nlohmann, which keeps neither decimals nor floats exact: use src/output"


def check_length(path, text):
    lines = text.count("\n")
    if pathlib.PurePath(path).suffix in LIMITED and lines > LINE_LIMIT:
        yield lines, f"{lines} lines, {LINE_LIMIT} are the limit: split it by ideas"


def check_paths(_, text):
    for number, line in enumerate(text.splitlines(), 1):
        if MACHINE_PATH.search(line):
            yield number, "names a path of somebody's own machine"


def files_of(root):
    yield from sorted(file for file in root.glob("*") if file.is_file() and file.name != ".git")
    for folder in PROSE_FOLDERS:
        yield from sorted(file for file in (root / folder).rglob("*") if file.is_file())


def breaches(root):
    """Yields (path, line, message)."""
    for file in files_of(root):
        data = file.read_bytes()
        if b"\0" in data or "__pycache__" in file.parts:
            continue
        text = data.decode("utf-8", errors="replace")
        path = file.relative_to(root).as_posix()
        checks = [check_length, check_paths]
        if file.suffix in SOURCES:
            checks += [check_includes, check_code]
        for check in checks:
            for line, message in check(path, text):
                yield path, line, message


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("root", type=pathlib.Path)
    parser.add_argument("--stamp", type=pathlib.Path, help="touch this file when all is well")
    arguments = parser.parse_args()
    found = list(breaches(arguments.root))
    for path, line, message in found:
        print(f"{path}:{line}: {message}", file=sys.stderr)
    if not found and arguments.stamp:
        arguments.stamp.parent.mkdir(parents=True, exist_ok=True)
        arguments.stamp.touch()
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
