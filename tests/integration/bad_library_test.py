"""Libraries that are none, are damaged, or do harm when they are loaded: each is named, none ends or hangs the program."""
import json
import os
import pathlib
import random
import shutil
import struct
import subprocess
import time

from support import AORTA, BUILD, Case

ABI = BUILD / "tests/abi"
MANIFEST = BUILD / "bin/aorta-manifest"


class Libraries(Case):
    def setUp(self):
        super().setUp()
        self.plugins = self.folder / "plugins"
        self.plugins.mkdir()
        self.good = (ABI / "counter.so").read_bytes()
        subprocess.run([MANIFEST, ABI / "counter.so", self.folder / "counter.manifest.json"], check=True)
        self.manifest = (self.folder / "counter.manifest.json").read_bytes()

    def put(self, name, library, manifest=None):
        path = self.plugins / f"{name}.so"
        path.write_bytes(library)
        path.chmod(0o644)
        (self.plugins / f"{name}.manifest.json").write_bytes(self.manifest if manifest is None else manifest)
        return path

    def list(self, timeout=20):
        done = self.aorta("plugin", "list", "--plugins", str(self.plugins), "--format", "json", timeout=timeout)
        self.assertIn(done.returncode, (0, 1), done.stderr)
        return json.loads(done.stdout), done

    def run_counter(self, timeout=60):
        """Runs a pipeline with the one plugin that the folder has, in this process."""
        self.change("pipeline.yaml", "{ plugin: file, config: { path: messages.ndjson } }", "{ plugin: test.counter }")
        return self.aorta("run", "pipeline.yaml", "--plugins", str(self.plugins), timeout=timeout)

    def test_what_is_no_library_is_refused_and_the_rest_is_listed(self):
        wrong_machine = bytearray(self.good)
        struct.pack_into("<H", wrong_machine, 18, 0xF3)
        narrow = bytearray(self.good)
        narrow[4] = 1
        self.put("a-counter", self.good)
        refused = {
            "empty": b"", "text": b"no library", "cut-in-its-head": self.good[:40], "other-machine": bytes(wrong_machine), "narrow": bytes(narrow)}
        for name, content in refused.items():
            self.put(name, content)
        (self.plugins / "folder.so").mkdir()
        os.mkfifo(self.plugins / "pipe.so")
        os.mkfifo(self.plugins / "manifest-is-pipe.manifest.json")
        (self.plugins / "manifest-is-pipe.so").write_bytes(self.good)
        (self.plugins / "loop.so").symlink_to("loop.so")
        (self.plugins / "dangling.so").symlink_to("nowhere.so")
        (self.plugins / "device.so").symlink_to("/dev/zero")
        _, done = self.list()
        self.assertIn("test.counter", done.stdout)
        for name in [*refused, "folder", "pipe", "manifest-is-pipe", "loop", "dangling", "device"]:
            self.assertIn(f"{name}.so", done.stdout, name)

    def test_a_manifest_of_any_size_is_read_or_refused(self):
        path = self.put("huge", self.good)
        os.truncate(path.with_suffix(".manifest.json"), 1 << 36)
        _, done = self.list()
        self.assertIn("huge.so", done.stdout)

    def test_thousands_of_files_take_seconds(self):
        for i in range(3000):
            (self.plugins / f"{i}.so").write_bytes(b"no library")
            (self.plugins / f"{i}.txt").write_bytes(b"")
        begun = time.monotonic()
        _, done = self.list()
        self.assertLess(time.monotonic() - begun, 15)
        self.assertIn("2999.so", done.stdout)

    def test_an_executable_is_refused(self):
        self.put("program", pathlib.Path(AORTA).read_bytes())
        done = self.run_counter()
        self.assert_refused(done, 1, "program.so")

    def test_a_library_cut_short_is_refused(self):
        for size in (200, 1000, 4096, len(self.good) // 2):
            with self.subTest(size):
                self.setUp()
                self.put("cut", self.good[:size])
                done = self.run_counter()
                self.assertGreaterEqual(done.returncode, 0, done.stderr)
                self.assertNotEqual(done.returncode, 0, done.stdout)
                self.assertIn("cut.so", done.stdout + done.stderr)

    def test_flipped_bits_end_nothing(self):
        """A seeded sample over the whole file. What loads in spite of it may well work."""
        chance = random.Random(20261123)
        for _ in range(40):
            content = bytearray(self.good)
            for _ in range(chance.choice((1, 1, 8, 64))):
                content[chance.randrange(len(content))] ^= 1 << chance.randrange(8)
            self.put("flipped", bytes(content))
            done = self.aorta("plugin", "verify", str(self.plugins / "flipped.so"), timeout=110)
            self.assertIn(done.returncode, (0, 1), done.stderr)
            _, listed = self.list()
            self.assertIn("flipped.so" if "test.counter" not in listed.stdout else "test.counter", listed.stdout)

    def test_what_it_does_when_loaded_is_seen_before_it_is_loaded_here(self):
        for way, words in {
            "exits": "ended the process", "aborts": "SIGABRT", "hangs": "", "forks": "", "changes_locale": "locale",
            "changes_folder": "folder", "takes_signal": "signal", "keeps_file": "", "leaves_thread": "thread",
        }.items():
            with self.subTest(way):
                self.setUp()
                self.put(way, (ABI / f"bad/load_{way}.so").read_bytes())
                _, listed = self.list()
                self.assertIn("test.counter", listed.stdout)
                done = self.run_counter()
                self.assert_refused(done, 1, f"{way}.so", "when it is loaded", words)
