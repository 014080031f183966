"""Sinks for other resource types beside fhir-observation: in the embedded store and on a server, delivered twice, in pieces, at the same time."""
import json
import os
import shutil
import subprocess

from rest_support import FaultProxy, FhirServer, RestCase, WITHOUT_PROXY
from support import AORTA, SOURCE

LOCAL = "local: { type: sqlite, path: var/"
PLAIN = ("Device", "DeviceMetric", "DiagnosticReport", "RiskAssessment", "Flag", "Observation", "Patient")


def said(resource):
    """What a resource says, without when it was written: the order of results and of results' basis does not count."""
    out = {key: value for key, value in resource.items() if key not in ("meta", "issued")}
    for name in ("result", "basis", "extension", "identifier", "version"):
        if name in out:
            out[name] = sorted(out[name], key=lambda one: json.dumps(one, sort_keys=True))
    return out


class SinksCase(RestCase):
    def setUp(self):
        super().setUp()
        shutil.copytree(SOURCE / "pipelines", self.folder, dirs_exist_ok=True, ignore=shutil.ignore_patterns("var"))

    def readings(self, name, bodies):
        self.write(f"data/{name}.ndjson", "".join(json.dumps(body) + "\n" for body in bodies))

    def run_one(self, name, code=0, **options):
        done = self.aorta("run", f"{name}.yaml", "--format", "json", env=WITHOUT_PROXY, timeout=110, **options)
        self.assertEqual(done.returncode, code, done.stdout + done.stderr)
        return json.loads(done.stdout.splitlines()[-1])

    def exported(self, store):
        done = self.aorta("store", "export", f"var/{store}.db")
        self.assertEqual(done.returncode, 0, done.stderr)
        return [json.loads(line) for line in done.stdout.splitlines()]

    def forget(self, store):
        for old in (self.folder / "var").glob(f"{store}*"):
            old.unlink()

    def versions(self, resources):
        return {(r["resourceType"], r["id"]): r["meta"]["versionId"] for r in resources}

    def on_server(self, name, url, size=2000):
        """The pipeline's store is a server, its windows are small or large."""
        text = (self.folder / f"{name}.yaml").read_text()
        before, after = text.split(LOCAL, 1)
        text = before + f"local: {{ type: rest, url: '{url}' }}\n" + after.split("\n", 1)[1]
        self.write(f"{name}.yaml", text)
        self.window(name, size)

    def window(self, name, size):
        text = (self.folder / f"{name}.yaml").read_text()
        head, rest = text.split("group: {", 1)
        self.write(f"{name}.yaml", head + f"group: {{ max_measurements: {size}, max_delay: 60s }}" + rest.split("}", 1)[1])


PIPELINES = (("device-fleet", "fleet"), ("blood-pressure-report", "reports"), ("early-warning", "early-warning"))


