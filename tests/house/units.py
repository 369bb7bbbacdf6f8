"""Puts sources into units: groups of files that can be read as one, so that the headers are read once for all of them.

A file joins a unit if, where it comes in the unit, every name in it still means what it means in a unit of its own: no
name that a file before it keeps to itself (in an anonymous namespace, static, an alias, a using-declaration) is
mentioned in it or in a header that it brings. With `precompiled` it must besides include by itself whatever of the
precompiled headers the files before it brought, so that a unit hides no forgotten #include: the precompiled headers hide
those of them, and every other #include is needed where each file is compiled for itself with those.
"""

import functools
import os
import pathlib
import re
import subprocess

import declared

INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*([<"])([^>"]+)[>"]', re.M)
LARGEST = 24


@functools.cache
def brought(compiler, options, header):
    """What a header of the system brings, itself included, as the compiler says."""
    command = [compiler, *options, "-x", "c++", "-std=c++20", "-M", "-"]
    run = subprocess.run(command, input=f"#include <{header}>\n", capture_output=True, text=True, check=False)
    if run.returncode != 0:
        raise RuntimeError(f"<{header}> cannot be read:\n{run.stderr}")
    return frozenset(os.path.realpath(word) for word in run.stdout.replace("\\\n", " ").split() if word.startswith("/"))


class Tree:
    """The project's own files: what they include, and which names they have."""

    def __init__(self, root, compiler, options=()):
        self.root = pathlib.Path(root)
        self.system = functools.partial(brought, compiler, tuple(options))

    @functools.cache
    def text(self, file):
        return (self.root / file).read_text()

    @functools.cache
    def names(self, file):
        return declared.read(self.text(file))

    @functools.cache
    def direct(self, file):
        """Its own headers and the system's, as written."""
        found = INCLUDE.findall(self.text(file))
        own = [name for sign, name in found if sign == '"']
        return tuple(self.find(file, name) for name in own), tuple(name for sign, name in found if sign == "<")

    def find(self, file, name):
        beside = (self.root / file).parent / name
        return name if (self.root / name).exists() or not beside.exists() else str(beside.relative_to(self.root))

    @functools.cache
    def headers(self, file):
        """Every header of the project that it brings."""
        found = set()
        todo = list(self.direct(file)[0])
        while todo:
            header = todo.pop()
            if header not in found and (self.root / header).exists():
                found.add(header)
                todo += self.direct(header)[0]
        return frozenset(found)

    @functools.cache
    def foreign(self, file):
        """Every header of the system that it brings."""
        brought = set()
        for source in {file} | self.headers(file):
            for header in self.direct(source)[1]:
                brought |= self.system(header)
        return frozenset(brought)


class Unit:
    def __init__(self):
        self.files = []
        self.headers = set()
        self.foreign = set()
        self.own = {}
        self.borrowed = {}
        self.opened = {}

    def add(self, tree, file):
        names = tree.names(file)
        self.files.append(file)
        self.headers |= tree.headers(file)
        self.foreign |= tree.foreign(file)
        for place, own in names.own.items():
            self.own.setdefault(place, set()).update(own)
        self.borrowed.update(names.borrowed)
        self.opened.update(names.opened)

    def changes(self, names):
        """The first name that would mean something else, were a file of these names to follow; None if none would."""
        for place in names.namespaces:
            common = self.own.get(place, set()) & names.mentions
            if common:
                return min(common)
        for (place, name), text in self.borrowed.items():
            if place not in names.namespaces or names.borrowed.get((place, name)) == text:
                continue
            if name in names.mentions or name in names.qualifiers:
                return name
        for place, other in self.opened:
            if place in names.namespaces and (place, other) not in names.opened:
                return other
        return None

    def takes(self, tree, file):
        brings = tree.headers(file) - self.headers
        return all(self.changes(tree.names(source)) is None for source in (file, *sorted(brings)))


def units(tree, files, precompiled=frozenset(), largest=LARGEST):
    found = []
    for file in sorted(files, key=lambda file: (len(tree.foreign(file) & precompiled), len(tree.foreign(file)), file)):
        known = tree.foreign(file) & precompiled
        fitting = [unit for unit in found if len(unit.files) < largest
                   and unit.foreign & precompiled <= known and unit.takes(tree, file)]
        if not fitting:
            fitting = [Unit()]
            found.append(fitting[0])
        best = min(fitting, key=lambda unit: len(tree.foreign(file) - unit.foreign) + len(tree.headers(file) - unit.headers))
        best.add(tree, file)
    return [unit.files for unit in found]


def write(tree, files, path):
    """One source after the other, each #include where it comes first."""
    seen = set()
    parts = []

    def once(match):
        name = match.group(1) + match.group(2)
        if name in seen:
            return ""
        seen.add(name)
        return match.group()

    for file in files:
        parts.append(INCLUDE.sub(once, tree.text(file)))
    path.write_text("\n".join(parts))
