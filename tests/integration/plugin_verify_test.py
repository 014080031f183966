"""`aorta plugin verify`: the project's plugins keep the contract; for each check there is a plugin that breaks it, and is told so."""
import json
import os
import pathlib
import shutil
import subprocess
import tempfile
import unittest

import support

PLUGINS = support.BUILD / "lib/aorta/plugins"
BAD = support.BUILD / "tests/abi/bad"
SANITIZED = "-fsanitize" in (support.BUILD / "CMakeCache.txt").read_text()  # their allocator does not tell what is in use, and they end with the signal taken
JSON_PATH = {
    "typeName": "heartrate", "typeMatchExpression": "$..[?(@hr)]", "deviceIdExpression": "$.deviceId", "timestampExpression": "$.at",
    "values": [{"valueName": "hr", "valueExpression": "$.hr", "required": True}],
}
IN_MATCH = {key: value.replace("$.", "$.matchedToken.") if isinstance(value, str) and key != "typeMatchExpression" else value for key, value in JSON_PATH.items()}
IN_MATCH["values"] = [{"valueName": "hr", "valueExpression": "$.matchedToken.hr", "required": True}]
MAPPINGS = support.SOURCE / "pipelines/mappings"


def mapping(name):
    """What the plugin receives of it: durations in milliseconds."""
    return json.loads((MAPPINGS / name).read_text().replace('"10s"', "10000"))


ENTRIES = {
    "fhir-device-metric": {"mapping": mapping("oximeter.metrics.json")},
    "fhir-diagnostic-report": {"mapping": mapping("blood-pressure.reports.json"), "observations": str(MAPPINGS / "blood-pressure.fhir.json")},
    "fhir-risk-assessment": {"mapping": mapping("vitals.risk.json"), "observations": str(MAPPINGS / "vitals.fhir.json")},
    "JsonPathContent": JSON_PATH, "IotJsonPathContent": JSON_PATH, "IotCentralJsonPathContent": JSON_PATH, "CalculatedContent": IN_MATCH,
}

# What is planted, and the check that finds it, with a word of what it says.
PLANTED = {
    "exports": ("one exported symbol", "beside aorta_module_v1"),
    "stays": ("unload really unloads", "stays in memory"),
    "slow_to_load": ("loads quietly, in under 100 ms", "took"),
    "thread_when_loaded": ("loads quietly, in under 100 ms", "thread"),
    "unknown_id": ("an unknown id is refused with a reason", "made something"),
    "refuses_example": ("every example of its schema is accepted", "not this one"),
    "crashes_on_config": ("every changed member of its configuration is handled", "SIGABRT"),
    "says_nothing": ("every changed member of its configuration is handled", "did not say why"),
    "throws": ("every changed member of its configuration is handled", "exception left"),
    "grows": ("create and destroy 100 times, no growth", "KiB behind"),
    "stops_once": ("start and stop in every order", "safe twice"),
    "exits": ("start and stop in every order", "ended the process"),
    "reason": ("start and stop in every order", "kebab-case"),
    "sleeps": ("poll returns when cancelled", "wait in slices"),
    "hangs": ("poll returns when cancelled", "allowed, and was ended"),
    "same_token": ("settled in any order, with any outcome, or not at all", "a token names one record"),
    "too_many": ("records within limits, tokens of their own, none after the end", "of at most"),
    "after_the_end": ("records within limits, tokens of their own, none after the end", "after it had returned AORTA_END"),
    "locale": ("leaves threads, files, locale, folder and signals alone", "locale"),
    "signal": ("leaves threads, files, locale, folder and signals alone", "signal handler"),
    "folder": ("leaves threads, files, locale, folder and signals alone", "working directory"),
    "file": ("leaves threads, files, locale, folder and signals alone", "/dev/zero"),
    "thread": ("leaves threads, files, locale, folder and signals alone", "thread"),
    "forks": ("leaves threads, files, locale, folder and signals alone", "process"),
    "memory": ("the same message gives the same, in any instance", "different measurements"),
    "zone": ("the same in another locale and time zone", "time zone"),
    "hint": ("the same message gives the same, in any instance", "required_name()"),
    "crashes_on_settle": ("settled in any order, with any outcome, or not at all", "SIGABRT"),
    "trusts_host": ("a host that lacks what it needs is told", "ended the process" if SANITIZED else "SIGSEGV"),
    "silent_sink": ("one word for each measurement, in batches tiny and huge", "said nothing"),
    "twice": ("one word for each measurement, in batches tiny and huge", "more than once"),
    "index": ("one word for each measurement, in batches tiny and huge", "not given"),
    "crashes_on_batch": ("one word for each measurement, in batches tiny and huge", "SIGABRT"),
}


