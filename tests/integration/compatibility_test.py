"""docs/compatibility.md: each row of its tables is shown to be true by a test, here or elsewhere, and none is missing."""
import json
import re

from support import DEVICE, FHIR, SOURCE, Case, message

# How a row begins, and what shows it: a test of this file, or the file of another one and its name.
SHOWN = {
    # The machine does not count
    "times with an offset become": "test_the_time_zone_does_not_count",
    "culture of the process decides": "test_the_culture_does_not_count",
    "a text without a year": "test_a_time_that_depends_on_the_clock_is_refused",
    "JMESPath: whether a *missing* member": "test_a_missing_member_is_null_whatever_happened_before",
    # Errors end a message, not the service
    "what fails is retried for ever": "test_each_message_ends_alone",
    "a body that is no JSON fails": "test_each_message_ends_alone",
    "a message that no template matches is dropped": "test_what_becomes_of_the_unmatched_has_to_be_chosen",
    "the first failing Observation of a group": "test_every_other_observation_of_a_group_is_saved",
    "a type without FHIR template": "test_a_type_without_fhir_template_is_told_beforehand",
    "when identity fails in a way": "test_identity_failures_are_dead_letters",
    "text behind the JSON value": "test_text_behind_the_value_is_warned_of_once",
    "a checkpoint is written whether": ("tests/unit/pipeline/engine_test.cpp", "if dead letters cannot be kept, nothing is settled"),
    # What never ends, or ends the process
    "SampledData with `defaultPeriod` zero": "test_sampled_data_that_never_ends_is_refused",
    "SampledData of any length": "test_sampled_data_of_any_length_is_refused",
    "deeply nested filters and JMESPath": ("tests/integration/hostile_input_test.py", "test_10_000_filters_in_filters"),
    "expressions such as `$..*..*..*`": ("tests/integration/hostile_input_test.py", "test_scans_in_scans"),
    "a pattern behind `=~` may backtrack": ("tests/unit/expr/regex_test.cpp", "steps are linear in the text, whatever the pattern"),
    "a grouping window of length 0": "test_a_window_of_no_length_is_refused",
    # Mapping files
    "an empty file, or one that is `null`": "test_an_empty_mapping_is_an_error",
    "`periodInterval` with a fraction": "test_a_period_with_a_fraction_is_an_error",
    "a mapping is downloaded again": "test_a_mapping_is_read_before_anything_else",
    "validation does not look at a template's own value": "test_the_own_value_counts_beside_components",
    "validation fails on a FHIR template without value": "test_a_template_without_value_is_a_warning",
    # Stores and identity
    "searches are put into URLs unescaped": "test_device_ids_are_searched_exactly",
    "a create is a `PUT` without condition": ("tests/integration/rest_store_test.py", "test_an_index_that_lags_hides_nothing"),
    "after two retries a conflict is an error": ("tests/unit/fhir/observation_saver_test.cpp", "conflicts are tried again, and not for ever"),
    "one write per Observation and attempt": ("tests/unit/fhir/sqlite_store_test.cpp", "a full one says so, and keeps no part of the flush"),
    # What is no valid R4
    **dict.fromkeys(
        ("empty texts of the FHIR mapping", "an empty text that was measured", "control characters of a text that was measured", "`effectivePeriod` without zone"),
        ("tests/integration/fhir_valid_test.py", "test_answers_to_the_cases_of_the_reference")),
    # Limits of input
    "nesting of a message": ("tests/integration/hostile_input_test.py", "test_nesting"),
    "length of a record": ("tests/integration/hostile_input_test.py", "test_64_megabytes_of_text_by_default"),
    "body kept in a dead letter": ("tests/unit/journal/dead_letters_test.cpp", "a body beyond the limit is cut, and says so"),
}


