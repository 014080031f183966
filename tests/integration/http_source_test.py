"""Messages over HTTP: what is taken, what is refused and how, and what is still there after a crash."""
import gzip
import json
import ssl
import subprocess
import time
import unittest
import warnings
import zlib

from http_support import HttpCase
from support import message


class HttpSource(HttpCase):
    def observations(self):
        return self.stored("Observation")

    def wait_for(self, count, seconds=20):
        until = time.monotonic() + seconds
        while len(self.observations()) != count and time.monotonic() < until:
            time.sleep(0.05)
        self.assertEqual(len(self.observations()), count)

    def error(self, answer, status, reason):
        self.assertEqual((answer[0], answer[1]["error"]["reason"]), (status, reason), answer)
        self.assertTrue(answer[1]["error"]["message"])
        return answer

    def test_one_message_an_array_and_lines(self):
        intake = self.start()
        self.assertEqual(intake.send(message(1))[:2], (202, {"accepted": 1}))
        self.assertEqual(intake.send(f"[{message(2)}, {message(3)}]", Content_Type="application/json; charset=utf-8")[:2], (202, {"accepted": 2}))
        self.assertEqual(intake.send(f"{message(4)}\r\n\n{message(5)}\n", Content_Type="application/x-ndjson")[:2], (202, {"accepted": 2}))
        self.assertEqual(intake.send("[]")[:2], (202, {"accepted": 0}))
        self.wait_for(5)
        self.assertEqual(intake.stop(), 0)

    def test_compressed_bodies_and_their_limits(self):
        self.change("pipeline.yaml", "plugin: http }", "plugin: http, config: { max_body: 2KiB, max_unpacked: 100KiB } }")
        intake = self.start()
        raw = zlib.compressobj(wbits=-15)
        for coding, body in [
            ("gzip", gzip.compress(message(1).encode())),
            ("deflate", zlib.compress(message(2).encode())),
            ("deflate", raw.compress(message(3).encode()) + raw.flush()),
            ("identity", message(4)),
        ]:
            self.assertEqual(intake.send(body, Content_Encoding=coding)[0], 202, coding)
        self.wait_for(4)
        self.error(intake.send(gzip.compress(b" " * 1_000_000), Content_Encoding="gzip"), 413, "too-large")
        self.error(intake.send("x" * 3000), 413, "too-large")
        self.error(intake.send(b"no gzip", Content_Encoding="gzip"), 400, "bad-coding")
        self.error(intake.send(gzip.compress(message(1).encode())[:-9], Content_Encoding="gzip"), 400, "bad-coding")
        self.error(intake.send("x", Content_Encoding="br"), 415, "unknown-coding")

    def test_what_is_wrong_is_named_and_never_repeated(self):
        self.change("pipeline.yaml", "plugin: http }", "plugin: http, config: { max_messages: 2 } }")
        intake = self.start()
        secret = "HeartOfJane"
        for body, fields, status, reason in [
            ("", {}, 400, "bad-body"),
            (f'[{{"a":"{secret}"}}', {}, 400, "bad-body"),
            (f'["{secret}"] "{secret}"', {}, 400, "bad-body"),
            (f'["{secret}",]', {}, 400, "bad-body"),
            (f'["{secret}]', {}, 400, "bad-body"),
            ("[1,2,3]", {}, 413, "too-many-messages"),
            (secret, {"Content_Type": "text/html"}, 415, "unknown-content-type"),
            (secret, {"Idempotency_Key": "k" * 256}, 400, "bad-idempotency-key"),
            (secret, {"method": "PUT"}, 405, "method-not-allowed"),
            (secret, {"path": "/elsewhere"}, 404, "no-such-path"),
        ]:
            answer = self.error(intake.send(body, **fields), status, reason)
            self.assertNotIn(secret, json.dumps(answer))
        intake.stop()
        self.assertNotIn(secret, intake.log())

    def test_a_message_that_is_no_json_lies_in_the_dead_letters(self):
        intake = self.start()
        self.assertEqual(intake.send("no JSON")[0], 202)
        self.assertEqual(intake.stop(), 0)
        letters = json.loads(self.aorta("deadletter", "list", "dead-letters.db", "--format", "json").stdout)
        self.assertEqual(sum(group["letters"] for group in letters["groups"]) if "groups" in letters else len(letters), 1)

    def test_bearer_token(self):
        self.write("token", "s3cret-token\n")
        self.change("pipeline.yaml", "plugin: http }", "plugin: http, config: { token: '${file:token}' } }")
        intake = self.start()
        for fields in [{}, {"Authorization": "Bearer wrong"}, {"Authorization": "Bearer s3cret-tokem"}, {"Authorization": "Basic s3cret-token"}]:
            answer = self.error(intake.send(message(1), **fields), 401, "not-authorized")
            self.assertEqual(answer[2]["WWW-Authenticate"], "Bearer")
        self.assertEqual(intake.send(message(1), Authorization="Bearer s3cret-token")[0], 202)
        self.assertEqual(intake.send(message(1), Authorization="bearer s3cret-token")[0], 202)
        intake.stop()
        self.assertNotIn("s3cret", intake.log())

    def test_idempotency_key_is_answered_the_same_and_taken_once_over_restarts_too(self):
        self.change("pipeline.yaml", "sinks:", "journal: { segment_size: 64KiB }\nsinks:")
        for _ in range(2):
            intake = self.start()
            for _ in range(2):
                self.assertEqual(intake.send(f"[{message(1)},{message(2)}]", Idempotency_Key="first")[:2], (202, {"accepted": 2}))
            self.error(intake.send(message(3), Idempotency_Key="first"), 422, "other-body-under-key")
            for _ in range(5):
                intake.send("\n".join([message(4)] * 200), Content_Type="application/x-ndjson")
            self.assertEqual(intake.stop(), 0)
        self.assertEqual(len(self.observations()), 3)

    def test_what_was_acknowledged_comes_after_a_crash(self):
        self.change("pipeline.yaml", "group: { max_delay: 100ms }", "group: { max_delay: 1h, max_measurements: 100000 }")
        intake = self.start()
        for minute in range(20):
            self.assertEqual(intake.send(message(minute))[0], 202)
        intake.process.kill()
        intake.process.wait()
        again = self.start()
        self.assertIn("20 messages of earlier runs are taken up again", again.log())
        self.assertEqual(again.stop(), 0)
        self.assertEqual(len(self.observations()), 20)
        last = self.start()
        self.assertNotIn("taken up again", last.log())
        last.stop()

    def test_the_ledger_is_kept_over_restarts(self):
        for run in range(1, 3):
            intake = self.start("--listen", "127.0.0.1:0")
            intake.send(message(run))
            intake.send("no JSON")
            intake.stop()
        intake = self.start("--listen", "127.0.0.1:0")
        until, text = time.monotonic() + 20, ""
        while 'aorta_journal_waiting{pipeline="test",source="in"} 0' not in text and time.monotonic() < until:  # a stop may leave some for the next run
            status, text, _ = intake.send("", path="/metrics", method="GET")
            self.assertEqual(status, 200)
        self.assertIn('aorta_journal_accepted_total{pipeline="test",source="in"} 4', text)
        self.assertIn('aorta_journal_ended_total{pipeline="test",source="in",outcome="dead_lettered"} 2', text)
        self.assertIn('aorta_journal_ended_total{pipeline="test",source="in",outcome="written"} 2', text)
        self.assertIn('aorta_journal_waiting{pipeline="test",source="in"} 0', text)

    def test_it_cannot_be_kept_apart(self):
        self.change("pipeline.yaml", "plugin: http }", "plugin: http, isolation: process }")
        run = self.aorta("run", "pipeline.yaml")
        self.assertEqual(run.returncode, 4)
        self.assertIn("leave out isolation", run.stderr)

    def test_health_and_messages_share_a_listener(self):
        intake = self.start("--listen", "127.0.0.1:0")
        self.assertEqual(intake.send("", path="/readyz", method="GET")[0], 200)
        self.assertEqual(intake.send(message(1))[0], 202)

    def test_senders_are_refused_while_the_journal_is_full_and_taken_in_again(self):
        self.change("pipeline.yaml", "group: { max_delay: 100ms }", "group: { max_delay: 3s, max_measurements: 100000 }\njournal: { max_size: 1MiB }")
        intake = self.start()
        lines = "\n".join(message(i % 60) for i in range(300))
        answers = [intake.send(lines, Content_Type="application/x-ndjson") for _ in range(80)]
        refused = [answer for answer in answers if answer[0] != 202]
        self.assertTrue(refused)
        for answer in refused:
            self.error(answer, 503, "not-stored")
            self.assertEqual(answer[2]["Retry-After"], "1")
        until = time.monotonic() + 30
        while intake.send(message(1))[0] != 202 and time.monotonic() < until:
            time.sleep(0.2)
        self.assertEqual(intake.send(message(1))[0], 202)
        self.assertEqual(intake.stop(), 0)
        self.assertIn("journal.max_size", intake.log())
        self.assertIn("taken in again", intake.log())
        accepted = sum(answer[1]["accepted"] for answer in answers if answer[0] == 202)
        self.assertGreater(accepted, 300)
        self.assertEqual(len(self.observations()), 60)

    def test_keep_alive_and_pipelined_requests(self):
        intake = self.start()
        connection = intake.connect()
        for minute in range(30):
            connection.request("POST", "/messages", message(minute))
            answer = connection.getresponse()
            self.assertEqual((answer.status, answer.read()), (202, b'{"accepted":1}\n'))
        connection.close()
        self.wait_for(30)

    def test_a_slow_sender_and_a_long_head_are_cut_off(self):
        self.change("pipeline.yaml", "http: { listen: 127.0.0.1:0 }", "http: { listen: 127.0.0.1:0, timeout: 300ms, max_header_size: 1KiB }")
        intake = self.start()
        connection = intake.connect()
        connection.connect()
        connection.sock.sendall(b"POST /messages HTTP/1.1\r\n")
        connection.sock.settimeout(10)
        self.assertEqual(connection.sock.recv(100), b"")
        connection.close()
        self.error(intake.send(message(1), X_Long="x" * 3000), 431, "head-too-large")
        self.assertEqual(intake.send(message(1))[0], 202)

    def test_no_more_connections_than_allowed(self):
        self.change("pipeline.yaml", "http: { listen: 127.0.0.1:0 }", "http: { listen: 127.0.0.1:0, max_connections: 2 }")
        intake = self.start()
        held = [intake.connect() for _ in range(2)]
        for connection in held:
            connection.request("POST", "/messages", message(1))
            self.assertEqual(connection.getresponse().read(), b'{"accepted":1}\n')
        with self.assertRaises(OSError):
            intake.send(message(1))
        for connection in held:
            connection.close()
        until = time.monotonic() + 10
        while time.monotonic() < until:
            try:
                self.assertEqual(intake.send(message(1))[0], 202)
                break
            except OSError:
                time.sleep(0.05)


