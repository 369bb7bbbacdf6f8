"""The JSON Schemas against what is written: schema_test.py TEST_OUTPUT DOCS [METERCTL].

TEST_OUTPUT writes samples that use every part of every document. Each must be valid, with no key that its schema does
not describe; each key that a schema describes must occur; and what breaks a rule must be found. With METERCTL, what the
program itself prints is checked as well, and the examples of docs/data-format.md are run.
"""

import copy
import csv
import io
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

try:
    import jsonschema
except ImportError:
    print("skipped: python3-jsonschema is missing")
    sys.exit(77)

TEST_OUTPUT = sys.argv[1]
DOCS = pathlib.Path(sys.argv[2])
METERCTL = sys.argv[3] if len(sys.argv) > 3 else None
COMMANDS = ["read", "write", "scan", "decode", "dump-profile", "pulse-test", "meters"]
SCHEMAS = {
    name: json.loads((DOCS / "schemas" / f"{name}.schema.json").read_text(encoding="utf-8"))
    for name in [*COMMANDS, "error"]
}
PROGRAM_RUNS = [
    ("read", 0, ["read", "sim:", "-m", "pro380-mod"]),
    ("read", 0, ["read", "sim:", "-m", "pro380-mod", "--raw", "--unit-scale", "base"]),
    ("write", 0, ["write", "sim:", "-m", "pro380-mod", "lcd_cycle_time=25", "--dry-run"]),
    ("write", 0, ["write", "sim:", "-m", "pro380-mod", "lcd_cycle_time=25", "--yes"]),
    ("scan", 0, ["scan", "sim:", "-m", "pro380-mod", "--addresses", "1-3"]),
    ("decode", 0, ["decode", "01 03 50 02 00 02 74 CB 01 03 04 43 66 80 00 6E 68", "-m", "pro380-mod"]),
    ("decode", 0, ["decode", "01 03 50 02 00 02 74 CB 01 03 04 43 66 80 00 6E 68"]),
    ("pulse-test", 0, ["pulse-test", "sim://pro380-mod?power=7000", "--reference", "sim:", "--edges"]),
    ("pulse-test", 8, ["pulse-test", "sim://pro380-mod?power=7000&lose=0.1&extra=0.1&bounce=1ms", "--pulses", "200"]),
    ("pulse-test", 4, ["pulse-test", "sim://pro380-mod?power=0"]),
    ("meters", 0, ["meters"]),
    ("meters", 0, ["meters", "pro380-mod", "dts307-modbus"]),
]


