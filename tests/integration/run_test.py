"""`aorta run` from outside: what it reads, what it leaves, how it ends."""
import json
import os
import pathlib
import shutil
import signal
import subprocess
import time

from support import AORTA, SOURCE, Case, message


class Sources(Case):
    def assert_hours(self, count):
        ended, _ = self.run_pipeline()
        self.assertEqual(ended["written"], count)
        self.assertEqual(len(self.stored()), count)

    def test_lines(self):
        self.write("messages.ndjson", "\n".join(message(i) for i in range(3)))
        self.assert_hours(3)

    def test_lines_with_windows_ends_and_empty_lines(self):
        self.write("messages.ndjson", "\r\n\r\n".join(message(i) for i in range(3)) + "\r\n")
        self.assert_hours(3)

    def test_array(self):
        self.change("pipeline.yaml", "messages.ndjson", "messages.json")
        self.write("messages.json", "[\n" + ",\n".join(message(i) for i in range(3)) + "\n]\n")
        self.assert_hours(3)

    def test_one_document(self):
        self.change("pipeline.yaml", "messages.ndjson", "message.json")
        self.write("message.json", json.dumps(json.loads(message(1)), indent=2))
        self.assert_hours(1)

    def test_folder(self):
        self.change("pipeline.yaml", "messages.ndjson", "incoming")
        (self.folder / "incoming").mkdir()
        self.write("incoming/b.ndjson", message(1) + "\n" + message(2) + "\n")
        self.write("incoming/a.json", message(3))
        self.write("incoming/c.json", "[" + message(4) + "]")
        self.assert_hours(4)

    def test_numbers_keep_their_source_text_in_an_array(self):
        self.change("pipeline.yaml", "messages.ndjson", "messages.json")
        self.write("messages.json", '[{"device":"d","patient":"p","at":"2026-11-22T06:00:00Z","hr":1234567890123456.5}]')
        self.run_pipeline()
        self.assertIn('"value":1234567890123456.5', self.aorta("store", "export", "store.db").stdout.replace(" ", ""))


