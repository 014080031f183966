"""A followed file over restarts and kills: nothing is lost, and what has ended is not read again. What plugins count is shown."""
import contextlib
import json
import os
import random
import re
import subprocess
import time
import urllib.request

from support import AORTA, BUILD, Case, message

KILLS = int(os.environ.get("KILLS", "8"))
SEED = int(os.environ.get("SEED", str(random.randrange(1 << 32))))


def a_message(number):
    return json.dumps({"device": f"d{number % 5}", "patient": f"p{number % 5}", "at": f"2026-11-{1 + number // 86400:02}T{number // 3600 % 24:02}:{number // 60 % 60:02}:{number % 60:02}Z", "hr": 40 + number % 100})


class Follow(Case):
    def setUp(self):
        super().setUp()
        self.change("pipeline.yaml", "path: messages.ndjson", "path: messages.ndjson, follow: true")
        self.change("pipeline.yaml", "sinks:", "group: { max_delay: 20ms, max_measurements: 200 }\nstate: { path: state.db }\nsinks:")
        self.written = 0
        self.write("messages.ndjson", "")

    def append(self, count):
        with (self.folder / "messages.ndjson").open("a") as out:
            out.writelines(a_message(self.written + i) + "\n" for i in range(count))
        self.written += count

    def start(self, *words):
        run = subprocess.Popen([AORTA, "run", "pipeline.yaml", "--format", "json", *words], cwd=self.folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self.addCleanup(run.communicate)
        self.addCleanup(run.kill)
        return run

    def wait_until_noted(self):
        """Who renames a file that nobody has seen loses it."""
        file = str((self.folder / "messages.ndjson").stat().st_ino).encode()
        for _ in range(200):
            with contextlib.suppress(FileNotFoundError):  # SQLite's journal comes and goes
                if any(file in path.read_bytes() for path in self.folder.glob("state.db*")):
                    return
            time.sleep(0.05)
        self.fail("the run has not noted its file")

    def observations(self):
        """How many there are, while a run writes."""
        if not (self.folder / "store.db").exists():
            return []
        return [r["identifier"][0]["value"] for r in self.stored()]

    def wait_for(self, count):
        for _ in range(200):
            if len(self.observations()) >= count:
                return
            time.sleep(0.1)
        self.fail(f"{len(self.observations())} of {count} Observations are there; seed {SEED}")

    def end(self, run):
        run.terminate()
        out, err = run.communicate(timeout=60)
        self.assertEqual(run.returncode, 0, out + err)
        return [event for event in map(json.loads, out.splitlines()) if event.get("event") == "ended"][-1]

    def test_a_restart_goes_on_where_the_run_before_ended(self):
        self.append(50)
        run = self.start()
        self.wait_for(50)
        self.assertEqual(self.end(run)["accepted"], 50)
        self.append(30)
        run = self.start()
        self.wait_for(80)
        self.assertEqual(self.end(run)["accepted"], 30)

    def books(self, run, count):
        """By outcome, over all runs; told up to a tenth of a second after the fact."""
        line = next(line for line in run.stderr if "answers /healthz" in line)
        url = re.search(r"http://127\.0\.0\.1:\d+", line).group(0)
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        for _ in range(600):
            text = opener.open(url + "/metrics", timeout=10).read().decode()
            told = re.findall(r'^aorta_plugin_file_ended_total\{pipeline="test",instance="sources\.in",outcome="(\w+)"\} (\d+)$', text, re.M)
            found = {outcome: int(value) for outcome, value in told}
            if sum(found.values()) >= count:
                return found
            time.sleep(0.05)
        self.fail(f"{found}, and {count} have ended; seed {SEED}")

    def test_books_are_kept_over_restarts(self):
        for isolated in ("", "isolation: process, "):
            with self.subTest(isolated):
                self.setUp()
                self.change("pipeline.yaml", "plugin: file, config", f"plugin: file, {isolated}config")
                self.append(50)
                with (self.folder / "messages.ndjson").open("a") as out:
                    out.write('{"device": "d1", "number": 1}\n')
                run = self.start("--listen", "127.0.0.1:0")
                self.assertEqual(self.books(run, 51), {"written": 50, "merged": 0, "filtered": 0, "dead_lettered": 1})
                self.end(run)
                self.append(30)
                run = self.start("--listen", "127.0.0.1:0")
                self.assertEqual(self.books(run, 81), {"written": 80, "merged": 0, "filtered": 0, "dead_lettered": 1})
                run.kill()
                run.wait()
                run = self.start("--listen", "127.0.0.1:0")
                self.assertEqual(sum(self.books(run, 81).values()), 81)
                self.end(run)

    def test_books_of_a_folder_count_an_array_once_all_of_it_has_ended(self):
        (self.folder / "in").mkdir()
        self.change("pipeline.yaml", "path: messages.ndjson", "path: in")
        self.write("in/1.ndjson", "".join(a_message(i) + "\n" for i in range(10)))
        self.write("in/2.json", json.dumps([json.loads(a_message(i)) for i in range(10, 30)]))
        for _ in range(2):
            run = self.start("--listen", "127.0.0.1:0")
            self.assertEqual(sum(self.books(run, 30).values()), 30)
            self.end(run)

    def test_it_goes_on_in_a_process_of_its_own(self):
        self.change("pipeline.yaml", "plugin: file, config", "plugin: file, isolation: process, config")
        self.test_a_restart_goes_on_where_the_run_before_ended()

    def test_a_file_that_was_renamed_before_anything_of_it_had_ended_is_found(self):
        self.change("pipeline.yaml", "max_delay: 20ms", "max_delay: 1h")
        run = self.start()
        self.wait_until_noted()
        run.kill()
        run.wait()
        self.append(20)
        (self.folder / "messages.ndjson").rename(self.folder / "messages.ndjson.1")
        self.append(5)
        self.change("pipeline.yaml", "max_delay: 1h", "max_delay: 20ms")
        run = self.start()
        self.wait_for(25)
        self.end(run)

    def test_kills_and_rotations_lose_nothing(self):
        chance = random.Random(SEED)
        rotations = 0
        for _ in range(KILLS):
            run = self.start()
            for _ in range(chance.randrange(4)):
                self.append(chance.choice([1, 20, 400]))
                time.sleep(0.15 * chance.random())
            if chance.random() < 0.6:
                self.wait_until_noted()
                rotations += 1
                (self.folder / "messages.ndjson").rename(self.folder / f"messages.ndjson.{rotations}")
                self.append(chance.choice([1, 50]))
                time.sleep(0.2 * chance.random())
            run.kill()
            run.wait()
        self.append(100)
        run = self.start("--listen", "127.0.0.1:0")
        self.wait_for(self.written)
        books = self.books(run, self.written)
        ended = self.end(run)
        self.assertEqual(sum(books.values()), self.written, f"{books}; seed {SEED}")
        kept = self.observations()
        self.assertEqual(len(kept), len(set(kept)), f"an Observation is there twice; seed {SEED}")
        self.assertEqual(len(kept), self.written, f"seed {SEED}")
        self.assertTrue(ended["balanced"], ended)
        run = self.start()
        time.sleep(0.5)
        self.assertEqual(self.end(run)["accepted"], 0, f"seed {SEED}: what has ended was read again")


COUNTED = [
    'aorta_plugin_test_outside_polls_total{pipeline="test",instance="sources.in",series="0"} 1',
    'aorta_plugin_test_outside_sink_writes_total{pipeline="test",instance="sinks.counted"} 1',
]


class Outside(Case):
    """tests/abi/outside.cpp in a pipeline: what it counts and keeps."""

    def install_outside(self):
        (self.folder / "plugins").mkdir()
        for name in ("outside.so", "outside.manifest.json"):
            (self.folder / "plugins" / name).write_bytes((BUILD / "tests/abi" / name).read_bytes())

    def test_what_a_plugin_counts_is_shown_and_what_it_keeps_is_there_again(self):
        for isolated in ("", "isolation: process, "):
            with self.subTest(isolated):
                self.setUp()
                self.write("key", "first\n")
                self.change("pipeline.yaml", "in: { plugin: file, config: { path: messages.ndjson } }",
                            f"in: {{ plugin: test.outside, {isolated}config: {{ key: '${{file:key}}' }} }}")
                self.change("pipeline.yaml", "sinks:", "state: { path: state.db }\nplugins: { path: [plugins] }\nsinks:\n  more: { plugin: test.outside_sink, " + isolated + " }")
                self.install_outside()
                for starts in (1, 2):
                    ended, done = self.run_pipeline()
                    self.assertEqual(ended["accepted"], 4, done.stderr)
                self.assertNotIn("first", done.stdout + done.stderr)
                letters = [letter["body"] for letter in map(json.loads, self.aorta("deadletter", "export", "dead-letters.db").stdout.splitlines())]
                self.assertTrue(any("starts|2" in str(body) for body in letters), letters)
                self.assertTrue(any("key|first" in str(body) for body in letters), letters)

    def test_metrics_of_a_plugin(self):
        for isolated in ("", "isolation: process, "):
            with self.subTest(isolated):
                self.setUp()
                self.check_metrics(isolated)

    def check_metrics(self, isolated):
        self.write("messages.ndjson", message(1) + "\n")
        self.change("pipeline.yaml", "in: { plugin: file, config: { path: messages.ndjson } }",
                    f"in: {{ plugin: test.outside, {isolated}config: {{ wait: false }} }}\n  more: {{ plugin: file, config: {{ path: messages.ndjson, follow: true }} }}")
        self.change("pipeline.yaml", "sinks:", "group: { max_delay: 10ms }\nstate: { path: state.db }\nplugins: { path: [plugins] }\nsinks:\n  counted: { plugin: test.outside_sink, " + isolated + "}")
        self.install_outside()
        run = subprocess.Popen([AORTA, "run", "pipeline.yaml", "--listen", "127.0.0.1:0"], cwd=self.folder, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        self.addCleanup(run.communicate)
        self.addCleanup(run.kill)
        url = re.search(r"http://127\.0\.0\.1:\d+", run.stderr.readline()).group(0)
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        for _ in range(100):
            text = opener.open(url + "/metrics", timeout=10).read().decode()
            if all(f"{line}\n" in text for line in COUNTED):
                break
            time.sleep(0.05)
        for line in COUNTED + [
            "# TYPE aorta_plugin_test_outside_polls_total counter",
            "# TYPE aorta_plugin_test_outside_size_bytes histogram",
            'aorta_plugin_test_outside_level{pipeline="test",instance="sources.in"} 7',
            'aorta_plugin_test_outside_size_bytes_bucket{pipeline="test",instance="sources.in",le="10"} 1',
            'aorta_plugin_test_outside_size_bytes_bucket{pipeline="test",instance="sources.in",le="+Inf"} 2',
            'aorta_plugin_test_outside_size_bytes_sum{pipeline="test",instance="sources.in"} 55',
        ]:
            self.assertIn(line + "\n", text)
