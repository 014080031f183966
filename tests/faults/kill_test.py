"""kill -9 at random instants: no acknowledged message is lost, and the store ends as that of an undisturbed run.

KILLS (how many kills each source gets) and SEED may be set; the seed of a failure is told."""
import hashlib
import http.client
import json
import os
import pathlib
import random
import subprocess
import sys
import threading
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "integration"))

from http_support import HttpCase, Intake
from support import AORTA, Case, json_lines

KILLS = int(os.environ.get("KILLS", "10"))
SEED = int(os.environ.get("SEED", str(random.randrange(1 << 32))))


def digest(lines):
    """What a store holds, whatever the history of its writing."""
    kept = []
    for resource in lines:
        resource.pop("meta", None)
        resource.pop("issued", None)
        kept.append(json.dumps(resource, sort_keys=True))
    return hashlib.sha256("\n".join(sorted(kept)).encode()).hexdigest()


def a_message(number, chance):
    """Devices of their own times; one in twenty cannot be carried."""
    if number % 20 == 7:
        return json.dumps({"device": f"d{number % 7}", "number": number})
    at = f"2026-11-{1 + number // 1440 % 28:02}T{number // 60 % 24:02}:{number % 60:02}:{number % 59:02}Z"
    return json.dumps({"device": f"d{number % 7}", "patient": f"p{number % 7}", "at": at, "hr": 40 + chance.randrange(100)})


class Sender(threading.Thread):
    """Sends message by message in batches; what was acknowledged stays acknowledged, what was not is sent again."""

    def __init__(self, intake, batches, acknowledged, keys):
        super().__init__(daemon=True)
        self.intake, self.batches, self.acknowledged, self.keys = intake, batches, acknowledged, keys

    def run(self):
        connection = self.intake.connect()
        while self.batches:
            index, batch = self.batches[0]
            fields = {"Content-Type": "application/x-ndjson"}
            if self.keys:
                fields["Idempotency-Key"] = f"batch-{index}"
            try:
                connection.request("POST", "/messages", "\n".join(batch).encode(), fields)
                answer = connection.getresponse()
                answer.read()
            except (OSError, http.client.HTTPException):
                return
            if answer.status == 202:
                self.acknowledged.extend(batch)
                self.batches.pop(0)
            else:
                time.sleep(0.05)


class Kill(HttpCase):
    def setUp(self):
        super().setUp()
        self.chance = random.Random(SEED)
        self.change("pipeline.yaml", "group: { max_delay: 100ms }", "group: { max_delay: 50ms, max_measurements: 500 }\njournal: { max_size: 8MiB, segment_size: 64KiB }")

    def clean_store(self, messages):
        """The store that an undisturbed run over these messages leaves."""
        twin = Case("run")
        twin.id = lambda: self.id() + ".twin"
        twin.setUp()
        try:
            twin.write("messages.ndjson", "\n".join(messages) + "\n")
            twin.run_pipeline()
            return digest(json_lines(twin.aorta("store", "export", "store.db").stdout)), self.letters(twin)
        finally:
            twin.doCleanups()

    @staticmethod
    def letters(case):
        """The bodies of the dead letters; each once."""
        done = case.aorta("deadletter", "export", "dead-letters.db")
        return sorted({json.dumps(letter.get("body"), sort_keys=True) for letter in json_lines(done.stdout)})

    def test_http_source(self):
        acknowledged, next_message, kills = [], 0, 0
        pending = []
        started = time.monotonic()
        while kills < KILLS:
            intake = Intake(self.folder)
            self.assertTrue(intake.address, f"seed {SEED}: " + intake.log())
            self.assertNotIn("cannot be read", intake.log(), f"seed {SEED}")
            while len(pending) < 40:
                size = self.chance.choice([1, 3, 20, 100])
                pending.append((next_message, [a_message(next_message + i, self.chance) for i in range(size)]))
                next_message += size
            sender = Sender(intake, pending, acknowledged, keys=kills % 2 == 0)
            sender.start()
            time.sleep(self.chance.choice([0.0, 0.01, 0.05, 0.2]) * self.chance.random() * 3)
            if self.chance.random() < 0.2:
                intake.process.terminate()  # and killed while it drains
                time.sleep(0.03 * self.chance.random())
            intake.kill()
            sender.join(timeout=20)
            kills += 1
        self.kill_while_starting()
        last = Intake(self.folder)
        sender = Sender(last, pending, acknowledged, keys=True)
        sender.start()
        sender.join(timeout=60)
        self.assertEqual(last.stop(), 0, f"seed {SEED}: " + last.log())
        self.assertEqual(pending, [])
        self.check(acknowledged)
        print(f"\n{kills} kills, {len(acknowledged)} messages acknowledged, 0 lost, store equal; seed {SEED}, {time.monotonic() - started:.0f} s", file=sys.stderr)

    def kill_while_starting(self):
        for _ in range(max(2, KILLS // 5)):
            run = subprocess.Popen([AORTA, "run", "pipeline.yaml"], cwd=self.folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            time.sleep(0.06 * self.chance.random())
            run.kill()
            run.wait()

    def check(self, acknowledged):
        expected, letters = self.clean_store(acknowledged)
        stored = json_lines(self.aorta("store", "export", "store.db").stdout)
        observations = [r for r in stored if r["resourceType"] == "Observation"]
        identifiers = [r["identifier"][0]["value"] for r in observations]
        self.assertEqual(len(identifiers), len(set(identifiers)), f"seed {SEED}: an Observation is there twice")
        self.assertEqual(digest(stored), expected, f"seed {SEED}: the store differs from an undisturbed run's")
        self.assertEqual(self.letters(self), letters, f"seed {SEED}: the dead letters differ")

    def test_file_source(self):
        self.change("pipeline.yaml", "in: { plugin: http }", "in: { plugin: file, config: { path: messages.ndjson } }")
        messages = [a_message(number, self.chance) for number in range(4000)]
        self.write("messages.ndjson", "\n".join(messages) + "\n")
        for _ in range(KILLS):
            run = subprocess.Popen([AORTA, "run", "pipeline.yaml"], cwd=self.folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            time.sleep(0.3 * self.chance.random())
            run.kill()
            run.wait()
        self.run_pipeline()
        self.check(messages)


if __name__ == "__main__":
    unittest.main()
