"""Who we are to a server: each kind of authentication, and TLS."""
import base64
import json
import ssl
import time
import urllib.parse

from rest_support import FhirServer, Handler, Loopback, RestCase, TlsCase, reading

SECRET = "s3cret/&+ü"


class TokenHandler(Handler):
    def answer(self, method, body):
        form = dict(urllib.parse.parse_qsl(body.decode()))
        granted = form.get("grant_type") == "client_credentials" and self.owner.knows(self.headers.get("Authorization", ""), form)
        status, answer = (200, self.owner.give(form)) if granted else (401, {"error": "invalid_client"})
        self.send(status, json.dumps(answer).encode(), [])


class TokenServer(Loopback):
    """Gives tokens t1, t2, ... to the client "aorta" that knows the secret."""

    def __init__(self, expires_in=3600):
        super().__init__(TokenHandler, "/token")
        self.given = []
        self.expires_in = expires_in

    def give(self, form):
        self.given.append((f"t{len(self.given) + 1}", form))
        return {"access_token": self.given[-1][0], "token_type": "Bearer", "expires_in": self.expires_in}

    def knows(self, header, form):
        if header.startswith("Basic "):
            user, _, password = base64.b64decode(header[6:]).decode().partition(":")
            return (urllib.parse.unquote(user), urllib.parse.unquote(password)) == ("aorta", SECRET)
        return (form.get("client_id"), form.get("client_secret")) == ("aorta", SECRET)


class Authentication(RestCase):
    def setUp(self):
        super().setUp()
        self.write("messages.ndjson", "".join(reading(i, 60 + i) for i in range(20)))
        self.write("secret", SECRET)

    def run_until(self, words):
        """The start of a run that waits for somebody to correct something."""
        run, log = self.start(say=words)
        self.assertNotIn(SECRET, log.read_text())
        return run, log

    def test_basic(self):
        wanted = "Basic " + base64.b64encode(f"nurse:{SECRET}".encode()).decode()
        with FhirServer(authorize=lambda header: header == wanted) as server:
            self.use(server.url, ", auth: { type: basic, user: nurse, password: '${file:secret}' }")
            ended, _ = self.run_rest()
            self.assertEqual(ended["written"], 20)

    def test_a_token_file_that_is_corrected_while_the_run_waits(self):
        with FhirServer(authorize=lambda header: header == "Bearer right") as server:
            self.write("token", "wrong")
            self.use(server.url, ", auth: { type: bearer, token_file: token }")
            run, log = self.run_until("refuses us (status 401)")
            self.write("token", "right")
            self.assertEqual(run.wait(60), 0, log.read_text())
            self.assertEqual(len(server.all("Observation")), 20)

    def oauth2(self, tokens, more=""):
        return f", auth: {{ type: oauth2, token_url: '{tokens.url}', client_id: aorta, client_secret: '${{file:secret}}', scope: 'system/*.cruds'{more} }}"

    def test_oauth2_asks_once_for_a_token_that_lasts(self):
        for more in ("", ", client_auth: body"):
            with self.subTest(more=more), TokenServer() as tokens, FhirServer(bundles=(), authorize=lambda header: header == "Bearer t1") as server:
                self.use(server.url, self.oauth2(tokens, more))
                ended, _ = self.run_rest()
                self.assertEqual(ended["written"], 20)
                self.assertEqual(len(tokens.given), 1)
                self.assertEqual(tokens.given[0][1]["scope"], "system/*.cruds")

    def test_oauth2_renews_a_token_that_is_refused_once_for_all(self):
        with TokenServer() as tokens:
            def authorize(header):
                return header == f"Bearer {tokens.given[-1][0]}" and (header != "Bearer t1" or server.counts["read"] < 12)
            with FhirServer(bundles=(), authorize=authorize) as server:
                self.use(server.url, self.oauth2(tokens))
                ended, _ = self.run_rest()
                self.assertEqual(ended["written"], 20)
                self.assertEqual(len(tokens.given), 2)

    def test_oauth2_renews_before_the_end(self):
        self.renews_before_the_end(1)

    def test_oauth2_a_life_that_is_told_as_a_text(self):
        self.renews_before_the_end("1")

    def renews_before_the_end(self, life):
        with TokenServer(expires_in=life) as tokens, FhirServer(bundles=(), authorize=lambda h: h == f"Bearer {tokens.given[-1][0]}") as server:
            answer = server.handler.answer
            server.handler.answer = lambda *request: (time.sleep(0.2), answer(*request))[1]
            self.use(server.url, self.oauth2(tokens) + ", max_requests: 1")
            ended, _ = self.run_rest()
            self.assertEqual(ended["written"], 20)
            self.assertGreater(len(tokens.given), 2)

    def test_a_wrong_secret_is_named_without_telling_it(self):
        self.write("secret", "wrong")
        with TokenServer() as tokens, FhirServer(authorize=lambda _: False) as server:
            self.use(server.url, self.oauth2(tokens))
            self.run_until("invalid_client")
            self.assertEqual(server.counts["single"] + server.counts["bundle"], 0)


class Tls(TlsCase):
    def test_a_certificate_of_our_own_authority(self):
        with FhirServer(tls=self.context) as server:
            self.use(server.url, ", tls: { ca_file: server.pem }")
            ended, _ = self.run_rest()
            self.assertEqual(ended["written"], 2)

    def test_a_certificate_of_nobody_is_not_trusted(self):
        with FhirServer(tls=self.context) as server:
            self.use(server.url)
            self.start(say="cannot be reached: SSL certificate problem")
            self.assertEqual(sum(server.counts.values()), 0)

    def test_a_file_without_authorities_is_told(self):
        self.write("none.pem", "")
        with FhirServer(tls=self.context) as server:
            self.use(server.url, ", tls: { ca_file: none.pem }")
            self.start(say="install ca-certificates, or name the authority with tls.ca_file")
            self.assertEqual(sum(server.counts.values()), 0)

    def test_a_server_that_wants_a_certificate_of_ours_is_told_from_one_that_breaks_off(self):
        self.context.verify_mode = ssl.CERT_REQUIRED
        with FhirServer(tls=self.context) as server:
            self.use(server.url, ", tls: { ca_file: server.pem }")
            self.start(say="it wants a certificate of ours that it trusts: name one with tls.certificate and tls.key")
            self.assertEqual(sum(server.counts.values()), 0)

    def test_our_own_certificate(self):
        self.context.verify_mode = ssl.CERT_REQUIRED
        self.context.load_verify_locations(self.folder / "client.pem")
        with FhirServer(tls=self.context) as server:
            self.use(server.url, ", tls: { ca_file: server.pem, certificate: client.pem, key: client.key }")
            ended, _ = self.run_rest()
            self.assertEqual(ended["written"], 2)
