"""An error at every call that the embedded store and the dead letters make to their disk.

An undisturbed run counts the calls. Then each of them fails, in each way, once or from then on: nothing is told to be written
that is not, the run waits or ends with exit code 4, and once the disk is mended the files are those of the undisturbed run.

FAULTS: how many of these cases are tried (40), or "all". SEED chooses them."""
import concurrent.futures
import json
import os
import pathlib
import random
import shutil
import signal
import subprocess
import sys
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "integration"))

from kill_test import digest
from support import AORTA, BUILD, Case, json_lines, message

FAULTS = os.environ.get("FAULTS", "40")
SEED = int(os.environ.get("SEED", str(random.randrange(1 << 32))))
KINDS = {"write": ("eio", "enospc", "short", "torn"), "pwrite": ("eio", "enospc", "short", "torn")}
AT_ONCE = 6


class Failing:
    """A run in a folder, and what is known of it."""

    def __init__(self, folder, number=0, kind="eio", stay=False):
        self.folder = folder
        self.environment = {
            **os.environ, "LD_PRELOAD": str(BUILD / "tests/faults/faulty_disk.so"), "AORTA_FAULT_PATH": f"{folder}/store.db:{folder}/dead-letters.db",
            "AORTA_FAULT_LOG": str(folder / "calls"), "AORTA_FAULT_AT": str(number), "AORTA_FAULT_KIND": kind, "ASAN_OPTIONS": "verify_asan_link_order=0"}
        if stay:
            self.environment["AORTA_FAULT_STAY"] = "1"

    def run(self):
        """Until it ends, or waits for the disk a second time."""
        with (self.folder / "said").open("w") as said, (self.folder / "events").open("w") as events:
            run = subprocess.Popen([AORTA, "run", "pipeline.yaml", "--format", "json", "--drain-timeout", "0s"], cwd=self.folder, env=self.environment,
                                   stdout=events, stderr=said)
            until = time.monotonic() + 60
            while run.poll() is None and time.monotonic() < until:
                if (self.folder / "said").read_text().count("trying again") > 1:
                    run.send_signal(signal.SIGTERM)
                    break
                time.sleep(0.02)
            self.code = run.wait(timeout=60)
        ended = [e for e in json_lines((self.folder / "events").read_text()) if e.get("event") == "ended"]
        self.ended = ended[-1] if ended else None
        return self

    def said(self):
        return (self.folder / "said").read_text()

    def calls(self):
        return [line.split(" ", 2)[1:] for line in (self.folder / "calls").read_text().splitlines()]


class EveryCall(Case):
    def setUp(self):
        super().setUp()
        self.change("pipeline.yaml", "sinks:", "group: { max_measurements: 4 }\nsinks:")
        lines = [message(i % 7, device=f"d{i % 2}", hr=60 + i) if i % 4 else json.dumps({"junk": i}) for i in range(20)]
        self.write("messages.ndjson", "\n".join(lines) + "\n")
        (self.folder / "base").mkdir()
        for name in ("pipeline.yaml", "device.json", "fhir.json", "messages.ndjson"):
            shutil.copy(self.folder / name, self.folder / "base")

    def room(self, name):
        shutil.copytree(self.folder / "base", self.folder / name)
        return self.folder / name

    def store(self, folder):
        return json_lines(self.aorta("store", "export", str(folder / "store.db")).stdout)

    def letters(self, folder):
        done = self.aorta("deadletter", "export", str(folder / "dead-letters.db"))
        return sorted(json.dumps([letter["reason"], letter["position"], letter["body"]]) for letter in json_lines(done.stdout))

    def cases(self, calls):
        every = [(number, kind, stay) for number, (name, _) in enumerate(calls, 1) for kind in KINDS.get(name, ("eio", "enospc")) for stay in (False, True)]
        return every if FAULTS == "all" else random.Random(SEED).sample(every, min(len(every), int(FAULTS) // 2))

    def try_all(self):
        whole = Failing(self.room("undisturbed")).run()
        self.assertEqual(whole.code, 0, whole.said())
        expected = digest(self.store(whole.folder)), self.letters(whole.folder)
        calls = whole.calls()
        cases = self.cases(calls)
        with concurrent.futures.ThreadPoolExecutor(AT_ONCE) as pool:
            wrong = [text for text in pool.map(lambda case: self.try_one(calls, case, expected), cases) if text]
        print(f"\n{len(calls)} calls, {len(cases)} faults tried, {len(wrong)} wrong; seed {SEED}", end="", file=sys.stderr)
        self.assertEqual(wrong, [])

    def try_one(self, calls, case, expected):
        number, kind, stay = case
        name, path = calls[number - 1]
        told = f"call {number} ({name} {pathlib.Path(path).name}) fails with {kind}{' for good' if stay else ''}: "
        folder = self.room(f"{number}-{kind}-{stay}")
        try:
            return self.judge(Failing(folder, number, kind, stay).run(), told, expected)
        finally:
            shutil.rmtree(folder)

    def judge(self, run, told, expected):
        if run.code not in (0, 4):
            return f"{told}exit code {run.code}\n{run.said()}"
        said_written = run.ended["written"] if run.ended else 0
        observations = [r for r in self.store(run.folder) if r["resourceType"] == "Observation"]
        if said_written > len(observations) or (run.ended and run.ended["dead_lettered"] > len(self.letters(run.folder))):
            return f"{told}told {run.ended}, but {len(observations)} Observations and {len(self.letters(run.folder))} letters are there"
        if run.ended and not run.ended["balanced"]:
            return f"{told}the books do not balance: {run.ended}"
        mended = Failing(run.folder).run()
        if mended.code != 0:
            return f"{told}does not run when it is mended\n{run.said()}\n{mended.said()}"
        if (digest(self.store(run.folder)), self.letters(run.folder)) != expected:
            return f"{told}the files differ from those of an undisturbed run\n{run.said()}"
        return None

    def test_while_the_files_are_made(self):
        self.try_all()

    def test_while_the_files_grow(self):
        text = (self.folder / "messages.ndjson").read_text()
        self.write("base/messages.ndjson", "\n".join(text.splitlines()[:9]) + "\n")
        self.assertEqual(Failing(self.folder / "base").run().code, 0)
        (self.folder / "base/calls").unlink()
        self.write("base/messages.ndjson", text)
        self.try_all()


if __name__ == "__main__":
    unittest.main()
