"""A disk that is full, under a run that takes messages over HTTP: below its journal, its store, its dead letters."""
import pathlib
import subprocess
import sys
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "integration"))

from http_support import HttpCase
from support import message


class SmallDisk(HttpCase):
    def setUp(self):
        super().setUp()
        self.disk = self.folder / "disk"
        self.disk.mkdir()
        if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=4m", "none", self.disk], capture_output=True).returncode != 0:
            self.skipTest("mounting a small disk needs rights that are not here")
        self.addCleanup(lambda: subprocess.run(["umount", "-l", self.disk], check=True))

    def fill(self):
        with (self.disk / "ballast").open("wb", buffering=0) as ballast:
            try:
                while ballast.write(b"x" * 4096) > 0:
                    pass
            except OSError:
                pass

    def free(self):
        (self.disk / "ballast").unlink()
        return time.monotonic()

    def journal_on_it(self):
        self.change("pipeline.yaml", "sinks:", "journal: { path: disk, segment_size: 256KiB }\nsinks:")

    def test_a_full_disk_refuses_and_work_goes_on_within_five_seconds(self):
        self.journal_on_it()
        intake = self.start()
        self.assertEqual(intake.send(message(1))[0], 202)
        self.fill()
        lines = "\n".join([message(2)] * 200)
        taken = 0  # into the room that the journal has made ahead
        while intake.send(lines, Content_Type="application/x-ndjson")[0] == 202:
            taken += 1
            self.assertLess(taken, 100)
        refused = [intake.send(lines, Content_Type="application/x-ndjson") for _ in range(5)]
        self.assertEqual({answer[0] for answer in refused}, {503}, refused)
        self.assertIn("Retry-After", refused[0][2])
        self.assertIsNone(intake.process.poll())
        freed = self.free()
        while intake.send(message(3))[0] != 202:
            self.assertLess(time.monotonic() - freed, 5)
            time.sleep(0.1)
        self.assertEqual(intake.stop(), 0)
        self.assertIn("No space left", intake.log())
        times = {o["effectivePeriod"]["start"] if "effectivePeriod" in o else o["effectiveDateTime"] for o in self.stored("Observation")}
        self.assertEqual(sorted(t[14:16] for t in times), ["01", "02", "03"] if taken else ["01", "03"])

    def test_a_start_on_a_full_disk_and_a_kill_there_lose_nothing(self):
        self.journal_on_it()
        self.change("pipeline.yaml", "group: { max_delay: 100ms }", "group: { max_delay: 1h, max_measurements: 100000 }")
        intake = self.start()
        for minute in range(10):
            self.assertEqual(intake.send(message(minute))[0], 202)
        self.fill()
        intake.kill()
        again = self.start()
        self.assertIn("10 messages of earlier runs", again.log())
        self.assertEqual(again.stop(), 0)
        self.assertEqual(len(self.stored("Observation")), 10)

    def wait_until(self, intake, path, status):
        until = time.monotonic() + 20
        while (answer := intake.send("", path=path, method="GET"))[0] != status:
            self.assertLess(time.monotonic(), until, answer)
            time.sleep(0.05)
        return answer[1]

    def work_goes_on_once_there_is_room(self, spoiled, count_of):
        """Messages are acknowledged all the while: the journal lies elsewhere. `count_of`: how many of them have ended."""
        intake = self.start("--listen", "127.0.0.1:0")
        self.assertEqual(intake.send(spoiled(0))[0], 202)
        self.fill()
        for number in range(1, 40):
            self.assertEqual(intake.send(spoiled(number))[0], 202)
            time.sleep(0.02)
        self.assertIn("no room to write", self.wait_until(intake, "/readyz", 503))
        time.sleep(8)  # pauses have grown as long as they get
        self.assertIsNone(intake.process.poll())
        freed = self.free()
        self.wait_until(intake, "/readyz", 200)
        while count_of() != 40:
            self.assertLess(time.monotonic() - freed, 5)
            time.sleep(0.1)
        self.assertEqual(intake.stop(), 0)
        self.assertEqual(count_of(), 40)
        self.assertLessEqual(intake.log().count("no room to write"), 6, "an outage fills no log")

    def test_a_full_disk_below_the_store(self):
        self.change("pipeline.yaml", "path: store.db", "path: disk/store.db")
        self.work_goes_on_once_there_is_room(
            lambda number: message(number, device=f"d{number}", patient="p" * 60_000),
            lambda: self.aorta("store", "export", "disk/store.db").stdout.count('"resourceType":"Observation"'))

    def test_a_full_disk_below_the_dead_letters(self):
        self.change("pipeline.yaml", "path: dead-letters.db", "path: disk/dead-letters.db")
        self.work_goes_on_once_there_is_room(
            lambda number: '{"junk":"' + f"{number}" + "x" * 60_000 + '"}',
            lambda: len(self.aorta("deadletter", "export", "disk/dead-letters.db").stdout.splitlines()))


if __name__ == "__main__":
    unittest.main()
