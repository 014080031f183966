"""What did not arrive, and the way back in."""
import json
import subprocess
import unittest

from support import AORTA, DEVICE, Case, message


class DeadLetters(Case):
    def setUp(self):
        super().setUp()
        self.write("messages.ndjson", "\n".join([message(1), '{"pulse":71,"device":"d1","at":"2026-11-22T06:02:00Z","patient":"p1"}', '{"hr":']) + "\n")
        self.run_pipeline()

    def ok(self, *words):
        done = self.aorta("deadletter", *words)
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout

    def letters(self):
        return json.loads(self.ok("list", "pipeline.yaml", "--each", "--format", "json"))["letters"]

    def reasons(self):
        return [letter["reason"] for letter in self.letters()]

    def replay(self, *words):
        lines = self.ok("replay", "pipeline.yaml", "--format", "json", *words).splitlines()
        return json.loads(lines[-2]), json.loads(lines[-1])

    def understand_pulses(self):
        """The template that was missing."""
        text = json.dumps(DEVICE).replace("$.hr", "$.pulse").replace("@hr", "@pulse")
        both = {"templateType": "CollectionContent", "template": DEVICE["template"] + json.loads(text)["template"]}
        self.write("device.json", json.dumps(both))

    def values(self):
        found = json.loads(self.aorta("store", "query", "store.db", "--format", "json").stdout)["observations"]
        return [one["value"] for one in found]

    def test_replay_after_a_corrected_mapping_writes_and_forgets(self):
        self.understand_pulses()
        ended, replayed = self.replay()
        self.assertEqual((ended["accepted"], ended["written"], ended["dead_lettered"]), (2, 1, 1))
        self.assertEqual(replayed, {"event": "replayed", "forgotten": 1, "kept": 1, "left_out": 0})
        self.assertEqual(self.values(), ["70", "71"])
        self.assertEqual(self.reasons(), ["normalize/not-json"])

    def test_to_replay_twice_changes_nothing(self):
        self.understand_pulses()
        self.replay()
        before = self.aorta("store", "export", "store.db").stdout
        ended, replayed = self.replay()
        self.assertEqual((ended["accepted"], replayed["kept"]), (1, 1))
        self.assertEqual(self.aorta("store", "export", "store.db").stdout, before)
        self.assertEqual([letter["count"] for letter in self.letters()], [3])

    def test_a_letter_keeps_its_first_time_and_place_when_it_fails_again(self):
        before = self.letters()
        self.replay()
        after = self.letters()
        for key in ("id", "first", "source", "position", "reason"):
            self.assertEqual([b[key] for b in before], [a[key] for a in after])
        self.assertEqual([a["count"] for a in after], [2, 2])

    def test_a_letter_that_fails_for_another_reason_is_one_letter(self):
        text = json.dumps(DEVICE).replace("$.hr", "$.nothing").replace("@hr", "@pulse")
        self.write("device.json", text)
        self.replay("--reason", "normalize/no-template-matched")
        self.assertEqual(self.reasons(), ["normalize/not-json", "normalize/required-value-missing"])

    def test_replay_takes_only_what_is_named(self):
        self.understand_pulses()
        ended, _ = self.replay("--reason", "normalize/not-json")
        self.assertEqual(ended["accepted"], 1)
        self.assertEqual(self.values(), ["70"])
        self.assertEqual(self.ok("replay", "pipeline.yaml", "--source", "other"), "No dead letters.\n")

    def test_what_its_source_cut_is_left_out(self):
        self.change("pipeline.yaml", "path: messages.ndjson", "path: messages.ndjson, max_record_bytes: 20B")
        (self.folder / "dead-letters.db").unlink()
        self.run_pipeline()
        _, replayed = self.replay()
        self.assertEqual((replayed["left_out"], replayed["forgotten"]), (2, 0), "what its source cut is not what was sent")
        self.assertEqual(len(self.letters()), 3)

    def test_show_tells_all_of_one(self):
        shown = self.ok("show", "pipeline.yaml", "1")
        for part in ("normalize/no-template-matched", "in messages.ndjson:2", '{"pulse":71,'):
            self.assertIn(part, shown)
        self.assertIn('nothing has "hr"', self.ok("show", "pipeline.yaml", "1", "--explain"))
        letter = json.loads(self.ok("show", "dead-letters.db", "2", "--format", "json"))
        self.assertEqual((letter["body"], letter["bytes"]), ('{"hr":', 6))
        for unknown in ("3", "0", "x", "-1e"):
            done = self.aorta("deadletter", "show", "pipeline.yaml", "--", unknown)
            self.assertEqual(done.returncode, 1)
            self.assertIn(f'no dead letter "{unknown}"', done.stderr)

    def test_export_is_one_letter_a_line_with_its_body(self):
        self.write("messages.ndjson", b"\xff\xfe\x00{\n")
        self.run_pipeline()
        letters = [json.loads(line) for line in self.ok("export", "pipeline.yaml").splitlines()]
        self.assertEqual([letter.get("body") for letter in letters][1], '{"hr":')
        self.assertEqual(letters[2]["body_base64"], "//4Aew==")

    def test_to_test_gives_a_case_that_passes(self):
        self.write("pipeline.yaml", (self.folder / "pipeline.yaml").read_text() + "tests:\n" + self.ok("to-test", "pipeline.yaml", "1") + self.ok("to-test", "pipeline.yaml", "2"))
        done = self.aorta("test", "pipeline.yaml")
        self.assertEqual((done.returncode, done.stdout.splitlines()[-1]), (0, "2 passed, 0 failed"), done.stdout + done.stderr)
        self.understand_pulses()
        self.assertEqual(self.aorta("test", "pipeline.yaml").returncode, 1, "it expects what happened, until that is mended")

    def test_purge_forgets_what_is_named_and_asks_for_a_name(self):
        self.assert_refused(self.aorta("deadletter", "purge", "pipeline.yaml"), 2, "--reason")
        self.assertEqual(self.ok("purge", "pipeline.yaml", "--older-than", "1h"), "0 dead letters purged.\n")
        self.assertEqual(self.ok("purge", "pipeline.yaml", "--reason", "normalize/not-json"), "1 dead letter purged.\n")
        self.assertEqual(self.reasons(), ["normalize/no-template-matched"])
        self.assertEqual(self.ok("purge", "dead-letters.db", "--all"), "1 dead letter purged.\n")
        self.assertEqual(self.ok("replay", "pipeline.yaml"), "No dead letters.\n")

    def fill(self, at_limit):
        self.change("pipeline.yaml", "path: dead-letters.db", f"path: dead-letters.db, max_size: 64KiB, at_limit: {at_limit}")
        self.send_junk("first")
        ended, _ = self.run_pipeline()
        self.assertEqual(ended["dead_lettered"], 40)
        self.send_junk("second")

    def send_junk(self, word):
        self.write("messages.ndjson", "".join(json.dumps({"junk": word, "number": i, "filling": "x" * 5000}) + "\n" for i in range(40)))

    def test_at_their_limit_intake_waits_until_there_is_room(self):
        self.fill("pause")
        run = subprocess.Popen([AORTA, "run", "pipeline.yaml", "--format", "json"], cwd=self.folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        try:
            told = run.stderr.readline()
            self.assertIn("dead_letter.max_size allows 64KiB", told)
            self.assertIn("nothing is lost", told)
            self.assertEqual(len(self.letters()), 42)
            self.assertIsNone(run.poll())
            self.assertEqual(self.ok("purge", "pipeline.yaml", "--all"), "42 dead letters purged.\n")
            out, err = run.communicate(timeout=60)
        finally:
            run.kill()
        self.assertEqual(run.returncode, 0, out + err)
        self.assertEqual(len(self.letters()), 40)

    def test_at_their_limit_the_oldest_are_forgotten_where_that_is_wanted(self):
        self.fill("oldest")
        ended, done = self.run_pipeline()
        self.assertEqual(ended["dead_lettered"], 40)
        self.assertIn("of the oldest dead letters were forgotten", done.stderr)
        kept = [json.loads(line)["body"] for line in self.ok("export", "pipeline.yaml").splitlines()]
        self.assertTrue(kept and all("second" in body for body in kept))

    def test_before_the_first_run_there_are_none(self):
        (self.folder / "dead-letters.db").unlink()
        for words in (["replay", "pipeline.yaml"], ["purge", "pipeline.yaml", "--all"], ["export", "pipeline.yaml"]):
            self.assertIn(self.ok(*words), ("No dead letters.\n", "0 dead letters purged.\n", ""))
        self.assertFalse((self.folder / "dead-letters.db").exists())


if __name__ == "__main__":
    unittest.main()
