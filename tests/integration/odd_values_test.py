"""Values, times and ids as devices send them: each has an outcome with a name, and none is guessed."""
import json

from support import Case

NOT_A_NUMBER = "observation/value-not-a-number"
UNUSABLE = "normalize/required-value-unusable"
# JSON of the value, and the digits that are stored for it, or the reason of its dead letter.
NUMBERS = (
    ('"72"', "72"), ('"72.50"', "72.50"), ('" 72 "', "72"), ('"+72"', "72"), ('"72-"', "-72"), ('"1,000"', "1000"), ('"1,0,0"', "100"), ('"-0"', "0"),
    ('"007"', "7"), ("72", "72"), ("72.50", "72.5"), ("1e3", "1000"), ("-1.5E-2", "-0.015"), ("true", NOT_A_NUMBER), ('"1e3"', NOT_A_NUMBER),
    ('"NaN"', NOT_A_NUMBER), ('"Infinity"', NOT_A_NUMBER), ('"--"', NOT_A_NUMBER), ('"0x48"', NOT_A_NUMBER), ('"72 bpm"', NOT_A_NUMBER),
    ('"７２"', NOT_A_NUMBER), ('"1.000,5"', NOT_A_NUMBER), ('"' + "9" * 40 + '"', NOT_A_NUMBER), ('""', UNUSABLE), ('" "', UNUSABLE), ("null", UNUSABLE))
TIMES = {
    "1969-12-31T23:59:59.5Z": "1969-12-31T23:59:59.5000000Z",
    "1899-12-30T00:00:00Z": "1899-12-30T00:00:00.0000000Z",
    "0001-01-01T00:00:00Z": "0001-01-01T00:00:00.0000000Z",
    "9999-12-31T23:59:59Z": "9999-12-31T23:59:59.0000000Z",
    "2024-02-29T23:59:59.9999999+00:00": "2024-02-29T23:59:59.9999999Z",
    "2026-11-22T06:00:00+05:30": "2026-11-22T00:30:00.0000000Z",
}
NO_TIMES = ("2023-02-29T00:00:00Z", "2026-13-01T00:00:00Z", "10000-01-01T00:00:00Z", "2026-11-22T25:00:00Z", "yesterday", "-1", "")
IDS = ["a b", "a/b", "a|b", "a+b", "a&b=c", "a,b", "a$b", "a\\b", "ä✓😀", "%41", "../Patient", "?x", "#y", "'\"<>", "x'; DROP TABLE resource; --", "d" * 10_000]


class OddValues(Case):
    def end_of(self, line):
        """The summary and the Observations of a run with this message alone."""
        for old in self.folder.glob("*.db*"):
            old.unlink()
        self.write("messages.ndjson", line + "\n")
        ended, _ = self.run_pipeline()
        return ended, self.aorta("store", "export", "store.db").stdout

    def test_numbers(self):
        for spelled, outcome in NUMBERS:
            with self.subTest(spelled):
                ended, stored = self.end_of(f'{{"device":"d","patient":"p","at":"2026-11-22T06:00:00Z","hr":{spelled}}}')
                if "/" in outcome:
                    self.assertEqual(ended["dead_letters"], {outcome: 1})
                    self.assertNotIn('"Observation"', stored)
                else:
                    self.assertEqual(ended["dead_letters"], {})
                    self.assertIn(f'"valueQuantity":{{"value":{outcome},', stored)

    def test_times_of_any_year(self):
        lines = [json.dumps({"device": "d", "patient": "p", "at": at, "hr": 70}) for at in TIMES]
        self.write("messages.ndjson", "\n".join(lines) + "\n")
        ended, _ = self.run_pipeline()
        self.assertEqual(ended["written"], len(TIMES))
        self.assertEqual(sorted(o["effectivePeriod"]["start"] for o in self.stored()), sorted(TIMES.values()))
        rows = json.loads(self.aorta("store", "query", "store.db", "--device", "d", "--format", "json").stdout)
        self.assertEqual(len(rows if isinstance(rows, list) else rows["observations"]), len(TIMES))

    def test_what_is_no_time(self):
        for text in NO_TIMES:
            with self.subTest(text):
                ended, _ = self.end_of(json.dumps({"device": "d", "patient": "p", "at": text, "hr": 70}))
                self.assertEqual(ended["dead_letters"], {UNUSABLE: 1})

    def test_ids_with_every_sign(self):
        lines = [json.dumps({"device": id, "patient": f"p-{id}", "at": f"2026-11-22T06:00:{i:02}Z", "hr": 70}) for i, id in enumerate(IDS)]
        self.write("messages.ndjson", "\n".join(lines) + "\n")
        for _ in range(2):
            ended, _ = self.run_pipeline()
            self.assertEqual(ended["dead_lettered"], 0)
        self.assertEqual(sorted(d["identifier"][0]["value"] for d in self.stored("Device")), sorted(IDS))
        self.assertEqual(len(self.stored()), len(IDS))
        for id in IDS:
            with self.subTest(id[:20]):
                found = self.aorta("store", "query", "store.db", "--device", id, "--format", "csv").stdout
                self.assertEqual(len([line for line in found.split("\n") if line]), 2, found[:300])

    def test_types_that_never_meet(self):
        self.change("fhir.json", '"heartrate"', '"pulse"')
        done = self.aorta("validate", "pipeline.yaml")
        self.assertRegex(done.stdout + done.stderr, r'(?s)type "heartrate" has no template in fhir.json.*known there: pulse')
        ended, _ = self.run_pipeline()
        self.assertEqual(ended["dead_letters"], {"observation/no-fhir-template": 2})
        self.assertEqual(self.stored(), [])
