"""What is written is valid FHIR R4, in the eyes of three validators, or stands in not_valid.tsv with the reason."""
import collections
import json
import re
import shutil
import subprocess

from peer_support import PEERS, findings, findings_by_profile, needs_peers
from support import AORTA, SOURCE, json_lines
from valid_support import ValidCase, shape

HEART_RATE = {
    "resourceType": "Observation",
    "status": "final",
    "category": [{"coding": [{"system": "http://terminology.hl7.org/CodeSystem/observation-category", "code": "vital-signs"}]}],
    "code": {"coding": [{"system": "http://loinc.org", "code": "8867-4"}]},
    "subject": {"reference": "Patient/1"},
    "effectiveDateTime": "2026-01-02T03:04:05Z",
    "valueQuantity": {"value": 78, "unit": "/min", "system": "http://unitsofmeasure.org", "code": "/min"},
}
KINDS = ("create_observation", "merge_observation", "observation", "identity")


def known():
    """Ids of conformance cases whose answer is no valid R4, with the reason."""
    lines = (PEERS / "not_valid.tsv").read_text().splitlines()
    return dict(line.split("\t", 1) for line in lines if line and not line.startswith("#"))


def cases(kind):
    """Recorded ones. Those named spec.jsonl probe what no sensible mapping says."""
    files = [SOURCE / "tests/conformance" / kind / f"{origin}.jsonl" for origin in ("generated", "own")]
    return [case for path in files if path.exists() for case in json_lines(path.read_text())]


def given(case):
    """The resources that the case begins with: what is wrong with them is not ours."""
    existing = case.get("existing")
    there = [*case.get("server", []), *([existing] if existing else [])]
    return [json.loads(r) if isinstance(r, str) else r for r in there]


def answered(answer):
    steps = [r for step in answer.get("steps", []) for r in step.get("observations", [])]
    result = [answer["result"]] if isinstance(answer.get("result"), dict) else []
    return [r for r in [*result, *steps, *answer.get("server", [])] if "resourceType" in r]


