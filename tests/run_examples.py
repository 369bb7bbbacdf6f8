#!/usr/bin/python3
"""Runs every example: in README.md and docs/, in the man pages, and in --help of every subcommand.

In a document, an example is a fenced block `console`, whose lines with `$ ` are commands and whose other lines are what
they print, or a block `sh` that calls meterctl, of which every line is a command. A block runs as one script, in a folder
that holds the files which the document says to save ("Save this as `NAME`:" and a block behind it). `...` alone on a line of output stands for any lines. A block behind a comment `<!-- not run: WHY -->` is not run.
METERCTL names the program, METERCTL_MAN the folder of the man pages.
"""

import os
import pathlib
import re
import subprocess
import sys
import tempfile

import golden

ROOT = pathlib.Path(__file__).resolve().parents[1]
MAN = pathlib.Path(os.environ.get("METERCTL_MAN", golden.METERCTL.parent / "man"))
MARK = "=====end of command====="
FENCE = re.compile(r"^(?P<not_run><!-- not run:[^\n]*-->\n+)?^```(?P<kind>console|sh)\n(?P<body>.*?)^```$", re.M | re.S)
SAVED = re.compile(r"[Ss]ave this as `(?P<name>[\w./-]+)`:\n+```\w*\n(?P<body>.*?)^```$", re.M | re.S)
ROFF = [("\\-", "-"), ("\\(aq", "'"), ("\\(ha", "^"), ("\\(ti", "~"), ("\\&", ""), ("\\e", "\\")]
# Such examples wait for somebody to talk to: they are ended once they serve.
SERVES = re.compile(r"&\s*$")


def document_examples(path):
    """Lists of (command, expected output or None)."""
    for match in FENCE.finditer(path.read_text()):
        lines = match["body"].splitlines()
        if match["not_run"] or "meterctl " not in match["body"]:
            continue
        if match["kind"] == "sh":
            yield [(line, None) for line in joined(lines) if line.strip() and not line.startswith("#")]
            continue
        block = []
        for line in joined(lines):
            if line.startswith("$ "):
                block.append((line[2:], []))
            elif block:
                block[-1][1].append(line)
        yield [(command, "\n".join(output) + "\n" if output else None) for command, output in block]


def joined(lines):
    """Lines that end in a backslash go on in the next."""
    return "\n".join(lines).replace("\\\n", " ").split("\n")


def help_examples(subcommand):
    text = subprocess.run([golden.METERCTL, subcommand, "--help"], capture_output=True, text=True, check=True).stdout
    part = text.split("EXAMPLES\n", 1)
    for line in part[1].splitlines() if len(part) == 2 else []:
        if line.startswith("    "):
            yield [(line.strip(), None)]


def man_examples(path):
    for line in path.read_text().splitlines():
        if line.startswith("$ "):
            for coded, plain in ROFF:
                line = line.replace(coded, plain)
            yield [(line[2:], None)]


def script_of(block):
    lines = ["trap 'kill $(jobs -p) 2>/dev/null' EXIT"]
    for command, _ in block:
        if SERVES.search(command):
            lines += [f"{SERVES.sub('', command)} 2>served &",
                      "for _ in $(seq 100); do grep -q listening served 2>/dev/null && break; sleep 0.05; done",
                      "code=0"]
        else:
            lines += [command, "code=$?"]
        lines += [f"echo; echo '{MARK}' $code"]
    return "\n".join(lines)


def matches(expected, printed):
    pattern = "".join(".*" if line == "...\n" else re.escape(line) for line in expected.splitlines(True))
    return re.fullmatch(pattern, printed, re.S) is not None


def check(origin, block, files=()):
    with tempfile.TemporaryDirectory(prefix="meterctl-") as folder:
        (pathlib.Path(folder) / "docs").symlink_to(ROOT / "docs")
        (pathlib.Path(folder) / "meters").symlink_to(ROOT / "meters")
        for name, body in files:
            pathlib.Path(folder, name).write_text(body)
        done = subprocess.run(["bash", "-c", script_of(block)], cwd=folder, env=golden.environment(folder),
                              stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60, check=False)
    results = re.split(r"\n" + MARK + r" (\d+)\n", done.stdout)
    problems = []
    for place, (command, expected) in enumerate(block):
        if 2 * place + 1 >= len(results):
            problems.append(f"{origin}: never came to: {command}\n{done.stderr}")
            break
        printed, code = golden.settled(results[2 * place]), int(results[2 * place + 1])
        if code != 0 and "exit code" not in command and "||" not in command and expected is None:
            problems.append(f"{origin}: exit code {code}: {command}\n{done.stderr}")
        if expected is not None and not matches(golden.settled(expected), printed):
            problems.append(f"{origin}: {command}\nprinted:\n{printed}\nbut the document says:\n{expected}")
    return problems


def all_examples():
    for path in [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]:
        if path.exists():
            files = [(match["name"], match["body"]) for match in SAVED.finditer(path.read_text())]
            for block in document_examples(path):
                yield path.relative_to(ROOT), block, files
    overview = subprocess.run([golden.METERCTL, "--help"], capture_output=True, text=True, check=True).stdout
    for name in re.findall(r"^  (\w+) +", overview.split("SUBCOMMANDS\n")[1].split("\n\n")[0], re.M):
        for block in help_examples(name):
            yield f"{name} --help", block, []
    for path in sorted(MAN.glob("*.1")):
        for block in man_examples(path):
            yield path.name, block, []


def main():
    problems, count = [], 0
    for origin, block, files in all_examples():
        count += len(block)
        problems += check(origin, block, files)
    print("\n".join(problems))
    print(f"examples: {count} commands, {len(problems)} problems")
    return 1 if problems or count < 20 else 0


if __name__ == "__main__":
    sys.exit(main())
