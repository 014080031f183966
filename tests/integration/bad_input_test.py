"""What must not happen quietly: each bad input gets a clear error, the rest goes on, nothing crashes or hangs."""
import json
import os
import resource
import sqlite3
import subprocess

from support import AORTA, BUILD, Case, message


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

    def full_disk(self, part, bytes_left):
        library = BUILD / "tests/faults/full_disk.so"
        return {
            "LD_PRELOAD": str(library),
            "AORTA_FULL_DISK_PATH": part,
            "AORTA_FULL_DISK_BYTES": str(bytes_left),
            "ASAN_OPTIONS": "verify_asan_link_order=0",
        }

    def test_full_disk_below_the_store(self):
        self.write("messages.ndjson", "".join(message(i % 60, device=f"d{i}") + "\n" for i in range(2000)))
        ended, done = self.run_pipeline(code=4, env=self.full_disk("store.db", 400_000))
        self.assert_refused(done, 4, "full")
        self.assertEqual(ended["accepted"], ended["written"] + ended["in_flight"])
        self.assertGreater(ended["in_flight"], 0)
        self.assertEqual(len(self.stored()), ended["written"])
        again, _ = self.run_pipeline()
        self.assertEqual(again["written"] + again["merged"], 2000)
        self.assertEqual(len(self.stored()), 2000)

    def test_full_disk_below_the_dead_letters(self):
        self.write("messages.ndjson", "".join('{"junk":"' + "x" * 1000 + f'{i}"}}\n' for i in range(2000)))
        ended, done = self.run_pipeline(code=4, env=self.full_disk("dead-letters.db", 300_000))
        self.assert_refused(done, 4, "full")
        self.assertGreater(ended["in_flight"], 0)
        self.assertTrue(ended["balanced"])


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


class Output(Case):
    def test_output_that_cannot_be_written(self):
        with open("/dev/full", "w") as full:
            done = subprocess.run([AORTA, "run", "pipeline.yaml"], cwd=self.folder, stdout=full, stderr=subprocess.PIPE, text=True)
        self.assertEqual(done.returncode, 4)
        self.assertEqual(len(self.stored()), 2)
