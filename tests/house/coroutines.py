#!/usr/bin/python3
"""Holds the coroutine rule: coroutines.py ROOT BUILD [FILE...].

g++ 12 destroys some temporaries inside a co_await expression twice, and says nothing. So: no braces and no lambda
inside a co_await expression, no co_await inside braces. clang-query finds every such place. Files are read in units
(units.py), and one by one those of a unit that does not pass. A file that passed is not looked at again until it changes.
Exits 77 (skipped) where clang-query-16 is missing, unless CI is set.
"""

import concurrent.futures
import hashlib
import json
import os
import pathlib
import re
import shlex
import shutil
import subprocess
import sys

import units

FOLDERS = ("transports", "sessions", "commands", "tests", "bench")
RULES = {
    "braces or a lambda inside a co_await expression":
        "coawaitExpr(hasDescendant(expr(anyOf(lambdaExpr(), initListExpr()))), isExpansionInMainFile())",
    "co_await inside braces": "initListExpr(hasDescendant(coawaitExpr()), isExpansionInMainFile())",
}
QUERY = "clang-query-16"
COMPILER = "clang++-16"
MATCH_COUNT = re.compile(r"^(\d+) match(?:es)?\.$", re.M)
FOUND_AT = re.compile(r'^(\S+:\d+):\d+: note: "root" binds here', re.M)


def compile_flags(build):
    """Options by source file, and those of any file for sources the build does not know (headers, samples)."""
    commands = json.loads((build / "compile_commands.json").read_text())
    flags = {}
    for command in commands:
        words = command.get("arguments") or shlex.split(command["command"])
        kept = [word for word in words[1:] if word.startswith(("-I", "-D", "-std="))]
        for place, word in enumerate(words):
            if word == "-isystem":
                kept += [word, words[place + 1]]
        flags[command["file"]] = kept
    return flags


def check(file, flags):
    """The breaches in one file, as texts; raises when clang cannot read it."""
    arguments = [QUERY]
    for matcher in RULES.values():
        arguments += ["-c", "match " + matcher]
    arguments += [str(file), "--", "-x", "c++", "-w", *flags]
    run = subprocess.run(arguments, capture_output=True, text=True, check=False)
    counts = MATCH_COUNT.findall(run.stdout)
    if run.returncode != 0 or len(counts) != len(RULES) or "error:" in run.stderr:
        raise RuntimeError(f"{file}: clang-query failed:\n{run.stderr[-2000:]}")
    places = FOUND_AT.findall(run.stdout)
    rules = [rule for rule, count in zip(RULES, counts) for _ in range(int(count))]
    return [f"{place}: {rule}: name it on the line before" for place, rule in zip(places, rules)]


def coroutine_files(root):
    for folder in FOLDERS:
        for file in sorted((root / folder).rglob("*.[ch]pp")):
            if re.search(r"\bco_await\b", file.read_text()):
                yield file


def gather(root, files, flags):
    """Units of files that are compiled alike: (tree, files by path from the root, flags). A header is one for itself."""
    by_flags = {}
    gathered = []
    for file in files:
        name = str(file.relative_to(root)) if file.is_relative_to(root) else str(file)
        if file.suffix == ".cpp":
            by_flags.setdefault(tuple(flags(file)), []).append(name)
        else:
            gathered.append((None, [name], flags(file)))
    for alike, names in by_flags.items():
        tree = units.Tree(root, COMPILER, [flag for flag in alike if flag.startswith("-D")])
        gathered += [(tree, unit, list(alike)) for unit in units.units(tree, names)]
    return sorted(gathered, key=lambda unit: -len(unit[1]))


def check_unit(root, path, tree, names, flags):
    """The breaches by file."""
    if len(names) > 1:
        units.write(tree, names, path)
        try:
            if not check(path, flags):
                return {name: [] for name in names}
        except RuntimeError:
            pass
    return {name: check(root / name, flags) for name in names}


class Passed:
    """Digests of the files that passed, kept beside the build."""

    def __init__(self, build):
        self.path = build / "coroutine-rule.passed"
        self.seed = pathlib.Path(__file__).read_bytes()
        self.known = set(self.path.read_text().split()) if self.path.exists() else set()

    def digest(self, file):
        return hashlib.sha256(self.seed + str(file).encode() + file.read_bytes()).hexdigest()

    def keep(self, digests):
        self.path.write_text("\n".join(sorted(digests)) + "\n")


def main():
    root, build = (pathlib.Path(argument).resolve() for argument in sys.argv[1:3])
    if not shutil.which(QUERY):
        print(f"skipped: {QUERY} is missing (scripts/install-deps lint)")
        return 1 if os.environ.get("CI") else 77
    named = [pathlib.Path(argument).resolve() for argument in sys.argv[3:]]
    files = named or list(coroutine_files(root))
    flags = compile_flags(build)
    common = next((value for file, value in flags.items() if "/transports/" in file), ["-std=c++20", f"-I{root}"])
    passed = Passed(build)
    todo = [file for file in files if named or passed.digest(file) not in passed.known]
    problems = 0
    good = {passed.digest(file) for file in files} & passed.known
    gathered = gather(root, todo, lambda file: flags.get(str(file), common))
    (build / "lint").mkdir(exist_ok=True)
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        runs = [pool.submit(check_unit, root, build / "lint" / f"coroutines-{number}.cpp", *unit)
                for number, unit in enumerate(gathered)]
        for run in concurrent.futures.as_completed(runs):
            for name, breaches in run.result().items():
                for breach in breaches:
                    print(breach)
                problems += len(breaches)
                if not breaches:
                    good.add(passed.digest(root / name))
    if not named:
        passed.keep(good)
    print(f"coroutine rule: {len(files)} files, {len(todo)} looked at in {len(gathered)} units, {problems} breaches")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
