"""`aorta explain`: what it says of a message is what a run does with it."""
import copy
import json

from support import DEVICE, FHIR, Case, hourly_series, message

CALCULATED = {
    "templateType": "CollectionContent",
    "template": [
        {
            "templateType": "CalculatedContent",
            "template": {
                "typeName": "heartrate",
                "typeMatchExpression": "$.Body.readings[?(@.kind == 'hr')]",
                "deviceIdExpression": "$.Body.device",
                "timestampExpression": "$.matchedToken.at",
                "patientIdExpression": "$.Body.patient",
                "values": [
                    {"required": True, "valueName": "hr",
                     "valueExpression": {"value": "matchedToken.v", "language": "JmesPath"}},
                    {"required": False, "valueName": "note", "valueExpression": "$.matchedToken.note"},
                ],
            },
        }
    ],
}


def reading(kind="hr", **more):
    return {"kind": kind, "at": "2026-11-22T06:00:00Z", "v": 71.50, **more}


def readings(*all):
    return json.dumps({"device": "d1", "patient": "p1", "readings": list(all)})


class Explain(Case):
    def explain(self, text, *arguments):
        done = self.aorta("explain", "pipeline.yaml", "--format", "json", *arguments, input=text)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        return [json.loads(line) for line in done.stdout.splitlines()]

    def explain_one(self, text, *arguments):
        explained = self.explain(text, *arguments)
        self.assertEqual(len(explained), 1)
        return explained[0]

    def field(self, template, name, measurement=0):
        for field in template["measurements"][measurement]["fields"]:
            if field.get("name", field["field"]) == name:
                return field
        self.fail(f"no field {name}")

    def test_a_match_and_where_each_field_came_from(self):
        told = self.explain_one(message(1, hr=71.50))
        template = told["templates"][0]
        self.assertEqual((template["status"], template["typeName"]), ("matched", "heartrate"))
        self.assertEqual(template["match"][0]["tokens"][0]["at"], "$.Body")
        hr = self.field(template, "hr")
        self.assertEqual((hr["status"], hr["value"], hr["required"]), ("found", "71.5", True))
        self.assertEqual(hr["evaluations"][0]["expression"], "$.hr")
        token = hr["evaluations"][0]["tokens"][0]
        self.assertEqual((token["at"], token["kind"], token["converted"]), ("$.Body.hr", "Float", "text"))
        time = self.field(template, "time")
        self.assertEqual((time["value"], time["evaluations"][0]["tokens"][0]["kind"]), ("2026-11-22T06:01:00Z", "Date"))
        self.assertEqual(told["outcome"], {"end": "measured", "measurements": 1})

    def test_a_name_in_another_case(self):
        told = self.explain_one('{"device":"d1","at":"2026-11-22T06:00:00Z","HR":70}')
        template = told["templates"][0]
        self.assertEqual(template["status"], "no-match")
        miss = template["match"][0]["near_miss"]
        self.assertEqual((miss["cause"], miss["name"], miss["at"]), ("no-member", "hr", "$.Body"))
        self.assertIn('"HR" differs only in case', miss["text"])
        self.assertEqual(told["outcome"]["reason"], "normalize/no-template-matched")

    def test_a_required_value_that_is_missing(self):
        told = self.explain_one('{"device":"d1","hr":70}')
        time = self.field(told["templates"][0], "time")
        self.assertEqual((time["status"], time["why"]), ("failed", "required"))
        self.assertIn("device, hr", time["evaluations"][0]["near_miss"]["text"])
        self.assertEqual(told["outcome"]["reason"], "normalize/required-value-missing")

    def test_a_comparison_that_was_false(self):
        self.write("device.json", json.dumps(CALCULATED))
        miss = self.explain_one(readings(reading("bp"), reading("HR")))["templates"][0]["match"][0]["near_miss"]
        self.assertEqual((miss["cause"], miss["held"]), ("comparison-false", "$.Body.readings"))
        self.assertEqual((miss["condition"], miss["left"], miss["right"]), ("@.kind == 'hr'", '"bp"', '"hr"'))

    def test_several_matches_each_with_its_fields(self):
        self.write("device.json", json.dumps(CALCULATED))
        told = self.explain_one(readings(reading(), reading("bp"), reading(note="rest")))
        template = told["templates"][0]
        self.assertEqual([m["at"] for m in template["measurements"]], ["$.Body.readings[0]", "$.Body.readings[2]"])
        self.assertEqual(self.field(template, "note", 0)["status"], "absent")
        self.assertEqual(self.field(template, "note", 1)["value"], "rest")
        hr = self.field(template, "hr", 1)["evaluations"][0]
        self.assertEqual((hr["language"], hr["tokens"][0]["at"]), ("JmesPath", "$.Body.readings[2].v"))

    def test_what_the_fhir_mapping_takes(self):
        self.write("device.json", json.dumps(CALCULATED))
        (fhir,) = self.explain_one(readings(reading()))["templates"][0]["fhir"]
        self.assertEqual((fhir["found"], fhir["taken"], fhir["unused"]), (True, ["hr"], ["note"]))

    def test_templates_behind_a_failure_are_told_apart(self):
        mapping = copy.deepcopy(DEVICE)
        mapping["template"].append(copy.deepcopy(DEVICE["template"][0]))
        mapping["template"][0]["template"]["deviceIdExpression"] = "$.nobody"
        self.write("device.json", json.dumps(mapping))
        told = self.explain_one(message(1))
        self.assertEqual([t["reached"] for t in told["templates"]], [True, False])
        self.assertEqual(told["outcome"]["measurements"], 0)

    def test_an_expression_that_does_not_compile(self):
        mapping = copy.deepcopy(DEVICE)
        mapping["template"][0]["template"]["values"][0]["valueExpression"] = "$.hr["
        self.write("other.json", json.dumps(mapping))
        told = self.explain_one(message(1), "--mapping", "other.json")
        hr = self.field(told["templates"][0], "hr")
        self.assertEqual((hr["status"], hr["why"]), ("failed", "bad-json-path"))
        self.assertEqual(told["outcome"]["end"], "dead_letter")

    def test_the_outcome_is_that_of_a_run(self):
        lines = [
            message(1), message(2, hr="x"), message(3, hr=None), '{"hr":1}', "[1]", "nonsense", '{"a":1}',
            '{"device":"d","at":"soon","hr":1}', '{"device":{},"at":"2026-11-22T06:00:00Z","hr":1}',
            '{"device":"","at":"2026-11-22T06:00:00Z","hr":1}', '{"device":"d","at":"2026-11-22T06:00:00Z","hr":{"hr":2}}',
        ]
        for line in lines:
            with self.subTest(line):
                for old in self.folder.glob("*.db*"):
                    old.unlink()
                self.write("messages.ndjson", line + "\n")
                self.run_pipeline()
                done = self.aorta("deadletter", "list", "pipeline.yaml", "--format", "json")
                listed = json.loads(done.stdout)["reasons"]
                reasons = [row["reason"] for row in listed if row["reason"].startswith("normalize/")]
                outcome = self.explain_one(line)["outcome"]
                self.assertEqual([outcome["reason"]] if outcome["end"] == "dead_letter" else [], reasons)

    def test_where_in_the_message_a_token_begins(self):
        told = self.explain_one('{\n  "device": "d1", "patient": "p1",\n  "at": "2026-11-22T06:00:00Z",\n  "hr": 71.50\n}')
        tokens = {f.get("name", f["field"]): f["evaluations"][0]["tokens"][0] for f in told["templates"][0]["measurements"][0]["fields"]}
        places = {name: (token["line"], token["column"]) for name, token in tokens.items()}
        self.assertEqual(places, {"device": (2, 13), "patient": (2, 30), "time": (3, 9), "hr": (4, 9)})

    def test_where_each_element_came_from(self):
        told = self.explain_one(message(1, hr=71.50))
        (sink,) = told["sinks"]
        (made,) = sink["observations"]
        self.assertEqual((sink["sink"], sink["file"], made["status"], made["measurements"]), ("observations", "fhir.json", "made", [0]))
        elements = {e["element"]: e for e in made["elements"]}
        self.assertEqual(list(elements), ["code", "effectivePeriod", "valueQuantity"])
        value = elements["valueQuantity"]
        self.assertEqual((value["made_of"], value["value"], value["texts"], value["measurements"]), ("value", "hr", ["71.5"], [0]))
        column = (self.folder / "fhir.json").read_text().index('"value":') + len('"value":')
        self.assertEqual((value["line"], value["column"]), (1, column))
        self.assertEqual(json.loads(made["resource"])["valueQuantity"], {"value": 71.5, "unit": "/min"})

    def test_what_the_sink_would_refuse(self):
        told = self.explain_one(message(1, hr="--"))
        self.assertEqual(told["outcome"], {"end": "measured", "measurements": 1})
        (made,) = told["sinks"][0]["observations"]
        self.assertEqual((made["status"], made["error"]["reason"]), ("refused", "observation/value-not-a-number"))
        done = self.aorta("explain", "pipeline.yaml", input=message(1, hr="--"))
        self.assertIn('refused: dead letter "observation/value-not-a-number": type "heartrate": value "hr" is a text of 2 bytes, which is no decimal number', done.stdout)

    def test_the_refusals_are_those_of_a_run(self):
        for line in (message(1, hr="--"), message(1, patient=None), message(1, hr="1e400"), message(1)):
            with self.subTest(line):
                for old in self.folder.glob("*.db*"):
                    old.unlink()
                self.write("messages.ndjson", line + "\n")
                ended, _ = self.run_pipeline()
                made = self.explain_one(line)["sinks"][0]["observations"]
                self.assertEqual([m["error"]["reason"] for m in made if "error" in m], list(ended["dead_letters"]))

    def test_a_batch_of_which_one_fails(self):
        self.write("device.json", json.dumps(CALCULATED))
        bad = {"kind": "hr", "at": "soon", "v": 1}
        text = readings(reading(), reading(), bad, reading(), reading())
        told = self.explain_one(text)
        self.assertEqual([m["made"] for m in told["templates"][0]["measurements"]], [True, True, False])
        self.assertEqual(self.field(told["templates"][0], "time", 2)["evaluations"][0]["tokens"][0]["json"], '"soon"')
        said = self.aorta("explain", "pipeline.yaml", input=text).stdout
        self.assertIn("failed at match 3, 2 measurements before it stay, 2 matches behind it are not tried", said)
        self.assertRegex(said, r'failed: no date-time +\$\.matchedToken\.at → String "soon" at \$\.Body\.readings\[2\]\.at')

    def test_many_measurements_are_told_shortly_to_people(self):
        self.write("device.json", json.dumps(CALCULATED))
        text = readings(*(reading(at=f"2026-11-22T06:{i:02}:00Z") for i in range(50)))
        self.assertEqual(len(self.explain_one(text)["templates"][0]["measurements"]), 50)
        said = self.aorta("explain", "pipeline.yaml", input=text).stdout
        self.assertIn("… 42 measurements more, made alike", said)
        self.assertIn("… 50 in all", said)
        self.assertLess(said.count("\n"), 120)

    def test_lines_of_a_file(self):
        self.write("odd.ndjson", message(1) + "\n\n" + '{"a":1}\n')
        explained = self.explain("", "--file", "odd.ndjson")
        self.assertEqual([e["message"]["line"] for e in explained], [1, 3])
        self.assertEqual(self.explain_one("", "--file", "odd.ndjson", "--line", "3")["outcome"]["end"], "dead_letter")
        done = self.aorta("explain", "pipeline.yaml", "--file", "odd.ndjson", "--line", "2")
        self.assert_refused(done, 4, "line 2")

    def test_one_message_over_several_lines(self):
        told = self.explain_one(json.dumps(json.loads(message(1)), indent=2))
        self.assertEqual(told["outcome"]["measurements"], 1)

    def test_text_for_people(self):
        done = self.aorta("explain", "pipeline.yaml", input='{"device":"d1","HR":70,"x":"\\u001b[2J"}\n' + message(1) + "\n")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn('"HR" differs only in case', done.stdout)
        self.assertRegex(done.stdout, r'hr +"70" +\$\.hr → Integer at \$\.Body\.hr')
        self.assertRegex(done.stdout, r'valueQuantity +"70" +← value takes "hr" of measurement 1  fhir.json:1\n')
        self.assertIn("Outcome: 1 measurement, 1 Observation by sink observations\n", done.stdout)
        self.assertNotIn("\x1b", done.stdout)

    def test_nothing_is_written(self):
        self.explain(message(1))
        self.assertEqual(sorted(p.name for p in self.folder.glob("*.db*")), [])