def verify(library, *words, code=None):
    done = subprocess.run(
        [support.AORTA, "plugin", "verify", str(library), "--format", "json", *words], capture_output=True, text=True, stdin=subprocess.DEVNULL, timeout=110)
    if code is not None and done.returncode != code:
        raise AssertionError(f"{library}: ended with {done.returncode}\n{done.stdout}{done.stderr}")
    return json.loads(done.stdout)


class PluginVerify(unittest.TestCase):
    def setUp(self):
        keep = tempfile.TemporaryDirectory()
        self.addCleanup(keep.cleanup)
        self.folder = pathlib.Path(keep.name)

    def test_the_plugins_of_the_project_keep_the_contract(self):
        entries = self.folder / "entries.json"
        entries.write_text(json.dumps(ENTRIES))
        for library in sorted(PLUGINS.glob("*.so")):
            with self.subTest(library.stem):
                told = verify(library, "--config", str(entries), code=0)
                self.assertEqual((0, 0), (told["failed"], told["skipped"]), told)

    def planted(self, names):
        for name in names:
            if name == "grows" and SANITIZED:
                continue
            with self.subTest(name):
                check, word = PLANTED[name]
                told = verify(BAD / f"bad_{name}.so", "--limit", "5" if name == "hangs" else "20", code=1)
                findings = [text for one in told["checks"] if one["check"] == check for text in one.get("findings", [])]
                self.assertTrue(any(word in text for text in findings), f"{name}: {findings}")

    def test_the_plant_without_a_fault_passes(self):
        told = verify(BAD / "bad_none.so", code=0)
        self.assertEqual((0, 0), (told["failed"], told["skipped"]), told)

    def test_faults_of_a_library_are_found(self):
        self.planted(["exports", "stays", "slow_to_load", "thread_when_loaded", "unknown_id"])

    def test_faults_of_configuration_are_found(self):
        self.planted(["refuses_example", "crashes_on_config", "says_nothing", "throws", "grows", "stops_once", "exits", "reason", "trusts_host"])

    def test_faults_of_sources_are_found(self):
        self.planted(["sleeps", "same_token", "too_many", "after_the_end", "crashes_on_settle"])

    def test_a_source_that_hangs_is_ended_and_found(self):
        self.planted(["hangs"])

    def test_traces_left_behind_are_found(self):
        self.planted(["locale", "signal", "folder", "file", "thread", "forks"])

    def test_faults_of_template_types_are_found(self):
        self.planted(["memory", "zone", "hint"])

    def test_faults_of_sinks_are_found(self):
        self.planted(["silent_sink", "twice", "index", "crashes_on_batch"])

    def test_each_planted_fault_is_tried(self):
        self.assertEqual({f"bad_{name}" for name in PLANTED} | {"bad_none"}, {path.stem for path in BAD.glob("bad_*.so")})

    def test_another_manifest_beside_the_library_is_found(self):
        library = self.folder / "bad_none.so"
        shutil.copy(BAD / "bad_none.so", library)
        manifest = (BAD / "bad_none.manifest.json").read_text()
        (self.folder / "bad_none.manifest.json").write_text(manifest.replace("1.0.0", "1.0.1"))
        told = verify(library, code=1)
        self.assertIn("differs from the file beside it", json.dumps(told))

    def test_a_library_that_lacks_another_is_found(self):
        library = self.folder / "bad_none.so"
        library.write_bytes((BAD / "bad_none.so").read_bytes().replace(b"libc.so.6\0", b"libq.so.6\0"))
        shutil.copy(BAD / "bad_none.manifest.json", self.folder)
        told = verify(library, code=1)
        findings = [text for one in told["checks"] if one["check"] == "it can be loaded" for text in one.get("findings", [])]
        self.assertIn("libq.so.6", json.dumps(findings))

    def test_what_is_no_plugin_library_is_refused(self):
        text = self.folder / "text.so"
        text.write_text("no library")
        text.chmod(0o644)
        for path in (text, self.folder, self.folder / "missing.so", support.AORTA, support.BUILD / "tests/abi/nothing.so"):
            done = subprocess.run([support.AORTA, "plugin", "verify", str(path)], capture_output=True, text=True, timeout=60)
            self.assertEqual(1, done.returncode, path)
            self.assertIn("error: ", done.stderr)

    def test_a_damaged_library_ends_nothing(self):
        whole = (BAD / "bad_none.so").read_bytes()
        shutil.copy(BAD / "bad_none.manifest.json", self.folder / "cut.manifest.json")
        library = self.folder / "cut.so"
        for size in (100, 4096, len(whole) // 2, len(whole) - 1000):
            library.write_bytes(whole[:size])
            library.chmod(0o644)
            done = subprocess.run([support.AORTA, "plugin", "verify", str(library)], capture_output=True, text=True, timeout=110)
            self.assertIn(done.returncode, (0, 1), f"{size}: {done.stdout}{done.stderr}")
            self.assertNotIn("terminate called", done.stdout + done.stderr)


if __name__ == "__main__":
    unittest.main()