class EverySink(SinksCase):
    def test_delivered_twice_nothing_changes(self):
        for name, store in PIPELINES:
            with self.subTest(name):
                first = self.run_one(name)
                before = self.versions(self.exported(store))
                again = self.run_one(name)
                self.assertEqual(before, self.versions(self.exported(store)))
                self.assertEqual(again["written"], 0)
                self.assertEqual(again["accepted"], first["accepted"])
                self.assertTrue(all(one["created"] + one["changed"] == 0 for one in again["resources"].values()), again["resources"])

    def test_in_one_window_or_in_many_the_same_comes_of_it(self):
        for name, store in PIPELINES:
            with self.subTest(name):
                self.run_one(name)
                whole = sorted((said(r) for r in self.exported(store) if r["resourceType"] not in ("Observation",)), key=json.dumps)
                self.forget(store)
                self.window(name, 3)
                self.run_one(name)
                pieces = sorted((said(r) for r in self.exported(store) if r["resourceType"] not in ("Observation",)), key=json.dumps)
                self.assertEqual([(r["resourceType"], r["id"]) for r in whole], [(r["resourceType"], r["id"]) for r in pieces])
                for one, other in zip(whole, pieces, strict=True):
                    # What is amended in one window has been final in another.
                    one.pop("status", None), other.pop("status", None)
                    self.assertEqual(one, other)

    def test_on_a_server_as_in_the_embedded_store(self):
        for name, store in PIPELINES:
            with self.subTest(name), FhirServer() as server:
                self.run_one(name)
                local = {r["id"]: said(r) for r in self.exported(store)}
                self.on_server(name, server.url)
                self.run_one(name)
                there = {r["id"]: said(r) for kind in PLAIN for r in server.all(kind)}
                self.assertEqual(local, there)
                before = self.versions([r for kind in PLAIN for r in server.all(kind)])
                self.run_one(name)
                self.assertEqual(before, self.versions([r for kind in PLAIN for r in server.all(kind)]))

    def test_a_server_that_fails_often_loses_nothing(self):
        faults = {"412": 0.06, "409": 0.04, "reset_after": 0.05, "503_bare": 0.04}
        for name, store in PIPELINES[1:]:
            with self.subTest(name), FhirServer() as server, FaultProxy(server.port, faults, seed=5) as proxy:
                self.run_one(name)
                local = {r["id"]: said(r) for r in self.exported(store)}
                self.on_server(name, proxy.url, size=200)
                self.run_one(name)
                there = {r["id"]: said(r) for kind in PLAIN for r in server.all(kind)}
                self.assertEqual(local.keys(), there.keys())
                for id, one in there.items():
                    for key in ("result", "basis", "prediction", "conclusion", "effectivePeriod", "occurrencePeriod", "extension"):
                        self.assertEqual(one.get(key), local[id].get(key), one["resourceType"])
                self.assertGreater(sum(proxy.faults.values()), 0)


class AtTheSameTime(SinksCase):
    def test_two_pipelines_write_one_report_and_lose_nothing(self):
        """Readings of one patient and day, half of them in each of two runs that write to one server at once."""
        bodies = [{"cuff": {"serial": "c1", "owner": "p1"}, "measuredAt": f"2026-11-20T06:{i:02}:00Z", "systolic": 120 + i, "diastolic": 80} for i in range(40)]
        with FhirServer() as server:
            self.on_server("blood-pressure-report", server.url, size=1)
            text = (self.folder / "blood-pressure-report.yaml").read_text()
            runs = []
            for half in (0, 1):
                self.readings(f"half-{half}", bodies[half::2])
                self.write(f"half-{half}.yaml", text.replace("data/blood-pressure", f"data/half-{half}.ndjson").replace("reports.dead", f"half-{half}.dead"))
                runs.append(subprocess.Popen([AORTA, "run", f"half-{half}.yaml", "--format", "json"], cwd=self.folder, stdout=subprocess.PIPE, text=True, env={**os.environ, **WITHOUT_PROXY}))
            for run in runs:
                out, _ = run.communicate(timeout=110)
                self.assertEqual(run.returncode, 0, out)
                self.assertEqual(json.loads(out.splitlines()[-1])["dead_lettered"], 0, out)
            (report,) = server.all("DiagnosticReport")
            self.assertEqual(len(report["result"]), 40)
            self.assertEqual({r["reference"] for r in report["result"]}, {"Observation/" + o["id"] for o in server.all("Observation")})
            self.assertIn("systolic 120 to 159", report["conclusion"])
            self.assertGreater(server.counts["conflict"], 0)


