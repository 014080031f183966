"""isolation: process. A plugin that crashes, hangs, leaves or speaks nonsense takes nothing with it but the record it did it on."""
import json
import os
import pathlib
import signal
import subprocess
import time

import support
from support import AORTA, BUILD, PIPELINE, Case, message

FAULTY = BUILD / "tests/abi/faulty"
SANITIZED = any(name in str(BUILD) for name in ("asan", "tsan"))
DEVICE = {"templateType": "CollectionContent", "template": [{"templateType": "FaultyContent", "template": {}}]}
ISOLATED = "isolation: process"
WORKER = "worker: { time_limit: 500ms, memory: 256MiB }"

# How a plugin can fall, and what its dead letter says.
FALLS = {
    "crash": ("plugin/crashed", "SIGSEGV"),
    "abort": ("plugin/crashed", "SIGABRT"),
    "exit": ("plugin/crashed", "exit status 0"),
    "hang": ("plugin/timed-out", "500ms"),
    "close": ("plugin/crashed", ""),
    "garbage": ("plugin/crashed", "nonsense"),
    "oversized": ("plugin/crashed", "nonsense"),
    "shared-oversized": ("plugin/crashed", "nonsense"),
    "endless": ("plugin/crashed", "nonsense"),
    "empty-answer": ("plugin/crashed", "nonsense"),
    "fork-and-crash": ("plugin/crashed", "SIGSEGV"),
}


def body(minute, **more):
    return json.dumps({**json.loads(message(minute % 60, device=f"d{minute}")), **more})


def bodies(count, bad):
    """`count` messages, of which those at the places of `bad` say what is to go wrong."""
    return "".join(body(i, **bad.get(i, {})) + "\n" for i in range(count))


class Isolated(Case):
    def setUp(self):
        super().setUp()
        self.write("device.json", json.dumps(DEVICE))
        self.isolate(normalize=WORKER)

    def isolate(self, normalize=None, sink=None, source=None, plugin="fhir-observation, store: local", sink_config="mapping: fhir.json", source_config=None):
        text = PIPELINE + "group: { max_measurements: 1000 }\n"
        if normalize:
            text = text.replace("  mapping: device.json\n", f"  mapping: device.json\n  {ISOLATED}\n  {normalize}\n")
        own = f"{ISOLATED}, {sink}," if sink else ""
        text = text.replace(
            "{ plugin: fhir-observation, store: local, config: { mapping: fhir.json } }",
            f"{{ plugin: {plugin}, {own} config: {{ {sink_config} }} }}")
        if source_config:
            own = f"{ISOLATED}, {source}," if source else ""
            text = text.replace(
                "{ plugin: file, config: { path: messages.ndjson } }",
                f"{{ plugin: test.faulty_source, {own} config: {{ {source_config} }} }}")
        self.write("pipeline.yaml", text)

    def run_isolated(self, code=0, timeout=60, **options):
        return self.run_pipeline("--plugins", str(FAULTY), code=code, timeout=timeout, **options)

    def letters(self):
        listed = self.aorta("deadletter", "list", "pipeline.yaml", "--format", "json").stdout
        return [json.loads(line) for line in listed.splitlines()]

    def assert_all_but(self, ended, count, reasons):
        self.assertTrue(ended["balanced"], ended)
        self.assertEqual(ended["dead_letters"], reasons)
        self.assertEqual(ended["written"] + ended["merged"], count - sum(reasons.values()))


