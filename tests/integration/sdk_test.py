"""The SDK as a stranger meets it: installed somewhere, a plugin of each kind built against it out of tree, loaded by the installed host."""

import json
import os
import pathlib
import shutil
import subprocess
import unittest

from build_support import build_folder

BUILD = pathlib.Path(os.environ["AORTA_BUILD"])
KINDS = {"source": "acme_line_file", "template": "acme_pulse", "sink": "acme_print"}


def run(*command, **options):
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True, **options)
    if done.returncode != 0:
        raise AssertionError(f"{command} ended with {done.returncode}\n{done.stdout}\n{done.stderr}")
    return done.stdout


class Sdk(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = cls.enterClassContext(build_folder("sdk"))
        cls.prefix = cls.folder / "prefix"
        run("cmake", "--install", BUILD, "--prefix", cls.prefix)

    def flags(self):
        lines = (BUILD / "CMakeCache.txt").read_text().splitlines()
        return next((line.split("=", 1)[1] for line in lines if line.startswith("CMAKE_CXX_FLAGS:")), "")

    def build(self, kind):
        source = self.prefix / "share/aorta-sdk/template" / kind
        build = self.folder / kind
        flags = [f"-DCMAKE_PREFIX_PATH={self.prefix}", f"-DCMAKE_CXX_FLAGS={self.flags()}"]
        run("cmake", "-S", source, "-B", build, "-G", "Ninja", *flags)
        run("cmake", "--build", build)
        return build / "lib/aorta/plugins"

    def test_a_plugin_of_each_kind_is_built_and_listed(self):
        folders = [self.build(kind) for kind in KINDS]
        path = ":".join(str(folder) for folder in folders)
        listed = run(self.prefix / "bin/aorta", "plugin", "list", env={**os.environ, "AORTA_PLUGIN_PATH": path})
        for plugin in ("acme.line_file", "AcmePulse", "acme.print", "file", "JsonPathContent", "fhir-observation"):
            self.assertIn(plugin, listed)

    def test_a_source_built_out_of_tree_feeds_a_pipeline(self):
        plugins = self.build("source")
        root = pathlib.Path(os.environ["AORTA_SOURCE"])
        work = self.folder / "run"
        work.mkdir()
        (work / "in.txt").write_text(
            '{"deviceId":"d1","patientId":"p1","at":"2026-11-22T06:00:00Z","hr":71}\n'
            '{"deviceId":"d1","patientId":"p1","at":"2026-11-22T06:01:00Z","hr":72}\n'
        )
        (work / "device.json").write_text(json.dumps({"templateType": "CollectionContent", "template": [{
            "templateType": "JsonPathContent",
            "template": {
                "typeName": "heartrate", "typeMatchExpression": "$..[?(@hr)]", "deviceIdExpression": "$.deviceId",
                "patientIdExpression": "$.patientId", "timestampExpression": "$.at",
                "values": [{"valueName": "hr", "valueExpression": "$.hr", "required": True}],
            }}]}))
        (work / "fhir.json").write_text(json.dumps({"templateType": "CollectionFhir", "template": [{
            "templateType": "CodeValueFhir",
            "template": {
                "typeName": "heartrate", "periodInterval": 0,
                "codes": [{"code": "8867-4", "system": "http://loinc.org", "display": "Heart rate"}],
                "value": {"valueName": "hr", "valueType": "Quantity", "unit": "count/min"},
            }}]}))
        (work / "p.yaml").write_text(
            f"version: 1\nname: strange\nplugins: {{ path: [{plugins}] }}\n"
            "stores: { local: { type: sqlite, path: s.db, identity: { mode: create } } }\n"
            "sources: { in: { plugin: acme.line_file, config: { path: in.txt } } }\n"
            "normalize: { mapping: device.json, unmatched: dead_letter }\n"
            "sinks: { out: { plugin: fhir-observation, store: local, config: { mapping: fhir.json } } }\n"
            "dead_letter: { path: d.db, keep: 30d }\n"
        )
        done = subprocess.run(
            [str(self.prefix / "bin/aorta"), "run", str(work / "p.yaml")], capture_output=True, text=True, cwd=root
        )
        self.assertEqual(0, done.returncode, done.stdout + done.stderr)
        exported = run(self.prefix / "bin/aorta", "store", "export", work / "s.db").splitlines()
        kinds = [json.loads(line)["resourceType"] for line in exported]
        self.assertEqual(2, kinds.count("Observation"), done.stdout + done.stderr)

    def new_project(self, kind, name, library):
        project = self.folder / f"new-{kind}"
        run(self.prefix / "bin/aorta", "plugin", "new", kind, name, "--folder", project)
        left = [p for p in project.rglob("*") if "acme" in p.name or (p.is_file() and "acme" in p.read_text().lower())]
        self.assertEqual([], left)
        run(project / ".ci/run", env={**os.environ, "AORTA_PREFIX": str(self.prefix), "CXXFLAGS": self.flags()})
        manifest = json.loads((project / f"build/lib/aorta/plugins/{library}.manifest.json").read_text())
        self.assertEqual((name, kind), (manifest["plugins"][0]["id"], manifest["plugins"][0]["kind"]))

    def test_a_new_source_builds_and_passes_its_tests_untouched(self):
        self.new_project("source", "north.watch", "north_watch")

    def test_a_new_template_type_builds_and_passes_its_tests_untouched(self):
        self.new_project("template", "NorthWatch", "north_watch")

    def test_a_new_sink_builds_and_passes_its_tests_untouched(self):
        self.new_project("sink", "north.paper-roll", "north_paper_roll")

    def test_a_project_in_the_way_of_another_is_refused(self):
        project = self.folder / "taken"
        project.mkdir()
        (project / "mine.txt").write_text("mine")
        done = subprocess.run([self.prefix / "bin/aorta", "plugin", "new", "sink", "acme.x", "--folder", project], capture_output=True, text=True)
        self.assertEqual(4, done.returncode)
        self.assertIn("is there already", done.stderr)
        self.assertEqual(["mine.txt"], os.listdir(project))

    def test_names_that_are_none_are_refused(self):
        for words in (["source", "watch"], ["source", "acme..watch"], ["source", "acme/watch"], ["source", "1.watch"], ["source", "acme.watch."], ["sauce", "acme.watch"]):
            done = subprocess.run([self.prefix / "bin/aorta", "plugin", "new", *words], capture_output=True, text=True, cwd=self.folder)
            self.assertEqual(2, done.returncode, words)
        self.assertFalse((self.folder / "acme_watch").exists())

    def test_pkg_config_knows_the_sdk(self):
        if not shutil.which("pkg-config"):
            self.skipTest("pkg-config is not installed")
        found = list(self.prefix.rglob("aorta-sdk.pc"))
        flags = run("pkg-config", "--cflags", found[0]).split()
        self.assertEqual([self.prefix / "include"], [pathlib.Path(flag[2:]).resolve() for flag in flags])

    def test_a_plugin_exports_one_symbol(self):
        library = self.build("sink") / "acme_print.so"
        symbols = run("nm", "--dynamic", "--defined-only", "--extern-only", library).split()
        self.assertEqual(["aorta_module_v1"], symbols[2::3])

    def test_the_manifest_stands_beside_the_library(self):
        manifest = json.loads((self.build("source") / "acme_line_file.manifest.json").read_text())
        self.assertEqual(("acme.line_file", "1.0.0"), (manifest["name"], manifest["version"]))
        config = manifest["plugins"][0]["config"]
        self.assertEqual(["path"], config["required"])
        self.assertEqual("path", config["properties"]["path"]["x-aorta-format"])

    def test_the_smallest_plugins_are_small(self):
        folder = self.prefix / "share/aorta-sdk/template"
        smallest = [source for kind in ("source", "template", "sink") for source in (folder / kind).glob("*.cpp")]
        self.assertEqual(len(smallest), 3)
        for source in smallest:
            code = [line for line in source.read_text().splitlines() if line.strip() and not line.startswith("//")]
            self.assertLessEqual(len(code), 26, source)


if __name__ == "__main__":
    unittest.main()
