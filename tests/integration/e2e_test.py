"""Whole pipelines against what the reference wrote for the same mappings and messages. `issued` and `meta` are not compared."""
import json

from support import PIPELINE, SOURCE, Case

# One window for a whole run, as the reference's answers were recorded.
E2E_PIPELINE = PIPELINE.replace("sinks:", "group: { max_measurements: 100000, max_delay: 1h }\nsinks:")


class Number(str):
    """A number's spelling: 72.50 is not 72.5."""


def loads(text):
    return json.loads(text, parse_float=Number, parse_int=Number)


def by_id(resources):
    view = lambda r: {k: v for k, v in r.items() if k not in ("issued", "meta")}
    return {f"{r['resourceType']}/{r['id']}": view(r) for r in resources}


class Scenarios(Case):
    maxDiff = 2000

    def check(self, path):
        if not path.exists():
            self.skipTest(f"{path.name}: the folder with the recorded scenarios is not beside the project")
        for line in path.read_text().splitlines():
            scenario = loads(line)
            with self.subTest(scenario["id"]):
                self.check_scenario(scenario)

    def check_scenario(self, scenario):
        for old in self.folder.glob("*.db*"):
            old.unlink()
        self.write("pipeline.yaml", E2E_PIPELINE)
        self.write("device.json", scenario["deviceMapping"])
        self.write("fhir.json", scenario["fhirMapping"])
        runs = [(scenario["messages"], scenario["expect"]["resources"])]
        if "then" in scenario:
            runs.append((scenario["then"], scenario["expect"]["then"]))
        for messages, resources in runs:
            self.write("messages.ndjson", "".join(m + "\n" for m in messages))
            self.run_pipeline()
            stored = self.aorta("store", "export", "store.db").stdout
            self.assertEqual(by_id(map(loads, stored.splitlines())), by_id(resources))

    def test_generated(self):
        self.check(SOURCE / "tests/conformance/e2e/generated.jsonl")

    def test_two_runs(self):
        self.check(SOURCE / "tests/conformance/e2e/two-runs.jsonl")

    def test_upstream(self):
        self.check(SOURCE.parent / "shared/conformance/e2e/upstream.jsonl")
