"""kill -9 at random instants: no acknowledged message is lost, none is there twice, and the store ends as that of an undisturbed run.

KILLS (how many each test makes, at least) and SEED may be set; the seed of a failure is told."""
import contextlib
import hashlib
import http.client
import json
import os
import pathlib
import random
import signal
import subprocess
import sys
import threading
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "integration"))

from fhir_server import FhirServer
from http_support import Intake
from support import AORTA, FHIR, Case, json_lines

KILLS = int(os.environ.get("KILLS", "15"))
SEED = int(os.environ.get("SEED", str(random.randrange(1 << 32))))
KILLS_OF_A_ROUND = 40  # then all begins anew, from the making of the files on
EMBEDDED = "{ type: sqlite, path: store.db, identity: { mode: create } }"


def contents(resources):
    """What a store holds, whatever the history of its writing."""
    return sorted(json.dumps({k: v for k, v in resource.items() if k not in ("meta", "issued")}, sort_keys=True) for resource in resources)


def digest(resources):
    return hashlib.sha256("\n".join(contents(resources)).encode()).hexdigest()


def difference(ones, others):
    """The first few that only one side has."""
    ones, others = set(ones), set(others)
    return "\n".join([f"- {one}" for one in sorted(ones - others)[:5]] + [f"+ {one}" for one in sorted(others - ones)[:5]])


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
        with contextlib.closing(self.intake.connect()) as connection:
            self.send_over(connection)

    def send_over(self, connection):
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


class Writer(threading.Thread):
    """Appends lines to a file that is renamed into a folder every now and then, as logs are rotated."""

    def __init__(self, folder, messages, chance):
        super().__init__(daemon=True)
        self.folder, self.messages, self.chance = folder, messages, random.Random(chance.random())
        self.rotations = 0
        self.go_on = True

    def run(self):
        for message in self.messages:
            if not self.go_on:
                return
            with (self.folder / "messages.ndjson").open("a") as out:
                out.write(message + "\n")
            if self.chance.random() < 0.01:
                self.rotate()
            if self.chance.random() < 0.1:
                time.sleep(0.01 * self.chance.random())

    def rotate(self):
        self.rotations += 1
        (self.folder / "messages.ndjson").rename(self.folder / f"rotated/{self.rotations:05}.ndjson")
        (self.folder / "messages.ndjson").touch()


