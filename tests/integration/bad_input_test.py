"""What must not happen quietly: each bad input gets a clear error, the rest goes on, nothing crashes or hangs."""
import json
import os
import resource
import shutil
import signal
import sqlite3
import subprocess
import time

from support import AORTA, BUILD, PIPELINE, Case, message


class Messages(Case):
    def letters(self, ended):
        return ended["dead_letters"]

    def test_missing_file(self):
        (self.folder / "messages.ndjson").unlink()
        _, done = self.run_pipeline(code=4)
        self.assert_refused(done, 4, "messages.ndjson")

    def test_unreadable_file(self):
        (self.folder / "messages.ndjson").chmod(0)
        _, done = self.run_pipeline(code=4, **self.as_nobody())
        self.assert_refused(done, 4, "messages.ndjson")

    def test_folder_without_read_right(self):
        (self.folder / "incoming").mkdir(mode=0o000)
        self.change("pipeline.yaml", "messages.ndjson", "incoming")
        _, done = self.run_pipeline(code=4, **self.as_nobody())
        self.assert_refused(done, 4, "incoming")

    def test_empty_file_is_no_message(self):
        self.write("messages.ndjson", "")
        ended, _ = self.run_pipeline()
        self.assertEqual(ended["accepted"], 0)

    def test_line_that_is_no_json(self):
        self.write("messages.ndjson", message(1) + '\n{"device": \n' + message(2) + "\n")
        ended, _ = self.run_pipeline()
        self.assertEqual((ended["written"], ended["dead_lettered"]), (2, 1))
        self.assertEqual(list(self.letters(ended)), ["normalize/not-json"])
        listed = self.aorta("deadletter", "list", "pipeline.yaml", "--format", "json").stdout
        self.assertIn("messages.ndjson:2", listed)

    def test_line_of_100_megabytes_does_not_fill_the_memory(self):
        with open(self.folder / "messages.ndjson", "w") as file:
            file.write(message(1) + "\n" + '{"x":"')
            for _ in range(100):
                file.write("y" * 1_000_000)
            file.write('"}\n' + message(2) + "\n")
        before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
        ended, _ = self.run_pipeline()
        peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
        self.assertEqual((ended["written"], ended["dead_lettered"]), (2, 1))
        self.assertEqual(list(self.letters(ended)), ["source/record-too-long"])
        if "asan" not in str(BUILD) and "tsan" not in str(BUILD) and before < 90_000:
            self.assertLess(peak, 90_000, "KiB resident")

    def test_nul_bytes(self):
        self.write("messages.ndjson", message(1).encode() + b"\n\0\0\0\n" + message(2).encode() + b"\0\n")
        ended, _ = self.run_pipeline()
        self.assertEqual(ended["written"], 2)
        self.assertEqual(ended["dead_lettered"], 1)

    def test_invalid_utf8_is_read_with_replacement_characters(self):
        self.write("messages.ndjson", message(1, device="d\udcff").encode("utf-8", "surrogateescape").replace(b"\\udcff", b"\xff") + b"\n")
        ended, _ = self.run_pipeline()
        self.assertEqual(ended["written"], 1)
        self.assertEqual([d["identifier"][0]["value"] for d in self.stored("Device")], ["d\ufffd"])

    def test_value_that_is_no_number(self):
        self.write("messages.ndjson", message(1, hr="--") + "\n" + message(2) + "\n")
        ended, _ = self.run_pipeline()
        self.assertEqual((ended["written"], ended["dead_lettered"]), (1, 1))
        self.assertEqual(list(self.letters(ended)), ["observation/value-not-a-number"])

    def test_message_with_null_for_a_required_value(self):
        self.write("messages.ndjson", '{"hr":null,"device":"d1","patient":"p","at":"2026-11-22T06:01:00Z"}\n' + message(2) + "\n")
        ended, _ = self.run_pipeline()
        self.assertEqual((ended["written"], ended["dead_lettered"]), (1, 1))
        self.assertEqual(list(self.letters(ended)), ["normalize/required-value-unusable"])

    def test_very_deep_message(self):
        self.write("messages.ndjson", "[" * 100_000 + "\n" + message(2) + "\n")
        ended, _ = self.run_pipeline()
        self.assertEqual((ended["written"], ended["dead_lettered"]), (1, 1))

    def test_file_of_a_folder_that_cannot_be_read_does_not_stop_the_others(self):
        self.change("pipeline.yaml", "messages.ndjson", "incoming")
        (self.folder / "incoming").mkdir()
        (self.folder / "incoming").chmod(0o755)
        self.write("incoming/a.ndjson", message(1) + "\n")
        self.write("incoming/b.ndjson", message(2) + "\n").chmod(0)
        self.write("incoming/c.json", "[" + message(3) + "]")
        ended, done = self.run_pipeline(code=4, **self.as_nobody())
        self.assert_refused(done, 4, "incoming/b.ndjson", "Permission denied")
        self.assertEqual((ended["written"], ended["balanced"]), (2, True))

    def test_array_that_is_cut_off_is_told(self):
        self.change("pipeline.yaml", "messages.ndjson", "messages.json")
        for cut in ["", ",", ", ", ", /* the next", ", {\"hr\":"]:
            self.write("messages.json", "[" + message(1) + cut)
            ended, _ = self.run_pipeline()
            self.assertEqual((ended["dead_lettered"], ended["balanced"]), (1, True), cut)
            self.assertEqual(list(self.letters(ended)), ["source/array-cut-off"])
        listed = self.aorta("deadletter", "list", "pipeline.yaml", "--each", "--format", "json").stdout
        self.assertEqual({l["position"] for l in json.loads(listed)["letters"]}, {"messages.json[0]", "messages.json[1]"})

    def test_dead_letter_keeps_a_long_body_whole(self):
        self.write("messages.ndjson", '{"junk":"' + "x" * 3_000_000 + '"}\n')
        self.run_pipeline()
        with sqlite3.connect(self.folder / "dead-letters.db") as db:
            self.assertEqual(db.execute("SELECT body_size, length(body) FROM letter").fetchall(), [(3_000_011, 3_000_011)])

    def test_standard_input(self):
        self.change("pipeline.yaml", "path: messages.ndjson", 'path: "-"')
        ended, _ = self.run_pipeline(input=message(1) + "\n" + message(2))
        self.assertEqual(ended["written"], 2)


