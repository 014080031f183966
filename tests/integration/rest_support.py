"""Pipelines whose store is a FHIR server, and servers to run them against."""
import json
import os
import shutil
import ssl
import subprocess
import sys
import time
import unittest

from support import AORTA, SOURCE, PIPELINE, Case, hourly_series

sys.path.insert(0, str(SOURCE / "tests/faults"))
from fault_proxy import FaultProxy  # noqa: E402, F401
from fhir_server import FhirServer  # noqa: E402, F401
from loopback import Handler, Loopback  # noqa: E402, F401

SERIES = hourly_series(1000)
WITHOUT_PROXY = {"no_proxy": "*", "NO_PROXY": "*"}


def reading(second, hr, device="d1", patient="p1"):
    at = f"2026-11-22T06:{second // 60:02}:{second % 60:02}Z"
    return json.dumps({"device": device, "patient": patient, "at": at, "hr": hr}) + "\n"


class RestCase(Case):
    """A pipeline that writes to a server."""

    def keep_stored(self):
        for server in FhirServer.made:
            self.keep(map(json.dumps, server.store.taken))
        super().keep_stored()

    def use(self, url, options="", group="{ max_measurements: 300, max_delay: 60s }", name="pipeline.yaml"):
        text = PIPELINE.replace("{ type: sqlite, path: store.db, identity: { mode: create } }", f"{{ type: rest, url: '{url}'{options} }}")
        self.assertNotEqual(text, PIPELINE)
        return self.write(name, text.replace("sinks:\n", f"group: {group}\nsinks:\n", 1))

    def use_series(self):
        self.write("fhir.json", json.dumps(SERIES))

    def run_rest(self, *arguments, code=0, **options):
        return self.run_pipeline(*arguments, code=code, env=WITHOUT_PROXY, timeout=110, **options)

    def start(self, *arguments, say=None, folder=None):
        """A run that goes on by itself, once its log says `say`; and that log. It is ended with the test."""
        folder = folder or self.folder
        log = folder / "out.txt"
        with log.open("w") as out:
            run = subprocess.Popen(
                [AORTA, "run", "pipeline.yaml", *arguments], cwd=folder, stdout=out, stderr=out, stdin=subprocess.DEVNULL, env={**os.environ, **WITHOUT_PROXY})
        self.addCleanup(run.wait)
        self.addCleanup(run.kill)
        if say:
            self.wait_for(log, say)
        return run, log

    def wait_for(self, log, words):
        self.wait_until(lambda: words in log.read_text(), lambda: f"{words!r} not in {log.read_text()!r}")

    def wait_until(self, holds, otherwise=lambda: None, seconds=90):
        deadline = time.monotonic() + seconds
        while not (held := holds()) and time.monotonic() < deadline:
            time.sleep(0.05)
        self.assertTrue(held, otherwise())

    def values(self, server):
        """What Observations of single readings say, by device and time."""
        out = {}
        for resource in server.all("Observation"):
            at = resource["effectivePeriod"]["start"] if "effectivePeriod" in resource else resource["effectiveDateTime"]
            key = (resource["device"]["reference"], at)
            self.assertNotIn(key, out, "one reading, two Observations")
            out[key] = resource["valueQuantity"]["value"]
        return out

    def samples(self, server):
        """The samples of the only SampledData series, by second of its hour."""
        (resource,) = server.all("Observation")
        return {i: text for i, text in enumerate(resource["valueSampledData"]["data"].split(" ")) if text not in ("E", "")}


@unittest.skipUnless(shutil.which("openssl"), "openssl is not there")
class TlsCase(RestCase):
    """Certificates of a server and a client, each of its own making, and a context that serves the first."""

    def make(self, *arguments):
        subprocess.run(["openssl", *arguments], cwd=self.folder, check=True, capture_output=True)

    def setUp(self):
        super().setUp()
        for name in ("server", "client"):
            self.make("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2", "-keyout", f"{name}.key",
                      "-out", f"{name}.pem", "-subj", f"/CN={name}", "-addext", "subjectAltName=IP:127.0.0.1")
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.load_cert_chain(self.folder / "server.pem", self.folder / "server.key")
