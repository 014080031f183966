"""The wall clock is set by a day, to and fro, under runs: nothing that comes out depends on it, and no timer does."""
import os
import pathlib
import random
import signal
import subprocess
import sys
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "integration"))

from http_support import HttpCase
from kill_test import a_message, digest
from rest_support import FaultProxy, FhirServer
from support import AORTA, BUILD, Case, json_lines

DAY = 86_400
STEPS = (DAY, 0, -DAY, DAY, -DAY, 0)


class SteppingClock(HttpCase):
    def setUp(self):
        super().setUp()
        self.set_clock(0)
        self.environment = {**os.environ, "LD_PRELOAD": str(BUILD / "tests/faults/stepping_clock.so"), "AORTA_CLOCK_FILE": str(self.folder / "clock"),
                            "ASAN_OPTIONS": "verify_asan_link_order=0", "no_proxy": "*"}

    def set_clock(self, seconds):
        self.write("clock.new", str(seconds))
        os.replace(self.folder / "clock.new", self.folder / "clock")

    def undisturbed(self, messages):
        twin = Case("run")
        twin.id = lambda: self.id() + ".twin"
        twin.setUp()
        try:
            twin.write("messages.ndjson", "\n".join(messages) + "\n")
            twin.run_pipeline()
            return digest(json_lines(twin.aorta("store", "export", "store.db").stdout))
        finally:
            twin.doCleanups()

    def count(self):
        return len(self.stored("Observation")) if (self.folder / "store.db").exists() else 0

    def test_messages_over_http(self):
        """Sent under keys, each batch twice, the second time at another time; over a reload and a restart."""
        self.change("pipeline.yaml", "sinks:", "journal: { segment_size: 64KiB, max_age: 1h, keep_answers: 1h }\nsinks:")
        messages = [a_message(number, random.Random(number)) for number in range(len(STEPS) * 100)]
        intake = self.start(env=self.environment)
        for index, step in enumerate(STEPS):
            self.set_clock(0)
            batch = "\n".join(messages[index * 100:][:100])
            answers = []
            for seconds in (0, step, -step):
                self.set_clock(seconds)
                answers.append(intake.send(batch, Content_Type="application/x-ndjson", Idempotency_Key=f"batch-{index}")[:2])
            self.assertEqual(answers, [(202, {"accepted": 100})] * 3)
            due = time.monotonic() + 5
            while self.count() < (index + 1) * 95:
                self.assertLess(time.monotonic(), due, "the window waits for the wall clock")
                time.sleep(0.05)
            if index == 2:
                intake.process.send_signal(signal.SIGHUP)
            if index == 3:
                self.assertEqual(intake.stop(), 0)
                intake = self.start(env=self.environment)
        self.set_clock(-DAY)
        before = time.monotonic()
        self.assertEqual(intake.stop(), 0)
        self.assertLess(time.monotonic() - before, 5)
        self.assertEqual(digest(json_lines(self.aorta("store", "export", "store.db").stdout)), self.undisturbed(messages))
        letters = json_lines(self.aorta("deadletter", "export", "dead-letters.db").stdout)
        self.assertEqual((len(letters), {letter["count"] for letter in letters}), (len(messages) // 20, {1}))

    def test_a_server_that_asks_for_pauses(self):
        self.change("pipeline.yaml", "in: { plugin: http }", "in: { plugin: file, config: { path: messages.ndjson } }")
        messages = [a_message(number, random.Random(number)) for number in range(200)]
        self.write("messages.ndjson", "\n".join(messages) + "\n")
        faults = dict.fromkeys(("429_seconds", "429_date", "503_bare", "reset_after"), 0.1)
        with FhirServer() as server, FaultProxy(server.port, faults, seed=5) as proxy:
            self.change("pipeline.yaml", "{ type: sqlite, path: store.db, identity: { mode: create } }", f"{{ type: rest, url: '{proxy.url}' }}")
            self.change("pipeline.yaml", "group: { max_delay: 100ms }", "group: { max_measurements: 20 }")
            run = self.start_unwatched()
            started = time.monotonic()
            while run.poll() is None and time.monotonic() - started < 90:
                for step in STEPS:
                    self.set_clock(step)
                    time.sleep(0.1)
            self.assertEqual(run.wait(1), 0)
            self.assertGreater(sum(proxy.faults.values()), 0)
            for when, wait in proxy.answered_429:
                self.assertEqual([t for t in proxy.times if when + 0.001 < t < when + wait - 0.05], [], "sent before the time that the server asked for")
            self.assertEqual(len(server.all("Observation")), 190)
            self.assertEqual({o["meta"]["versionId"] for o in server.all("Observation")}, {"1"})

    def start_unwatched(self):
        run = subprocess.Popen([AORTA, "run", "pipeline.yaml"], cwd=self.folder, env=self.environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.addCleanup(run.wait)
        self.addCleanup(run.kill)
        return run


if __name__ == "__main__":
    unittest.main()