def rows():
    """The first cells of all tables, without their heads."""
    cells, head = [], True
    for line in (SOURCE / "docs/compatibility.md").read_text().splitlines():
        if not line.startswith("|"):
            head = True
        elif not head and not re.fullmatch(r"[|\- ]+", line):
            cells.append(re.split(r"(?<!\\)\|", line)[1].strip())
        else:
            head = False
    return cells


class Page(Case):
    def test_every_row_is_shown(self):
        for row in rows():
            with self.subTest(row):
                self.assertEqual(len([start for start in SHOWN if row.startswith(start)]), 1)

    def test_nothing_is_shown_that_is_not_told(self):
        for start, shown in SHOWN.items():
            with self.subTest(start):
                self.assertTrue(any(row.startswith(start) for row in rows()))
                if isinstance(shown, str):
                    self.assertTrue(hasattr(Differences, shown))
                else:
                    self.assertIn(shown[1], (SOURCE / shown[0]).read_text())


class Differences(Case):
    def resources(self):
        done = self.aorta("store", "export", "store.db")
        return sorted(json.dumps(dict(json.loads(line), issued=0, meta=0), sort_keys=True) for line in done.stdout.splitlines())

    def forget(self):
        for old in self.folder.glob("*.db*"):
            old.unlink()

    def ends(self, *lines, code=0, **options):
        self.forget()
        self.write("messages.ndjson", "".join(line + "\n" for line in lines))
        return self.run_pipeline(code=code, **options)[0]

    def conform(self, *cases, **env):
        text = "".join(json.dumps({"id": str(i), **case}) + "\n" for i, case in enumerate(cases))
        done = self.aorta("conform", input=text, env=env)
        self.assertEqual(done.returncode, 0, done.stderr)
        return [json.loads(line) for line in done.stdout.splitlines()]

    def fhir(self, **members):
        mapping = json.loads(json.dumps(FHIR))
        mapping["template"][0]["template"].update(members)
        self.write("fhir.json", json.dumps(mapping))

    # The machine
    def test_the_time_zone_does_not_count(self):
        self.fhir(periodInterval=1440)
        text = json.dumps({"device": "d1", "patient": "p1", "at": "2026-11-22T23:30:00+05:30", "hr": 70})
        seen = []
        for zone in ("UTC", "Asia/Tokyo", "America/New_York", ":/nonsense"):
            self.ends(text, env={"TZ": zone})
            seen.append(self.resources())
        self.assertEqual(seen, [seen[0]] * 4)
        self.assertIn('"start": "2026-11-22T00:00:00.0000000Z"', "".join(seen[0]))

    def test_the_culture_does_not_count(self):
        cases = [{"kind": "jmespath", "expression": expression, "data": '["b","a","B","i","I"]'} for expression in
                 ("sort(@)", "max(@)", "min(@)", "starts_with('straße', 'strasse')")]
        seen = [self.conform(*cases, LC_ALL=culture, LANG=culture) for culture in ("C", "tr_TR.UTF-8", "de_DE.UTF-8")]
        self.assertEqual(seen, [seen[0]] * 3)
        self.assertEqual(json.loads(seen[0][0]["result"]["json"]), ["B", "I", "a", "b", "i"])

    def test_a_time_that_depends_on_the_clock_is_refused(self):
        texts = ("Mar 5", "10-5", "08:15", "8 PM", "5 March 08:15")
        lines = [json.dumps({"device": "d", "patient": "p", "hr": 1, "at": text}) for text in texts]
        ended = self.ends(*lines, message(1))
        self.assertEqual(ended["dead_letters"], {"normalize/required-value-unusable": len(texts)})
        self.assertEqual(ended["written"], 1)

    def test_a_missing_member_is_null_whatever_happened_before(self):
        case = {"kind": "jmespath", "expression": "[{x: missing}][*].x", "data": "{}"}
        answers = self.conform(case, case, case)
        self.assertEqual([a["result"] for a in answers], [[{"type": "Null", "json": "null"}]] * 3)

    # Errors
    def test_each_message_ends_alone(self):
        ended = self.ends(message(1), "no JSON", message(2), '{"hr":1}', message(3, hr="--"), message(4))
        self.assertEqual(ended["written"], 3)
        self.assertEqual(ended["dead_letters"], {
            "normalize/not-json": 1, "normalize/required-value-missing": 1, "observation/value-not-a-number": 1})
        listed = json.loads(self.aorta("deadletter", "list", "pipeline.yaml", "--each", "--format", "json").stdout)
        self.assertEqual({letter["position"] for letter in listed["letters"]}, {f"messages.ndjson:{n}" for n in (2, 4, 5)})

    def test_what_becomes_of_the_unmatched_has_to_be_chosen(self):
        self.assertEqual(self.ends("{}")["dead_letters"], {"normalize/no-template-matched": 1})
        self.change("pipeline.yaml", "unmatched: dead_letter", "unmatched: filter")
        self.assertEqual(self.ends("{}")["filtered"], 1)
        self.change("pipeline.yaml", "  unmatched: filter\n", "")
        self.assert_refused(self.aorta("run", "pipeline.yaml"), 1, "unmatched")

    def test_every_other_observation_of_a_group_is_saved(self):
        ended = self.ends(message(1), message(2, hr="x"), message(3))
        self.assertEqual((ended["written"], ended["dead_lettered"]), (2, 1))
        self.assertEqual(len(self.stored()), 2)

    def test_a_type_without_fhir_template_is_told_beforehand(self):
        self.fhir(typeName="another")
        done = self.aorta("validate", "pipeline.yaml")
        self.assertIn('"heartrate"', done.stdout + done.stderr)
        self.assertEqual(self.ends(message(1))["dead_letters"], {"observation/no-fhir-template": 1})

    def test_identity_failures_are_dead_letters(self):
        self.assertEqual(list(self.ends(message(1, patient=None))["dead_letters"]), ["identity/patient-not-defined"])
        self.change("pipeline.yaml", "mode: create", "mode: lookup")
        (reason,) = self.ends(message(1))["dead_letters"]
        self.assertRegex(reason, "^identity/")

    def test_text_behind_the_value_is_warned_of_once(self):
        self.forget()
        self.write("messages.ndjson", "".join(message(i) + " and more\n" for i in range(1, 4)))
        ended, done = self.run_pipeline()
        self.assertEqual((ended["written"], ended["dead_lettered"]), (3, 0))
        warned = [line for line in (done.stdout + done.stderr).splitlines() if "behind" in line]
        self.assertEqual(len(warned), 1, done.stdout + done.stderr)

    # What never ends
    def sampled(self, period):
        return {"valueType": "SampledData", "valueName": "hr", "defaultPeriod": period}

    def test_sampled_data_that_never_ends_is_refused(self):
        for period in (0, -1, 0.00001):
            with self.subTest(period):
                self.fhir(periodInterval=60, value=self.sampled(period))
                done = self.aorta("validate", "pipeline.yaml")
                if done.returncode == 0:
                    self.assertEqual(self.ends(message(1))["dead_letters"], {"observation/sampled-period-not-positive": 1})
                else:
                    self.assert_refused(done, 1, "fhir.json")

    def test_sampled_data_of_any_length_is_refused(self):
        self.fhir(periodInterval=1440, value=self.sampled(0.0001))
        self.assertEqual(self.ends(message(1))["dead_letters"], {"observation/sampled-data-too-long": 1})

    def test_a_window_of_no_length_is_refused(self):
        for window in ("max_delay: 0s", "max_measurements: 0"):
            self.write("other.yaml", (self.folder / "pipeline.yaml").read_text() + "group: { " + window + " }\n")
            self.assert_refused(self.aorta("run", "other.yaml"), 1, "other.yaml", "group." + window.split(":")[0])

    # Mapping files
    def test_an_empty_mapping_is_an_error(self):
        for text in ("", "  \n", "null"):
            for name in ("device.json", "fhir.json"):
                with self.subTest((name, text)):
                    self.write("device.json", json.dumps(DEVICE))
                    self.write("fhir.json", json.dumps(FHIR))
                    self.write(name, text)
                    self.assert_refused(self.aorta("run", "pipeline.yaml"), 1, name)

    def test_a_period_with_a_fraction_is_an_error(self):
        for spelled in ("60.0", "6e1"):
            self.write("fhir.json", json.dumps(FHIR).replace('"periodInterval": 0', '"periodInterval": ' + spelled))
            self.assert_refused(self.aorta("run", "pipeline.yaml"), 1, "fhir.json:1:", "periodInterval")

    def test_a_mapping_is_read_before_anything_else(self):
        self.write("device.json", "{")
        self.assert_refused(self.aorta("run", "pipeline.yaml"), 1, "device.json")
        self.assertEqual(list(self.folder.glob("*.db")), [])

    def test_the_own_value_counts_beside_components(self):
        self.fhir(components=[{"codes": [], "value": {"valueType": "Quantity", "valueName": "other"}}])
        done = self.aorta("validate", "pipeline.yaml")
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertNotIn("warning:", done.stdout + done.stderr)
        self.ends(message(1))
        self.assertEqual([r["valueQuantity"]["value"] for r in self.stored()], [70])
        texts = {name: (self.folder / f"{name}.json").read_text() for name in ("device", "fhir")}
        (answer,) = self.conform({"kind": "validate", "deviceMapping": texts["device"], "fhirMapping": texts["fhir"], "documents": []})
        self.assertEqual([i["level"] for i in answer["issues"]], ["WARN"])

    def test_a_template_without_value_is_a_warning(self):
        mapping = json.loads(json.dumps(FHIR))
        del mapping["template"][0]["template"]["value"]
        self.write("fhir.json", json.dumps(mapping))
        done = self.aorta("validate", "pipeline.yaml")
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertIn('warning: value "hr"', done.stdout + done.stderr)
        mapping["template"][0]["template"]["components"] = [{"codes": []}]
        self.write("fhir.json", json.dumps(mapping))
        self.assert_refused(self.aorta("validate", "pipeline.yaml"), 1, "fhir.json:1:")

    # Identity
    def test_device_ids_are_searched_exactly(self):
        ids = ["a&b", "a", "a&identifier=x", "a+b", "a b", "ä/ö", "%26"]
        self.ends(*(message(i, device=device) for i, device in enumerate(ids)))
        self.assertEqual(sorted(d["identifier"][0]["value"] for d in self.stored("Device")), sorted(ids))

    def test_a_bar_in_a_device_id_stands_behind_a_system(self):
        self.change("pipeline.yaml", "mode: create }", "mode: create, default_device_system: sys }")
        self.ends(message(1, device="a"))
        self.change("pipeline.yaml", ", default_device_system: sys", "")
        self.write("messages.ndjson", message(2, device="sys|a") + "\n")
        self.run_pipeline()
        self.assertEqual([d["identifier"] for d in self.stored("Device")], [[{"system": "sys", "value": "a"}]])


class Texts(Case):
    """What stands between the tables."""

    def test_no_case_is_known_to_differ(self):
        listed = (SOURCE / "tests/conformance/known_differences.tsv").read_text().splitlines()
        self.assertEqual([line for line in listed if line and not line.startswith("#")], [])

    def test_a_bad_pattern_fails_where_it_is_first_used(self):
        mapping = json.loads(json.dumps(DEVICE))
        mapping["template"][0]["template"]["typeMatchExpression"] = r"$.Body.list[?(@ =~ /(a)\1/)]"
        self.write("device.json", json.dumps(mapping))
        self.assertEqual(self.aorta("validate", "pipeline.yaml").returncode, 0)
        self.write("messages.ndjson", '{"list":[]}\n{"list":["aa"]}\n')
        ended, _ = self.run_pipeline()
        self.assertEqual(ended["dead_letters"], {"normalize/no-template-matched": 1, "normalize/expression-failed": 1})

