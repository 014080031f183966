"""How the store `rest` speaks over the wire: HTTP/2 where it is offered, compressed answers, no way around through a proxy."""
import gzip
import os
import resource
import shutil
import socket
import subprocess
import time
import unittest

from rest_support import FhirServer, RestCase, TlsCase, reading
from support import AORTA

NGHTTPX = shutil.which("nghttpx") or shutil.which("nghttpx", path="/usr/sbin")


def free_port():
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        return held.getsockname()[1]


class Nghttpx:
    """HTTP/2 over TLS in front of a server; notes the connection, the protocol agreed on, and the request line of each request."""

    def __init__(self, folder, backend):
        self.log = folder / "access.log"
        self.port = free_port()
        self.url = f"https://127.0.0.1:{self.port}/fhir"
        self.process = subprocess.Popen(
            [NGHTTPX, "--conf=/dev/null", "--single-process", "--no-ocsp", f"--frontend=127.0.0.1,{self.port}", f"--backend=127.0.0.1,{backend}",
             f"--accesslog-file={self.log}", "--accesslog-format=$remote_port $alpn $request", f"--errorlog-file={folder / 'error.log'}",
             "server.key", "server.pem"], cwd=folder, stdin=subprocess.DEVNULL)

    def __enter__(self):
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline:
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
                return self
            except OSError:
                time.sleep(0.05)
        raise AssertionError("nghttpx does not listen")

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait()

    def requests(self):
        return [line.split(" ", 2) for line in self.log.read_text().splitlines()]


class Wire(TlsCase):
    def write_readings(self, count):
        self.write("messages.ndjson", "".join(reading(i, 60 + i % 40, f"d{i % 7}", f"p{i % 7}") for i in range(count)))

    @unittest.skipUnless(NGHTTPX, "nghttpx is not there (apt install nghttp2-proxy)")
    def test_http_2_where_it_is_offered_many_requests_on_one_connection(self):
        self.write_readings(60)
        with FhirServer() as server, Nghttpx(self.folder, server.port) as proxy:
            for options in (", bundle_size: 10", ", bundles: off"):
                proxy.log.write_text("")
                self.use(proxy.url, options + ", tls: { ca_file: server.pem }")
                ended, _ = self.run_rest()
                self.assertEqual(ended["written"] + ended["merged"], 60)
                requests = proxy.requests()
                self.assertGreater(len(requests), 10)
                self.assertEqual({protocol for _, protocol, _ in requests}, {"h2"})
                self.assertEqual({line.rsplit(" ", 1)[1] for _, _, line in requests}, {"HTTP/2"})
                self.assertEqual(len({port for port, _, _ in requests}), 1)
            self.assertEqual(len(self.values(server)), 60)

    def test_http_1_where_nothing_else_is_offered(self):
        self.write_readings(20)
        spoken = set()
        with FhirServer(tls=self.context) as server:
            answer = server.handler.answer
            server.handler.answer = lambda self, *request: (spoken.add(self.request_version), answer(self, *request))[1]
            self.use(server.url, ", tls: { ca_file: server.pem }")
            self.assertEqual(self.run_rest()[0]["written"], 20)
        self.assertEqual(spoken, {"HTTP/1.1"})


class Compressed(RestCase):
    def test_answers_are_read_compressed(self):
        self.write("messages.ndjson", "".join(reading(i, 60 + i % 40, f"d{i % 7}", f"p{i % 7}") for i in range(100)))
        with FhirServer(gzip=True) as server:
            self.use(server.url)
            self.assertEqual(self.run_rest()[0]["written"], 100)
            self.assertEqual(self.run_rest()[0]["merged"], 100)
            self.assertEqual(len(self.values(server)), 100)
            self.assertGreater(server.counts["compressed"], 4)

    def answer_to_bundles(self, server, body, times):
        """The first bundles that write are acted upon, and answered with this text as if it were compressed."""
        reply, left = server.handler.reply, [times]

        def reply_instead(self, status, content, kind, headers):
            if server.counts["create"] == 0 or left[0] == 0:
                return reply(self, status, content, kind, headers)
            left[0] -= 1
            return reply(self, status, body, kind, {"Content-Encoding": "gzip"})

        server.handler.reply = reply_instead
        return left

    def test_an_answer_that_cannot_be_decompressed_is_none(self):
        with FhirServer() as server:
            left = self.answer_to_bundles(server, b"this is no gzip", 2)
            self.use(server.url)
            ended, _ = self.run_rest()
            self.assertEqual(left, [0])
            self.assertEqual(ended["written"], 2)
            self.assertEqual(len(self.values(server)), 2)
            self.assertEqual({r["meta"]["versionId"] for r in server.all("Observation")}, {"1"})

    def test_a_small_answer_that_would_become_a_large_one_is_refused(self):
        bomb = gzip.compress(bytes(512 * 1024 * 1024), 9)
        self.assertLess(len(bomb), 600 * 1024)
        with FhirServer() as server:
            left = self.answer_to_bundles(server, bomb, 1)
            self.use(server.url, ", max_response: 1MiB")
            ended, _ = self.run_rest()
            self.assertEqual(left, [0])
            self.assertEqual(ended["written"], 2)
            self.assertEqual(len(self.values(server)), 2)
        self.assertLess(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss, 200 * 1024)


class Loopback(RestCase):
    def test_what_is_meant_for_this_machine_is_told_to_no_proxy(self):
        with FhirServer(authorize=lambda header: header == "Bearer secret") as server, socket.socket() as proxy:
            proxy.bind(("127.0.0.1", 0))
            proxy.listen()
            proxy.settimeout(0.2)
            self.write("token", "secret")
            self.use(server.url, ", auth: { type: bearer, token_file: token }")
            somewhere = f"http://127.0.0.1:{proxy.getsockname()[1]}"
            environment = {"http_proxy": somewhere, "all_proxy": somewhere, "no_proxy": "", "NO_PROXY": ""}
            done = subprocess.run(
                [AORTA, "run", "pipeline.yaml"], cwd=self.folder, env={**os.environ, **environment}, capture_output=True, text=True, timeout=60)
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertEqual(len(server.all("Observation")), 2)
            with self.assertRaises(TimeoutError):
                proxy.accept()
