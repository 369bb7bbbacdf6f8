"""Meter definitions fit meters/schema.json, by a validator that is not ours."""
import json
import pathlib
import sys

try:
    import jsonschema
except ImportError:
    print("skipped: python3-jsonschema is not installed")
    sys.exit(77)

ROOT = pathlib.Path(sys.argv[1])
schema = json.loads((ROOT / "meters/schema.json").read_text())
jsonschema.Draft202012Validator.check_schema(schema)
validator = jsonschema.Draft202012Validator(schema)
files = [f for f in sorted(ROOT.glob("meters/*.json")) if f.name != "schema.json"]
files += sorted(ROOT.glob("docs/templates/*.json"))
wrong = 0
for file in files:
    for error in validator.iter_errors(json.loads(file.read_text())):
        wrong += 1
        print(f"{file.relative_to(ROOT)}: {'/'.join(map(str, error.path))}: {error.message}")
if validator.is_valid({"model": "m", "title": "t", "protocol": "p", "pionts": []}):
    wrong += 1
    print("the schema lets an unknown key pass")
print(f"{len(files)} definitions")
sys.exit(1 if wrong or not files else 0)
