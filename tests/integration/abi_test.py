"""The ABI stays: released structs, libraries of older headers, of other compilers and languages."""
import importlib.util
import itertools
import json
import os
import pathlib
import shutil
import subprocess

import support

SDK = support.SOURCE / "sdk"
TESTS = support.SOURCE / "tests/abi"
MANIFEST = support.BUILD / "bin/aorta-manifest"
SANITIZED = "-fsanitize" in (support.BUILD / "CMakeCache.txt").read_text()

CACHE = [os.environ["CMAKE_CXX_COMPILER_LAUNCHER"]] if "CMAKE_CXX_COMPILER_LAUNCHER" in os.environ else []
spec = importlib.util.spec_from_file_location("abi_table", TESTS / "abi_table.py")
abi_table = importlib.util.module_from_spec(spec)
spec.loader.exec_module(abi_table)


def run(*command):
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True, timeout=200)
    if done.returncode != 0:
        raise AssertionError(f"{command} ended with {done.returncode}\n{done.stdout}\n{done.stderr}")
    return done.stdout


class Table(support.Case):
    def setUp(self):
        super().setUp()
        if not shutil.which("cc"):
            self.skipTest("cc is not installed")
        self.include = self.folder / "include"
        shutil.copytree(SDK / "include/aorta", self.include / "aorta")
        self.released = json.loads(abi_table.TABLE.read_text())

    def edited(self, header, old, new):
        path = self.include / "aorta/abi" / header
        self.assertEqual(1, path.read_text().count(old), old)
        path.write_text(path.read_text().replace(old, new))
        return abi_table.broken(self.released, abi_table.read(self.include))

    def test_what_is_released_has_not_changed(self):
        self.assertEqual([], abi_table.broken(self.released, abi_table.read()))

    def test_a_member_at_the_end_is_allowed(self):
        self.assertEqual([], self.edited("source.h", "enqueued_ticks; ", "enqueued_ticks; uint64_t more; "))

    def test_a_member_in_between_is_not(self):
        self.assertIn("aorta_record.token", "".join(self.edited("source.h", "  aorta_str token; ", "  aorta_str mine;\n  aorta_str token; ")))

    def test_another_type_is_not(self):
        self.assertIn("aorta_record.enqueued_ticks", "".join(self.edited("source.h", "int64_t enqueued_ticks", "uint64_t enqueued_ticks")))

    def test_a_frozen_struct_does_not_grow(self):
        self.assertEqual(["aorta_cursor is frozen, and has changed"], self.edited("document.h", "  uint64_t b;", "  uint64_t b;\n  uint64_t c;"))

    def test_a_constant_stays(self):
        self.assertEqual(["AORTA_FILTERED was 3, and is 7"], self.edited("types.h", "AORTA_FILTERED 3", "AORTA_FILTERED 7"))

    def test_a_struct_does_not_go(self):
        self.assertEqual(["aorta_pair is gone"], abi_table.broken(self.released, {**(now := abi_table.read()), "structs": {k: v for k, v in now["structs"].items() if k != "aorta_pair"}}))


class Libraries(support.Case):
    def setUp(self):
        super().setUp()
        if SANITIZED:
            self.skipTest("a library without the sanitizer does not go into a host with it")
        self.plugins = self.folder / "plugins"
        self.plugins.mkdir()

    def adopt(self, library):
        run(MANIFEST, library, library.with_suffix(".manifest.json"))
        library.chmod(0o755)
        library.with_suffix(".manifest.json").chmod(0o644)
        return library

    def c_library(self, source, include, name):
        library = self.plugins / f"{name}.so"
        run("cc", "-std=c11", "-Wall", "-Werror", "-O2", "-fPIC", "-fvisibility=hidden", "-shared", f"-I{include}", source, "-o", library)
        return self.adopt(library)

    def keeps_the_contract(self, library):
        told = json.loads(run(support.AORTA, "plugin", "verify", library, "--format", "json"))
        self.assertEqual((0, 0), (told["failed"], told["skipped"]), told)

    def pipeline(self, sources, sink="fhir-observation, store: local, config: { mapping: fhir.json }"):
        listed = "\n".join(f"  s{i}: {{ plugin: {s} }}" for i, s in enumerate(sources))
        self.write("pipeline.yaml", support.PIPELINE.replace("  in: { plugin: file, config: { path: messages.ndjson } }", listed)
                   .replace("fhir-observation, store: local, config: { mapping: fhir.json }", sink)
                   .replace("name: test\n", f"name: test\nplugins: {{ path: [{self.plugins}] }}\n"))
        return self.run_pipeline()

    def test_a_library_of_each_older_minor_loads_and_works(self):
        for include in sorted((TESTS / "frozen").iterdir()):
            with self.subTest(include.name):
                library = self.c_library(TESTS / "counter.c", include, "counter")
                self.keeps_the_contract(library)
                ended, done = self.pipeline(["test.counter"])
                self.assertEqual(5, ended["dead_lettered"], done.stdout + done.stderr)

    def test_a_sink_in_plain_c_works(self):
        self.keeps_the_contract(self.c_library(SDK / "examples/tally.c", SDK / "include", "tally"))
        ended, done = self.pipeline(["file, config: { path: messages.ndjson }"], sink="acme.tally")
        self.assertEqual(2, ended["written"], done.stdout + done.stderr)

    def test_a_source_in_rust_works(self):
        if not shutil.which("rustc"):
            self.skipTest("rustc is not installed")
        library = self.plugins / "ticker.so"
        run("rustc", "--edition", "2021", "-O", "-C", "panic=abort", "--crate-type", "cdylib", SDK / "examples/ticker.rs", "-o", library)
        self.keeps_the_contract(self.adopt(library))
        self.change("device.json", "$.device", "$.deviceId")
        self.c_library(SDK / "examples/tally.c", SDK / "include", "tally")
        ended, done = self.pipeline(["acme.ticker"], sink="acme.tally")
        self.assertEqual(3, ended["written"], done.stdout + done.stderr)

    def test_libraries_of_all_compilers_and_runtimes_work_in_one_host(self):
        compilers = [name for name in ("g++", "clang++-14") if shutil.which(name)]
        if len(compilers) < 2:
            self.skipTest("g++ or clang++-14 is not installed")
        ids = []
        for compiler, runtime, level in itertools.product(compilers, ([], ["-static-libstdc++", "-static-libgcc"]), ("-O0", "-O3")):
            ids.append(f"matrix.{'gcc' if compiler == 'g++' else 'clang'}.{'static' if runtime else 'shared'}.{level[1:].lower()}")
            flags = ["-fno-gnu-unique"] if compiler == "g++" else []
            library = self.plugins / f"{ids[-1]}.so"
            object_file = library.with_suffix(".o")
            run(*CACHE, compiler, "-std=c++20", level, *flags, "-fPIC", "-fvisibility=hidden", f"-I{SDK / 'include'}", f'-DMATRIX_ID="{ids[-1]}"', "-c",
                TESTS / "matrix.cpp", "-o", object_file)
            run(compiler, *runtime, "-shared", f"-Wl,--version-script={SDK / 'cmake/aorta-plugin.map'}", object_file, "-o", library)
            self.adopt(library)
        ended, done = self.pipeline([f"{one}, config: {{ device: d-{i} }}" for i, one in enumerate(ids)])
        self.assertEqual((2 * len(ids), 0), (ended["written"] + ended["merged"], ended["dead_lettered"]), done.stdout + done.stderr)
        for one in ids:
            self.keeps_the_contract(self.plugins / f"{one}.so")