class Follow(Case):
    def start(self):
        self.change("pipeline.yaml", "path: messages.ndjson", "path: messages.ndjson, follow: true")
        self.change("pipeline.yaml", "sinks:", "group: { max_delay: 50ms }\nsinks:")
        running = subprocess.Popen(
            [AORTA, "run", "pipeline.yaml"], cwd=self.folder, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, text=True)
        self.addCleanup(running.kill)
        self.addCleanup(running.stdout.close)
        self.addCleanup(running.stderr.close)
        return running

    def wait_for(self, count):
        for _ in range(600):
            if (self.folder / "store.db").exists() and self.aorta("store", "export", "store.db").stdout.count('"Observation"') >= count:
                return
            time.sleep(0.05)
        self.fail(f"{count} Observations did not come")

    def test_new_lines_are_carried_as_they_come(self):
        running = self.start()
        self.wait_for(2)
        with open(self.folder / "messages.ndjson", "a") as file:
            file.write(message(3)[:20])
            file.flush()
            time.sleep(0.3)
            file.write(message(3)[20:] + "\n")
        self.wait_for(3)
        running.send_signal(signal.SIGTERM)
        output, _ = running.communicate(timeout=20)
        self.assertEqual(running.returncode, 0, output)
        self.assertIn("accepted=3", output)

    def test_a_file_that_is_replaced_is_read_anew(self):
        running = self.start()
        self.wait_for(2)
        self.write("new", message(7) + "\n")
        os.rename(self.folder / "new", self.folder / "messages.ndjson")
        self.wait_for(3)
        running.send_signal(signal.SIGINT)
        running.communicate(timeout=20)
        self.assertEqual(running.returncode, 0)

    def test_a_second_signal_ends_at_once(self):
        self.change("pipeline.yaml", "path: messages.ndjson", 'path: "-"')
        running = subprocess.Popen([AORTA, "run", "pipeline.yaml"], cwd=self.folder, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.addCleanup(running.stdin.close)
        self.addCleanup(running.stdout.close)
        self.addCleanup(running.kill)
        running.stdout.readline()
        os.kill(running.pid, signal.SIGSTOP)
        for number in (signal.SIGINT, signal.SIGTERM):
            running.send_signal(number)
        os.kill(running.pid, signal.SIGCONT)
        self.assertIn(running.wait(timeout=10), (0, 130))


class Runs(Case):
    def test_second_run_changes_nothing(self):
        first, _ = self.run_pipeline()
        before = self.aorta("store", "export", "store.db").stdout
        second, _ = self.run_pipeline()
        self.assertEqual((first["written"], first["merged"]), (2, 0))
        self.assertEqual((second["written"], second["merged"]), (0, 2))
        self.assertEqual(self.aorta("store", "export", "store.db").stdout, before)

    def test_lines_where_there_is_no_terminal(self):
        done = self.aorta("run", "pipeline.yaml")
        lines = done.stdout.splitlines()
        self.assertTrue(lines[0].startswith("pipeline=test event=started"))
        self.assertTrue(lines[1].startswith("pipeline=test event=ended"))
        self.assertIn("accepted=2 written=2", lines[1])
        self.assertIn("ledger balances", done.stdout)
        self.assertNotIn("\x1b", done.stdout)

    def test_same_result_whatever_the_window(self):
        self.write("messages.ndjson", "".join(message(i % 60, hr=60 + i % 60, device=f"d{i % 5}") + "\n" for i in range(200)))
        self.run_pipeline()
        whole = [dict(r, meta=None, issued=None, status=None) for r in self.stored()]
        (self.folder / "store.db").unlink()
        self.change("pipeline.yaml", "sinks:", "group: { max_measurements: 3 }\nlimits: { max_in_flight_records: 5 }\nsinks:")
        self.run_pipeline()
        self.assertEqual([dict(r, meta=None, issued=None, status=None) for r in self.stored()], whole)

    def test_two_pipelines_at_once(self):
        (self.folder / "second").mkdir()
        for name in ("pipeline.yaml", "device.json", "fhir.json", "messages.ndjson"):
            shutil.copy(self.folder / name, self.folder / "second")
        self.change("second/pipeline.yaml", "name: test", "name: second")
        done = self.aorta("run", "pipeline.yaml", "second/pipeline.yaml")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(len(self.stored()), 2)
        self.assertEqual(self.aorta("store", "export", "second/store.db").stdout.count('"Observation"'), 2)

    def test_two_sinks_share_a_store(self):
        self.change("pipeline.yaml", "sinks:\n", "sinks:\n  again: { plugin: fhir-observation, store: local, config: { mapping: fhir.json } }\n")
        ended, _ = self.run_pipeline()
        self.assertEqual(ended["written"], 2)
        self.assertEqual(len(self.stored()), 2)


class Examples(Case):
    """The pipelines that come with the project."""

    def setUp(self):
        super().setUp()
        shutil.copytree(SOURCE / "pipelines", self.folder / "pipelines", ignore=shutil.ignore_patterns("var"))

    def check(self, name, observations, dead_letters):
        tested = self.aorta("test", f"pipelines/{name}.yaml")
        self.assertEqual(tested.returncode, 0, tested.stdout + tested.stderr)
        done = self.aorta("run", f"pipelines/{name}.yaml", "--format", "json")
        self.assertEqual(done.returncode, 0, done.stderr)
        ended = json.loads(done.stdout.splitlines()[-1])
        self.assertTrue(ended["balanced"])
        self.assertEqual((ended["observations"], ended["dead_lettered"]), (observations, dead_letters))

    def test_ward_vitals(self):
        lines = (SOURCE / "pipelines/data/vitals.ndjson").read_text().splitlines()
        good = [json.loads(line) for line in lines if line.endswith("}")]
        bad = len(lines) - sum("heartRate" in m and m.get("temperature") != "--" for m in good)
        hours = {(m["deviceId"], m["endDate"][:13]) for m in good if "heartRate" in m}
        readings = sum(isinstance(m.get("temperature"), float) for m in good)
        self.check("ward-vitals", 2 * len(hours) + readings, bad)

    def test_home_blood_pressure(self):
        self.check("home-blood-pressure", 18, 0)

    def test_vital_signs(self):
        self.check("vital-signs", 11, 0)

    def test_glucose_meter(self):
        self.check("glucose-meter", 75, 1)
