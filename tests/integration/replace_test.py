"""Plugin libraries that are replaced while pipelines run with them."""
import json
import os
import shutil
import signal
import threading
import time
import unittest

from http_support import Intake
from reload_support import Running
from support import BUILD, DEVICE, message

VERSIONS = BUILD / "tests/abi/versions"
INSTALLED = BUILD / "lib/aorta/plugins"
ISOLATED = "isolation: process, "
ANEW = '"part":"sources.in","message":"begins anew, out of the library that lies there now"'


class Replace(Running):
    def setUp(self):
        super().setUp()
        self.change("pipeline.yaml", "plugin: file, config: { path: messages.ndjson, follow: true }", "plugin: test.lines, config: { path: messages.ndjson }")
        self.write("device.json", json.dumps({"templateType": "CollectionContent", "template": [{"templateType": "VersionsContent", "template": {}}]}))
        (self.folder / "plugins").mkdir()
        self.replace("1")

    def begin(self):
        return self.start("--plugins", "plugins")

    def replace(self, version):
        self.put_in_place(VERSIONS / version, "lines")

    def put_in_place(self, folder, name):
        """As a package manager does: beside the old one, then renamed."""
        for file in (f"{name}.manifest.json", f"{name}.so"):
            shutil.copy(folder / file, self.folder / "plugins/new")
            os.replace(self.folder / "plugins/new", self.folder / "plugins" / file)

    def isolate(self):
        self.change("pipeline.yaml", "in: { plugin: test.lines,", f"in: {{ plugin: test.lines, {ISOLATED}")
        self.change("pipeline.yaml", "  mapping: device.json\n", "  mapping: device.json\n  isolation: process\n")

    def here_and_isolated(self, run, *what):
        """`run` in a folder of its own, and once more in another, with the plugins in processes of their own."""
        for isolated in (False, True):
            with self.subTest(*what, isolated=isolated):
                self.setUp()
                if isolated:
                    self.isolate()
                run()

    def versions(self):
        """By the minute of the message: who has read it, then who has mapped it."""
        if not (self.folder / "store.db").exists():
            return {}
        return {int(r["effectivePeriod"]["start"][14:16]): int(r["valueQuantity"]["value"]) for r in self.stored()}

    def reload(self, run):
        times = self.log().count("runs now:") + 1
        run.send_signal(signal.SIGHUP)
        self.taken_up(times)

    def refused(self, run):
        run.send_signal(signal.SIGHUP)
        self.until(lambda: "all goes on as before" in self.log())

    def assert_all_once(self, ended, count):
        """What a source began again would be merged."""
        self.assertEqual((ended["accepted"], ended["written"], ended["merged"], ended["in_flight"]), (count, count, 0, 0), self.log())

    def test_the_next_messages_are_those_of_the_new_library(self):
        def replaced():
            run = self.begin()
            self.send(message(1))
            self.until(lambda: len(self.versions()) == 1)
            self.replace("2")
            self.send(message(2))
            self.until(lambda: len(self.versions()) == 2)
            self.reload(run)
            self.assertIn(ANEW, self.log())
            self.send(message(3))
            self.until(lambda: len(self.versions()) == 3)
            self.assertEqual(self.versions(), {1: 11, 2: 11, 3: 22})
            self.assert_all_once(self.end(run), 3)

        self.here_and_isolated(replaced)

    def test_a_library_that_is_the_same_goes_on(self):
        run = self.begin()
        self.assertNotIn("no template", self.log(), "a type that a vendor's template keeps to itself")
        self.send(message(1))
        self.until(lambda: len(self.versions()) == 1)
        self.reload(run)
        self.assertNotIn("begins anew", self.log())
        self.send(message(2))
        self.until(lambda: len(self.versions()) == 2)
        self.assert_all_once(self.end(run), 2)

    def test_back_and_forth(self):
        """The library that was there first is another file when it comes again."""
        run = self.begin()
        for i, version in enumerate("121221"):
            self.replace(version)
            self.reload(run)
            self.send(message(i))
            self.until(lambda: len(self.versions()) == i + 1)
        self.assertEqual(self.versions(), dict(enumerate((11, 22, 11, 22, 22, 11))))
        self.assert_all_once(self.end(run), 6)

    def test_the_other_sources_go_on(self):
        """The other one keeps no place: begun anew, it would read its file again."""
        self.change("pipeline.yaml", "sources:\n", "sources:\n  other: { plugin: file, config: { path: other.ndjson, follow: true, resume: false } }\n")
        self.write("other.ndjson", json.dumps({**json.loads(message(1)), "version": 7}) + "\n")
        run = self.begin()
        self.until(lambda: self.versions() == {1: 71})
        self.replace("2")
        self.reload(run)
        self.assertNotIn("sources.other: begins", self.log())
        self.send(message(2))
        self.until(lambda: self.versions() == {1: 71, 2: 22})
        self.assert_all_once(self.end(run), 2)

    def test_one_that_is_refused_changes_nothing(self):
        def cut(path):
            self.write("cut", path.read_bytes()[:5000])
            os.replace(self.folder / "cut", path)

        def of_another_abi(path):
            shutil.copy(BUILD / "tests/abi/counter_of_abi_2.so", self.folder / "plugins/new")
            os.replace(self.folder / "plugins/new", path)

        def refused_at(how, said):
            run = self.begin()
            self.send(message(1))
            self.until(lambda: len(self.versions()) == 1)
            if callable(how):
                how(self.folder / "plugins/lines.so")
            else:
                self.replace(how)
            self.refused(run)
            self.assertIn(said, self.log())
            self.assertNotIn("begins anew", self.log())
            self.send(message(2))
            self.until(lambda: len(self.versions()) == 2)
            self.assertEqual(self.versions(), {1: 11, 2: 11})
            self.replace("2")
            self.reload(run)
            self.send(message(3))
            self.until(lambda: len(self.versions()) == 3)
            self.assertEqual(self.versions()[3], 22)
            self.assert_all_once(self.end(run), 3)

        for how, said in (("not_made", "this version cannot be made"), (cut, "lines.so"), (of_another_abi, "lines.so")):
            self.here_and_isolated(lambda: refused_at(how, said), str(how))

    def test_one_that_cannot_be_started_gives_the_old_one_its_place_back(self):
        run = self.begin()
        self.send(message(1))
        self.until(lambda: len(self.versions()) == 1)
        self.replace("not_started")
        self.refused(run)
        self.assertIn("this version cannot be started", self.log())
        self.send(message(2))
        self.until(lambda: len(self.versions()) == 2)
        self.assertEqual(self.versions(), {1: 11, 2: 11})
        self.assert_all_once(self.end(run), 2)

    def test_one_that_was_written_into_is_refused(self):
        """The file grows behind its end, where nothing of it is in memory."""
        run = self.begin()
        with (self.folder / "plugins/lines.so").open("ab") as out:
            out.write(b"more")
        self.refused(run)
        self.assertIn("in its place by renaming", self.log())
        self.send(message(1))
        self.until(lambda: self.versions() == {1: 11})
        self.end(run)

    def test_standard_input_is_not_given_up(self):
        self.put_in_place(INSTALLED, "file_source")
        self.change("pipeline.yaml", "plugin: test.lines, config: { path: messages.ndjson }", 'plugin: file, config: { path: "-" }')
        run = self.start("--plugins", "plugins", input=True)
        self.put_in_place(INSTALLED, "file_source")
        self.refused(run)
        self.assertIn("standard input cannot be read anew", self.log())
        run.communicate(json.dumps({**json.loads(message(1)), "version": 7}) + "\n", timeout=30)
        self.assertEqual(self.versions(), {1: 71})

    def test_under_load(self):
        """Nothing is lost, nothing comes twice, and no message is read by an older version than the one before it."""
        self.here_and_isolated(lambda: self.load(count=2000, times=4))

    def load(self, count, times):
        run = self.begin()

        def write():
            for i in range(count):
                at = f"2026-11-22T06:{i // 60:02}:{i % 60:02}Z"
                self.send(json.dumps({"device": f"d{i % 5}", "patient": f"p{i % 5}", "at": at}))
                time.sleep(0.001)

        writer = threading.Thread(target=write)
        writer.start()
        for i in range(times):
            self.replace("21"[i % 2])
            self.reload(run)
        writer.join()
        self.until(lambda: len(self.stored()) == count)
        self.assert_all_once(self.end(run), count)
        read = [int(r["valueQuantity"]["value"]) for r in sorted(self.stored(), key=lambda r: r["effectivePeriod"]["start"])]
        self.assertLessEqual(set(read), {11, 22})
        changes = sum(a != b for a, b in zip(read, read[1:]))
        self.assertTrue(1 <= changes <= times, changes)

    def test_senders_over_http(self):
        """Who was told 202 is in the store; who was not is told to come again, and never that there is nothing."""
        self.write("device.json", json.dumps(DEVICE))
        self.change("pipeline.yaml", "in: { plugin: test.lines, config: { path: messages.ndjson } }", "in: { plugin: http }")
        self.change("pipeline.yaml", "sinks:", "http: { listen: 127.0.0.1:0 }\nsinks:")
        self.put_in_place(INSTALLED, "http_source")
        intake = Intake(self.folder, "--plugins", "plugins")
        self.addCleanup(intake.kill)
        taken, refused = [], []

        def write():
            for i in range(400):
                status = 0
                while status != 202:
                    status, _, fields = intake.send(json.dumps({"device": "d", "patient": "p", "at": f"2026-11-22T06:{i // 60:02}:{i % 60:02}Z", "hr": i}))
                    if status != 202:
                        refused.append((status, fields.get("Retry-After")))
                        time.sleep(0.02)
                taken.append(i)

        writer = threading.Thread(target=write)
        writer.start()
        for i in range(4):
            self.put_in_place(INSTALLED, "http_source")
            intake.process.send_signal(signal.SIGHUP)
            self.until(lambda: intake.log().count("runs now:") > i)
            time.sleep(0.1)
        writer.join()
        self.assertEqual(intake.log().count("begins anew, out of the library that lies there now"), 4, intake.log())
        self.assertLessEqual(set(refused), {(503, "1")})
        self.assertEqual(intake.stop(), 0, intake.log())
        self.assertEqual(sorted({r["valueQuantity"]["value"] for r in self.stored()}), taken)


if __name__ == "__main__":
    unittest.main()
