"""`aorta explain`: what it says of a message is what a run does with it."""
import copy
import json

from support import DEVICE, Case, message

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
        self.assertIn("Outcome: 1 measurement\n", done.stdout)
        self.assertNotIn("\x1b", done.stdout)

    def test_nothing_is_written(self):
        self.explain(message(1))
        self.assertEqual(sorted(p.name for p in self.folder.glob("*.db*")), [])
