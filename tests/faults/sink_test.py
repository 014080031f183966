"""A server that takes nothing for a while, under messages that go on coming: memory stays as it is, senders are refused in good
order, nothing is sent before the server asked for it, and all that was acknowledged arrives, once.

OUTAGE: seconds that it lasts (6)."""
import json
import os
import pathlib
import re
import sys
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "integration"))

from http_support import HttpCase
from kill_test import EMBEDDED
from rest_support import WITHOUT_PROXY, FaultProxy, FhirServer

OUTAGE = float(os.environ.get("OUTAGE", "6"))
BATCH = 50


class Outage(HttpCase):
    def batch(self, index):
        return [json.dumps({"device": f"d{n % 9}", "patient": f"p{n % 9}", "at": f"2026-11-{1 + n // 86400:02}T{n // 3600 % 24:02}:{n // 60 % 60:02}:{n % 60:02}Z", "hr": 60, "rest": "x" * 400})
                for n in range(index * BATCH, (index + 1) * BATCH)]

    def memory(self, intake):
        status = pathlib.Path(f"/proc/{intake.process.pid}/status").read_text()
        return int(re.search(r"VmRSS:\s+(\d+)", status).group(1)) / 1024

    def send_for(self, seconds, intake, acknowledged):
        """Batches one by one; those that were refused are sent again. The statuses, and the memory taken meanwhile."""
        statuses, memory = set(), []
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            status, told, fields = intake.send("\n".join(self.batch(len(acknowledged))), Content_Type="application/x-ndjson")
            statuses.add(status)
            memory.append(self.memory(intake))
            if status == 202:
                acknowledged.append(len(acknowledged))
            else:
                self.assertIn(status, (429, 503), told)
                self.assertIn("Retry-After", fields)
                time.sleep(0.05)
        return statuses, memory

    def survive(self, fault):
        acknowledged = []
        with FhirServer() as server, FaultProxy(server.port, {}, seed=1) as proxy:
            self.change("pipeline.yaml", EMBEDDED, f"{{ type: rest, url: '{proxy.url}', timeout: 3s }}")
            self.change("pipeline.yaml", "group: { max_delay: 100ms }",
                        "group: { max_delay: 100ms }\njournal: { max_size: 1MiB, segment_size: 256KiB }\nlimits: { max_in_flight_records: 500, max_in_flight_bytes: 1MiB }")
            intake = self.start("--listen", "127.0.0.1:0", env={**os.environ, **WITHOUT_PROXY})
            self.send_for(1, intake, acknowledged)
            proxy.rates = {fault: 1.0}
            self.send_for(OUTAGE / 2, intake, acknowledged)
            statuses, memory = self.send_for(OUTAGE / 2, intake, acknowledged)
            self.assertIn(503, statuses, "the journal never was full")
            self.assertLess(max(memory) - memory[0], 8, memory)
            self.assertEqual(intake.send("", path="/healthz", method="GET")[0], 200)
            self.assertEqual(intake.send("", path="/readyz", method="GET")[0], 503)
            proxy.rates = {}
            mended = time.monotonic()
            while len(server.all("Observation")) < len(acknowledged) * BATCH:
                self.assertLess(time.monotonic() - mended, 100, intake.log())
                time.sleep(0.1)
            self.assertEqual(intake.send("\n".join(self.batch(len(acknowledged))), Content_Type="application/x-ndjson")[0], 202)
            self.assertEqual(intake.stop(), 0)
            self.assertEqual(len(server.all("Observation")), (len(acknowledged) + 1) * BATCH)
            self.assertEqual({o["meta"]["versionId"] for o in server.all("Observation")}, {"1"})
            self.assert_none_early(proxy)
        print(f"\n{self.id().split('.')[-1]}: {len(acknowledged) * BATCH} messages acknowledged, {sum(proxy.faults.values())} requests spoiled, memory {memory[0]:.0f} to "
              f"{max(memory):.0f} MiB, 0 lost, 0 twice, 0 too early", end="", file=sys.stderr)

    def assert_none_early(self, proxy):
        on_its_way = 0.3  # sent with the one that was refused, and seen by the proxy a little later
        for when, wait in proxy.answered_429:
            self.assertEqual([t for t in proxy.times if when + on_its_way < t < when + wait - 0.05], [], "sent before the time that the server asked for")

    def test_a_stop_waits_no_longer_than_it_was_told(self):
        """Then the next start goes on."""
        with FhirServer() as server, FaultProxy(server.port, {}, seed=1) as proxy:
            self.change("pipeline.yaml", EMBEDDED, f"{{ type: rest, url: '{proxy.url}', timeout: 2s }}")
            self.change("pipeline.yaml", "group: { max_delay: 100ms }", "group: { max_delay: 100ms }\njournal: { max_size: 1MiB }")
            for index, fault in enumerate(("500", "503_bare", "429_seconds", "stall_before", "drip_after", "reset_after")):
                with self.subTest(fault):
                    proxy.rates = {fault: 1.0}
                    intake = self.start("--drain-timeout", "500ms", env={**os.environ, **WITHOUT_PROXY})
                    self.assertEqual(intake.send("\n".join(self.batch(index)), Content_Type="application/x-ndjson")[0], 202)
                    time.sleep(0.5)
                    begun = time.monotonic()
                    intake.process.terminate()
                    intake.process.wait(timeout=60)
                    self.assertLess(time.monotonic() - begun, 7, intake.log())
                    intake.reader.join()
            proxy.rates = {}
            intake = self.start(env={**os.environ, **WITHOUT_PROXY})
            until = time.monotonic() + 60
            while len(server.all("Observation")) < 6 * BATCH and time.monotonic() < until:
                time.sleep(0.1)
            self.assertEqual(intake.stop(), 0)
            self.assertEqual(len(server.all("Observation")), 6 * BATCH)

    def test_a_storm_of_refusals(self):
        self.survive("429_seconds")

    def test_a_storm_of_refusals_until_a_date(self):
        self.survive("429_date")

    def test_no_answers_for_ever(self):
        self.survive("stall_before")

    def test_a_byte_a_second(self):
        self.survive("drip_after")

    def test_connections_that_are_reset(self):
        self.survive("reset_before")


if __name__ == "__main__":
    unittest.main()
