#!/usr/bin/python3
"""Runs the examples of the pages: examples_test.py METERCTL PAGE..., all of a page in one folder of their own.

In a ```console block each line after `$ ` is run by bash, and what follows must be what it prints; `...` stands for any
text. Each line of a ```sh block must succeed, but for the project's own scripts, which CI runs. A block behind "save this
as `FILE`" is written to that file.
"""

import os
import pathlib
import re
import subprocess
import sys
import tempfile

FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.M | re.S)
SAVED = re.compile(r"[Ss]ave this as `([\w.-]+)`")
PATIENCE = 120


def steps(block):
    """[(command, expected output)] of a console block."""
    found = []
    for line in block.splitlines():
        if line.startswith("$ "):
            found.append([line[2:], []])
        elif found and found[-1][0].endswith("\\"):
            found[-1][0] = found[-1][0][:-1] + line.lstrip("> ")
        elif found:
            found[-1][1].append(line)
    return [(command, "\n".join(output)) for command, output in found]


def commands(kind, block):
    """[(command, expected output, or None where any will do)] of a block that is run."""
    if kind == "console":
        return steps(block)
    if kind == "sh":
        return [(line, None) for line in block.splitlines() if not re.match(r"(scripts|\.ci)/|sudo ", line)]
    return []


def fits(expected, printed):
    pattern = ".*".join(re.escape(part) for part in expected.strip().split("..."))
    return re.fullmatch(pattern, printed.strip(), re.S) is not None


def run_page(page, meterctl):
    """Yields what went wrong."""
    text = page.read_text(encoding="utf-8")
    with tempfile.TemporaryDirectory(prefix="meterctl-") as folder:
        environment = {"PATH": f"{meterctl.parent}:{os.environ['PATH']}", "HOME": folder, "LC_ALL": "C.UTF-8", "TZ": "UTC"}
        for fence in FENCE.finditer(text):
            kind, block = fence.groups()
            saved = SAVED.search(text[:fence.start()].rstrip().rsplit("\n\n", 1)[-1])
            if saved and not commands(kind, block):
                (pathlib.Path(folder) / saved.group(1)).write_text(block, encoding="utf-8")
            for command, expected in commands(kind, block):
                done = subprocess.run(["bash", "-c", command], cwd=folder, env=environment, stdin=subprocess.DEVNULL,
                                      capture_output=True, text=True, timeout=PATIENCE, check=False)
                printed = done.stdout + done.stderr
                if (done.returncode != 0) if expected is None else not fits(expected, printed):
                    yield f"{page.name}: $ {command}\nprints\n{printed}\nnot\n{expected}\n(exit code {done.returncode})"


def main():
    meterctl = pathlib.Path(sys.argv[1]).resolve()
    wrong = []
    count = 0
    for name in sys.argv[2:]:
        page = pathlib.Path(name)
        count += sum(len(commands(*block)) for block in FENCE.findall(page.read_text(encoding="utf-8")))
        wrong += run_page(page, meterctl)
    print("\n\n".join(wrong))
    print(f"{count} examples, {len(wrong)} wrong")
    return 1 if wrong or not count else 0


if __name__ == "__main__":
    sys.exit(main())
