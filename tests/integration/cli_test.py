"""The command line as a user meets it: help, suggestions, exit codes, and streams that fail."""
import csv
import hashlib
import io
import json
import os
import pathlib
import re
import shutil
import subprocess
import tempfile
import unittest

from support import BUILD, PIPELINE, Case, message

AORTA = os.environ["AORTA"]
SOURCE = pathlib.Path(os.environ["AORTA_SOURCE"])
VERBS = ["validate", "deadletter list", "plugin list", "plugin inspect", "store query", "store export", "conform"]


def aorta(*words, **options):
    return subprocess.run([AORTA, *map(str, words)], capture_output=True, text=True, timeout=60, **options)


class Help(unittest.TestCase):
    def test_each_verb_teaches_itself(self):
        for verb in VERBS:
            shown = aorta(*verb.split(), "--help")
            self.assertEqual(shown.returncode, 0, verb)
            self.assertIn("Examples:\n  aorta " + verb, shown.stdout)
            self.assertIn("Exit codes: 0", shown.stdout)

    def test_version_in_both_formats(self):
        self.assertRegex(aorta("--version").stdout, r"^aorta \d+\.\d+\.\d+\n$")
        self.assertEqual(json.loads(aorta("--version", "--format", "json").stdout)["name"], "aorta")

    def test_wrong_usage_is_answered_with_the_nearest(self):
        for words, hint in [
            (["validte"], 'did you mean "validate"?'),
            (["plugin", "lst"], 'did you mean "plugin list"?'),
            (["plugin"], "needs a verb behind it: list, inspect"),
            (["validate", "--fromat", "json", "x"], 'did you mean "--format"?'),
            (["validate"], "PIPELINE"),
            (["validate", "x", "--format", "xml"], "xml"),
        ]:
            ran = aorta(*words)
            self.assertEqual((ran.returncode, ran.stdout), (2, ""), words)
            self.assertIn(hint, ran.stderr)
            self.assertTrue(ran.stderr.startswith("error: "))


