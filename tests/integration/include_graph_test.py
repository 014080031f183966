"""Who may include whom: sdk nobody, plugins the sdk, core the sdk and the rooms before it."""

import os
import pathlib
import re
import unittest

SOURCE = pathlib.Path(os.environ.get("AORTA_SOURCE", pathlib.Path(__file__).parents[2]))
INCLUDE = re.compile(r'^\s*#\s*include\s*(["<])([^">]+)[">]', re.MULTILINE)
SUFFIXES = {".h", ".hpp", ".c", ".cpp"}

# Each room may include those before it in this list.
ROOMS = [
    "base", "sqlite", "document", "http", "expr", "mapping", "group", "fhir", "journal", "config", "observe", "plugin", "pipeline", "conform", "cli",
]


def includes(folder):
    for path in sorted((SOURCE / folder).rglob("*")):
        if path.suffix in SUFFIXES:
            for quote, target in INCLUDE.findall(path.read_text(encoding="utf-8")):
                yield path.relative_to(SOURCE), quote, target


class IncludeGraph(unittest.TestCase):
    def test_there_is_something_to_check(self):
        for folder in ("sdk", "plugins", "core"):
            self.assertGreater(len(list(includes(folder))), 10, folder)

    def test_sdk_includes_neither_core_nor_plugins(self):
        self.assertEqual([], [i for i in includes("sdk") if i[2].startswith(("core/", "plugins/"))])

    def test_abi_headers_include_only_themselves(self):
        allowed = {"stdint.h"} | {p.name for p in (SOURCE / "sdk/include/aorta/abi").iterdir()}
        self.assertEqual([], [i for i in includes("sdk/include/aorta/abi") if i[2] not in allowed])

    def test_plugins_include_only_the_sdk_and_themselves(self):
        def foreign(path, quote, target):
            return target.startswith(("core/", "plugins/", "tests/")) or (
                quote == '"' and not (SOURCE / path.parent / target).resolve().is_relative_to((SOURCE / path.parent).resolve())
            )

        self.assertEqual([], [i for i in includes("plugins") if foreign(*i)])

    def test_core_never_includes_plugins_or_tests(self):
        self.assertEqual([], [i for i in includes("core") if i[2].startswith(("plugins/", "tests/"))])

    def test_core_rooms_include_only_rooms_before_them(self):
        wrong = []
        for path, _, target in includes("core"):
            if not target.startswith("core/"):
                continue
            here, there = path.parts[1], target.split("/")[1]
            if ROOMS.index(there) > ROOMS.index(here):
                wrong.append((str(path), target))
        self.assertEqual([], wrong)

    def test_every_room_is_in_the_list(self):
        self.assertEqual(sorted(ROOMS), sorted(p.name for p in (SOURCE / "core").iterdir() if p.is_dir()))


if __name__ == "__main__":
    unittest.main()