def strict(schema):
    """The schema that also refuses keys it does not describe: additions are allowed to readers, not to the program."""
    if isinstance(schema, list):
        return [strict(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    made = {key: strict(part) for key, part in schema.items()}
    if made.get("type") == "object" and "properties" in made:
        made["additionalProperties"] = False
    return made


def validator(name):
    return jsonschema.Draft202012Validator(strict(SCHEMAS[name]))


def documents(text):
    """Documents one after the other, as JSON and NDJSON have them."""
    found = []
    while text:
        document, end = json.JSONDecoder().raw_decode(text)
        found.append(document)
        text = text[end:].lstrip("\n")
    return found


def described(schema):
    """Every (definition, key) that a schema describes."""
    places = {"": schema, **schema.get("$defs", {})}
    return {(place, *path) for place, part in places.items() for path in properties_of(part)}


def properties_of(schema):
    for key, part in schema.get("properties", {}).items():
        yield (key,)
        inner = part.get("items", part)
        for path in properties_of(inner):
            yield (key, *path)


def used(document, root):
    """Every (definition, key) that a document uses."""
    keys = set()

    def visit(value, part, path):
        if "$ref" in part:
            name = part["$ref"].removeprefix("#/$defs/")
            visit(value, root["$defs"][name], (name,))
            return
        if isinstance(value, list) and "items" in part:
            for element in value:
                visit(element, part["items"], path)
        if isinstance(value, dict):
            for key, child in part.get("properties", {}).items():
                if key in value:
                    keys.add((*path, key))
                    visit(value[key], child, (*path, key))

    visit(document, root, ("",))
    return keys


class Samples(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        subprocess.run([TEST_OUTPUT, "-tc=sample documents are written for the schema check"], check=True,
                       stdout=subprocess.DEVNULL, env={**os.environ, "METERCTL_DOCUMENTS": cls.folder.name})

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    def texts(self, name, form):
        found = sorted(pathlib.Path(self.folder.name).glob(f"{name}*.{form}"))
        self.assertTrue(found, f"no {form} of {name}")
        return [path.read_text(encoding="utf-8") for path in found]

    def documents(self, name):
        return [document for form in ("json", "ndjson") for text in self.texts(name, form) for document in documents(text)]

    def test_schemas_are_schemas(self):
        for schema in SCHEMAS.values():
            jsonschema.Draft202012Validator.check_schema(schema)

    def test_every_document_is_valid_and_described(self):
        for name in COMMANDS:
            for document in self.documents(name):
                with self.subTest(name, document=document):
                    validator(name).validate(document)

    def test_every_key_that_is_described_occurs(self):
        for name in COMMANDS:
            schema = SCHEMAS[name]
            occurring = set()
            for document in self.documents(name):
                occurring |= used(document, schema)
            with self.subTest(name):
                self.assertEqual(described(schema) - occurring, set())

    def test_ndjson_has_one_document_a_line(self):
        for name in COMMANDS:
            for text in self.texts(name, "ndjson"):
                self.assertTrue(text.endswith("\n"))
                for line in text.splitlines():
                    self.assertIsInstance(json.loads(line), dict)

    def test_a_document_without_a_required_key_is_refused(self):
        for name in COMMANDS:
            for document in self.documents(name):
                for key in SCHEMAS[name]["required"]:
                    broken = copy.deepcopy(document)
                    del broken[key]
                    self.assertFalse(validator(name).is_valid(broken), f"{name} without {key}")

    def test_a_null_without_a_flag_is_refused(self):
        document = self.documents("read")[0]
        nulls = [reading for reading in document["readings"] if reading["value"] is None]
        self.assertTrue(nulls)
        del nulls[0]["flags"]
        self.assertFalse(validator("read").is_valid(document))

    def test_what_breaks_a_rule_is_refused(self):
        broken = [
            ("read", lambda d: d.update(schema="meterctl/read/2")),
            ("read", lambda d: d.update(time="2026-11-21 02:15:00")),
            ("read", lambda d: d.update(surprise=1)),
            ("read", lambda d: d["readings"][0].update(obis="32.7.0")),
            ("read", lambda d: d["readings"][0].update(name="")),
            ("read", lambda d: d["errors"][0].update(category="sad")),
            ("write", lambda d: d["writes"][0].update(status="maybe")),
            ("scan", lambda d: d["meters"][0].update(address=1)),
            ("decode", lambda d: d["frames"][0].update(octets="0103")),
            ("decode", lambda d: d["frames"][0].update(offset=-1)),
            ("pulse-test", lambda d: d["checks"][0].update(result="maybe")),
            ("pulse-test", lambda d: d["edges"][0].update(level=2)),
            ("meters", lambda d: d["meters"][0].update(frame="8X1")),
        ]
        for name, change in broken:
            document = self.documents(name)[0]
            validator(name).validate(document)
            change(document)
            self.assertFalse(validator(name).is_valid(document), f"{name}: {document}")

    def test_errors_are_the_same_everywhere(self):
        whole = SCHEMAS["error"]
        for name in COMMANDS:
            for key in ("error", "failure"):
                part = SCHEMAS[name]["$defs"].get(key)
                if part is None:
                    continue
                self.assertEqual(part["required"], whole["required"])
                for member, schema in part["properties"].items():
                    if member not in ("name", "address", "source"):
                        self.assertEqual(schema, whole["properties"][member], f"{name}: {key}: {member}")
        for document in self.documents("read"):
            for error in document["errors"]:
                validator("error").validate(error)
                self.assertFalse(validator("error").is_valid({**error, "exit_code": 130}))

    def test_shared_definitions_are_the_same_in_every_schema(self):
        first = {}
        for name in COMMANDS:
            for key, part in SCHEMAS[name]["$defs"].items():
                if key != "error":
                    self.assertEqual(part, first.setdefault(key, part), f"{name}: {key}")

    def test_csv_says_what_json_says(self):
        rows = list(csv.DictReader(io.StringIO(self.texts("read", "csv")[0], newline="")))
        whole = [document for document in documents(self.texts("read", "json")[0])]
        readings = [reading for document in whole for reading in document["readings"]]
        errors = [error for document in whole for error in document["errors"]]
        self.assertEqual(len(rows), len(readings) + len(errors))
        by_name = {row["name"]: row for row in rows}
        for reading in readings:
            row = by_name[reading["name"]]
            value = reading["value"]
            self.assertEqual(row["value"], "" if value is None else reading.get("text", str(value)))
            self.assertEqual(row["unit"], reading.get("unit", ""))
            self.assertEqual(row["obis"], reading.get("obis", ""))
            self.assertEqual(row["status"], " ".join(reading.get("flags", ["ok"])))
        for error in errors:
            self.assertEqual(by_name[error.get("name", "")]["status"], error["category"])

    def test_csv_has_as_many_cells_in_every_row(self):
        for name in COMMANDS:
            for text in self.texts(name, "csv"):
                rows = list(csv.reader(io.StringIO(text, newline="")))
                self.assertEqual({len(row) for row in rows}, {len(rows[0])}, name)
                self.assertNotIn("\r", text)


@unittest.skipUnless(METERCTL, "the program is not built")
class Program(unittest.TestCase):
    def test_what_the_program_prints_is_valid(self):
        for name, code, words in PROGRAM_RUNS:
            for form in ("json", "ndjson"):
                with self.subTest(words=words, form=form):
                    done = subprocess.run([METERCTL, *words, "-f", form], capture_output=True, text=True, check=False)
                    self.assertEqual(done.returncode, code, done.stderr)
                    printed = documents(done.stdout)
                    self.assertTrue(printed)
                    for document in printed:
                        validator(name).validate(document)

    @unittest.skipUnless(shutil.which("jq"), "jq is missing")
    def test_the_recipes_run(self):
        text = (DOCS / "data-format.md").read_text(encoding="utf-8")
        recipes = [line for block in re.findall(r"```sh\n(.*?)```", text, re.S) for line in block.splitlines()]
        self.assertTrue(recipes)
        path = f"{pathlib.Path(METERCTL).resolve().parent}:{os.environ['PATH']}"
        for recipe in recipes:
            with self.subTest(recipe):
                done = subprocess.run(["bash", "-o", "pipefail", "-c", recipe], capture_output=True, text=True,
                                      check=False, env={**os.environ, "PATH": path})
                self.assertEqual(done.returncode, 0, done.stderr)
                self.assertTrue(done.stdout.strip())


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