class HttpsSource(HttpCase):
    def certificates(self):
        """An authority, and of it a server and a client."""
        def openssl(*words):
            subprocess.run(["openssl", *words], cwd=self.folder, check=True, capture_output=True)

        openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", "ca.key", "-out", "ca.pem", "-subj", "/CN=ca", "-days", "2")
        self.write("ext", "subjectAltName=IP:127.0.0.1\n")
        for name in ["server", "client"]:
            openssl("req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", f"{name}.key", "-out", f"{name}.csr", "-subj", f"/CN={name}")
            openssl("x509", "-req", "-in", f"{name}.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-out", f"{name}.pem", "-days", "2", "-extfile", "ext")

    def setUp(self):
        super().setUp()
        self.certificates()

    def listen(self, more=""):
        self.change("pipeline.yaml", "listen: 127.0.0.1:0 }", "listen: 127.0.0.1:0, tls: { certificate: server.pem, key: server.key" + more + " } }")

    def trust(self):
        return ssl.create_default_context(cafile=self.folder / "ca.pem")

    def test_tls_1_2_or_newer(self):
        self.listen()
        intake = self.start()
        self.assertEqual(intake.scheme, "https")
        self.assertEqual(intake.send(message(1), tls=self.trust())[0], 202)
        old = self.trust()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)
            old.minimum_version = ssl.TLSVersion.TLSv1
            old.maximum_version = ssl.TLSVersion.TLSv1_1
        old.set_ciphers("ALL:@SECLEVEL=0")
        with self.assertRaises(OSError):
            intake.send(message(1), tls=old)

    def test_only_clients_with_a_certificate(self):
        self.listen(", client_ca: ca.pem")
        intake = self.start()
        with self.assertRaises(OSError):
            intake.send(message(1), tls=self.trust())
        known = self.trust()
        known.load_cert_chain(self.folder / "client.pem", self.folder / "client.key")
        self.assertEqual(intake.send(message(1), tls=known)[0], 202)

    def test_a_missing_certificate_is_told_at_the_start(self):
        self.listen()
        (self.folder / "server.pem").unlink()
        run = self.aorta("run", "pipeline.yaml")
        self.assertEqual(run.returncode, 4)
        self.assertIn("server.pem", run.stderr)


if __name__ == "__main__":
    unittest.main()
