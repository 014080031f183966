"""The command line as a user meets it: help, suggestions, exit codes, and streams that fail."""
import json
import os
import pathlib
import shutil
import subprocess
import tempfile
import unittest

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
