"""What vectors of DLMS/COSEM expect of a decoder, by the names that they give it: methods of a test case, each of which
takes what was decoded, what is wanted, and the vector."""

import datetime
import unittest

from decoded import Decoded, number, plain, significant, walk


class Expectations(unittest.TestCase):
    maxDiff = None
    listed = ()  # the beginnings of names whose values have their units from a definition

    def equal(self, shown, wanted):
        self.assertEqual(str(shown).lower() if isinstance(wanted, bool) else str(shown),
                         str(wanted).lower() if isinstance(wanted, bool) else str(wanted))

    def see_type(self, tree, wanted, _vector):
        self.equal(tree.value("type"), wanted)

    def see_types(self, tree, wanted, _vector):
        self.assertEqual([field["value"] for field in tree.all("type") if isinstance(field["value"], str)], wanted)

    def see_control(self, tree, wanted, _vector):
        self.assertEqual(f"{tree.value('control'):02X}", wanted)

    def see_address(self, name):
        def see(tree, wanted, _vector):
            field = tree.first(name)
            parts = {part["name"]: part["value"] for part in field["fields"]}
            self.assertEqual(parts["logical"], wanted["logical"])
            self.assertEqual(parts.get("physical"), wanted["physical"])
            self.assertEqual(field["length"], wanted["size"])
        return see

    def see_field(self, name):
        return lambda tree, wanted, _vector: self.equal(tree.value(name), wanted)

    def see_hex(self, name):
        return lambda tree, wanted, _vector: self.assertEqual(f"{tree.value(name):X}".zfill(len(wanted)), wanted)

    def see_octets(self, name):
        def see(tree, wanted, _vector):
            if wanted is None:
                return self.assertFalse([one for one in tree.all(name) if one["value"] is not None])
            if wanted == "":
                return self.assertFalse(tree.all(name))
            return self.assertEqual(tree.octets_of(name), wanted)
        return see

    def see_inside(self, tree, wanted, _vector):
        """Octets that stand in the frame as they are: LLC, an APDU, information, a table's row."""
        self.assertIn(wanted, "".join(plain(frame["octets"]) for frame in tree.frames))

    def see_info(self, tree, wanted, vector):
        if wanted == "":
            self.assertFalse(tree.all("hcs") + tree.all("information") + tree.all("parameters"))
        else:
            self.see_inside(tree, wanted, vector)

    def see_apdu(self, tree, wanted, vector):
        if wanted == wanted.upper():
            return self.see_inside(tree, wanted, vector)
        summary = " ".join(frame["summary"] for frame in tree.frames).lower()
        return self.assertIn(wanted.lower(), summary.replace("initiate-request", "initiaterequest"))

    def see_parameter(self, name):
        def see(tree, wanted, _vector):
            fields = tree.all(name)
            shown = fields[-1]["value"] if fields else {"max": 128, "win": 1}[name[:3]]  # none is sent: the standard's
            self.assertEqual(shown, wanted)
        return see

    def see_values(self, tree, wanted, vector):
        if isinstance(wanted, list):  # those of a set-request
            for one, field in zip(wanted, tree.all("value"), strict=True):
                self.see_data(tree, one, vector, field)
            return
        for code, value in wanted.items():
            reading = tree.reading(code)
            if isinstance(value, dict):
                self.assertEqual(number(reading["value"]), number(value["value"]))
                self.assertEqual(reading["unit"], value["unit"])
            elif "unscaled" in reading.get("flags", []):
                self.assertEqual(significant(reading["value"]), significant(value))
            else:
                self.assertEqual(number(reading["value"]), number(value), code)

    def see_strings(self, tree, wanted, _vector):
        named = {reading.get("obis") for reading in tree.readings}
        for code, value in wanted.items():
            if ":" in code and code.removesuffix(".255") not in named:
                self.see_printed(tree, value, _vector)  # the frame itself gives it no name
            elif ":" in code:
                shown = str(tree.reading(code)["value"])
                self.assertEqual(shown.replace("T", " ") if value[4:5] == "-" else shown, value)
            else:
                self.assertIn(value, [field["value"] for field in walk(tree.frames[-1]["fields"])])

    def see_readings(self, tree, wanted, vector):
        listed = vector["name"].startswith(self.listed)
        for name, value in wanted.items():
            reading = tree.reading(name)
            exact = listed or ("scaler" in value and reading.get("unit") == value["unit"])
            if exact and "unscaled" not in reading.get("flags", []):
                self.assertEqual(number(reading["value"]), number(value["value"]), name)
            else:
                self.assertEqual(significant(reading["value"]), significant(value["value"]), name)
                self.assertTrue(reading.get("unit") is None or value["unit"].endswith(reading["unit"]), name)

    def see_positions(self, tree, wanted, _vector):
        for name, value in wanted.items():
            self.assertEqual(number(tree.reading(name.lower())["value"]), number(value))

    def see_text(self, tree, wanted, _vector):
        self.assertIn(wanted, [field["value"] for frame in tree.frames for field in walk(frame["fields"])])

    def see_time(self, tree, wanted, _vector):
        shown = [one for one in self.times(tree)]
        if wanted is None:
            return self.assertEqual(tree.first("date_time")["label"], "none")
        moment, offset = wanted[:19], wanted[19:]  # a time may have hundredths, which a vector leaves out
        return self.assertTrue([one for one in shown if one.startswith(moment) and one.endswith(offset)], shown)

    @staticmethod
    def times(tree):
        for frame in tree.frames:
            for field in walk(frame["fields"]):
                for text in (str(field.get("value")), *field.get("label", "").split(", ")):
                    if text[4:5] == "-" and text[10:11] == "T":
                        yield text

    def see_deviation(self, tree, wanted, _vector):
        if wanted is None:
            self.assertTrue([text for text in self.times(tree) if len(text) <= 23], list(self.times(tree)))
        else:
            offset = f"{'+' if wanted <= 0 else '-'}{abs(wanted) // 60:02}:{abs(wanted) % 60:02}"
            self.assertTrue([text for text in self.times(tree) if text.endswith(offset)], list(self.times(tree)))

    def see_data(self, tree, wanted, _vector, name="data"):
        field = tree.first(name) if isinstance(name, str) else name
        if wanted is None:
            return self.assertIn(field["label"], ("none", "null-data"))
        if "type" in wanted:
            self.assertEqual(field["label"].split(",")[0].split(" of ")[0], wanted["type"])
        shown = field["value"]
        checks = {
            "bits": lambda value: self.assertEqual(shown, value),
            "hex": lambda value: self.assertEqual(plain(shown), value),
            "text": lambda value: self.assertIn(f'"{value}"', field["label"]),
            "length": lambda value: self.assertEqual(len(plain(shown)) // 2, value),
            "first": lambda value: self.assertEqual(int(plain(shown)[:2], 16), value),
            "last": lambda value: self.assertEqual(int(plain(shown)[-2:], 16), value),
            "date": lambda value: self.assertEqual(shown, value),
            "time": lambda value: self.assertEqual(shown, value),
            "scaler": lambda value: self.assertEqual(field["fields"][0]["value"], value),
            "unit": lambda value: self.assertEqual(field["fields"][1]["value"], value),
            "date_time": lambda value: self.assertIn(value.replace(".00", "").replace(".80", ".800"), field["label"]),
            "day_of_week": lambda value: None,  # the fifth octet, which the text of the time agrees with or lacks
            "value": lambda value: self.assertEqual(
                [one["value"] for one in field["fields"]] if isinstance(value, list) else shown, value),
        }
        for key in set(wanted) - {"type"}:
            checks[key](wanted[key])
        return None

    def see_descriptor(self, fields, wanted):
        by_name = {field["name"]: field["value"] for field in fields}
        self.assertEqual(by_name["class_id"], wanted["class_id"])
        self.assertEqual(by_name["logical_name"], wanted["obis"])
        self.assertEqual(by_name["attribute"], wanted["attribute"])

    def see_capture(self, fields, wanted):
        self.assertEqual([field["value"] for field in fields[:1] + fields[2:]],
                         [wanted["class_id"], wanted["attribute"], wanted["data_index"]])
        self.assertIn(wanted["obis"], fields[1]["label"])

    def see_range(self, tree, wanted, _vector):
        parts = tree.first("access_parameters")["fields"]
        self.see_capture(parts[0]["fields"], wanted["restricting_object"])
        for part, name in zip(parts[1:3], ("from", "to")):
            self.assertIn(wanted[name].replace(".00", ""), part["label"])
            self.assertEqual(plain(part["value"])[-2:], wanted["clock_status"])
        self.assertEqual(parts[3]["label"], "array of 0")

    def see_entry(self, tree, wanted, _vector):
        self.assertEqual([part["value"] for part in tree.first("access_parameters")["fields"]],
                         [wanted[name] for name in ("from_entry", "to_entry", "from_column", "to_column")])

    def see_initiate(self, tree, wanted, _vector):
        for name, value in wanted.items():
            if name == "conformance":
                self.assertEqual(tree.octets_of("bits"), value)
            elif name == "conformance_names":
                self.assertEqual(tree.first("bits")["label"].split(", "), value)
            elif name == "dedicated_key":  # a secret: how long it is, and no more
                self.assertEqual(tree.first(name)["label"], "16 octets, not shown" if value else "none")
            elif name == "response_allowed":
                self.assertEqual(tree.first(name)["label"], "none")  # left out: it is true
            else:
                self.assertEqual(tree.value(name), value, name)

    def see_diagnostic(self, tree, wanted, _vector):
        field = tree.first("result_source_diagnostic")
        self.assertEqual(field["value"], wanted["value"])
        source, name = field["label"].split(": ")
        self.assertEqual((source, name), (wanted["source"], wanted.get("name", "null")))

    def see_mechanism(self, tree, wanted, _vector):
        if wanted is None:
            self.assertFalse(tree.all("mechanism_name"))
        else:
            self.assertEqual(int(tree.octets_of("mechanism_name")[-2:], 16), wanted)

    def see_access_result(self, tree, wanted, _vector):
        self.assertEqual(tree.all("result")[-1]["value"], wanted)

    def see_access_name(self, tree, wanted, _vector):
        self.assertEqual(tree.all("result")[-1]["label"], wanted)

    def see_trust(self, tree, wanted, _vector):
        if wanted:
            self.assertEqual(tree.first("deciphered")["label"], "authenticated")
        else:
            self.assertEqual((tree.code, tree.frames[0]["error"]["code"]), (5, "dlms.authentication_key"))

    def see_plain(self, tree, wanted, _vector):
        """What was deciphered reads as the plain APDU does."""
        alone = Decoded(bytes.fromhex(wanted), "-p", "dlms-apdu")
        shown = [[self.bare(field) for field in one["fields"]] for one in tree.all("deciphered")]
        self.assertIn([self.bare(field) for field in alone.frames[0]["fields"]], shown)

    @classmethod
    def bare(cls, field):
        return (field["name"], str(field.get("value")), field.get("label"),
                [cls.bare(one) for one in field.get("fields", [])])

    def see_blocks(self, tree, wanted, _vector):
        self.assertEqual([field["value"] for field in tree.all("block_number")], wanted)

    def see_frames(self, tree, wanted, vector):
        good = [plain(frame["octets"]) for frame in tree.frames
                if not frame.get("error", {}).get("code", "").startswith(("dlms.hdlc", "dlms.noise", "dlms.wrapper"))]
        if vector["hex"].startswith("0001"):
            return self.assertEqual(good, wanted)
        return self.assertEqual([one.removeprefix("7E").removesuffix("7E") for one in good], wanted)

    def nothing(self, *_):
        """Said by something else of the same vector, or by the octets alone."""

    def see_printed(self, tree, wanted, _vector):
        shown = [text for frame in tree.frames for field in walk(frame["fields"])
                 for text in (str(field.get("value")), field.get("label", ""))]
        self.assertTrue([text for text in shown if wanted in text], wanted)

    def see_utc(self, tree, wanted, _vector):
        instants = set()
        for text in self.times(tree):
            if "+" in text[10:]:
                moment = datetime.datetime.fromisoformat(text).astimezone(datetime.timezone.utc)
                instants.add(moment.strftime("%Y-%m-%dT%H:%M:%SZ"))
        self.assertIn(wanted, instants)

    def see_clock_status(self, tree, wanted, vector):
        if vector["layer"] == "mbus":  # the octets of a joined message are not shown apart
            return
        times = [field for frame in tree.frames for field in walk(frame["fields"])
                 if field["name"] == "date_time" or "T" in field.get("label", "")[:40]]
        start = times[0]["offset"] + times[0]["length"]
        octets = "".join(plain(frame["octets"]) for frame in tree.frames)
        self.assertEqual(octets[2 * start - 2:2 * start], f"{wanted:02X}")

    def see_good(self, tree, wanted, _vector):
        good = [field["label"] == "good" for name in ("fcs", "checksum") for field in tree.all(name)]
        self.assertTrue(good)
        self.assertEqual(set(good), {True} if wanted else {False})

    def see_count(self, tree, wanted, _vector):
        body = tree.first("notification_body")
        listed = len(body["fields"])
        named = len(tree.readings)
        pairs = len([one for one in body["fields"] if one.get("label", "").startswith("octet-string,")])
        self.assertIn(wanted, (listed, named, pairs), (listed, named, pairs))

    def see_list_length(self, tree, wanted, _vector):
        self.assertEqual(len(tree.first("notification_body")["fields"][0]["fields"]), wanted)

    def see_wrapped(self, tree, wanted, _vector):
        self.assertIn(wanted, [plain(field.get("value")) for field in tree.all("member")])

    def see_invoke(self, part):
        def see(tree, wanted, _vector):
            shown = tree.first("invoke_id_and_priority")["label"].split(", ")[part]
            self.assertEqual(shown, (f"id {wanted}", wanted, f"{wanted} priority")[part])
        return see

    def see_some_data(self, tree, wanted, vector):
        names = ("data", "value", "parameters")
        fields = [field for name in names for field in tree.all(name)]
        if wanted is None:
            return self.assertFalse([one for one in fields if one.get("value") is not None])
        return self.see_data(tree, wanted, vector, fields[-1])
