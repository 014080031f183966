"""The store `rest` against servers that differ: what one run writes, another reads, merges and leaves alone."""
import re
import socket

from rest_support import FaultProxy, FhirServer, RestCase, reading
from support import message


# Letters, digits and what is percent-encoded; the rest is ours.
ADDRESS = re.compile(r"(Observation|Device|Patient)(/_search|/[0-9a-f]{64}|\?identifier=(?:[A-Za-z0-9._~-]|%[0-9A-F]{2})+)")


class RestStore(RestCase):
    def write_readings(self, count, devices=7):
        self.write("messages.ndjson", "".join(reading(i, 60 + i % 40, f"d{i % devices}", f"p{i % devices}") for i in range(count)))

    def assert_all_there(self, server, count, devices=7):
        self.assertEqual(sorted(self.values(server).values()), sorted(60 + i % 40 for i in range(count)))
        self.assertEqual(len(server.all("Device")), min(count, devices))
        self.assertEqual(len(server.all("Patient")), min(count, devices))

    def check_server(self, count=250, options="", **switches):
        """Writes, then writes the same again: nothing is there twice, nothing is changed."""
        self.write_readings(count)
        with FhirServer(**switches) as server:
            self.use(server.url, options)
            ended, _ = self.run_rest()
            self.assertEqual(ended["written"], count)
            self.assert_all_there(server, count)
            versions = sorted(r["meta"]["versionId"] for r in server.all("Observation"))
            again, _ = self.run_rest()
            self.assertEqual(again["merged"], count)
            self.assertEqual(versions, sorted(r["meta"]["versionId"] for r in server.all("Observation")))
            self.assert_all_there(server, count)
            return dict(server.counts)

    def test_batches(self):
        counts = self.check_server()
        self.assertGreater(counts["bundle"], 0)
        self.assertEqual(counts["single"], 0)

    def test_transactions_where_batches_are_not_taken(self):
        counts = self.check_server(bundles=("transaction",))
        self.assertGreater(counts["bundle"], 0)

    def test_single_requests_where_bundles_are_not_taken(self):
        self.assertEqual(self.check_server(count=60, bundles=())["bundle"], 0)

    def test_a_server_that_refuses_the_bundles_it_was_told_to_take(self):
        counts = self.check_server(count=60, options=", bundles: batch", bundles=())
        self.assertEqual(counts["bundle"], 0)

    def test_a_server_that_says_nothing_of_itself(self):
        self.check_server(count=40, metadata=False)

    def test_a_server_without_search_finds_by_id(self):
        counts = self.check_server(count=60, search=False)
        self.assertEqual(counts["search"], 0)

    def test_a_server_that_gives_the_ids(self):
        self.check_server(count=60, client_ids=False)

    def test_a_server_that_gives_the_ids_and_does_not_say_so(self):
        self.write_readings(30)
        with FhirServer(client_ids=False, metadata=False) as server:
            self.use(server.url)
            ended, done = self.run_rest()
            self.assertEqual(ended["written"], 30)
            self.assert_all_there(server, 30)
            self.assertIn("ids: server", done.stdout + done.stderr)

    def test_a_server_that_ignores_what_is_expected(self):
        self.check_server(count=60, if_match=False, if_none_match=False)

    def test_an_index_that_lags_hides_nothing(self):
        self.use_series()
        self.write("messages.ndjson", "".join(reading(i, 60 + i % 30) for i in range(40)))
        with FhirServer(index_delay=3600) as server:
            self.use(server.url, group="{ max_measurements: 5, max_delay: 60s }")
            self.run_rest()
            self.assertEqual(self.samples(server), {i: str(60 + i % 30) for i in range(40)})
            self.assertEqual(len(server.all("Device")), 1)

    def test_pages_are_followed(self):
        with FhirServer(page_size=1) as server:
            for id in ("a", "b"):
                server.add({"resourceType": "Device", "id": id, "identifier": [{"value": "d1"}], "patient": {"reference": "Patient/p"}})
            self.use(server.url)
            ended, _ = self.run_rest()
            self.assertEqual(ended["dead_letters"], {"identity/multiple-found": 2})

    def test_ids_with_every_sign_reach_the_server_as_they_are(self):
        odd = ["a b", "a/b", "a|b", "a+b", "a&b=c", "a,b", "a$b", "a\\b", "ä✓", "%41", "../Patient", "?x", "#y", "'\"<>", "d" * 10_000]
        self.write("messages.ndjson", "".join(reading(i, 70, name, f"p-{name}") for i, name in enumerate(odd)))
        for bundles in (("batch",), ()):
            with self.subTest(bundles=bundles), FhirServer(bundles=bundles) as server:
                self.use(server.url)
                for _ in range(2):
                    ended, _ = self.run_rest()
                    self.assertEqual(ended["dead_lettered"], 0)
                self.assertEqual(sorted(d["identifier"][0]["value"] for d in server.all("Device")), sorted(odd))
                self.assertEqual(len(server.all("Observation")), len(odd))
                self.assertEqual([a for a in server.store.asked if not ADDRESS.fullmatch(a)], [], "nothing of a device stands in an address as it is")

    def test_decimals_keep_their_digits(self):
        lines = [f'{{"device":"d1","patient":"p1","at":"2026-11-22T06:00:0{i}Z","hr":"{text}"}}\n' for i, text in enumerate(["72.50", "0.10"])]
        self.write("messages.ndjson", "".join(lines))
        seen = []
        with FhirServer() as server:
            read_json = server.handler.read_json
            server.handler.read_json = lambda self, raw: (seen.append(raw.decode()), read_json(self, raw))[1]
            self.use(server.url)
            self.run_rest()
        sent = "".join(seen)
        self.assertIn('"value":72.50', sent)
        self.assertIn('"value":0.10', sent)

    def test_a_bad_entry_fails_none_of_its_neighbours(self):
        def reject(resource):
            return 422 if resource.get("valueQuantity", {}).get("value") == 66 else 0
        self.write("messages.ndjson", "".join(reading(i, 60 + i) for i in range(12)))
        for bundles in (("batch",), ("transaction",), ()):
            with self.subTest(bundles=bundles), FhirServer(bundles=bundles, reject=reject) as server:
                self.use(server.url)
                ended, _ = self.run_rest()
                self.assertEqual((ended["written"], ended["dead_letters"]), (11, {"observation/store-rejected": 1}))
                self.assertEqual(len(server.all("Observation")), 11)

    def test_a_resource_that_makes_the_server_fail_fails_alone(self):
        def reject(resource):
            return 500 if resource.get("valueQuantity", {}).get("value") == 66 else 0
        self.write("messages.ndjson", "".join(reading(i, 60 + i) for i in range(12)))
        with FhirServer(reject=reject) as server:
            self.use(server.url)
            ended, _ = self.run_rest()
            self.assertEqual((ended["written"], ended["dead_letters"]), (11, {"observation/store-rejected": 1}))

    def test_errors_of_every_kind_become_one_sentence(self):
        for errors, said in (("outcome", "is not wanted here"), ("text", "is not wanted here"), ("html", "422")):
            with self.subTest(errors=errors), FhirServer(errors=errors, bundles=(), reject=lambda r: 422 * (r["resourceType"] == "Observation")) as server:
                self.use(server.url)
                self.run_rest()
                letters = self.aorta("deadletter", "list", "pipeline.yaml", "--each", "--format", "json").stdout
                self.assertIn("the server refuses this Observation (status 422)", letters)
                self.assertNotIn("is not wanted here", letters)
                letter = self.aorta("deadletter", "show", "pipeline.yaml", "1").stdout
                self.assertIn("the server refuses this Observation (status 422)", letter)
                self.assertIn(said, letter)
                self.assertNotIn("<html>", letter)

    def test_lookup_finds_devices_that_are_registered(self):
        with FhirServer() as server:
            server.add({"resourceType": "Patient", "id": "pat", "identifier": [{"value": "p1"}]})
            server.add({"resourceType": "Device", "id": "dev", "identifier": [{"value": "d1"}], "patient": {"reference": "Patient/pat"}})
            self.use(server.url, ", identity: { mode: lookup }")
            ended, _ = self.run_rest()
            self.assertEqual(ended["written"], 2)
            self.assertEqual({o["subject"]["reference"] for o in server.all("Observation")}, {"Patient/pat"})

    def test_an_observation_of_the_old_service_goes_on_under_its_id(self):
        """Found by its identifier under an id that is not ours."""
        with FhirServer() as server:
            self.use(server.url)
            self.run_rest()
            ours = server.all("Observation")
            with server.store.lock:
                for one in ours:
                    del server.store.versions["Observation", one["id"]]
                    server.add({**one, "id": one["id"][:20]})
            self.write("messages.ndjson", message(1, 71) + "\n" + message(2) + "\n")
            ended, _ = self.run_rest()
            self.assertEqual(ended["merged"], 2)
            first, second = sorted(ours, key=lambda o: o["effectivePeriod"]["start"])
            self.assertEqual(
                {(o["id"], o["status"]) for o in server.all("Observation")}, {(first["id"][:20], "amended"), (second["id"][:20], "final")})

    def test_the_server_comes_up_later(self):
        with socket.socket() as held:
            held.bind(("127.0.0.1", 0))
            port = held.getsockname()[1]
        self.use(f"http://127.0.0.1:{port}/fhir")
        run, log = self.start("--format", "json", say="cannot be reached")
        self.wait_for(log, "nothing is lost")
        with FhirServer(port=port) as server:
            self.assertEqual(run.wait(60), 0, log.read_text())
            self.assertEqual(len(server.all("Observation")), 2)

    def test_a_stop_waits_no_longer_than_told_for_a_server_that_is_away(self):
        self.use("http://127.0.0.1:1/fhir")
        run, log = self.start("--drain-timeout", "1s", say="nothing is lost")
        run.terminate()
        self.assertEqual(run.wait(30), 4)
        self.assertIn("cannot be reached", log.read_text())

    def test_what_is_no_fhir_server_is_named(self):
        for fault, words in (("html_200", "does not answer like a FHIR server"), ("error_200", "does not answer like a FHIR server")):
            with self.subTest(fault=fault), FhirServer() as server, FaultProxy(server.port, {fault: 1.0}, only=lambda *_: True) as proxy:
                self.use(proxy.url)
                self.start(say=words)

    def test_another_fhir_release_is_named(self):
        with FhirServer(fhir_version="3.0.2") as server:
            self.use(server.url)
            self.start(say="speaks FHIR 3.0.2, and R4 is needed")


