"""What a run tells the service manager that started it."""
import os
import socket
import time
import unittest

from http_support import HttpCase
from support import SOURCE


class Service(HttpCase):
    def told(self, word):
        until = time.monotonic() + 10
        while time.monotonic() < until:
            self.manager.settimeout(max(0.1, until - time.monotonic()))
            self.states.append(self.manager.recv(4096).decode())
            if self.states[-1].startswith(word):
                return self.states[-1]
        self.fail(f"no {word} in {self.states}")

    def manage(self, address):
        self.states = []
        self.manager = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.addCleanup(self.manager.close)
        self.manager.bind(address)
        shown = "@" + address[1:] if address.startswith("\0") else address
        return self.start(env={**os.environ, "NOTIFY_SOCKET": shown, "WATCHDOG_USEC": "400000"})

    def test_ready_alive_and_stopping(self):
        run = self.manage(str(self.folder / "notify"))
        self.assertIn("STATUS=http → JsonPathContent ×1", self.told("READY=1"))
        self.told("WATCHDOG=1")
        self.told("WATCHDOG=1")
        run.process.terminate()
        self.told("STOPPING=1")
        self.assertEqual(run.process.wait(timeout=60), 0)

    def test_an_abstract_address(self):
        self.manage(f"\0aorta-test-{os.getpid()}")
        self.told("READY=1")

    def test_nobody_listens(self):
        run = self.start(env={**os.environ, "NOTIFY_SOCKET": str(self.folder / "nobody"), "WATCHDOG_USEC": "1000"})
        time.sleep(0.3)
        self.assertEqual(run.stop(), 0)

    def test_the_unit_names_options_that_exist(self):
        unit = (SOURCE / "packaging/aorta@.service").read_text()
        command = next(line for line in unit.splitlines() if line.startswith("ExecStart=")).split()
        self.assertEqual(command[1], "run")
        help_text = self.aorta("run", "--help").stdout
        for option in [word for word in command if word.startswith("--")]:
            self.assertIn(option, help_text)
        self.assertIn("Type=notify", unit)


if __name__ == "__main__":
    unittest.main()
