"""Messages that cannot be carried, among those that can: each of them is a dead letter, once; all the others arrive."""
import json
import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "integration"))

from http_support import HttpCase
from support import Case, json_lines

COUNT = 5000
KINDS = ('{{"device": {0}', '{{"device": "d{0}"}}', '{{"device": "d{0}", "patient": "p", "at": "never", "hr": 1}}', '{{"device": "d{0}", "patient": "p", "at": "2026-11-22T06:00:00Z", "hr": "x"}}')


def messages(one_in):
    """One in so many is bad, in each way in turn."""
    out, bad = [], set()
    for n in range(COUNT):
        if n % one_in == one_in // 2:
            out.append(KINDS[len(bad) % len(KINDS)].format(n))
            bad.add(out[-1])
        else:
            out.append(json.dumps({"device": f"d{n % 9}", "patient": f"p{n % 9}", "at": f"2026-11-22T{n // 3600:02}:{n // 60 % 60:02}:{n % 60:02}Z", "hr": 60}))
    return out, bad


class Poison:
    def check(self, bad):
        letters = json_lines(self.aorta("deadletter", "export", "dead-letters.db").stdout)
        self.assertEqual(sorted(letter["body"] if isinstance(letter["body"], str) else json.dumps(letter["body"]) for letter in letters), sorted(bad))
        self.assertEqual({letter["count"] for letter in letters}, {1})
        self.assertEqual(len(self.stored()), COUNT - len(bad))


class PoisonInFiles(Poison, Case):
    def carry(self, one_in):
        lines, bad = messages(one_in)
        self.write("messages.ndjson", "\n".join(lines) + "\n")
        ended, _ = self.run_pipeline()
        self.assertEqual((ended["written"], ended["dead_lettered"]), (COUNT - len(bad), len(bad)))
        self.check(bad)

    def test_one_in_a_thousand_in_files(self):
        self.carry(1000)

    def test_one_in_ten_in_files(self):
        self.carry(10)

    def test_all_of_them_in_files(self):
        self.carry(1)


class PoisonOverHttp(Poison, HttpCase):
    def carry(self, one_in):
        lines, bad = messages(one_in)
        intake = self.start()
        for start in range(0, COUNT, 100):
            self.assertEqual(intake.send("\n".join(lines[start:start + 100]), Content_Type="application/x-ndjson")[0], 202)
        self.assertEqual(intake.stop(), 0)
        self.check(bad)

    def test_one_in_a_thousand_over_http(self):
        self.carry(1000)

    def test_one_in_ten_over_http(self):
        self.carry(10)

    def test_all_of_them_over_http(self):
        self.carry(1)


if __name__ == "__main__":
    unittest.main()
