#!/usr/bin/python3
"""Runs clang-tidy over sources, many at once: tidy.py ROOT BUILD [--checks CHECKS] [--singly] FILE...

Reading the headers takes nearly all of clang-tidy's time, so sources are put into units (units.py) and each unit is one
file, in which one source stands after the other, so that they are `the main file` to every check. A unit that passes has
passed; the sources of a unit that does not are looked at one by one, and what is found then is what is told. So a unit
can at worst hide something, and what it might hide decides which sources are alone from the start (see `alone`).
"""

import argparse
import concurrent.futures
import json
import os
import pathlib
import re
import shlex
import subprocess
import sys

import units

TIDY = "clang-tidy-16"
COMPILER = "clang++-16"
DIRECTIVE = re.compile(r"^[ \t]*#(?![ \t]*include\b)", re.M)
# A variable that other files are promised: bugprone-interfaces-global-init asks whether this unit defines it.
PROMISED = re.compile(r"^\s*extern\b[^;()]*?(\w+)\s*(?:\[[^;]*)?;", re.M)
# A type that is declared only: bugprone-forward-declaration-namespace asks whether this unit defines it.
FORWARD = re.compile(r"^\s*(?:class|struct)\s+\w+\s*;", re.M)
NOISE = re.compile(r"warnings? (generated|treated)|^Suppressed|^Use -header")


def alone(tree, file):
    """Why a unit with others might hide something in the file; None where nothing would."""
    text = tree.text(file)
    names = tree.names(file)
    own, foreign = tree.direct(file)
    if DIRECTIVE.search(text):
        return "it says more than #include to the preprocessor"
    if len(set(own)) + len(set(foreign)) < len(own) + len(foreign):
        return "it includes something twice"
    if any(not header.endswith(".hpp") or not (tree.root / header).exists() for header in own):
        return "it includes what is no header found from the root"
    unused = names.aliases - names.qualifiers
    if unused:
        return f"it does not use the alias {min(unused)}"
    if FORWARD.search(text):
        return "it declares a type"
    for header in (file, *tree.headers(file)):
        for name in PROMISED.findall(tree.text(header)):
            if re.search(rf"^[^\s/#].*\b{name}\b\s*(?:\[.*\])?\s*[={{;]", text, re.M):
                return f"it may define {name}"
    return None


def commands(build):
    """What each source is compiled with: without precompiled headers, which clang cannot read and which hide that a
    source forgot an #include."""
    found = {}
    for entry in json.loads((build / "compile_commands.json").read_text()):
        words = entry.get("arguments") or shlex.split(entry["command"])
        kept = []
        skip = 1
        for place, word in enumerate(words):
            if skip:
                skip -= 1
            elif word == "-include" and words[place + 1].endswith("cmake_pch.hxx"):
                skip = 1
            elif word == "-o":
                skip = 1
            elif word not in ("-c", "-Winvalid-pch", entry["file"]):
                kept.append(word)
        found[entry["file"]] = tuple(kept)
    return found


def precompiled(tree):
    listed = re.findall(r"<([\w./]+)>", tree.text("cmake/precompiled.cmake").split("function(")[0])
    return frozenset().union(*map(tree.system, listed))


class Linter:
    def __init__(self, root, folder, checks):
        self.root = root
        self.folder = folder
        self.checks = checks

    def run(self, file, options):
        command = [TIDY, "--quiet", "--extra-arg=-Wno-unknown-warning-option", f"--checks={self.checks}",
                   f"--config-file={self.root / '.clang-tidy'}", str(file), "--", *options]
        run = subprocess.run(command, cwd=self.root, capture_output=True, text=True, check=False)
        told = "\n".join(line for line in run.stderr.splitlines() if line and not NOISE.search(line))
        return run.returncode, (run.stdout + told).strip()

    def unit(self, number, tree, files, options):
        path = self.folder / f"unit-{number}.cpp"
        units.write(tree, files, path)
        return self.run(path, options)


def searched(root, options):
    """Those of the options that decide what a system's header brings."""
    return [word for before, word in zip(("", *options), options)
            if word.startswith("-D") or word == "-isystem" or before == "-isystem"
            or word.startswith("-I") and not word.startswith(f"-I{root}")]


def plan(root, files, found, singly):
    """Units of sources that are compiled alike, the longest first: (tree, files, options)."""
    by_options = {}
    for file in files:
        by_options.setdefault(found[str(root / file)], []).append(file)
    planned = []
    for options, alike in by_options.items():
        tree = units.Tree(root, COMPILER, searched(root, options))
        single = alike if singly else [file for file in alike if alone(tree, file)]
        together = sorted(set(alike) - set(single))
        groups = units.units(tree, together, precompiled(tree)) if together else []
        planned += [(tree, group, options) for group in groups + [[file] for file in single]]
    return sorted(planned, key=lambda job: -sum(len(job[0].text(file)) for file in job[1]))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("root", type=pathlib.Path)
    parser.add_argument("build", type=pathlib.Path)
    parser.add_argument("files", nargs="+")
    parser.add_argument("--checks", default="")
    parser.add_argument("--singly", action="store_true")
    arguments = parser.parse_args()
    root = arguments.root.resolve()
    folder = arguments.build.resolve() / "lint"
    folder.mkdir(parents=True, exist_ok=True)
    found = commands(arguments.build)
    unknown = [file for file in arguments.files if str(root / file) not in found]
    if unknown:
        print(f"tidy: {arguments.build} does not compile {unknown[0]}: configure it anew", file=sys.stderr)
        return 2
    linter = Linter(root, folder, arguments.checks)
    jobs = plan(root, arguments.files, found, arguments.singly)
    failed = []
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        runs = {}
        for number, (tree, files, options) in enumerate(jobs):
            together = pool.submit(linter.unit, number, tree, files, options) if len(files) > 1 else None
            runs[together or pool.submit(linter.run, files[0], options)] = (files, options)
        while runs:
            run = next(concurrent.futures.as_completed(runs))
            files, options = runs.pop(run)
            status, told = run.result()
            if status == 0:
                continue
            if len(files) > 1:
                first = next(iter(told.splitlines()), f"{TIDY} ended with {status}")
                print(f"tidy: {len(files)} files one by one: {first}")
                runs |= {pool.submit(linter.run, file, options): ([file], options) for file in files}
            else:
                print(told)
                failed += files
    print(f"tidy: {len(arguments.files)} files in {len(jobs)} units")
    if failed:
        print(f"tidy: findings in {' '.join(sorted(failed))}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
