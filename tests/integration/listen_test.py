"""What a run tells those who watch it: health and metrics over HTTP."""
import json
import re
import subprocess
import time
import unittest
import urllib.error
import urllib.request

from support import AORTA, Case, message


class Listen(Case):
    def setUp(self):
        super().setUp()
        self.write("messages.ndjson", "\n".join([message(1), message(2), message(2, hr=71), '{"hr":', '{"junk":1}']) + "\n")
        self.change("pipeline.yaml", "path: messages.ndjson", "path: messages.ndjson, follow: true")
        self.change("pipeline.yaml", "sinks:", "group: { max_delay: 100ms }\nsinks:")

    def start(self, *words):
        run = subprocess.Popen([AORTA, "run", "pipeline.yaml", "--listen", "127.0.0.1:0", *words], cwd=self.folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self.addCleanup(run.communicate)
        self.addCleanup(run.kill)
        line = run.stderr.readline()
        found = re.search(r"http://127\.0\.0\.1:\d+", line)
        self.assertTrue(found, line)
        self.url = found.group(0)
        return run

    def ask(self, path, method="GET"):
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        try:
            with opener.open(urllib.request.Request(self.url + path, method=method), timeout=10) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as refused:
            return refused.code, refused.read().decode()

    def metrics(self):
        status, text = self.ask("/metrics")
        self.assertEqual(status, 200)
        return {key: float(value) for key, value in re.findall(r"^([^#\n]\S*(?:\{[^\n]*\})?) (\S+)$", text, re.M)}

    def wait_for(self, key, value):
        for _ in range(200):
            found = self.metrics()
            if found.get(key) == value:
                return found
            time.sleep(0.05)
        self.fail(f"{key} is {found.get(key)}, not {value}")

    def test_the_ledger_and_the_reasons_are_metrics(self):
        self.start()
        found = self.wait_for('aorta_records_ended_total{pipeline="test",outcome="dead_lettered"}', 2)
        found = self.wait_for('aorta_records_in_flight{pipeline="test"}', 0)
        ended = [value for key, value in found.items() if key.startswith("aorta_records_ended_total")]
        self.assertEqual(found['aorta_records_accepted_total{pipeline="test"}'], 5)
        self.assertEqual(sum(ended), 5)
        self.assertEqual(found['aorta_dead_letters_total{pipeline="test",reason="normalize/not-json"}'], 1)
        self.assertEqual(found['aorta_dead_letters_total{pipeline="test",reason="normalize/no-template-matched"}'], 1)

    def test_latencies_are_histograms(self):
        self.start()
        found = self.wait_for('aorta_record_seconds_count{pipeline="test"}', 5)
        self.assertEqual(found['aorta_record_seconds_bucket{pipeline="test",le="+Inf"}'], 5)
        self.assertGreater(found['aorta_record_seconds_sum{pipeline="test"}'], 0)
        buckets = [value for key, value in found.items() if key.startswith("aorta_record_seconds_bucket")]
        self.assertEqual(buckets, sorted(buckets))

    def test_the_names_of_the_reference_are_kept(self):
        self.start()
        self.wait_for('aorta_records_in_flight{pipeline="test"}', 0)
        found = self.wait_for('FhirResourceSaved{pipeline="test",category="Traffic",operation="FHIRConversion",name="ObservationCreated"}', 2)
        traffic = lambda name, operation: found[f'{name}{{pipeline="test",category="Traffic",operation="{operation}"}}']
        self.assertEqual(traffic("DeviceEvent", "Normalization"), 5)
        self.assertEqual(traffic("NormalizedEvent", "Normalization"), 3)
        self.assertEqual(traffic("DroppedEvent", "Normalization"), 2)
        self.assertEqual(traffic("DeviceIngressSizeBytes", "Normalization"), (self.folder / "messages.ndjson").stat().st_size - 5)
        self.assertGreaterEqual(traffic("MeasurementGroup", "FHIRConversion"), 1)

    def test_health_and_readiness(self):
        self.start()
        self.assertEqual(self.ask("/healthz"), (200, "ok\n"))
        self.assertEqual(self.ask("/readyz?verbose"), (200, "ready\n"))
        self.assertEqual(self.ask("/")[0], 404)
        self.assertEqual(self.ask("/metrics", "POST")[0], 405)

    def test_a_store_that_is_away_is_not_ready(self):
        self.change("pipeline.yaml", "{ type: sqlite, path: store.db, identity: { mode: create } }", "{ type: rest, url: 'http://127.0.0.1:9/fhir' }")
        run = self.start("--drain-timeout", "100ms")
        for _ in range(100):
            status, text = self.ask("/readyz")
            if status == 503:
                break
            time.sleep(0.1)
        self.assertEqual(status, 503)
        self.assertTrue(text.startswith("test: "), text)
        self.assertEqual(self.ask("/healthz")[0], 200)
        run.terminate()

    def test_a_stop_ends_the_answers(self):
        run = self.start()
        self.ask("/healthz")
        run.terminate()
        out, _ = run.communicate(timeout=30)
        self.assertEqual(run.returncode, 0)
        self.assertIn("ledger balances", out)
        with self.assertRaises(OSError):
            self.ask("/healthz")

    def test_an_address_that_is_none_is_refused(self):
        self.assert_refused(self.aorta("run", "pipeline.yaml", "--listen", "everywhere"), 4, "--listen", "127.0.0.1:9464")


if __name__ == "__main__":
    unittest.main()
