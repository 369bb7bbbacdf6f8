#!/usr/bin/python3
"""Golden outputs: tests/golden/NAME.in is a shell script, NAME.out and NAME.err are what it prints.

golden.py [--update] [NAME...]. METERCTL names the program. The script runs in an empty folder with `meterctl` in PATH;
its exit code, where it is not 0, stands as the last line `exit N` of NAME.err. Times and durations, which differ from run
to run, are replaced before the comparison. --update writes what is printed now: read the difference before it is kept.
"""

import difflib
import os
import pathlib
import re
import subprocess
import sys
import tempfile

FOLDER = pathlib.Path(__file__).resolve().parent / "golden"
METERCTL = pathlib.Path(os.environ.get("METERCTL", "build/debug/meterctl")).resolve()
CHANGING = [
    (re.compile(r"20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z"), "TIME"),
    (re.compile(r'"duration_ms":\d+'), '"duration_ms":N'),
]


def environment(folder):
    """Nothing of the user's: no inventory, no meters, no settings."""
    kept = {key: os.environ[key] for key in ("ASAN_OPTIONS", "UBSAN_OPTIONS", "LD_LIBRARY_PATH") if key in os.environ}
    return {"PATH": f"{METERCTL.parent}:/usr/bin:/bin", "HOME": folder, "LC_ALL": "C.UTF-8", **kept}


def settled(text):
    for pattern, replacement in CHANGING:
        text = pattern.sub(replacement, text)
    return text


def run(script):
    """What the script prints: standard output, and standard error with the exit code."""
    with tempfile.TemporaryDirectory(prefix="meterctl-") as folder:
        done = subprocess.run(["bash", "-c", script], cwd=folder, env=environment(folder), stdin=subprocess.DEVNULL,
                              capture_output=True, text=True, timeout=60, check=False)
    error = done.stderr + (f"exit {done.returncode}\n" if done.returncode else "")
    return settled(done.stdout), settled(error)


def expected(path):
    return path.read_text() if path.exists() else ""


def keep(path, text):
    if text:
        path.write_text(text)
    elif path.exists():
        path.unlink()


def difference(path, text):
    return "".join(difflib.unified_diff(expected(path).splitlines(True), text.splitlines(True), str(path), "printed"))


def main():
    update = "--update" in sys.argv
    names = [name for name in sys.argv[1:] if name != "--update"]
    scripts = sorted(FOLDER.glob("*.in"))
    wrong = 0
    for script in scripts:
        if names and script.stem not in names:
            continue
        printed = zip((script.with_suffix(".out"), script.with_suffix(".err")), run(script.read_text()))
        for path, text in printed:
            if update:
                keep(path, text)
            elif text != expected(path):
                wrong += 1
                print(difference(path, text))
    print(f"golden: {len(scripts)} scripts, {wrong} differences")
    return 1 if wrong or not scripts else 0


if __name__ == "__main__":
    sys.exit(main())