class DeviceMetric(SinksCase):
    def test_a_device_of_the_hospital_is_completed_not_replaced(self):
        with FhirServer() as server:
            server.add({"resourceType": "Patient", "id": "pat", "identifier": [{"value": "mrn-0007"}]})
            server.add({"resourceType": "Device", "id": "hospital-1", "identifier": [{"value": "ox-12"}, {"system": "urn:inventory", "value": "4711"}],
                        "patient": {"reference": "Patient/pat"}, "location": {"reference": "Location/3"}, "note": [{"text": "bed 3"}]})
            self.on_server("device-fleet", server.url)
            self.run_one("device-fleet")
            device = next(d for d in server.all("Device") if d["id"] == "hospital-1")
            self.assertEqual(device["location"], {"reference": "Location/3"})
            self.assertEqual(device["note"], [{"text": "bed 3"}])
            self.assertEqual([i["value"] for i in device["identifier"]], ["ox-12", "4711", "FE-ED-AB-EE-DE-AD-77-C3"])
            self.assertEqual(device["version"][0]["value"], "2.2")
            metrics = [m for m in server.all("DeviceMetric") if m["source"] == {"reference": "Device/hospital-1"}]
            self.assertEqual({m["operationalStatus"] for m in metrics}, {"standby"})

    def test_one_sink_that_is_refused_does_not_stop_the_other(self):
        with FhirServer(reject=lambda r: 422 * (r["resourceType"] == "DeviceMetric")) as server:
            self.on_server("device-fleet", server.url)
            ended = self.run_one("device-fleet")
            self.assertEqual(ended["dead_letters"], {"resource/store-rejected": 4})
            self.assertTrue(ended["balanced"])
            self.assertEqual(len(server.all("Observation")), 6)
            self.assertEqual(len(server.all("Device")), 2)
            self.assertEqual(server.all("DeviceMetric"), [])

    def test_the_summary_names_every_type(self):
        done = self.aorta("run", "device-fleet.yaml")
        self.assertIn("4 messages became 6 Observations (6 new) and 4 DeviceMetrics (4 new) for 2 devices of 2 patients.", done.stdout)


class DiagnosticReport(SinksCase):
    def body(self, day, systolic=120, **more):
        return {"cuff": {"serial": "c1", "owner": "p1"}, "measuredAt": f"2026-11-{day:02}T06:00:00Z", "systolic": systolic, "diastolic": 80, **more}

    def reports(self):
        return sorted((r for r in self.exported("reports") if r["resourceType"] == "DiagnosticReport"), key=lambda r: r["effectivePeriod"]["start"])

    def carry(self, *bodies):
        self.change("blood-pressure-report.yaml", "data/blood-pressure }", "data/some.ndjson }") if not (self.folder / "data/some.ndjson").exists() else None
        self.readings("some", bodies)
        return self.run_one("blood-pressure-report")

    def test_a_report_becomes_final_and_then_amended(self):
        self.carry(self.body(20))
        self.assertEqual([r["status"] for r in self.reports()], ["preliminary"])
        self.carry(self.body(22))
        self.assertEqual([r["status"] for r in self.reports()], ["final", "preliminary"])
        late = {**self.body(20, 140), "measuredAt": "2026-11-20T21:00:00Z"}
        self.carry(late)
        first = self.reports()[0]
        self.assertEqual((first["status"], len(first["result"])), ("amended", 2))
        self.assertIn("systolic 120 to 140", first["conclusion"])
        self.carry(late)
        self.assertEqual(self.reports()[0]["meta"]["versionId"], first["meta"]["versionId"])

    def test_a_report_that_is_too_far_back_stays_preliminary(self):
        self.carry(self.body(1))
        self.carry(self.body(20))
        self.assertEqual([r["status"] for r in self.reports()], ["preliminary", "preliminary"])

    def test_sessions_end_when_a_measurement_says_so(self):
        device = json.loads((self.folder / "mappings/blood-pressure.device.json").read_text())
        template = device["template"][0]["template"]
        template["correlationIdExpression"] = "$.Body.visit"
        template["values"].append({"required": False, "valueExpression": "$.Body.state", "valueName": "state"})
        self.write("mappings/blood-pressure.device.json", json.dumps(device))
        mapping = json.loads((self.folder / "mappings/blood-pressure.reports.json").read_text())
        mapping["reports"][0].update(per="session", final={"when": {"value": "bloodpressure.state", "is": ["done"]}})
        self.write("mappings/blood-pressure.reports.json", json.dumps(mapping))
        # The visit goes over midnight: one report.
        self.carry(self.body(20, visit="v/1 é"), self.body(21, 130, visit="v/1 é"), self.body(21, 131, visit="v2"))
        self.assertEqual([(r["status"], len(r["result"])) for r in self.reports()], [("preliminary", 2), ("preliminary", 1)])
        ended = self.carry(self.body(22, 125, visit="v/1 é", state="done"))
        self.assertEqual(sorted((r["status"], len(r["result"])) for r in self.reports()), [("final", 3), ("preliminary", 1)])
        self.assertEqual(ended["resources"]["DiagnosticReport"], {"met": 1, "created": 0, "changed": 1})

    def test_a_report_that_people_withdrew_is_left_alone(self):
        with FhirServer() as server:
            self.on_server("blood-pressure-report", server.url)
            self.carry(self.body(20))
            (report,) = server.all("DiagnosticReport")
            with server.store.lock:
                server.store.write("DiagnosticReport", report["id"], {**report, "status": "entered-in-error"})
            self.carry({**self.body(20, 140), "measuredAt": "2026-11-20T21:00:00Z"})
            (report,) = server.all("DiagnosticReport")
            self.assertEqual((report["status"], len(report["result"])), ("entered-in-error", 1))