class Templates(Isolated):
    def test_a_record_that_fells_the_plugin_is_found_and_the_rest_goes_on(self):
        for how, (reason, words) in FALLS.items():
            with self.subTest(how):
                for old in self.folder.glob("*.db*"):
                    old.unlink()
                self.write("messages.ndjson", bodies(300, {137: {"template": how}}))
                ended, done = self.run_isolated()
                self.assert_all_but(ended, 300, {reason: 1})
                shown = self.aorta("deadletter", "export", "pipeline.yaml").stdout
                self.assertIn("messages.ndjson:138", shown)
                self.assertIn("FaultyContent", shown)
                self.assertIn(words, shown)
                self.assertIn("FaultyContent", done.stderr)

    def test_several_bad_records_of_one_batch_are_all_found(self):
        bad = {5: {"template": "crash"}, 6: {"template": "abort"}, 100: {"template": "exit"}}
        self.write("messages.ndjson", bodies(128, bad))
        ended, _ = self.run_isolated()
        self.assert_all_but(ended, 128, {"plugin/crashed": 3})

    def test_each_of_many_batches_under_way_falls_for_its_own_records_only(self):
        self.isolate(normalize="worker: { max_crashes: 5, time_limit: 500ms }\n  workers: 1")
        falls = ("crash", "garbage", "hang", "close")
        self.write("messages.ndjson", bodies(2000, {130 + 400 * i: {"template": how} for i, how in enumerate(falls)}))
        ended, done = self.run_isolated()
        self.assert_all_but(ended, 2000, {"plugin/crashed": 3, "plugin/timed-out": 1})
        self.assertIn("(4 of 5 within ten minutes)", done.stderr)
        self.assertNotIn("quarantined", done.stderr)

    def test_one_that_never_ends_to_log_is_stopped(self):
        self.write("messages.ndjson", bodies(20, {3: {"template": "babble"}}))
        ended, _ = self.run_isolated()
        self.assert_all_but(ended, 20, {"plugin/timed-out": 1})

    def test_what_it_throws_is_its_record_alone(self):
        self.write("messages.ndjson", bodies(20, {3: {"template": "throw"}}))
        ended, _ = self.run_isolated()
        self.assert_all_but(ended, 20, {"normalize/plugin-threw": 1})

    def test_a_plugin_that_grows_is_stopped_at_its_limit(self):
        if SANITIZED:
            self.skipTest("sanitizers take up address space without end")
        self.write("messages.ndjson", bodies(20, {3: {"template": "grow"}}))
        ended, _ = self.run_isolated()
        self.assertEqual((ended["written"], ended["dead_lettered"]), (19, 1))

    def test_templates_that_fall_too_often_are_quarantined(self):
        self.isolate(normalize="worker: { max_crashes: 3 }\n  workers: 1")
        self.write("messages.ndjson", bodies(1000, {i: {"template": "crash"} for i in range(0, 1000, 10)}))
        ended, done = self.run_isolated()
        self.assertTrue(ended["balanced"])
        self.assertEqual(ended["written"] + ended["dead_lettered"], 1000)
        self.assertEqual(set(ended["dead_letters"]), {"plugin/crashed", "plugin/quarantined"})
        self.assertIn("quarantined", done.stderr)
        self.assertIn("deadletter replay", done.stderr)

    def test_nothing_is_left_behind(self):
        self.write("messages.ndjson", bodies(50, {3: {"template": "fork-and-crash"}, 30: {"template": "hang"}}))
        self.run_isolated()
        self.assertEqual(workers(self.folder), set())

    def test_the_same_observations_come_out(self):
        self.write("device.json", json.dumps(support.DEVICE))
        self.write("messages.ndjson", bodies(300, {}))
        self.isolate(normalize=WORKER, sink=WORKER)
        self.run_isolated()
        apart = [{**one, "meta": None, "issued": None} for one in self.stored()]
        (self.folder / "store.db").unlink()
        self.write("pipeline.yaml", PIPELINE)
        self.run_isolated()
        here = [{**one, "meta": None, "issued": None} for one in self.stored()]
        self.assertEqual(len(here), 300)
        self.assertEqual(sorted(map(json.dumps, apart)), sorted(map(json.dumps, here)))

    def test_what_is_wrong_with_a_mapping_is_told_as_ever(self):
        self.write("device.json", json.dumps({"templateType": "CollectionContent", "template": [
            {"templateType": "JsonPathContent", "template": {"typeName": "x"}}]}))
        done = self.aorta("validate", "pipeline.yaml")
        self.isolate()
        here = self.aorta("validate", "pipeline.yaml")
        self.assertEqual(done.returncode, 1)
        self.assertEqual((done.stdout, done.stderr), (here.stdout, here.stderr))

    def test_it_dies_with_the_host(self):
        self.write("messages.ndjson", bodies(20, {3: {"template": "hang"}}))
        self.isolate(normalize="worker: { time_limit: 60s }")
        host = subprocess.Popen([AORTA, "run", "pipeline.yaml", "--plugins", str(FAULTY)], cwd=self.folder,
                                stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        until(lambda: workers(self.folder))
        time.sleep(0.2)
        host.send_signal(signal.SIGKILL)
        host.wait()
        until(lambda: not workers(self.folder))


class Sinks(Isolated):
    def setUp(self):
        super().setUp()
        self.isolate(sink=WORKER, plugin="test.faulty_sink", sink_config="")

    def test_a_measurement_that_fells_the_plugin_is_found_and_the_rest_goes_on(self):
        for how, (reason, words) in FALLS.items():
            with self.subTest(how):
                for old in self.folder.glob("*.db*"):
                    old.unlink()
                self.write("messages.ndjson", bodies(40, {17: {"sink": how}}))
                ended, _ = self.run_isolated()
                self.assert_all_but(ended, 40, {reason: 1})
                shown = self.aorta("deadletter", "export", "pipeline.yaml").stdout
                self.assertIn("messages.ndjson:18", shown)
                self.assertIn("test.faulty_sink", shown)
                self.assertIn(words, shown)

    def test_it_is_found_in_the_middle_of_a_group(self):
        lines = [json.dumps({**json.loads(message(i)), **({"sink": "crash"} if i == 33 else {})}) for i in range(50)]
        self.write("messages.ndjson", "\n".join(lines) + "\n")
        ended, _ = self.run_isolated()
        self.assert_all_but(ended, 50, {"plugin/crashed": 1})

    def test_a_sink_that_falls_too_often_is_quarantined(self):
        self.isolate(sink="worker: { max_crashes: 2 }", plugin="test.faulty_sink", sink_config="")
        self.write("messages.ndjson", bodies(40, {i: {"sink": "crash"} for i in range(0, 40, 2)}))
        ended, done = self.run_isolated()
        self.assertTrue(ended["balanced"])
        self.assertIn("plugin/quarantined", ended["dead_letters"])
        self.assertIn("quarantined", done.stderr)

    def test_one_that_falls_when_it_is_made_stops_the_start(self):
        for how, words in (("crash", "SIGSEGV"), ("exit", "exit status 0"), ("throw", "threw"), ("hang", "500ms")):
            with self.subTest(how):
                self.isolate(sink=WORKER, plugin="test.faulty_sink", sink_config=f"at_start: {how}")
                _, done = self.run_isolated(code=4)
                self.assertIn("sinks.observations", done.stdout + done.stderr)
                self.assertIn(words, done.stdout + done.stderr)

    def test_it_has_nothing_of_the_host(self):
        self.isolate(sink=WORKER, plugin="test.faulty_sink", sink_config="tell: told.txt")
        self.write("messages.ndjson", bodies(5, {}))
        secret = self.write("secret.txt", "x")
        with open(secret) as held:
            os.set_inheritable(held.fileno(), True)
            self.run_isolated(env={"HOSPITAL_TOKEN": "very-secret"}, pass_fds=(held.fileno(),))
        told = (self.folder / "told.txt").read_text()
        self.assertNotIn("very-secret", told)
        self.assertNotIn("secret.txt", told)
        self.assertNotIn(".db", told)
        self.assertIn("env PATH=", told)
        descriptors = {line.split()[1] for line in told.splitlines() if line.startswith("fd ") and "faulty" not in line}
        self.assertLessEqual(descriptors, {"0", "1", "2", "3", "4", "5", "6"})

    def test_sinks_of_resources_write_the_same(self):
        """fhir/1 and observation/1 through the connection."""
        self.write("messages.ndjson", bodies(60, {}))
        self.isolate(sink=WORKER)
        ended, _ = self.run_isolated()
        self.assert_all_but(ended, 60, {})
        again, _ = self.run_isolated()
        self.assertEqual((again["written"], again["merged"]), (0, 60))


class Lives(Isolated):
    """A sink is made, started, written to, stopped and gone, each once and in this order: here and in a process of its own."""

    def diary(self, sink, more=""):
        (self.folder / "diary.txt").unlink(missing_ok=True)
        self.isolate(sink=sink, plugin="test.faulty_sink", sink_config=f"diary: {self.folder}/diary.txt{more}")
        self.write("messages.ndjson", bodies(3, {}))
        ended, done = self.run_isolated()
        self.assert_all_but(ended, 3, {})
        return (self.folder / "diary.txt").read_text().split(), done.stderr

    def test_of_a_sink(self):
        for sink in (None, WORKER):
            with self.subTest(sink):
                self.assertEqual(self.diary(sink)[0], ["made", "started", "wrote", "stopped", "gone"])

    def test_of_one_that_cannot_stop(self):
        for sink in (None, WORKER):
            with self.subTest(sink):
                diary, log = self.diary(sink, ", at_stop: throw")
                self.assertEqual(diary, ["made", "started", "wrote", "stopped", "gone"])
                self.assertIn("sinks.observations", log)
                self.assertIn("stop", log)

    def test_of_a_template_type(self):
        self.isolate()
        self.change("pipeline.yaml", "  mapping: device.json\n", "  mapping: device.json\n  workers: 1\n")
        self.write("messages.ndjson", bodies(3, {}))
        self.run_isolated(env={"FAULTY_DIARY": str(self.folder / "diary.txt")})
        self.assertEqual((self.folder / "diary.txt").read_text().split(), ["started", "applied", "stopped"])

    def test_of_one_that_crashes_as_it_stops(self):
        diary, log = self.diary(WORKER, ", at_stop: crash")
        self.assertEqual(diary, ["made", "started", "wrote", "stopped"])
        self.assertIn("SIGSEGV", log)


class Sources(Isolated):
    def from_source(self, config, worker=WORKER):
        self.isolate(source=worker, source_config=config)

    def test_a_source_that_falls_is_started_anew(self):
        for how in ("crash", "exit", "hang", "garbage", "close", "endless"):
            with self.subTest(how):
                for old in [*self.folder.glob("*.db*"), *self.folder.glob("once")]:
                    old.unlink()
                self.from_source(f"how: {how}, once: once")
                ended, done = self.run_isolated()
                self.assertTrue(ended["balanced"], ended)
                self.assertEqual(len(self.stored()), 6)
                self.assertEqual(ended["dead_lettered"], 0)
                self.assertIn("test.faulty_source", done.stderr)

    def test_one_that_falls_again_and_again_is_quarantined_and_told(self):
        self.from_source("how: crash", "worker: { max_crashes: 2 }")
        ended, done = self.run_isolated(code=4)
        self.assertTrue(ended["balanced"])
        self.assertIn("test.faulty_source", done.stderr)
        self.assertIn("quarantined", done.stderr + done.stdout)
        self.assertEqual(len(self.stored()), 3)


class Configuration(Isolated):
    def test_bounds_without_isolation_are_refused(self):
        text = (self.folder / "pipeline.yaml").read_text().replace(f"  {ISOLATED}\n", "")
        self.write("pipeline.yaml", text)
        done = self.aorta("validate", "pipeline.yaml", "--plugins", str(FAULTY))
        self.assert_refused(done, 1, "normalize.worker", "isolation: process")

    def test_the_worker_is_nothing_for_people(self):
        done = self.aorta("plugin-worker")
        self.assertEqual(done.returncode, 1)
        self.assertIn("isolation: process", done.stderr)


def workers(folder):
    """Ids of the worker processes that live in this folder."""
    found = set()
    for process in pathlib.Path("/proc").glob("[0-9]*"):
        try:
            if b"plugin-worker" in (process / "cmdline").read_bytes() and (process / "cwd").readlink() == folder:
                found.add(process.name)
        except OSError:
            pass
    return found


def until(condition, seconds=10):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not come to pass"
        time.sleep(0.05)
