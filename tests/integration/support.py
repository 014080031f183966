"""A folder with a small pipeline in it, and the program to run on it."""
import json
import os
import pathlib
import pwd
import subprocess
import tempfile
import unittest

AORTA = os.environ["AORTA"]
BUILD = pathlib.Path(os.environ["AORTA_BUILD"])
SOURCE = pathlib.Path(os.environ["AORTA_SOURCE"])

DEVICE = {
    "templateType": "CollectionContent",
    "template": [
        {
            "templateType": "JsonPathContent",
            "template": {
                "typeName": "heartrate",
                "typeMatchExpression": "$..[?(@hr)]",
                "deviceIdExpression": "$.device",
                "timestampExpression": "$.at",
                "patientIdExpression": "$.patient",
                "values": [{"required": True, "valueExpression": "$.hr", "valueName": "hr"}],
            },
        }
    ],
}


def heart_rate(period_interval, value):
    """A FHIR mapping of heart rates alone."""
    template = {
        "typeName": "heartrate",
        "periodInterval": period_interval,
        "codes": [{"code": "8867-4", "system": "http://loinc.org"}],
        "value": {"valueName": "hr", "unit": "/min", **value},
    }
    return {"templateType": "CollectionFhir", "template": [{"templateType": "CodeValueFhir", "template": template}]}


def hourly_series(default_period):
    return heart_rate(60, {"valueType": "SampledData", "defaultPeriod": default_period})


FHIR = heart_rate(0, {"valueType": "Quantity"})
PIPELINE = """version: 1
name: test
stores:
  local: { type: sqlite, path: store.db, identity: { mode: create } }
sources:
  in: { plugin: file, config: { path: messages.ndjson } }
normalize:
  mapping: device.json
  unmatched: dead_letter
sinks:
  observations: { plugin: fhir-observation, store: local, config: { mapping: fhir.json } }
dead_letter: { path: dead-letters.db }
"""


def message(minute, hr=70, device="d1", patient="p1"):
    return json.dumps({"device": device, "patient": patient, "at": f"2026-11-22T06:{minute:02}:00Z", "hr": hr})


def json_lines(text):
    """JSON values, one a line. Texts in them may hold what splitlines() takes for the end of a line."""
    return [json.loads(line) for line in text.split("\n") if line]


class Case(unittest.TestCase):
    """Each test has a folder of its own with a pipeline that works."""

    def setUp(self):
        keep = tempfile.TemporaryDirectory()
        self.addCleanup(keep.cleanup)
        self.folder = pathlib.Path(keep.name)
        self.folder.chmod(0o755)
        self.kept = BUILD / "tests/stored" / f"{self.id()}.ndjson"
        self.kept.unlink(missing_ok=True)
        self.addCleanup(self.keep_stored)
        self.write("pipeline.yaml", PIPELINE)
        self.write("device.json", json.dumps(DEVICE))
        self.write("fhir.json", json.dumps(FHIR))
        self.write("messages.ndjson", message(1) + "\n" + message(2) + "\n")

    def write(self, name, content):
        path = self.folder / name
        if isinstance(content, bytes):
            path.write_bytes(content)
        else:
            path.write_text(content)
        return path

    def change(self, name, old, new):
        text = (self.folder / name).read_text()
        self.assertIn(old, text)
        self.write(name, text.replace(old, new))

    def aorta(self, *arguments, input=None, timeout=60, env=None, **options):
        return subprocess.run(
            [AORTA, *arguments], cwd=self.folder, capture_output=True, text=True, timeout=timeout,
            env={**os.environ, **(env or {})}, **({"input": input} if input is not None else {"stdin": subprocess.DEVNULL}),
            **options)

    def as_nobody(self):
        """Options that take root's rights away, so that permissions count."""
        if os.getuid() != 0:
            return {}
        nobody = pwd.getpwnam("nobody")
        os.chown(self.folder, nobody.pw_uid, nobody.pw_gid)
        try:
            subprocess.run([AORTA, "--version"], capture_output=True, user=nobody.pw_uid, group=nobody.pw_gid, cwd="/", check=True)
        except (PermissionError, subprocess.CalledProcessError):
            self.skipTest("an unprivileged user cannot run the program from its build folder")
        return {"user": nobody.pw_uid, "group": nobody.pw_gid}

    def run_pipeline(self, *arguments, code=0, **options):
        done = self.aorta("run", "pipeline.yaml", "--format", "json", *arguments, **options)
        self.assertEqual(done.returncode, code, done.stdout + done.stderr)
        events = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
        ended = [e for e in events if e.get("event") == "ended"]
        return (ended[-1] if ended else None), done

    def stored(self, kind="Observation"):
        done = self.aorta("store", "export", "store.db")
        self.assertEqual(done.returncode, 0, done.stderr)
        return [r for r in json_lines(done.stdout) if r["resourceType"] == kind]

    def keep_stored(self):
        """What the test left in its store is validated by stored_valid_test."""
        if (self.folder / "store.db").exists():
            self.keep(self.aorta("store", "export", "store.db").stdout.rstrip("\n").split("\n"))

    def keep(self, lines):
        self.kept.parent.mkdir(parents=True, exist_ok=True)
        with self.kept.open("a") as out:
            out.writelines(line + "\n" for line in lines)

    def assert_refused(self, done, code, *words):
        """A clear error: the exit code as designed, each word told, no stack trace and no partial Observation."""
        said = done.stdout + done.stderr
        self.assertEqual(done.returncode, code, said)
        for word in words:
            self.assertIn(word, said)
        self.assertNotIn("terminate called", said)
        self.assertNotIn("std::", said)