class Configuration(RestCase):
    def refused(self, options, *words, url="https://fhir.example.org/r4"):
        self.use(url, options)
        done = self.aorta("validate", "pipeline.yaml")
        self.assertEqual(done.returncode, 1, done.stdout + done.stderr)
        for word in words:
            self.assertIn(word, done.stdout + done.stderr)

    def test_validate_checks_the_options_without_the_server(self):
        self.use("https://fhir.example.invalid/r4", ", auth: { type: bearer, token_file: token }, bundles: transaction, bundle_size: 20, timeout: 5s")
        done = self.aorta("validate", "pipeline.yaml")
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    def test_validate_warns_of_files_that_are_not_there(self):
        self.write("token", "t")
        self.use("https://fhir.example.invalid/r4", ", auth: { type: bearer, token_file: token }, tls: { ca_file: none.pem, certificate: a.pem, key: b.pem }")
        done = self.aorta("validate", "pipeline.yaml")
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        for key, name in (("ca_file", "none.pem"), ("certificate", "a.pem"), ("key", "b.pem")):
            self.assertRegex(done.stdout + done.stderr, rf"pipeline\.yaml:4:\d+: warning: stores\.local\.tls\.{key}: \S*{name} is not there")
        self.assertNotIn("auth.token_file:", done.stdout + done.stderr)

    def test_what_does_not_belong_together_is_named_with_its_place(self):
        self.refused(", path: x.db", "pipeline.yaml:4:", "stores.local.path: is for stores of type sqlite")
        self.refused(", auth: { type: basic, user: me, password: hunter2 }", "is a secret and must not stand in the file")
        self.refused(", auth: { type: basic, user: me }", "stores.local.auth.password: is missing")
        self.refused(", auth: { type: bearer }", "needs either token_file or token")
        self.refused(", auth: { type: basic, user: 'a:b', password: '${env:PATH}' }", "auth.user: has a colon")
        self.refused(", auth: { type: bearer, token_file: t, user: me }", "stores.local.auth.user: is for auth of type basic")
        self.refused(", auth: { type: oauth2, client_id: a, client_secret: '${env:PATH}', token_url: 'ftp://x' }", "stores.local.auth.token_url: expected an address")
        self.refused(", auth: { type: bearer, token_file: t }", "would send a secret unencrypted", url="http://fhir.example.org/r4")
        self.refused(", find_by: id, identity: { mode: lookup }", "finds only what this program made")
        self.refused(", find_by: id, ids: server", "finds nothing where the server gives the ids")
        self.refused(", tls: { certificate: c.pem }", "belong together")
        self.refused(", bundels: off", "did you mean \"bundles\"?")
        self.refused("", "has a user or password in it", url="https://me:secret@fhir.example.org/r4")
        self.refused("", "has a query", url="https://fhir.example.org/r4?x=1")
        self.change("pipeline.yaml", "type: rest, url: 'https://fhir.example.org/r4?x=1'", "type: sqlite")
        done = self.aorta("validate", "pipeline.yaml")
        self.assertIn("stores.local.path: is missing; write the database file", done.stdout + done.stderr)