class RiskAssessment(SinksCase):
    def carry(self, *vitals):
        bodies = [{"deviceId": "d1", "patientId": "p1", "endDate": f"2026-11-22T{at}:00Z", **values} for at, values in vitals]
        self.readings("vitals", bodies)
        return self.run_one("early-warning")

    def one(self, kind):
        return [r for r in self.exported("early-warning") if r["resourceType"] == kind]

    def test_a_window_is_filled_by_several_flushes(self):
        self.carry(("06:01", {"heartRate": 140}))
        (first,) = self.one("RiskAssessment")
        self.assertEqual((first["status"], first["prediction"][0]["rationale"]), ("preliminary", "score 3: heart rate 140 (3); missing: SpO2, temperature"))
        self.carry(("06:05", {"spo2": 91}), ("06:06", {"spo2": 97}))
        (second,) = self.one("RiskAssessment")
        self.assertEqual((second["id"], second["status"]), (first["id"], "final"))
        self.assertEqual(second["prediction"][0]["rationale"], "score 6: heart rate 140 (3), SpO2 91 (3); missing: temperature")
        self.assertEqual({b["reference"] for b in second["basis"]}, {"Observation/" + o["id"] for o in self.one("Observation")})
        self.carry(("06:00", {"heartRate": 70}))  # an older one than the last
        (third,) = self.one("RiskAssessment")
        self.assertEqual(third["prediction"], second["prediction"])
        self.carry(("06:09", {"heartRate": 70}))
        (fourth,) = self.one("RiskAssessment")
        self.assertEqual((fourth["status"], fourth["prediction"][0]["rationale"]), ("amended", "score 3: heart rate 70 (0), SpO2 91 (3); missing: temperature"))

    def test_a_flag_opens_closes_and_opens_again_and_hears_nothing_from_before(self):
        bad, good = {"heartRate": 140, "spo2": 90}, {"heartRate": 70, "spo2": 98}
        self.carry(("06:01", good))
        self.assertEqual(self.one("Flag"), [])
        told = []
        for at, values in (("07:00", bad), ("08:00", bad), ("09:00", good), ("10:00", good), ("11:00", bad), ("10:30", good), ("07:00", bad)):
            self.carry((at, values))
            (flag,) = self.one("Flag")
            told.append((flag["status"], flag["period"]["start"][11:13], flag["period"].get("end", "")[11:13]))
        self.assertEqual(told, [("active", "07", ""), ("active", "07", ""), ("inactive", "07", "09"), ("inactive", "07", "09"), ("active", "11", ""),
                                ("active", "11", ""), ("active", "11", "")])

    def test_of_equal_values_the_earliest_counts_whenever_it_comes(self):
        for first, second in (("06:01", "06:02"), ("07:02", "07:01")):
            self.carry((first, {"spo2": 90}))
            self.carry((second, {"spo2": 90}))
        for hour, one in zip(("06", "07"), sorted(self.one("RiskAssessment"), key=lambda one: one["occurrencePeriod"]["start"]), strict=True):
            self.assertIn(f"T{hour}:01:", json.dumps(one["extension"]))
            self.assertNotIn(f"T{hour}:02:", json.dumps(one["extension"]))

    def test_what_is_no_number_is_left_out_by_name(self):
        self.change("early-warning.yaml", "  observations: { plugin", "  # observations: { plugin")
        self.change("early-warning.yaml", ", observations: mappings/vitals.fhir.json", "")
        ended = self.carry(("06:01", {"heartRate": "NaN"}), ("06:02", {"heartRate": "1,000"}), ("06:03", {"temperature": 37.5}))
        self.assertEqual(ended["filters"], {"risk-assessment/value-not-a-number": 2})
        (one,) = self.one("RiskAssessment")
        self.assertIn("temperature 37.5 (0)", one["prediction"][0]["rationale"])