class Stores(Case):
    def test_store_path_that_is_a_folder(self):
        (self.folder / "store.db").mkdir()
        _, done = self.run_pipeline(code=4)
        self.assert_refused(done, 4, "store.db")

    def test_store_that_is_not_writable(self):
        (self.folder / "locked").mkdir()
        (self.folder / "locked").chmod(0o555)
        self.change("pipeline.yaml", "path: store.db", "path: locked/store.db")
        _, done = self.run_pipeline(code=4, **self.as_nobody())
        self.assert_refused(done, 4, "locked/store.db")

    def test_store_that_is_no_database(self):
        self.write("store.db", "this is a text, and no database at all\n" * 100)
        _, done = self.run_pipeline(code=4)
        self.assert_refused(done, 4, "store.db")
        self.assertEqual(self.aorta("store", "export", "store.db").returncode, 4)

    def test_store_that_is_a_database_of_somebody_else(self):
        with sqlite3.connect(self.folder / "store.db") as other:
            other.execute("CREATE TABLE theirs (x)")
        _, done = self.run_pipeline(code=4)
        self.assert_refused(done, 4, "store.db")

    def test_dead_letters_that_are_no_database(self):
        self.write("dead-letters.db", "no database\n" * 1000)
        _, done = self.run_pipeline(code=4)
        self.assert_refused(done, 4, "dead-letters.db")

    def test_two_pipelines_on_one_store(self):
        self.change("pipeline.yaml", "path: messages.ndjson", 'path: "-"')
        first = subprocess.Popen(
            [AORTA, "run", "pipeline.yaml"], cwd=self.folder, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        try:
            self.assertIn("started", first.stdout.readline())
            second = self.aorta("run", "pipeline.yaml", input="")
            self.assert_refused(second, 4, "store.db", "use")
        finally:
            first.communicate(message(1) + "\n", timeout=30)
        self.assertEqual(first.returncode, 0)
        self.assertEqual(len(self.stored()), 1)

    def run_on_a_full_disk(self, part, bytes_left):
        """It waits for room until it is stopped. Its summary."""
        faults = {"LD_PRELOAD": str(BUILD / "tests/faults/faulty_disk.so"), "AORTA_FAULT_PATH": part, "AORTA_FULL_DISK_BYTES": str(bytes_left),
                  "ASAN_OPTIONS": "verify_asan_link_order=0"}
        run = subprocess.Popen([AORTA, "run", "pipeline.yaml", "--format", "json", "--drain-timeout", "0s"], cwd=self.folder, env={**os.environ, **faults},
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self.addCleanup(run.kill)
        said = []
        for line in run.stderr:
            said.append(line)
            if "trying again" in line:
                break
        run.terminate()
        out, err = run.communicate(timeout=30)
        self.assertEqual(run.returncode, 4, out + err)
        self.assertIn(f"no room to write {self.folder / part}", "".join(said))
        (ended,) = [event for event in map(json.loads, out.splitlines()) if event.get("event") == "ended"]
        return ended

    def test_full_disk_below_the_store(self):
        self.write("messages.ndjson", "".join(message(i % 60, device=f"d{i}") + "\n" for i in range(2000)))
        ended = self.run_on_a_full_disk("store.db", 400_000)
        self.assertEqual(ended["accepted"], ended["written"] + ended["in_flight"])
        self.assertGreater(ended["in_flight"], 0)
        self.assertEqual(len(self.stored()), ended["written"])
        again, _ = self.run_pipeline()
        self.assertEqual(again["written"] + again["merged"], 2000)
        self.assertEqual(len(self.stored()), 2000)

    def test_full_disk_below_the_dead_letters(self):
        self.write("messages.ndjson", "".join('{"junk":"' + "x" * 1000 + f'{i}"}}\n' for i in range(2000)))
        ended = self.run_on_a_full_disk("dead-letters.db", 300_000)
        self.assertGreater(ended["in_flight"], 0)
        self.assertTrue(ended["balanced"])


    def test_one_store_path_twice_in_a_pipeline(self):
        self.change("pipeline.yaml", "sources:", "  other: { type: sqlite, path: ./store.db, identity: { mode: create } }\nsources:")
        for verb in ("validate", "run"):
            self.assert_refused(self.aorta(verb, "pipeline.yaml"), 1, "pipeline.yaml:5:32", "stores.other.path: is the file of stores.local too")

    def test_two_pipelines_share_their_dead_letters(self):
        self.write("messages.ndjson", "".join(f'{{"junk":{i}}}\n' for i in range(500)))
        text = (self.folder / "pipeline.yaml").read_text()
        self.write("second.yaml", text.replace("name: test", "name: second").replace("store.db", "second.db").replace("  in:", "  two:"))
        done = self.aorta("run", "pipeline.yaml", "second.yaml", "--format", "json")
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        groups = json.loads(self.aorta("deadletter", "list", "dead-letters.db", "--format", "json").stdout)["reasons"]
        self.assertEqual([g["letters"] for g in groups], [1000])

    def test_one_pipeline_twice_on_the_command_line(self):
        self.assert_refused(self.aorta("run", "pipeline.yaml", "./pipeline.yaml"), 4, "store.db", "use")


class Ends(Case):
    """However a run ends, the next one completes it: nothing is lost, nothing twice."""

    def setUp(self):
        super().setUp()
        self.count = 6000
        self.write("messages.ndjson", "".join(message(i % 60, hr=60 + i % 50, device=f"d{i % 500}") + "\n" for i in range(self.count)))
        self.change("pipeline.yaml", "sinks:", "group: { max_measurements: 20 }\nlimits: { max_in_flight_records: 50 }\nsinks:")

    def resources(self):
        done = self.aorta("store", "export", "store.db")
        self.assertEqual(done.returncode, 0, done.stderr)
        all_of_them = [json.loads(line) for line in done.stdout.splitlines()]
        return sorted((json.dumps(dict(r, meta=0, issued=0, status=0), sort_keys=True) for r in all_of_them))

    def undisturbed(self):
        self.run_pipeline()
        expected = self.resources()
        for file in self.folder.glob("*.db*"):
            file.unlink()
        return expected

    def start(self):
        """A run that surely is not over yet: it waits for the second half of the messages."""
        lines = (self.folder / "messages.ndjson").read_text().splitlines(keepends=True)
        self.write("half.ndjson", "".join(lines[:self.count // 2]))
        self.write("half.yaml", (self.folder / "pipeline.yaml").read_text())
        self.change("half.yaml", "path: messages.ndjson", "path: half.ndjson, follow: true")
        running = subprocess.Popen(
            [AORTA, "run", "half.yaml", "--format", "json"], cwd=self.folder, stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self.addCleanup(running.kill)
        return running

    def wait_for_some(self):
        for _ in range(2000):
            if (self.folder / "store.db").exists() and self.aorta("store", "query", "store.db", "--limit", "60").stdout.count("\n") > 50:
                return
            time.sleep(0.01)
        self.fail("nothing was written")

    def test_killed_in_the_middle(self):
        expected = self.undisturbed()
        running = self.start()
        self.wait_for_some()
        running.send_signal(signal.SIGKILL)
        running.communicate(timeout=20)
        self.assertEqual(running.returncode, -signal.SIGKILL, "the run was over too soon")
        again, _ = self.run_pipeline()
        self.assertTrue(again["balanced"])
        self.assertEqual(again["accepted"], self.count)
        self.assertEqual(self.resources(), expected)

    def test_terminated_in_the_middle(self):
        expected = self.undisturbed()
        running = self.start()
        self.wait_for_some()
        running.send_signal(signal.SIGTERM)
        output, errors = running.communicate(timeout=40)
        self.assertEqual(running.returncode, 0, errors)
        ended = json.loads(output.splitlines()[-1])
        self.assertTrue(ended["balanced"])
        self.assertEqual(ended["in_flight"], 0)
        self.assertLess(ended["accepted"], self.count, "the run was over too soon")
        self.run_pipeline()
        self.assertEqual(self.resources(), expected)


class Mappings(Case):
    def test_mapping_that_is_no_json(self):
        self.write("device.json", '{"templateType": ')
        self.assert_refused(self.aorta("run", "pipeline.yaml"), 1, "device.json")

    def test_mapping_that_is_missing(self):
        (self.folder / "device.json").unlink()
        self.assert_refused(self.aorta("run", "pipeline.yaml"), 1, "device.json")

    def test_unknown_template_type(self):
        self.change("device.json", "JsonPathContent", "JsonPathKontent")
        self.assert_refused(self.aorta("run", "pipeline.yaml"), 1, "device.json:1:", "JsonPathKontent")

    def test_fhir_mapping_that_is_no_json(self):
        self.write("fhir.json", "nonsense")
        self.assert_refused(self.aorta("run", "pipeline.yaml"), 1, "fhir.json")

    def test_unknown_key_names_the_nearest(self):
        self.change("pipeline.yaml", "unmatched:", "unmatchd:")
        self.assert_refused(self.aorta("run", "pipeline.yaml"), 1, "pipeline.yaml:9:3", 'did you mean "unmatched"')

    def test_unknown_plugin(self):
        self.change("pipeline.yaml", "plugin: file", "plugin: fiel")
        self.assert_refused(self.aorta("run", "pipeline.yaml"), 1, "pipeline.yaml:6", "fiel", '"file"')

    def test_missing_pipeline(self):
        self.assert_refused(self.aorta("run", "nowhere.yaml"), 4, "nowhere.yaml")


class Pipelines(Case):
    """Files that are no pipeline: one clear error, and valid JSON for programs."""

    def refused(self, name, code, *words):
        self.assert_refused(self.aorta("run", name), code, name, *words)
        for verb in ("run", "validate", "test"):
            done = self.aorta(verb, name, "--format", "json")
            self.assertEqual(done.returncode, code, (verb, name, done.stdout, done.stderr))
            self.assertTrue(all(isinstance(json.loads(line), dict) for line in done.stdout.splitlines()), done.stdout)
            self.assertIn(name, done.stdout)

    def test_folder(self):
        (self.folder / "folder.yaml").mkdir()
        self.refused("folder.yaml", 4)

    def test_missing(self):
        self.refused("nowhere.yaml", 4)

    def test_binary(self):
        self.write("binary.yaml", bytes(range(256)) * 20)
        self.refused("binary.yaml", 1)

    def test_five_megabytes(self):
        self.write("big.yaml", PIPELINE + "# " + "x" * 5_000_000 + "\n")
        self.assert_refused(self.aorta("run", "big.yaml"), 4, "big.yaml")

    def test_billion_laughs(self):
        levels = ["a0: &a0 [x, x]"] + [f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 9)}]" for i in range(1, 30)]
        self.write("laughs.yaml", PIPELINE + "\n".join(levels) + "\n")
        before = time.monotonic()
        self.refused("laughs.yaml", 1)
        self.assertLess(time.monotonic() - before, 20)

    def test_empty(self):
        self.write("empty.yaml", "")
        self.refused("empty.yaml", 1)

    def test_unreadable(self):
        self.write("secret.yaml", PIPELINE).chmod(0)
        self.assert_refused(self.aorta("run", "secret.yaml", **self.as_nobody()), 4, "secret.yaml")


class Plugins(Case):
    def use(self, source):
        self.change("pipeline.yaml", "{ plugin: file, config: { path: messages.ndjson } }", "{ plugin: " + source + " }")

    def test_plugin_that_throws_in_its_constructor(self):
        self.use("test.throws_when_made")
        done = self.aorta("run", "pipeline.yaml", "--plugins", str(BUILD / "tests/abi"))
        self.assert_refused(done, 4, "sources.in", "no luck today")
        told = self.aorta("run", "pipeline.yaml", "--plugins", str(BUILD / "tests/abi"), "--format", "json").stdout
        self.assertIn("no luck today", json.loads(told.splitlines()[-1])["error"]["message"])

    def test_library_that_others_may_write(self):
        (self.folder / "plugins").mkdir()
        for file in (BUILD / "tests/abi").glob("sdk_plugins.*"):
            shutil.copy(file, self.folder / "plugins")
        (self.folder / "plugins/sdk_plugins.so").chmod(0o666)
        self.use("test.throws_when_made")
        done = self.aorta("run", "pipeline.yaml", "--plugins", "plugins")
        self.assert_refused(done, 1, "test.throws_when_made")
        listed = self.aorta("plugin", "list", "--plugins", "plugins")
        self.assert_refused(listed, 1, "sdk_plugins.so", "writ")
        refused = json.loads(self.aorta("plugin", "list", "--plugins", "plugins", "--format", "json").stdout)["refused"]
        self.assertEqual(len(refused), 1)


class Output(Case):
    def test_closed_streams(self):
        for closed in ("<&-", ">&-", "2>&-", "<&- >&- 2>&-"):
            done = subprocess.run(f"'{AORTA}' run pipeline.yaml {closed}", shell=True, cwd=self.folder, capture_output=True, timeout=60)
            self.assertEqual(done.returncode, 4 if " >&-" in " " + closed else 0, closed)
            self.assertEqual(len(self.stored()), 2)

    def test_full_output_is_told_once(self):
        self.run_pipeline()
        with open("/dev/full", "w") as full:
            done = subprocess.run([AORTA, "store", "export", "store.db"], cwd=self.folder, stdout=full, stderr=subprocess.PIPE, text=True)
        self.assertEqual(done.returncode, 4)
        self.assertEqual(done.stderr.count("standard output cannot be written"), 1)

    def test_output_that_cannot_be_written(self):
        with open("/dev/full", "w") as full:
            done = subprocess.run([AORTA, "run", "pipeline.yaml"], cwd=self.folder, stdout=full, stderr=subprocess.PIPE, text=True)
        self.assertEqual(done.returncode, 4)
        self.assertEqual(len(self.stored()), 2)
