"""`aorta explain --window`: several messages as one window, as a run would take them."""
import copy
import json

from support import DEVICE, FHIR, Case, heart_rate, hourly_series, message


def at(time, hr=70, **more):
    return json.dumps({"device": "d1", "patient": "p1", "at": f"2026-11-22T{time}Z", "hr": hr, **more})


class Window(Case):
    def setUp(self):
        super().setUp()
        self.read_also("encounterIdExpression", "$.encounter")

    def read_also(self, field, expression):
        device = copy.deepcopy(DEVICE)
        device["template"][0]["template"][field] = expression
        self.write("device.json", json.dumps(device))

    def use(self, fhir):
        self.write("fhir.json", json.dumps(fhir))

    def explain(self, *messages, words=()):
        done = self.aorta("explain", "pipeline.yaml", "--window", "--format", "json", *words, input="\n".join(messages) + "\n")
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        (told,) = [json.loads(line) for line in done.stdout.splitlines()]
        return told

    def text(self, *messages, words=()):
        done = self.aorta("explain", "pipeline.yaml", "--window", *words, input="\n".join(messages) + "\n")
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        return done.stdout

    def observations(self, told):
        (sink,) = told["sinks"]
        return sink["observations"]

    def value(self, observation):
        (value,) = [e for e in observation["elements"] if "value" in e]
        return value

    def assert_as_run(self, told, *messages):
        """The last Observation of each id is the one that a run leaves in its store."""
        self.write("messages.ndjson", "".join(m + "\n" for m in messages))
        self.run_pipeline()
        stored = {r["id"]: r for r in self.stored()}
        made = {one["id"]: json.loads(one["resource"]) for one in self.observations(told) if "id" in one}
        self.assertEqual(set(made), set(stored))
        for id, one in made.items():
            for element in ("valueSampledData", "valueQuantity", "effectivePeriod", "identifier", "code", "component"):
                self.assertEqual(one.get(element), stored[id].get(element))

    def test_groups_and_what_keeps_them_apart(self):
        sent = at("06:00:00"), at("06:01:00", device="d2"), at("06:02:00"), at("06:03:00", patient="p2", device="d2"), at("06:04:00", encounter="e")
        told = self.explain(*sent)
        groups = told["groups"]
        self.assertEqual([g["measurements"] for g in groups], [[0, 2], [1], [3], [4]])
        self.assertNotIn("apart", groups[0])
        self.assertEqual(groups[1]["apart"], {"group": 0, "names": ["device"]})
        self.assertEqual(groups[2]["apart"], {"group": 1, "names": ["patient"]})
        self.assertEqual(groups[3]["apart"], {"group": 0, "names": ["encounter"]})
        self.assertEqual([m["line"] for m in told["messages"]], [1, 2, 3, 4, 5])
        self.assertEqual([m["measurements"] for m in told["messages"]], [[0], [1], [2], [3], [4]])
        self.assertEqual([o["group"] for o in self.observations(told)], [0, 0, 1, 2, 3])
        text = self.text(*sent)
        self.assertIn('apart from group 1: encounter "e", there none', text)
        self.assertIn('apart from group 2: patient "p2", there "p1"', text)
        self.assert_as_run(told, *sent)

    def test_of_one_time_the_first_counts(self):
        sent = at("06:00:00", 70), at("06:00:00.0", 99)
        told = self.explain(*sent)
        (group,) = told["groups"]
        self.assertEqual((group["measurements"], group["left_out"]), ([0], [{"measurement": 1, "by": 0}]))
        self.assertEqual(self.value(self.observations(told)[0])["texts"], ["70"])
        self.assertIn("measurement 2 is left out: measurement 1 has the same time", self.text(*sent))
        self.assert_as_run(told, *sent)

    def test_names_that_are_the_same_once_joined(self):
        told = self.explain(at("06:00:00", patient="a-b"), at("06:01:00", patient="a", encounter="b"), at("06:02:00", patient="a-b", encounter=""))
        self.assertEqual([(g["measurements"], g["joined_alike"]) for g in told["groups"]], [([0, 2], []), ([1], [])])
        told = self.explain(at("06:00:00", patient="a-b", encounter="c"), at("06:01:00", patient="a", encounter="b-c"))
        self.assertEqual([(g["measurements"], g["joined_alike"]) for g in told["groups"]], [([0, 1], [1])])

    def test_slots_and_what_was_written_over(self):
        self.use(hourly_series(60_000))
        sent = at("06:00:10", 70), at("06:05:00", 71), at("06:00:40", 72), at("07:00:00", 73), at("06:00:50", 74)
        told = self.explain(*sent)
        first, second = self.observations(told)
        self.assertEqual((first["start"][11:19], first["end"][11:19], first["measurements"]), ("06:00:00", "06:59:59", [0, 1, 2, 4]))
        samples = self.value(first)["samples"]
        self.assertEqual((samples["slots"], samples["step_ticks"]), (60, 600_000_000))
        self.assertEqual(
            [(s["slot"], s["text"], s["measurement"], s.get("overwritten_by")) for s in samples["used"]],
            [(0, "70", 0, 4), (0, "72", 2, 4), (0, "74", 4, None), (5, "71", 1, None)])
        data = json.loads(first["resource"])["valueSampledData"]["data"].split(" ")
        for sample in samples["used"]:
            if "overwritten_by" not in sample:
                self.assertEqual(data[sample["slot"]], sample["text"])
        self.assertEqual(sum(one != "E" for one in data), 2)
        self.assertEqual([s["slot"] for s in self.value(second)["samples"]["used"]], [0])
        text = self.text(*sent)
        self.assertIn('"70" of measurement 1, written over by measurement 5', text)
        self.assertIn('60 slots of 1m, 58 of them "E"', text)
        self.assertIn("apart from the one before: 2026-11-22T07:00:00Z begins another period", text)
        self.assert_as_run(told, *sent)

    def test_a_period_that_is_no_whole_millisecond(self):
        self.use(hourly_series(33.333))
        sent = at("06:00:00.0333328", 70), at("06:00:00.0333329", 71)
        told = self.explain(*sent)
        samples = self.value(self.observations(told)[0])["samples"]
        self.assertEqual((samples["step_ticks"], [s["slot"] for s in samples["used"]]), (333_329, [0, 1]))
        self.assertIn("slots of 33.3329ms", self.text(*sent))
        self.assert_as_run(told, *sent)

    def test_observations_with_one_identifier_become_one(self):
        sent = at("06:00:00.1", 70), at("06:00:00.2", 71)
        told = self.explain(*sent)
        first, second = self.observations(told)
        self.assertEqual((first["id"], second.get("joins"), first.get("joins")), (second["id"], 0, None))
        self.assertIn("merged into the Observation of measurement 1: it has the same identifier", self.text(*sent))
        self.assert_as_run(told, *sent)

    def test_groups_that_become_one_observation(self):
        """Another session is another group, and yet the same hour of the same device."""
        self.read_also("correlationIdExpression", "$.session")
        self.use(hourly_series(60_000))
        sent = at("06:00:10", 70, session="a"), at("06:01:00", 71, session="a"), at("06:00:05", 72, session="b")
        told = self.explain(*sent)
        self.assertEqual([g["measurements"] for g in told["groups"]], [[0, 1], [2]])
        first, second = self.observations(told)
        self.assertEqual((second["joins"], second["group"]), (0, 1))
        self.assertEqual([(s["slot"], s.get("overwritten_by")) for s in self.value(first)["samples"]["used"]], [(0, 2), (1, None)])
        self.assert_as_run({"sinks": [{"observations": [second]}]}, *sent)

    def test_a_session_is_one_observation(self):
        self.read_also("correlationIdExpression", "$.session")
        self.use(heart_rate(-1, {"valueType": "SampledData", "defaultPeriod": 60_000}))
        sent = at("06:00:00", session="s"), at("09:00:00", session="s"), at("07:00:00", session="t"), at("07:00:00")
        told = self.explain(*sent)
        made = self.observations(told)
        self.assertEqual([o["measurements"] for o in made], [[0, 1], [2]])
        self.assertEqual((made[0]["start"][11:19], made[0]["end"][11:19]), ("06:00:00", "09:00:00"))
        self.assertEqual(told["messages"][3]["reason"], "normalize/required-value-missing")
        self.assertIn("period: a correlation id, 2026-11-22T06:00:00Z to 2026-11-22T09:00:00Z", self.text(*sent))

    def test_messages_that_give_none(self):
        told = self.explain(at("06:00:00"), '{"what":1}', '{"device":"d","hr":1}', at("06:01:00"))
        self.assertEqual([m["end"] for m in told["messages"]], ["measured", "dead_letter", "dead_letter", "measured"])
        self.assertEqual(told["messages"][1]["reason"], "normalize/no-template-matched")
        self.assertEqual([m["measurements"] for m in told["messages"]], [[0], [], [], [1]])
        text = self.text(at("06:00:00"), '{"what":1}', at("06:01:00"))
        self.assertIn('line 2  dead letter "normalize/no-template-matched"', text)
        self.assertIn("Outcome: 3 messages, 2 measurements, 2 Observations by sink observations", text)

    def test_one_that_stops_the_pipeline_is_the_last(self):
        self.change("pipeline.yaml", "unmatched: dead_letter", "unmatched: fail")
        told = self.explain(at("06:00:00"), '{"what":1}', at("06:01:00"))
        self.assertEqual([m["end"] for m in told["messages"]], ["measured", "pipeline_stops"])

    def test_more_than_a_run_holds_open(self):
        self.change("pipeline.yaml", "sinks:", "group: { max_measurements: 2 }\nsinks:")
        self.assertIn("a run flushes its window once it holds 2 measurements", self.text(*(at(f"06:0{i}:00") for i in range(3))))
        self.assertNotIn("warning", self.text(*(at(f"06:0{i}:00") for i in range(2))))

    def test_beside_what_is_stored(self):
        self.use(hourly_series(60_000))
        self.write("messages.ndjson", at("06:00:00", 70) + "\n")
        self.run_pipeline()
        told = self.explain(at("06:00:30", 71), at("06:01:00", 72), words=["--stored"])
        (one,) = self.observations(told)
        self.assertEqual(one["stored"]["decision"], "merged")
        self.assertTrue(json.loads(one["resource"])["valueSampledData"]["data"].startswith("71 72 E"))
        self.assertNotIn("stored", self.observations(self.explain(at("06:00:30", 71), at("06:01:00", 72)))[0])
        self.assertIn("stored: merged into version 1", self.text(at("06:00:30", 71), words=["--stored"]))

    def test_one_message_is_a_window_too(self):
        told = self.explain(json.dumps({"device": "d", "patient": "p", "at": "2026-11-22T06:00:00Z", "hr": 1}))
        self.assertEqual((len(told["messages"]), told["groups"][0]["measurements"]), (1, [0]))

    def test_a_type_without_a_template(self):
        self.use({**FHIR, "template": []})
        (one,) = self.observations(self.explain(at("06:00:00"), at("06:01:00")))
        self.assertEqual((one["status"], one["measurements"]), ("refused", [0, 1]))
        self.assertEqual(one["error"]["reason"], "observation/no-fhir-template")

    def test_a_long_window_is_told_in_short(self):
        text = self.text(*(message(i % 60, device=f"d{i}") for i in range(100)))
        self.assertIn("… 100 measurements in all", text)
        self.assertIn("… 100 groups in all", text)
        self.assertLess(text.count("\n"), 400)
