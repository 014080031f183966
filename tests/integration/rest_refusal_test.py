"""Servers that refuse or spoil one of many: that one fails alone, and nobody gets what is another's, or loses what is theirs."""
import collections
import json

from rest_support import FhirServer, RestCase, reading
from support import json_lines
import fhir_server  # noqa: E402, after the folder that it lies in is known

fhir_server.REASONS.update({403: "Forbidden", 410: "Gone"})


class OneOfMany(RestCase):
    def setUp(self):
        super().setUp()
        self.write("messages.ndjson", "".join(reading(i, 60 + i, device=f"d{i % 5}", patient=f"p{i % 5}") for i in range(20)))

    def spoil(self, server, name, fault, when):
        """`fault` in place of what a method of the server does, where `when` says so."""
        owner = server if hasattr(server, name) else server.store
        method = getattr(owner, name)
        setattr(owner, name, lambda kind, of, *more: fault() if when(kind, of) else method(kind, of, *more))

    def refuse(self, status):
        raise fhir_server.Refused(status, "not this one")

    def run_and_count(self, server, options=""):
        self.use(server.url, options)
        ended, _ = self.run_rest()
        return collections.Counter({k: ended[k] for k in ("written", "merged", "dead_lettered") if ended[k]})

    def assert_letters(self, reason, *words):
        """Of the newest letter; what the server said is shown with it alone."""
        letters = json_lines(self.aorta("deadletter", "export", "pipeline.yaml").stdout)
        shown = self.aorta("deadletter", "show", "pipeline.yaml", str(letters[-1]["id"])).stdout
        for word in (reason, *words):
            self.assertIn(word, shown)

    def one_write(self, status, **switches):
        with FhirServer(**switches) as server:
            refused = []

            def first_of_all(kind, of):
                if kind == "Observation" and not refused:
                    refused.append(of)
                return kind == "Observation" and of == refused[0]
            self.spoil(server, "put", lambda: self.refuse(status), first_of_all)
            self.assertEqual(self.run_and_count(server), {"written": 19, "dead_lettered": 1})
            self.assert_letters("observation/store-rejected", f"status {status}", "not this one")
            self.assertEqual(len(server.all("Observation")), 19)

    def test_a_write_that_is_refused(self):
        for status in (403, 404, 405, 410):
            for bundles in (("batch",), ("transaction",), ()):
                with self.subTest(status=status, bundles=bundles):
                    self.one_write(status, bundles=bundles)
                    (self.folder / "dead-letters.db").unlink()

    def test_a_write_that_is_refused_where_the_server_does_not_say_who_gives_ids(self):
        self.one_write(404, metadata=False, bundles=())
        (self.folder / "dead-letters.db").unlink()
        self.one_write(410, metadata=False, bundles=())

    def test_a_write_that_a_gateway_forbids_with_the_whole_bundle_around_it(self):
        for bundles in ("batch", "transaction"):
            for reading_number in (0, 7, 19):
                with self.subTest(bundles=bundles, reading=reading_number), FhirServer(bundles=(bundles,)) as server:
                    bad = f'"value":{60 + reading_number},'
                    run_bundle, put = server.run_bundle, server.store.put

                    def forbid(json_text):
                        if bad in json_text.replace(" ", ""):
                            self.refuse(403)
                    server.run_bundle = lambda bundle: (forbid(json.dumps(bundle)), run_bundle(bundle))[1]
                    server.store.put = lambda kind, id, resource, *more: (forbid(json.dumps(resource)), put(kind, id, resource, *more))[1]
                    self.assertEqual(self.run_and_count(server), {"written": 19, "dead_lettered": 1})
                    self.assert_letters("observation/store-rejected", "status 403")
                    (self.folder / "dead-letters.db").unlink()

    def test_a_server_that_answers_entries_in_another_order(self):
        for turn in (lambda entries: entries[::-1], lambda entries: entries[1:] + entries[:1]):
            for only_writes in (False, True):
                with self.subTest(only_writes=only_writes), FhirServer(bundles=("batch",)) as server:
                    run_bundle = server.run_bundle

                    def turned(bundle):
                        answer = run_bundle(bundle)
                        writes = bundle["entry"][0]["request"]["method"] != "GET"
                        return answer | ({"entry": turn(answer["entry"])} if writes or not only_writes else {})
                    server.run_bundle = turned
                    self.assertEqual(self.run_and_count(server), {"written": 20})
                    self.assertEqual(self.run_and_count(server), {"merged": 20})
                    self.assertEqual((len(server.all("Device")), len(server.all("Patient")), len(server.all("Observation"))), (5, 5, 20))
                    values = {o["valueQuantity"]["value"]: o["device"]["reference"] for o in server.all("Observation")}
                    devices = {f"Device/{d['id']}": d["identifier"][0]["value"] for d in server.all("Device")}
                    self.assertEqual({v: devices[d] for v, d in values.items()}, {60 + i: f"d{i % 5}" for i in range(20)})
                    self.assertEqual(len(server.store.versions), 30)

    def test_a_search_that_fails(self):
        outcome = fhir_server.outcome("no idea")
        for name, fault in (("search", lambda: self.refuse(500)), ("page", lambda: outcome)):
            with self.subTest(name), FhirServer() as server:
                self.spoil(server, name, fault, lambda kind, query: kind == "Device" and query.endswith("d3"))
                self.assertEqual(self.run_and_count(server), {"written": 16, "dead_lettered": 4})
                self.assert_letters("identity/store-rejected", "for this one alone")

    def test_a_search_that_is_forbidden(self):
        with FhirServer() as server:
            self.spoil(server, "search", lambda: self.refuse(403), lambda kind, query: kind == "Patient" and query.endswith("p3"))
            self.assertEqual(self.run_and_count(server), {"written": 16, "dead_lettered": 4})

    def test_all_that_is_forbidden_waits_for_our_rights(self):
        with FhirServer() as server:
            self.spoil(server, "put", lambda: self.refuse(403), lambda kind, id: kind == "Observation")
            self.use(server.url)
            self.start(say="refuses us (status 403)")
            self.assertEqual(server.all("Observation"), [])
            self.assertIn("No dead letters", self.aorta("deadletter", "list", "pipeline.yaml").stdout)

    def test_a_server_that_forbids_all_is_asked_little(self):
        self.write("messages.ndjson", "".join(reading(i, 60, device=f"d{i}") for i in range(60)))
        with FhirServer(bundles=("batch",)) as server:
            asked = []
            server.run_bundle = server.interact = lambda *request: (asked.append(request), self.refuse(403))
            self.use(server.url)
            self.start(say="refuses us (status 403)")
            self.assertLess(len(asked), 20)

    def test_a_server_that_forbids_bundles_only_is_asked_one_by_one(self):
        with FhirServer(bundles=("batch",)) as server:
            server.run_bundle = lambda bundle: self.refuse(403)
            self.assertEqual(self.run_and_count(server), {"written": 20})

    def test_a_next_page_somewhere_else(self):
        with FhirServer() as server:
            page = server.page
            server.page = lambda kind, query: {
                **page(kind, query), **({"link": [{"relation": "next", "url": "http://127.0.0.1:1/x"}]} if query.endswith("d3") else {})}
            self.assertEqual(self.run_and_count(server), {"written": 16, "dead_lettered": 4})
            self.assert_letters("identity/store-rejected", "names another server for the next page")

    def test_a_server_that_does_not_know_what_is_searched_for_gives_nobody_anothers_device(self):
        with FhirServer() as server:
            server.add({"resourceType": "Device", "id": "x", "identifier": [{"value": "d77"}], "patient": {"reference": "Patient/x"}})
            server.add({"resourceType": "Patient", "id": "x", "identifier": [{"value": "p77"}]})
            server.page = lambda kind, query: {
                "resourceType": "Bundle", "type": "searchset", "entry": [{"resource": one} for one in server.all(kind)[:1]]}
            self.assertEqual(self.run_and_count(server), {"written": 20})
            subjects = {o["subject"]["reference"] for o in server.all("Observation")}
            self.assertEqual(len(subjects), 5)
            self.assertNotIn("Patient/x", subjects)

    def test_a_server_that_heeds_no_case_is_believed(self):
        with FhirServer() as server:
            device = server.add({"resourceType": "Device", "id": "x", "identifier": [{"value": "D3"}], "patient": {"reference": "Patient/y"}})
            page = server.page
            server.page = lambda kind, query: {
                "resourceType": "Bundle", "entry": [{"resource": device}]} if query.endswith("d3") and kind == "Device" else page(kind, query)
            self.assertEqual(self.run_and_count(server), {"written": 20})
            self.assertEqual(sum(o["device"]["reference"] == "Device/x" for o in server.all("Observation")), 4)

    def test_ids_with_a_bar_are_found_again_where_the_server_gives_ids(self):
        self.write("messages.ndjson", "".join(reading(i, 60, device=d, patient="P" + d) for i, d in enumerate(["a|b", "|b", "b|", "a|b|c"])))
        with FhirServer(client_ids=False) as server:
            self.assertEqual(self.run_and_count(server), {"written": 4})
            self.assertEqual(self.run_and_count(server), {"merged": 4})
            self.assertEqual((len(server.all("Device")), len(server.all("Patient")), len(server.all("Observation"))), (4, 4, 4))