class Streams(unittest.TestCase):
    def test_a_full_disk_is_an_error_of_the_environment(self):
        with open("/dev/full", "w") as full:
            ran = subprocess.run([AORTA, "--help"], stdout=full, stderr=subprocess.PIPE, text=True, timeout=60)
        self.assertEqual(ran.returncode, 4)
        self.assertIn("standard output cannot be written", ran.stderr)

    def test_a_reader_that_leaves_does_not_crash_it(self):
        ran = subprocess.Popen([AORTA, "--help"], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        ran.stdout.close()
        self.assertIn(ran.wait(timeout=60), (0, 4))
        ran.stderr.close()

    def test_closed_streams_do_not_crash_it(self):
        ran = subprocess.run(f"'{AORTA}' --help >&- 2>&- <&-", shell=True, timeout=60)
        self.assertEqual(ran.returncode, 4)

    def test_colour_only_where_it_is_wanted(self):
        self.assertNotIn("\x1b", aorta("validate", "/nowhere.yaml").stdout)
        self.assertIn("\x1b", aorta("validate", "--color", "always", "/nowhere.yaml").stdout)


class Validate(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp())
        self.addCleanup(shutil.rmtree, self.folder)
        shutil.copytree(SOURCE / "pipelines" / "mappings", self.folder / "mappings")
        self.good = (SOURCE / "pipelines" / "ward-vitals.yaml").read_text()
        self.file = self.folder / "ward.yaml"

    def validate(self, text, *words):
        self.file.write_text(text)
        return aorta("validate", self.file, *words)

    def test_the_pipelines_of_the_project_are_valid(self):
        ran = aorta("validate", *sorted((SOURCE / "pipelines").glob("*.yaml")))
        self.assertEqual(ran.returncode, 0, ran.stdout + ran.stderr)
        self.assertEqual(ran.stdout.count(": ok ("), len(list((SOURCE / "pipelines").glob("*.yaml"))), ran.stdout)

    def test_a_typing_error_is_shown_with_a_caret_and_the_nearest_key(self):
        line = next(i for i, l in enumerate(self.good.splitlines(), 1) if "plugin: file" in l)
        column = self.good.splitlines()[line - 1].index("path:") + 1
        ran = self.validate(self.good.replace("path: data/vitals", "pth: data/vitals"))
        self.assertEqual(ran.returncode, 1)
        self.assertIn(f'{self.file}:{line}:{column}: error: sources.bedside.config.pth: unknown key; did you mean "path"?', ran.stdout)
        self.assertIn("^~~\n", ran.stdout)
        self.assertIn("sources.bedside.config.path: is missing", ran.stdout)
        self.assertTrue(ran.stdout.endswith("2 errors. Nothing was started.\n"), ran.stdout)

    def test_findings_as_json(self):
        report = json.loads(self.validate(self.good.replace("version: 1", "version: 2"), "--format", "json").stdout)
        self.assertEqual((report["errors"], report["pipelines"][0]["ok"]), (1, False))
        self.assertEqual(report["diagnostics"][0]["severity"], "error")
        self.assertGreater(report["diagnostics"][0]["line"], 0)

    def test_an_unknown_plugin_is_answered_with_the_nearest(self):
        ran = self.validate(self.good.replace("plugin: file", "plugin: fiel"))
        self.assertEqual(ran.returncode, 1)
        self.assertIn('"file"', ran.stdout)

    def test_a_fault_of_a_mapping_stands_at_its_line(self):
        mapping = self.folder / "mappings" / "vitals.device.json"
        mapping.write_text(mapping.read_text().replace("timestampExpression", "timeExpression", 1))
        ran = self.validate(self.good)
        self.assertEqual(ran.returncode, 1)
        self.assertRegex(ran.stdout, r"mappings/vitals\.device\.json:\d+:\d+: error: ")

    def test_a_value_that_no_fhir_template_takes_is_a_warning(self):
        mapping = self.folder / "mappings" / "vitals.fhir.json"
        mapping.write_text(mapping.read_text().replace('"valueName": "spo2"', '"valueName": "sp02"'))
        ran = self.validate(self.good)
        self.assertEqual(ran.returncode, 0, ran.stdout)
        self.assertIn('warning: value "spo2" is in no FHIR template of type "spo2"', ran.stdout)
        self.assertIn("known there: sp02", ran.stdout)

    def test_missing_files_are_told_where_they_are_named(self):
        ran = self.validate(self.good.replace("mappings/vitals.device.json", "mappings/gone.json"))
        self.assertEqual(ran.returncode, 1)
        self.assertRegex(ran.stdout, r"ward\.yaml:\d+:\d+: error: normalize\.mapping: .*gone\.json: there is no such file")
        gone = aorta("validate", self.folder / "gone.yaml")
        self.assertEqual(gone.returncode, 4)
        self.assertIn("gone.yaml: error: there is no such file", gone.stdout)
        self.assertEqual(aorta("validate", self.folder).returncode, 4)

    def test_hostile_pipeline_files_end_soon(self):
        for text in ["[" * 100_000, "a: {" * 50_000, "- " * 100_000, "? " * 50_000, "a: 1\n" * 100_000, "\0", "\xff", "", "&a [*a]", '"', "%"]:
            ran = self.validate(text)
            self.assertEqual(ran.returncode, 1, text[:20])
            self.assertIn("error: ", ran.stdout)


class Tables(Case):
    """What `store`, `deadletter` and `plugin` show, for people and for programs."""

    def setUp(self):
        super().setUp()
        bad = '{"junk":1}\n{"hr":\n'
        lines = [message(1), message(2, hr=71, device="d2", patient="p2"), message(3, hr=72, device="=d3", patient="p,3")]
        self.write("messages.ndjson", "\n".join(lines) + "\n" + bad)
        self.run_pipeline()

    def query(self, *words):
        done = self.aorta("store", "query", "store.db", *words)
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout

    def rows(self, *words):
        return json.loads(self.query(*words, "--format", "json"))["observations"]

    def test_store_query_as_table(self):
        lines = self.query().splitlines()
        self.assertEqual(lines[0].split(), ["TIME", "PATIENT", "DEVICE", "CODE", "NAME", "VALUE", "UNIT"])
        self.assertEqual(lines[1].split(), ["2026-11-22T06:01:00Z", "p1", "d1", "8867-4", "heartrate", "70", "/min"])
        self.assertEqual(len(lines), 4)
        self.assertEqual(self.query("--patient", "nobody"), "No Observations.\n")

    def test_store_query_filters(self):
        self.assertEqual([r["device"] for r in self.rows("--patient", "p2")], ["d2"])
        self.assertEqual([r["value"] for r in self.rows("--device", "d1")], ["70"])
        self.assertEqual(len(self.rows("--code", "8867-4")), 3)
        self.assertEqual(self.rows("--code", "8867"), [])
        self.assertEqual([r["device"] for r in self.rows("--limit", "1")], ["=d3"])
        self.assertEqual(len(self.rows("--limit", "0")), 3)

    def test_store_query_of_the_last_hours(self):
        self.assertEqual(len(self.rows("--last", "36500d")), 3)
        self.assertEqual(self.rows("--last", "1ms"), [])
        self.assert_refused(self.aorta("store", "query", "store.db", "--last", "yesterday"), 2, "--last")

    def test_store_query_of_days(self):
        self.assertEqual(len(self.rows("--from", "2026-11-22", "--until", "2026-11-23")), 3)
        self.assertEqual(self.rows("--until", "2026-11-22"), [])
        first = self.rows("--limit", "0")[0]["start"]
        self.assertEqual(self.rows("--from", first)[0]["start"], first)
        self.assertNotIn(first, [row["start"] for row in self.rows("--from", first.replace("Z", ".5Z"))])
        self.assert_refused(self.aorta("store", "query", "store.db", "--from", "yesterday"), 2, "--from", "2026-11-22")
        self.assert_refused(self.aorta("store", "query", "store.db", "--last", "1h", "--from", "2026-11-22"), 2, "--last", "--from")

    def test_a_limit_that_is_none(self):
        for limit in ("-1", "many", "1.5", ""):
            done = self.aorta("store", "query", "store.db", f"--limit={limit}")
            self.assert_refused(done, 2, "--limit")
            self.assertLess(len(done.stderr), 200)

    def test_long_and_blank_names_in_a_table(self):
        long = "p" * 5000
        self.write("messages.ndjson", "".join(json.dumps(
            {"device": device, "patient": patient, "at": f"2026-11-22T07:0{minute}:00Z", "hr": 70}) + "\n"
            for minute, (device, patient) in enumerate([("dé" * 3000, long), (" d 9 ", " p 9 "), ("-2+3|x", "-5")])))
        self.run_pipeline()
        table = self.query("--limit", "3")
        self.assertLess(max(map(len, table.splitlines())), 200)
        self.assertIn("p" * 39 + "…", table)
        self.assertEqual(len(self.rows("--patient", long)), 1)
        self.assertEqual([r["device"] for r in self.rows("--patient", " p 9 ")], ["d 9"])
        self.assertEqual(len(self.rows("--device", " d 9 ")), 1)
        self.assertEqual(list(csv.reader(io.StringIO(self.query("--patient", "-5", "--format", "csv"))))[1][2:4], ["-5", "'-2+3|x"])

    def test_store_query_as_csv(self):
        found = list(csv.reader(io.StringIO(self.query("--format", "csv"))))
        self.assertEqual(found[0], ["start", "end", "patient", "device", "code", "name", "value", "unit", "status", "id"])
        self.assertEqual(found[1][2:8], ["p1", "d1", "8867-4", "heartrate", "70", "/min"])
        self.assertEqual(found[3][2:4], ["p,3", "'=d3"], "no formula for a spreadsheet")

    def test_files_that_cannot_be_read(self):
        self.write("text.db", "no database\n" * 100)
        for verb in (["store", "query"], ["store", "export"], ["deadletter", "list"]):
            for file in ("missing.db", "text.db", "."):
                done = self.aorta(*verb, file)
                self.assert_refused(done, 4 if file != "." or verb[0] == "store" else done.returncode, file)
                self.assertNotEqual(done.returncode, 0)
                self.assertEqual(done.stdout, "")
                told = json.loads(self.aorta(*verb, file, "--format", "json").stdout)
                self.assertIn(file, told["error"]["message"])
            self.assertFalse((self.folder / "missing.db").exists())
        self.assert_refused(self.aorta("store", "export", "dead-letters.db"), 4, "dead-letters.db")
        self.assert_refused(self.aorta("deadletter", "list", "store.db"), 4, "store.db")

    def test_store_export_is_one_resource_a_line(self):
        lines = self.aorta("store", "export", "store.db").stdout.splitlines()
        kinds = [json.loads(line)["resourceType"] for line in lines]
        self.assertEqual({k: kinds.count(k) for k in set(kinds)}, {"Observation": 3, "Device": 3, "Patient": 3})

    def test_store_export_as_a_bundle(self):
        bundle = json.loads(self.aorta("store", "export", "store.db", "--bundle").stdout)
        self.assertEqual((bundle["resourceType"], bundle["type"], len(bundle["entry"])), ("Bundle", "collection", 9))
        lines = self.aorta("store", "export", "store.db").stdout.splitlines()
        self.assertEqual([e["resource"] for e in bundle["entry"]], [json.loads(line) for line in lines])

    def test_store_query_draws_numbers_over_time(self):
        drawn = self.query("--plot", "--patient", "p2")
        self.assertIn("8867-4 heartrate   p2   d2   1 value   71 /min", drawn)
        self.assertEqual(self.query("--plot", "--patient", "nobody"), "No Observations.\n")
        self.assert_refused(self.aorta("store", "query", "store.db", "--plot", "--format", "csv"), 2, "--plot")

    def test_dead_letters_by_reason(self):
        lines = self.aorta("deadletter", "list", "pipeline.yaml").stdout.splitlines()
        self.assertEqual(lines[0].split()[:2], ["REASON", "COUNT"])
        self.assertEqual({line.split()[0] for line in lines[1:]}, {"normalize/no-template-matched", "normalize/not-json"})
        self.assertIn("in messages.ndjson:4", lines[1] + lines[2])
        one = self.aorta("deadletter", "list", "pipeline.yaml", "--reason", "normalize/not-json", "--format", "json").stdout
        (group,) = json.loads(one)["reasons"]
        self.assertEqual((group["letters"], group["last_seen"]["position"]), (1, "messages.ndjson:5"))

    def test_dead_letters_one_by_one(self):
        self.run_pipeline()
        letters = json.loads(self.aorta("deadletter", "list", "dead-letters.db", "--each", "--format", "json").stdout)["letters"]
        self.assertEqual([(l["position"], l["count"]) for l in letters], [("messages.ndjson:4", 2), ("messages.ndjson:5", 2)])
        self.assertNotIn("junk", json.dumps(letters), "no payload in lists")
        self.assertEqual(len(self.aorta("deadletter", "list", "dead-letters.db", "--each", "--limit", "1").stdout.splitlines()), 2)
        self.assertEqual(self.aorta("deadletter", "list", "dead-letters.db", "--source", "other").stdout, "No dead letters.\n")

    def test_dead_letters_before_the_first_run(self):
        (self.folder / "dead-letters.db").unlink()
        self.assertEqual(self.aorta("deadletter", "list", "pipeline.yaml").stdout, "No dead letters.\n")
        self.assertEqual(json.loads(self.aorta("deadletter", "list", "pipeline.yaml", "--format", "json").stdout), {"reasons": []})

    def test_reasons_name_their_stage_and_one_cause(self):
        groups = json.loads(self.aorta("deadletter", "list", "pipeline.yaml", "--format", "json").stdout)["reasons"]
        for group in groups:
            self.assertRegex(group["reason"], r"^(source|normalize|observation|identity|store|sink)/[a-z0-9]+(-[a-z0-9]+)*$")

    def test_plugins_are_listed(self):
        lines = self.aorta("plugin", "list").stdout.splitlines()
        self.assertEqual(lines[0].split(), ["KIND", "PLUGIN", "VERSION", "SUMMARY"])
        listed = json.loads(self.aorta("plugin", "list", "--format", "json").stdout)
        self.assertEqual(listed["refused"], [])
        found = {(p["kind"], p["id"]) for p in listed["plugins"]}
        self.assertLessEqual({("source", "file"), ("template", "JsonPathContent"), ("sink", "fhir-observation")}, found)
        self.assertEqual(len(lines), 1 + len(found))

    def test_what_is_shown_of_a_plugin_can_be_written_into_a_pipeline_file(self):
        for id in ("file", "http", "fhir-observation"):
            with self.subTest(id):
                (one,) = json.loads(self.aorta("plugin", "inspect", id, "--format", "json").stdout)["plugins"]
                sample = one["sample"].split("\n\n", 1)[1].replace("FILE", "fhir.json").replace("# store: NAME", "store: local")
                group = "sources" if one["kind"] == "source" else "sinks"
                self.assertTrue(sample.startswith(group + ":\n"))
                whole = re.sub(r"(?m)^      # (?!token)", "      ", sample)
                for text in (sample, whole):
                    self.write("pipeline.yaml", re.sub(rf"(?m)^{group}:\n  \w+:.*\n", lambda _: text, PIPELINE))
                    told = self.aorta("validate", "pipeline.yaml")
                    self.assertNotRegex(told.stdout + told.stderr, r"unknown key|expected|is missing", text)
        (template,) = json.loads(self.aorta("plugin", "inspect", "JsonPathContent", "--format", "json").stdout)["plugins"]
        self.assertEqual(template["sample"], "")

    def test_plugins_that_are_pinned(self):
        (one,) = json.loads(self.aorta("plugin", "inspect", "file", "--format", "json").stdout)["plugins"]
        for pin, said in (
            (f"file: {{ version: '{one['version']}', sha256: '{one['sha256'].upper()}' }}", None),
            ("file: {}", None),
            ("JsonPathContent: { version: '9' }", "plugins.pinned.JsonPathContent: version 0.1.0 is installed"),
            ("file: { version: '0.0.9' }", "and not 0.0.9"),
            (f"file: {{ sha256: '{'0' * 64}' }}", f"has the SHA-256 {one['sha256']}, and not the pinned one"),
            ("acme.nobody: { version: '1' }", "no such plugin is installed"),
            ("file: { checksum: '1' }", "unknown key"),
        ):
            with self.subTest(pin):
                self.write("pipeline.yaml", PIPELINE + f"plugins: {{ pinned: {{ {pin} }} }}\n")
                told = self.aorta("validate", "pipeline.yaml")
                if said:
                    self.assert_refused(told, 1, said, "pipeline.yaml:13:")
                else:
                    self.assertEqual(told.returncode, 0, told.stdout + told.stderr)

    def test_of_a_library_that_is_not_the_pinned_one_nothing_runs(self):
        (self.folder / "plugins").mkdir()
        shutil.copy(BUILD / "tests/abi/bad/load_exits.so", self.folder / "plugins/counter.so")
        (self.folder / "plugins/counter.so").chmod(0o755)
        self.write("plugins/counter.manifest.json", json.dumps({
            "manifest": 1, "name": "counter", "version": "1.0.0", "abi": {"major": 1, "minor": 0}, "built_with": "C11",
            "plugins": [{"id": "test.counter", "kind": "source", "config": {"type": "object", "properties": {}, "additionalProperties": False}}]}))
        self.change("pipeline.yaml", "plugin: file, config: { path: messages.ndjson }", "plugin: test.counter")
        plugins = "plugins: {{ path: [plugins], pinned: {{ test.counter: {{ {} }} }} }}\n"
        self.write("pinned.yaml", (self.folder / "pipeline.yaml").read_text() + plugins.format("sha256: '0'"))
        told = self.aorta("validate", "pinned.yaml")
        self.assert_refused(told, 1, "and not the pinned one")
        self.assertNotIn("when it is loaded", told.stdout + told.stderr)
        self.write("loose.yaml", (self.folder / "pipeline.yaml").read_text() + plugins.format(""))
        self.assert_refused(self.aorta("validate", "loose.yaml"), 1, "when it is loaded")

    def test_a_plugin_is_inspected(self):
        shown = self.aorta("plugin", "inspect", "file")
        self.assertEqual(shown.returncode, 0, shown.stderr)
        self.assertIn("source file", shown.stdout)
        self.assertRegex(shown.stdout, r"path\s+path of messages\s+\(required\)")
        (one,) = json.loads(self.aorta("plugin", "inspect", "file", "--format", "json").stdout)["plugins"]
        self.assertTrue(one["loads"])
        library = pathlib.Path(one["library"])
        self.assertEqual(one["sha256"], hashlib.sha256(library.read_bytes()).hexdigest())
        self.assertIn(one["sha256"], shown.stdout)
        self.assertIn("max_record_bytes", one["config"]["properties"])
        self.assert_refused(self.aorta("plugin", "inspect", "fiel"), 1, 'did you mean "file"?')