class Kill(Case):
    def setUp(self):
        super().setUp()
        self.change("pipeline.yaml", "sinks:", "group: { max_delay: 50ms, max_measurements: 500 }\nsinks:")
        other = json.loads(json.dumps(FHIR))
        other["template"].append(json.loads(json.dumps(other["template"][0]).replace("heartrate", "never met")))
        self.mappings = [json.dumps(FHIR), json.dumps(other)]
        self.kills = 0
        self.server = None

    def rounds(self, carry):
        """Calls carry(chance) for rounds of their own, in folders of their own, until there were as many kills as asked for."""
        started, kills, carried, rounds = time.monotonic(), 0, 0, 0
        while kills < KILLS:
            self.doCleanups()
            self.setUp()
            FhirServer.made.clear()  # what earlier rounds left
            self.limit = min(KILLS_OF_A_ROUND, KILLS - kills)
            chance = random.Random(f"{SEED} {rounds}")
            if chance.random() < 0.3:
                self.change("pipeline.yaml", "normalize:", "normalize:\n  isolation: process")
            try:
                carried += carry(chance)
            except AssertionError as failure:
                raise AssertionError(f"seed {SEED}, round {rounds}: {failure}") from failure
            kills, rounds = kills + self.kills, rounds + 1
        print(f"\n{self.id().split('.')[-1]}: {kills} kills, {carried} messages, 0 lost, 0 twice, {rounds} stores equal; seed {SEED}, "
              f"{time.monotonic() - started:.0f} s", file=sys.stderr)

    def rounds_before_a_server(self, carry):
        """As rounds(); the pipeline writes to a server that outlives its kills."""
        def carry_there(chance):
            with FhirServer() as self.server:
                self.change("pipeline.yaml", EMBEDDED, f"{{ type: rest, url: '{self.server.url}' }}")
                return carry(chance)
        self.rounds(carry_there)

    def over_http(self):
        self.change("pipeline.yaml", "in: { plugin: file, config: { path: messages.ndjson } }", "in: { plugin: http, config: { max_messages: 1000 } }")
        self.change("pipeline.yaml", "sinks:", "http: { listen: 127.0.0.1:0 }\njournal: { max_size: 8MiB, segment_size: 64KiB }\nsinks:")

    # What happens to a run -------------------------------------------------------------------------------------------
    def disturb(self, process, chance):
        """What may go on as it is killed: nothing, a drain, a reload that changes a mapping, a source, or is refused."""
        what = chance.choice(["nothing", "nothing", "drain", "mapping", "source", "mistake"])
        if what == "nothing":
            return
        if what == "drain":
            process.terminate()
        else:
            getattr(self, "change_" + what)(chance)
            process.send_signal(signal.SIGHUP)
        time.sleep(0.06 * chance.random())

    def replace(self, name, text):
        self.write("new", text)
        os.replace(self.folder / "new", self.folder / name)

    def change_mapping(self, chance):
        self.replace("fhir.json", chance.choice(self.mappings))

    def change_source(self, chance):
        self.replace("pipeline.yaml", (self.folder / "pipeline.yaml").read_text().replace("max_messages: 1000", f"max_messages: {1000 + chance.randrange(9)}"))

    def change_mistake(self, chance):
        self.replace("fhir.json", "{")

    def kill(self, process, chance):
        process.kill()
        process.wait()
        self.kills += 1
        self.replace("fhir.json", self.mappings[0])
        while chance.random() < 0.3:
            self.kill_while_starting(chance)

    def kill_while_starting(self, chance):
        run = subprocess.Popen([AORTA, "run", "pipeline.yaml"], cwd=self.folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(0.06 * chance.random())
        run.kill()
        run.wait()
        self.kills += 1

    # What is there at the end ----------------------------------------------------------------------------------------
    def all_stored(self, case=None, server=None):
        server = server or self.server
        if not server:
            return json_lines((case or self).aorta("store", "export", "store.db").stdout)
        return [resource for kind in ("Observation", "Device", "Patient") for resource in server.all(kind)]

    def letters(self, case):
        done = case.aorta("deadletter", "export", "dead-letters.db")
        return sorted(json.dumps([letter["reason"], letter["body"]]) for letter in json_lines(done.stdout))

    def undisturbed(self, messages):
        """Store and dead letters of a run over these messages that nobody disturbs."""
        twin = Case("run")
        twin.id = lambda: self.id() + ".twin"
        twin.setUp()
        with FhirServer() as server:
            try:
                if self.server:
                    twin.change("pipeline.yaml", EMBEDDED, f"{{ type: rest, url: '{server.url}' }}")
                twin.write("messages.ndjson", "\n".join(messages) + "\n")
                twin.run_pipeline(timeout=600)
                return contents(self.all_stored(twin, server if self.server else None)), self.letters(twin)
            finally:
                twin.doCleanups()

    def check(self, messages, each_letter_once):
        expected, letters = self.undisturbed(messages)
        stored = self.all_stored()
        identifiers = [r["identifier"][0]["value"] for r in stored if r["resourceType"] == "Observation"]
        self.assertEqual(len(identifiers), len(set(identifiers)), "an Observation is there twice")
        self.assertFalse(difference(contents(stored), expected), "the store differs from an undisturbed run's")
        once = list if each_letter_once else set
        self.assertEqual(once(self.letters(self)), once(letters), "the dead letters differ")
        return len(messages)

    # The tests -------------------------------------------------------------------------------------------------------
    def carry_over_http(self, chance):
        self.over_http()
        acknowledged, pending, next_message = [], [], 0
        keys = chance.random() < 0.5  # with them, what is sent again is taken once
        while self.kills < self.limit:
            intake = self.intake()
            while len(pending) < 40:
                size = chance.choice([1, 1, 3, 20, 100])
                pending.append((next_message, [a_message(next_message + i, chance) for i in range(size)]))
                next_message += size
            sender = Sender(intake, pending, acknowledged, keys)
            sender.start()
            time.sleep(chance.choice([0.0, 0.01, 0.05, 0.2]) * chance.random() * 3)
            self.disturb(intake.process, chance)
            self.kill(intake.process, chance)
            intake.kill()
            sender.join(timeout=20)
        last = self.intake("--listen", "127.0.0.1:0")
        sender = Sender(last, pending, acknowledged, keys)
        sender.start()
        sender.join(timeout=60)
        self.assertEqual(pending, [])
        self.wait_until_carried(last)
        self.assertEqual(last.stop(), 0, last.log())
        return self.check(acknowledged, each_letter_once=keys)

    def wait_until_carried(self, intake):
        """A stop would leave what the journal still holds to the next run."""
        until = time.monotonic() + 120
        while 'aorta_journal_waiting{pipeline="test",source="in"} 0\n' not in intake.send("", path="/metrics", method="GET")[1]:
            self.assertLess(time.monotonic(), until, intake.log())
            time.sleep(0.05)

    def intake(self, *words):
        intake = Intake(self.folder, *words)
        self.addCleanup(intake.kill)
        self.assertTrue(intake.address, intake.log())
        self.assertNotIn("cannot be read", intake.log())
        return intake

    def test_http_source(self):
        self.rounds(self.carry_over_http)

    def test_http_source_and_a_server(self):
        self.rounds_before_a_server(self.carry_over_http)

    def carry_a_file(self, chance):
        messages = [a_message(number, chance) for number in range(4000)]
        self.write("messages.ndjson", "\n".join(messages) + "\n")
        while self.kills < self.limit:
            run = self.start()
            time.sleep(0.3 * chance.random())
            self.disturb(run, chance)
            self.kill(run, chance)
        self.run_pipeline()
        return self.check(messages, each_letter_once=True)

    def start(self):
        with (self.folder / "log").open("w") as log:
            run = subprocess.Popen([AORTA, "run", "pipeline.yaml"], cwd=self.folder, stdout=subprocess.DEVNULL, stderr=log)
        self.addCleanup(run.kill)
        return run

    def test_file_source(self):
        self.rounds(self.carry_a_file)

    def test_file_source_and_a_server(self):
        self.rounds_before_a_server(self.carry_a_file)

    def carry_rotated_files(self, chance):
        """A followed file, and the folder that it is rotated into: what a crash has left unread is read there."""
        (self.folder / "rotated").mkdir()
        self.write("messages.ndjson", "")
        self.change("pipeline.yaml", "in: { plugin: file, config: { path: messages.ndjson } }",
                    "in: { plugin: file, config: { path: messages.ndjson, follow: true } }\n  old: { plugin: file, config: { path: rotated, follow: true } }")
        messages = [a_message(number, chance) for number in range(self.limit * 150)]
        writer = Writer(self.folder, messages, chance)
        writer.start()
        self.addCleanup(lambda: (setattr(writer, "go_on", False), writer.join()))
        while self.kills < self.limit:
            run = self.start()
            time.sleep(0.4 * chance.random())
            self.disturb(run, chance)
            self.kill(run, chance)
        writer.join(timeout=100)
        writer.rotate()
        self.change("pipeline.yaml", ", follow: true", "")
        self.run_pipeline()
        return self.check(messages, each_letter_once=False)

    def test_rotated_files(self):
        self.rounds(self.carry_rotated_files)


if __name__ == "__main__":
    unittest.main()