class SameMoment(RestCase):
    """Somebody else makes the Observation after we looked, before our PUT comes: on a server that ignores If-None-Match."""

    def meet(self, server, ours, theirs):
        """`theirs`: what their first sample is, of the same hour."""
        put = server.store.put

        def late(kind, id, resource, if_match, if_none_match):
            if kind == "Observation" and server.store.current(kind, id) is None:
                other = json.loads(json.dumps(resource))
                slots = other["valueSampledData"]["data"].split(" ")
                other["valueSampledData"]["data"] = " ".join([theirs, *["E"] * (len(slots) - 1)])
                server.store.write(kind, id, other)
            return put(kind, id, resource, if_match, if_none_match)
        server.store.put = late
        self.use_series()
        self.write("messages.ndjson", "".join(reading(second, hr) for second, hr in ours))
        self.use(server.url)
        ended, _ = self.run_rest()
        [stored] = server.all("Observation")
        return ended, stored["valueSampledData"]["data"].split(" ")[:4]

    def test_both_are_kept(self):
        for bundles in (("batch",), ("transaction",), ()):
            with self.subTest(bundles), FhirServer(if_none_match=False, bundles=bundles) as server:
                ended, samples = self.meet(server, [(1, 61), (2, 62)], theirs="60")
                self.assertEqual(samples, ["60", "61", "62", "E"])
                self.assertEqual((ended["merged"], ended["dead_lettered"]), (2, 0))

    def test_a_server_that_keeps_no_versions_takes_what_it_takes(self):
        with FhirServer(if_none_match=False) as server:
            server.store.read_version = lambda *_: (_ for _ in ()).throw(fhir_server.Refused(404, "no history here"))
            ended, samples = self.meet(server, [(1, 61)], theirs="60")
            self.assertEqual((samples[1], ended["dead_lettered"]), ("61", 0))

    def test_our_own_words_from_somebody_else_are_no_conflict(self):
        with FhirServer(if_none_match=False) as server:
            ended, samples = self.meet(server, [(0, 60)], theirs="60")
            self.assertEqual((samples, ended["written"]), (["60", "E", "E", "E"], 1))
