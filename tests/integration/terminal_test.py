"""`aorta run` as a person at a terminal sees it."""
import fcntl
import os
import pty
import re
import select
import signal
import struct
import subprocess
import termios
import time

from support import AORTA, Case, message

CODES = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")


class Terminal(Case):
    def start(self, *arguments, width=100, **env):
        """Runs the program on a terminal of its own; what it shows is collected by read()."""
        try:
            self.screen, behind = pty.openpty()
        except OSError:
            self.skipTest("this machine gives no pseudo terminals")
        fcntl.ioctl(behind, termios.TIOCSWINSZ, struct.pack("HHHH", 40, width, 0, 0))
        kept = {k: v for k, v in os.environ.items() if k != "NO_COLOR"}
        self.running = subprocess.Popen(
            [AORTA, "run", "pipeline.yaml", *arguments], cwd=self.folder, stdin=subprocess.DEVNULL, stdout=behind,
            stderr=behind, env={**kept, "TERM": "xterm", **env})
        os.close(behind)
        self.addCleanup(os.close, self.screen)
        self.addCleanup(self.running.kill)
        self.shown = ""

    def read(self, until=None, seconds=30):
        """Reads until `until` is shown, colours aside, or the program has ended."""
        end = time.monotonic() + seconds
        while time.monotonic() < end and not (until and (until in self.shown or until in CODES.sub("", self.shown))):
            if not select.select([self.screen], [], [], 0.2)[0]:
                continue
            try:
                part = os.read(self.screen, 65536)
            except OSError:  # the other end is closed
                break
            if not part:
                break
            self.shown += part.decode()
        if until and until not in CODES.sub("", self.shown):
            self.assertIn(until, self.shown)
        return self.shown

    def follow(self):
        self.change("pipeline.yaml", "path: messages.ndjson", "path: messages.ndjson, follow: true")

    def finish(self):
        self.running.send_signal(signal.SIGTERM)
        self.read()
        self.assertEqual(self.running.wait(timeout=20), 0)

    def test_a_run_ends_with_its_summary(self):
        self.start()
        shown = self.read()
        self.assertEqual(self.running.wait(timeout=20), 0)
        self.assertIn("file messages.ndjson", shown)
        self.assertIn("2 messages became 2 Observations", shown)
        self.assertIn("(ledger balances)", shown)
        self.assertIn("aorta store query", shown)
        self.assertNotIn("event=", shown)

    def test_a_slow_run_shows_what_is_in_flight_and_a_rate(self):
        self.follow()
        self.start()
        self.read("in flight 2")
        self.read(" /s")
        self.read("\x1b[2A")
        self.finish()
        self.assertIn("written 2   merged 0", self.shown)

    def test_no_escape_codes_where_colours_are_not_wanted(self):
        self.follow()
        self.start(NO_COLOR="1")
        self.read("in flight 2")
        self.read(" /s")
        self.finish()
        self.assertNotIn("\x1b", self.shown)
        self.assertIn("\rDone in", self.shown)

    def assert_lines_are_cut(self, **env):
        self.follow()
        self.start(width=40, **env)
        self.read("  2 messages")
        self.finish()
        picture = [line for line in re.split("[\r\n]+", CODES.sub("", self.shown)) if line.startswith("  2 messages")]
        self.assertTrue(picture)
        self.assertLessEqual(max(map(len, picture)), 40)

    def test_lines_are_cut_to_a_narrow_terminal(self):
        self.assert_lines_are_cut()

    def test_lines_are_cut_to_a_narrow_terminal_without_colours(self):
        self.assert_lines_are_cut(NO_COLOR="1")

    def test_a_warning_is_not_drawn_over(self):
        self.follow()
        self.start()
        self.read("in flight 2")
        self.write("messages.ndjson", "")
        self.read("truncated; reading it from the start")
        at = self.shown.index("messages.ndjson was truncated")
        self.read(" /s", seconds=5)
        self.finish()
        before = self.shown[:at]
        self.assertTrue(before[before.rindex("\x1b["):].startswith("\x1b[J"), repr(before[-80:]))
        after = self.shown[at:].split("\x1b[2A")[0]
        self.assertEqual(after.count("written 2") + after.count("written 0"), 1, repr(after))