class Validate(SinksCase):
    def refused(self, pipeline, file, old, new, *words):
        good = (self.folder / file).read_text()
        self.change(file, old, new)
        done = self.aorta("validate", f"{pipeline}.yaml")
        self.assert_refused(done, 1, *words)
        self.write(file, good)

    def test_mistakes_have_their_place(self):
        risk, reports, metrics = "mappings/vitals.risk.json", "mappings/blood-pressure.reports.json", "mappings/oximeter.metrics.json"
        self.refused("early-warning", risk, '"per": "hour"', '"per": "hours"', "vitals.risk.json:5:14", "assessments[0].per: expected one of session", "did you mean")
        self.refused("early-warning", risk, '"below": 91,', '"below": 51,', "vitals.risk.json:17:", "inputs[0].bands[2].below: must be more than that of the band before")
        self.refused("early-warning", risk, '{ "score": 3 }', '{ "below": 500, "score": 3 }', "the last band has no \"below\"")
        self.refused("early-warning", risk, '"risk": "low"', '"risk": "lowish"', "assessments[0].bands[0].risk: expected one of")
        self.refused("early-warning", risk, '"probability": 0.05', '"probability": 5', "the most is 1")
        self.refused("blood-pressure-report", reports, "{results}", "{result}", "blood-pressure.reports.json:14:", "{result} is unknown")
        self.refused("blood-pressure-report", reports, '"per": "day"', '"per": "session"', "final.later: is for reports per hour or day")
        self.refused("blood-pressure-report", reports, '"typeNames"', '"types"', "reports[0].types: unknown key", "reports[0].typeNames: is missing")
        self.refused("device-fleet", metrics, '"name": "pulse-rate"', '"name": "spo2"', "oximeter.metrics.json:", "metrics[1].name: \"spo2\" is the name of another metric")
        self.refused("device-fleet", metrics, '"every": "10s"', '"every": "often"', "expected a duration")
        self.refused("device-fleet", "device-fleet.yaml", "oximeter.metrics.json", "nothing.json", "device-fleet.yaml:20:", "nothing.json")
        self.refused("device-fleet", "device-fleet.yaml", "plugin: fhir-device-metric, store: local,", "plugin: fhir-device-metric,", "sinks.devices: needs a store")

    def test_a_mapping_may_be_yaml(self):
        self.write("mappings/spo2.metrics.yaml", "metrics:\n  - name: spo2\n    typeName: spo2\n    type: { text: SpO2 }\n")
        self.change("device-fleet.yaml", "oximeter.metrics.json", "spo2.metrics.yaml")
        done = self.aorta("validate", "device-fleet.yaml")
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
