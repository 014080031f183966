"""Running pipelines that take up their files anew."""
import json
import os
import signal
import subprocess
import threading
import time
import unittest

from http_support import Intake
from reload_support import Running
from support import AORTA, FHIR, SOURCE, message


class Reload(Running):
    def units(self):
        if not (self.folder / "store.db").exists():
            return {}
        return {r["effectivePeriod"]["start"][14:16]: r["valueQuantity"]["unit"] for r in self.stored()}

    def use_unit(self, unit):
        fhir = json.loads(json.dumps(FHIR))
        fhir["template"][0]["template"]["value"]["unit"] = unit
        self.write("new.json", json.dumps(fhir))
        os.replace(self.folder / "new.json", self.folder / "fhir.json")

    def test_what_comes_afterwards_belongs_to_the_new_file(self):
        run = self.start()
        self.send(message(1))
        self.until(lambda: len(self.units()) == 1)
        self.use_unit("bpm")
        asked = self.aorta("reload", "pipeline.yaml")
        self.assertEqual((asked.returncode, asked.stderr), (0, ""))
        self.assertIn(f"Process {run.pid} takes up pipeline.yaml", asked.stdout)
        self.taken_up()
        self.send(message(2))
        self.until(lambda: len(self.units()) == 2)
        self.assertEqual(self.units(), {"01": "/min", "02": "bpm"})
        ended = self.end(run)
        self.assertEqual((ended["accepted"], ended["written"], ended["in_flight"]), (2, 2, 0))

    def test_a_file_with_errors_changes_nothing(self):
        run = self.start()
        self.write("fhir.json", '{"templateType": "CollectionFhir",\n  "template": 7}')
        asked = self.aorta("reload", "pipeline.yaml")
        self.assert_refused(asked, 1, "fhir.json:2:", "Nothing was started")
        self.assertNotIn("reload", self.log())
        run.send_signal(signal.SIGHUP)
        self.until(lambda: "all goes on as before" in self.log())
        self.assertIn("fhir.json:2:", self.log())
        self.send(message(1))
        self.until(lambda: self.units() == {"01": "/min"})
        self.end(run)

    def test_a_place_that_cannot_be_opened_changes_nothing(self):
        run = self.start()
        (self.folder / "taken").mkdir()
        self.change("pipeline.yaml", "path: dead-letters.db", "path: taken")
        run.send_signal(signal.SIGHUP)
        self.until(lambda: "all goes on as before" in self.log())
        self.send(message(1))
        self.until(lambda: self.units() == {"01": "/min"})
        self.end(run)

    def test_files_that_are_watched(self):
        self.change("pipeline.yaml", "name: test", "name: test\nwatch: true")
        run = self.start()
        self.use_unit("bpm")
        self.taken_up()
        self.send(message(1))
        self.until(lambda: self.units() == {"01": "bpm"})
        self.write("fhir.json", "{")
        self.until(lambda: "all goes on as before" in self.log())
        self.use_unit("beats")
        self.taken_up(2)
        self.send(message(2))
        self.until(lambda: self.units() == {"01": "bpm", "02": "beats"})
        self.end(run)

    def test_files_that_plugins_read_are_watched(self):
        """Two sinks of one kind: each has a word in its schema for the file that it reads by itself."""
        mappings = SOURCE / "pipelines/mappings"
        for name in ("vitals.risk.json", "vitals.fhir.json"):
            self.write(name, (mappings / name).read_text())
        self.change("pipeline.yaml", "name: test", "name: test\nwatch: true")
        self.change("pipeline.yaml", "dead_letter:", "  risk: { plugin: fhir-risk-assessment, store: local, config: { mapping: vitals.risk.json, observations: vitals.fhir.json } }\ndead_letter:")
        run = self.start()
        for times, name in enumerate(("vitals.fhir.json", "vitals.risk.json", "fhir.json"), 1):
            self.write("new.json", (self.folder / name).read_text() + "\n")
            os.replace(self.folder / "new.json", self.folder / name)
            self.taken_up(times)
        (self.folder / "vitals.fhir.json").unlink()
        self.until(lambda: "vitals.fhir.json: there is no such file" in self.log())
        self.assertIn("all goes on as before", self.log())
        self.end(run)

    def test_nobody_runs_it(self):
        self.assert_refused(self.aorta("reload", "pipeline.yaml"), 4, "no process of yours runs pipeline.yaml")

    def test_standard_input_is_read_on(self):
        self.change("pipeline.yaml", "path: messages.ndjson, follow: true", 'path: "-"')
        with (self.folder / "log").open("w") as log:
            run = subprocess.Popen([AORTA, "run", "pipeline.yaml"], cwd=self.folder, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log)
        run.stdin.write(message(1) + "\n")
        run.stdin.flush()
        self.until(lambda: len(self.units()) == 1)
        self.use_unit("bpm")
        run.send_signal(signal.SIGHUP)
        self.taken_up()
        self.change("pipeline.yaml", "path: \"-\"", "path: \"-\", max_record_bytes: 1MiB")
        run.send_signal(signal.SIGHUP)
        self.until(lambda: "standard input cannot be read anew" in self.log())
        out, _ = run.communicate(message(2) + "\n", timeout=30)
        self.assertEqual(run.returncode, 0, out)
        self.assertEqual(self.units(), {"01": "/min", "02": "bpm"})

    def test_a_source_that_is_changed_begins_anew(self):
        run = self.start()
        self.send(message(1))
        self.until(lambda: len(self.units()) == 1)
        self.write("other.ndjson", message(2) + "\n")
        self.change("pipeline.yaml", "path: messages.ndjson", "path: other.ndjson")
        run.send_signal(signal.SIGHUP)
        self.until(lambda: len(self.units()) == 2)
        self.assertEqual(self.end(run)["accepted"], 2)

    def test_again_and_again_under_load(self):
        """Nothing is lost, nothing is there twice, and no device's messages change their order."""
        run = self.start()
        count, reloads = 3000, 8

        def write():
            for i in range(count):
                at = f"2026-11-22T{i // 60 % 24:02}:{i % 60:02}:{i // 1440:02}Z"
                self.send(json.dumps({"device": f"d{i % 5}", "patient": f"p{i % 5}", "at": at, "hr": i}))
                time.sleep(0.001)

        writer = threading.Thread(target=write)
        writer.start()
        for i in range(reloads):
            self.use_unit(f"u{i}")
            run.send_signal(signal.SIGHUP)
            self.taken_up(i + 1)
        writer.join()
        self.until(lambda: len(self.stored()) == count)
        ended = self.end(run)
        self.assertEqual((ended["accepted"], ended["written"], ended["dead_lettered"], ended["in_flight"]), (count, count, 0, 0))
        found = sorted((r["valueQuantity"]["value"], r["valueQuantity"]["unit"], r["meta"]["versionId"]) for r in self.stored())
        self.assertEqual([value for value, _, _ in found], list(range(count)))
        self.assertEqual({version for _, _, version in found}, {"1"})
        units = [int(unit[1:]) if unit != "/min" else -1 for _, unit, _ in found]
        self.assertEqual(units, sorted(units))

    def test_senders_over_http(self):
        """Who was told 202 is in the store, whatever was reloaded meanwhile."""
        self.change("pipeline.yaml", "in: { plugin: file, config: { path: messages.ndjson, follow: true } }", "in: { plugin: http }")
        self.change("pipeline.yaml", "sinks:", "http: { listen: 127.0.0.1:0 }\nsinks:")
        intake = Intake(self.folder)
        self.addCleanup(intake.kill)
        taken, refused = [], []

        def write():
            for i in range(400):
                while True:
                    try:
                        status, _, _ = intake.send(json.dumps({"device": "d", "patient": "p", "at": f"2026-11-22T06:{i // 60:02}:{i % 60:02}Z", "hr": i}))
                    except OSError:
                        status = 0
                    if status == 202:
                        taken.append(i)
                        break
                    refused.append(status)
                    time.sleep(0.02)

        writer = threading.Thread(target=write)
        writer.start()
        for i in range(4):
            self.use_unit(f"u{i}")
            intake.process.send_signal(signal.SIGHUP)
            self.until(lambda: intake.log().count("runs now:") > i)
            time.sleep(0.1)
        writer.join()
        self.assertLessEqual(set(refused), {503}, "refused with a word to come again, never cut off")
        self.assertEqual(intake.stop(), 0, intake.log())
        self.assertEqual(sorted({r["valueQuantity"]["value"] for r in self.stored()}), taken)


if __name__ == "__main__":
    unittest.main()