HOURLY = hourly_series(60_000)


class ExplainStored(Case):
    """Beside what is stored: what a run would do next, and why."""

    def setUp(self):
        super().setUp()
        self.write("fhir.json", json.dumps(HOURLY))

    def explain(self, text, *arguments):
        done = self.aorta("explain", "pipeline.yaml", "--format", "json", *arguments, input=text)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        (made,) = json.loads(done.stdout)["sinks"][0]["observations"]
        return made

    def told(self, text, *arguments):
        done = self.aorta("explain", "pipeline.yaml", *arguments, input=text, env={"COLUMNS": "1000"})
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        return " ".join(done.stdout.split())

    def run_of(self, *messages):
        self.write("messages.ndjson", "".join(m + "\n" for m in messages))
        self.run_pipeline()
        return self.stored()

    def test_without_a_store_nothing_is_said_of_one(self):
        made = self.explain(message(1))
        self.assertNotIn("stored", made)

    def test_nothing_is_stored_yet(self):
        made = self.explain(message(1), "--stored")["stored"]
        self.assertEqual((made["decision"], made["apart"]), ("created", "new-device"))
        self.assertEqual([reference.split("/")[0] for reference in made["made"]], ["Patient", "Device"])
        self.assertIn("its Device is new there", self.told(message(1), "--stored"))
        self.assertEqual(list(self.folder.glob("*.db*")), [], "nothing is written")

    def test_what_is_told_is_what_a_run_does(self):
        """Made, merged into, left alone: under that id, with those contents."""
        for text in (message(1), message(5, 75), message(5, 75), message(0, 66)):
            with self.subTest(text):
                made = self.explain(text, "--stored")
                before = {o["id"]: o for o in self.stored()} if (self.folder / "store.db").exists() else {}
                (after,) = self.run_of(text)
                decided = made["stored"]
                self.assertEqual(decided["id"], after["id"])
                self.assertEqual(after["identifier"][0]["value"], decided["identifier"])
                resource = json.loads(made["resource"])
                for volatile in ("meta", "issued"):
                    resource.pop(volatile), after.pop(volatile)
                self.assertEqual(resource, after)
                version = before[after["id"]]["meta"]["versionId"] if before else None
                self.assertEqual(decided.get("met", {}).get("version"), version)

    def test_a_sample_of_the_same_hour_is_merged(self):
        (there,) = self.run_of(message(1))
        made = self.explain(message(5, 75), "--stored")["stored"]
        self.assertEqual((made["decision"], made["met"]["id"], made["met"]["version"]), ("merged", there["id"], "1"))
        self.assertEqual((made["met"]["period"]["end"][11:16], made["period"]["end"][11:16]), ("06:59", "06:59"))
        told = self.told(message(5, 75), "--stored")
        self.assertIn(f"merged into version 1 of Observation {there['id']}: it has the identifier {made['identifier']}; its period stays", told)
        self.assertEqual([o["meta"]["versionId"] for o in self.stored()], ["1"], "nothing is written")

    def test_what_is_stored_already_is_left_alone(self):
        (there,) = self.run_of(message(1))
        self.assertEqual(self.explain(message(1), "--stored")["stored"]["decision"], "unchanged")
        self.assertIn(f"left as it is: version 1 of Observation {there['id']}", self.told(message(1), "--stored"))

    def test_another_hour_is_another_observation(self):
        (there,) = self.run_of(message(1))
        later = message(1).replace("T06", "T07")
        made = self.explain(later, "--store", "store.db")["stored"]
        self.assertEqual((made["decision"], made["apart"], made["nearest"]["id"], made["made"]), ("created", "other-period", there["id"], []))
        self.assertRegex(self.told(later, "--store", "store.db"), r"is of another period, \S+ – \S+ \(periodInterval: an hour\)")

    def test_another_type_is_another_observation(self):
        self.run_of(message(1))
        self.change("device.json", '"heartrate"', '"pulse"')
        self.change("fhir.json", '"heartrate"', '"pulse"')
        made = self.explain(message(1), "--stored")["stored"]
        self.assertEqual((made["apart"], made["nearest"]["type"]), ("other-type", "heartrate"))
        self.assertIn('only other types are stored', self.told(message(1), "--stored"))

    def test_nothing_of_the_device_is_stored(self):
        self.write("fhir.json", json.dumps(FHIR))
        self.run_of(message(1, hr="--"))
        self.write("fhir.json", json.dumps(HOURLY))
        made = self.explain(message(1), "--stored")["stored"]
        self.assertEqual((made["decision"], made["apart"], made["made"]), ("created", "nothing-of-device", []))

    def test_what_the_store_makes_a_run_refuse(self):
        """A value of another kind is stored, and a device of another patient."""
        self.run_of(message(1))
        self.change("fhir.json", '"SampledData"', '"String"')
        self.assertEqual(self.explain(message(1), "--stored")["error"]["reason"], "observation/existing-value-other-kind")
        other = self.explain(message(1, patient="p2"), "--stored")
        self.run_of(message(1, patient="p2"))
        listed = json.loads(self.aorta("deadletter", "list", "pipeline.yaml", "--format", "json").stdout)["reasons"]
        self.assertIn(other["error"]["reason"], [row["reason"] for row in listed])

    def test_a_store_that_is_not_there(self):
        done = self.aorta("explain", "pipeline.yaml", "--store", "nowhere.db", input=message(1))
        self.assert_refused(done, 4, "nowhere.db")
        done = self.aorta("explain", "pipeline.yaml", "--stored", "--store", "store.db", input=message(1))
        self.assert_refused(done, 2, "not both")