@needs_peers
class Valid(ValidCase):
    def export(self, path, **options):
        done = subprocess.run([AORTA, "store", "export", path], capture_output=True, text=True, timeout=60, **options)
        self.assertEqual(done.returncode, 0, done.stderr)
        return json_lines(done.stdout)

    def test_the_validators_see_what_is_wrong(self):
        def but(**members):
            return {k: v for k, v in {**HEART_RATE, **members}.items() if v is not None}
        wrong = [
            but(code=None), but(status=None), but(status="finished"), but(effectiveDateTime="02/03/2026"), but(valueString="x"), but(foo=1),
            but(valueQuantity={"value": "78"}), but(id="a/b"), but(id="a" * 65), but(category=[]), but(valueQuantity={"value": 1, "unit": ""}),
            but(effectiveDateTime="2026-13-01T00:00:00Z"), but(effectiveDateTime="2026-01-01T00:00:00"), but(subject={"reference": "Medication/1"}),
            but(interpretation=None, component=[{"valueString": "x"}]), {"resourceType": "Device", "identifier": [{}]},
            {"resourceType": "Encounter", "status": "finished"}, {"resourceType": "Bundle", "type": "batch", "entry": [{"request": {"method": "GET"}}]}]
        self.assertEqual(findings([HEART_RATE, {"resourceType": "Device"}, {"resourceType": "Patient"}]), [[], [], []])
        self.assertEqual([w for w, found in zip(wrong, findings(wrong), strict=True) if not found], [])

    def test_the_profiles_see_what_is_wrong(self):
        without = [{k: v for k, v in HEART_RATE.items() if k != member} for member in ("category", "subject", "effectiveDateTime")]
        other_code = {**HEART_RATE, "code": {"coding": [{"system": "http://loinc.org", "code": "1234-5"}]}}
        asked = [(r, "vitalsigns") for r in (HEART_RATE, *without)] + [(r, "heartrate") for r in (HEART_RATE, other_code)]
        self.assertEqual([bool(found) for found in findings_by_profile(asked)], [False, True, True, True, False, True])

    def test_the_profile_of_blood_pressure_sees_what_is_wrong(self):
        def loinc(code):
            return {"coding": [{"system": "http://loinc.org", "code": code}]}

        def pressure(of, **more):
            return {"code": loinc(of), "valueQuantity": {"value": 120, "unit": "mmHg", "system": "http://unitsofmeasure.org", "code": "mm[Hg]"} | more}

        systolic, diastolic = pressure("8480-6"), pressure("8462-4")
        absent = {"code": loinc("8462-4"), "dataAbsentReason": {"text": "no cuff"}}
        whole = {k: v for k, v in HEART_RATE.items() if k != "valueQuantity"} | {"code": loinc("85354-9"), "component": [systolic, diastolic]}
        wrong = [{**whole, "code": loinc("55284-4")}, *({**whole, "component": these} for these in (
            [systolic], [systolic, systolic, diastolic], [systolic, pressure("8867-4")], [systolic, pressure("8462-4", code="kPa")],
            [systolic, pressure("8462-4", system="urn:x")], [systolic, {"code": loinc("8462-4"), "valueString": "80"}]))]
        asked = [(r, "bp") for r in (whole, {**whole, "component": [systolic, absent]}, *wrong)]
        self.assertEqual([bool(found) for found in findings_by_profile(asked)], [False, False] + [True] * len(wrong))

    def test_answers_to_the_cases_of_the_reference(self):
        """Merged or created, what the program answers adds no fault but those that the reference makes too."""
        asked = [case for kind in KINDS for case in cases(kind) if case.get("policy") == "exact"]
        requests = "".join(json.dumps({k: v for k, v in c.items() if k not in ("expect", "policy", "note")}) + "\n" for c in asked)
        done = subprocess.run([AORTA, "conform"], input=requests, capture_output=True, text=True, timeout=60)
        rows = [(case["id"], of_us, resource) for case, answer in zip(asked, json_lines(done.stdout), strict=True)
                for of_us, resources in ((False, given(case)), (True, answered(answer))) for resource in resources]
        before, after = collections.defaultdict(set), collections.defaultdict(set)
        for (id, of_us, _), found in zip(rows, findings([r for _, _, r in rows]), strict=True):
            (after if of_us else before)[id].update(map(shape, found))
        wrong = {id: sorted(faults - before[id]) for id, faults in after.items() if faults - before[id]}
        self.assertEqual({id: faults for id, faults in wrong.items() if id not in known()}, {})
        self.assertEqual(known().keys() - wrong.keys(), set(), "listed, and valid now")
        count = sum(of_us for _, of_us, _ in rows)
        self.assertGreater(count, 2000)
        print(f"\n  {self.id().split('.')[-1]}: {len(asked)} cases, {count} resources, {len(wrong)} cases not valid, all listed", end="")

    def test_what_is_listed_is_told_with_its_count(self):
        page = (SOURCE / "docs/compatibility.md").read_text()
        for what, count in collections.Counter(known().values()).items():
            self.assertRegex(page, rf"\n\| {re.escape(what)}[^|]*\| {count} \|")

    def test_whole_pipelines_of_the_reference(self):
        written = []
        for name in ("generated", "two-runs"):
            for scenario in json_lines((SOURCE / f"tests/conformance/e2e/{name}.jsonl").read_text()):
                for old in self.folder.glob("*.db*"):
                    old.unlink()
                self.write("device.json", scenario["deviceMapping"])
                self.write("fhir.json", scenario["fhirMapping"])
                for messages in (scenario["messages"], scenario.get("then")):
                    if messages:
                        self.write("messages.ndjson", "".join(m + "\n" for m in messages))
                        self.run_pipeline()
                written += self.export("store.db", cwd=self.folder)
        self.assert_valid(written)

    def test_pipelines_of_the_project(self):
        shutil.copytree(SOURCE / "pipelines", self.folder / "pipelines", ignore=shutil.ignore_patterns("var"))
        written = []
        for path in sorted((self.folder / "pipelines").glob("*.yaml")):
            if "type: rest" in path.read_text() or "plugin: http" in path.read_text():
                continue  # a server is missing, or senders: a run would not end
            done = self.aorta("run", str(path), timeout=100)
            self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        for path in (self.folder / "pipelines/var").glob("*.db"):
            if not path.name.endswith("dead-letters.db"):
                written += self.export(path)
        self.assert_valid(written)

    def test_vital_signs_conform_to_their_profiles(self):
        """What the example of a ward round writes, read twice: made, and merged."""
        shutil.copytree(SOURCE / "pipelines", self.folder / "pipelines", ignore=shutil.ignore_patterns("var"))
        profiles = {"8867-4": "heartrate", "59408-5": "oxygensat", "8310-5": "bodytemp", "85354-9": "bp"}
        asked = []
        for _ in range(2):
            done = self.aorta("run", "pipelines/vital-signs.yaml", timeout=100)
            self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
            written = [r for r in self.export(self.folder / "pipelines/var/vital-signs.db") if r["resourceType"] == "Observation"]
            self.assertEqual(len(written), 11)
            asked += [(r, "vitalsigns") for r in written]
            for code, profile in profiles.items():
                of_it = [r for r in written if any(c.get("code") == code for c in r["code"]["coding"])]
                self.assertGreater(len(of_it), 0, profile)
                asked += [(r, profile) for r in of_it]
            self.assertEqual({r["status"] for r in written}, {"final"})
            pressures = [[c.keys() & {"valueQuantity", "dataAbsentReason"} for c in r["component"]] for r in written if "component" in r]
            self.assertEqual(sorted(pressures, key=str), [[{"valueQuantity"}, {"dataAbsentReason"}], [{"valueQuantity"}] * 2, [{"valueQuantity"}] * 2])
        self.assertEqual([(profile, found) for (_, profile), found in zip(asked, findings_by_profile(asked), strict=True) if found], [])

    def test_without_the_option_they_do_not(self):
        shutil.copytree(SOURCE / "pipelines", self.folder / "pipelines", ignore=shutil.ignore_patterns("var"))
        self.change("pipelines/vital-signs.yaml", ", profile: vital-signs", "")
        self.assertEqual(self.aorta("run", "pipelines/vital-signs.yaml", timeout=100).returncode, 0)
        written = [r for r in self.export(self.folder / "pipelines/var/vital-signs.db") if r["resourceType"] == "Observation"]
        self.assertEqual([bool(found) for found in findings(written, "vitalsigns")], [True] * 11)
