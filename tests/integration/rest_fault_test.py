"""The store `rest` when the server and the way to it misbehave: every reading arrives, and arrives once."""
import collections
import json
import time

from rest_support import FaultProxy, FhirServer, RestCase, reading

COUNT = 300
GROUP = "{ max_measurements: 30, max_delay: 60s }"


class Faults(RestCase):
    def carry(self, rates, count=COUNT, options="", group=GROUP, seed=1, server_options=None, **proxy_options):
        """One run through the proxy; gives its summary once every reading is there exactly once."""
        self.write("messages.ndjson", "".join(reading(i, 60 + i % 40, f"d{i % 5}", f"p{i % 5}") for i in range(count)))
        with FhirServer(**(server_options or {})) as server, FaultProxy(server.port, rates, seed=seed, **proxy_options) as proxy:
            self.use(proxy.url, options, group=group)
            ended, done = self.run_rest()
            there = self.values(server)
            expected = collections.Counter(60 + i % 40 for i in range(count))
            lost = sum((expected - collections.Counter(there.values())).values())
            twice = len(server.all("Observation")) - count + lost
            print(f"\n  {self.id().split('.')[-1]}: requests {proxy.requests}, faults {sum(proxy.faults.values())} {dict(proxy.faults)}, lost {lost}, duplicates {twice}", end="")
            self.assertEqual((lost, twice), (0, 0))
            self.assertEqual(ended["written"] + ended["merged"], count)
            self.assertEqual((len(server.all("Device")), len(server.all("Patient"))), (5, 5))
            self.assertGreater(sum(proxy.faults.values()), 0, "nothing was tested")
            self.versions = [r["meta"]["versionId"] for r in server.all("Observation")]
            return proxy, ended, done

    def test_applied_and_not_answered(self):
        proxy, ended, _ = self.carry({"reset_after": 0.2})
        self.assertEqual(set(self.versions), {"1"}, "a write that was looked up is not written again")
        self.assertEqual(ended["written"], COUNT)

    def test_applied_and_not_answered_singly(self):
        self.carry({"reset_after": 0.2}, count=100, options=", bundles: off")
        self.assertEqual(set(self.versions), {"1"})

    def test_what_was_sent_once_is_not_sent_again_unasked(self):
        """Nothing but the client keeps this server from taking a write twice."""
        for options in ("", ", bundles: off"):
            with self.subTest(options):
                self.carry({"reset_after": 0.2}, count=100, options=options, server_options={"if_none_match": False}, seed=2)
                self.assertEqual(set(self.versions), {"1"})

    def test_throttled_in_every_way(self):
        proxy, _, _ = self.carry({"429_seconds": 0.05, "429_date": 0.05, "429_ms": 0.1, "503_seconds": 0.05, "503_date": 0.05, "503_bare": 0.1})
        for when, wait in proxy.answered_429:
            early = [t for t in proxy.times if when + 0.001 < t < when + wait - 0.05]
            self.assertEqual(early, [], "sent before the time that the server asked for")

    def test_resets_and_half_answers(self):
        self.carry({"reset_before": 0.1, "reset_after": 0.1, "half_after": 0.1})

    def test_answers_that_are_none(self):
        self.carry({"garbage_after": 0.08, "html_200": 0.08, "html_502": 0.08, "error_200": 0.08, "500": 0.08})

    def test_bundles_with_missing_entries(self):
        self.carry({"missing_entries_after": 0.3})
        self.assertEqual(set(self.versions), {"1"})

    def test_conflicts_that_are_none(self):
        self.carry({"409": 0.15, "412": 0.15})

    def test_answers_without_end(self):
        self.carry({"endless_after": 0.05}, options=", max_response: 1MiB")

    def recover_from(self, fault, outage=0):
        """The server gives such answers until it is mended, `outage` seconds after that was told: everything waits, goes on within ten seconds, and
        nothing is there twice afterwards."""
        self.write("messages.ndjson", "".join(reading(i, 60 + i % 40) for i in range(20)))
        with FhirServer() as server, FaultProxy(server.port, {fault: 1.0}) as proxy:
            self.use(proxy.url, ", max_response: 1MiB")
            run, log = self.start(say="nothing is lost")
            self.assertIn(proxy.url, log.read_text())
            self.assertNotIn("<html>", log.read_text())
            time.sleep(outage)
            self.assertNotIn("asks for a pause", log.read_text())
            proxy.rates = {}
            self.assertEqual(run.wait(10), 0, log.read_text())
            self.assertEqual(sorted(self.values(server).values()), sorted(60 + i % 40 for i in range(20)))
            self.assertEqual({r["meta"]["versionId"] for r in server.all("Observation")}, {"1"})

    def test_garbage_until_it_is_mended(self):
        self.recover_from("garbage_after")

    def test_html_until_it_is_mended(self):
        self.recover_from("html_200")

    def test_errors_in_good_answers_until_it_is_mended(self):
        self.recover_from("error_200")

    def test_endless_answers_until_it_is_mended(self):
        self.recover_from("endless_after")

    def test_half_answers_until_it_is_mended(self):
        self.recover_from("half_after", outage=15)

    def test_no_answers_until_it_is_mended(self):
        self.recover_from("reset_after")

    def test_slow_answers(self):
        self.carry({"slow_after": 0.1}, options=", timeout: 500ms", slow=1.0, count=120)

    def test_everything_at_once(self):
        rates = dict.fromkeys(("429_ms", "503_bare", "409", "412", "500", "reset_before", "half_after", "garbage_after", "html_502", "error_200",
                               "missing_entries_after"), 0.03)
        proxy, _, _ = self.carry({**rates, "reset_after": 0.2}, seed=3)
        self.assertGreater(sum(proxy.faults.values()), proxy.requests / 4)

    def test_everything_at_once_where_the_server_takes_transactions(self):
        rates = dict.fromkeys(("429_ms", "409", "412", "500", "reset_before", "half_after", "garbage_after"), 0.03)
        self.carry({**rates, "reset_after": 0.1}, seed=4, count=100, server_options={"bundles": ("transaction",)})

    def test_a_process_that_dies_half_way(self):
        """Killed again and again, run again: nothing is lost, nothing is there twice."""
        self.write("messages.ndjson", "".join(reading(i, 60 + i % 40, f"d{i % 5}", f"p{i % 5}") for i in range(COUNT)))
        with FhirServer() as server, FaultProxy(server.port, {"slow_after": 0.5}, slow=0.05) as proxy:
            self.use(proxy.url, group="{ max_measurements: 10, max_delay: 60s }")
            for pause in (0.2, 0.35, 0.5):
                run, _ = self.start()
                time.sleep(pause)
                run.kill()
                run.wait()
            self.run_rest()
            self.assertEqual(sorted(self.values(server).values()), sorted(60 + i % 40 for i in range(COUNT)))
            self.assertEqual({r["meta"]["versionId"] for r in server.all("Observation")}, {"1"})

    def test_redirects_to_somebody_else_are_not_followed(self):
        with FhirServer() as server, FhirServer() as other:
            seen = []
            other.switches.authorize = lambda header: seen.append(header) or True
            server.handler.answer = lambda self, *_: self.send(307, b"", [("Location", other.url + self.path.removeprefix("/fhir"))])
            self.use(server.url)
            self.start(say="same origin only")
            self.assertEqual((seen, sum(other.counts.values())), ([], 0))


class Races(RestCase):
    """Several runs write into the same Observation; every sample survives."""

    WRITERS = 6
    SAMPLES = 30  # of each

    def prepare(self, writer, url=None):
        name = f"w{writer}"
        (self.folder / name).mkdir()
        lines = "".join(reading(writer + self.WRITERS * k, 60 + writer) for k in range(self.SAMPLES))
        self.write(f"{name}/messages.ndjson", lines)
        group = "{ max_measurements: 2, max_delay: 60s }"
        if url:
            self.use(url, group=group, name=f"{name}/pipeline.yaml")
        else:
            self.write(f"{name}/pipeline.yaml", self.pipeline().replace("store.db", "../store.db").replace("sinks:\n", f"group: {group}\nsinks:\n", 1))
        for file in ("device.json", "fhir.json"):
            self.write(f"{name}/{file}", (self.folder / file).read_text())
        return self.folder / name

    def pipeline(self):
        return (self.folder / "pipeline.yaml").read_text()

    def run_all(self, folders):
        """What each of these runs said, and how it ended."""
        runs = [self.start("--format", "json", folder=folder) for folder in folders]
        return [(log, run.wait(timeout=110)) for run, log in runs]

    def expected(self):
        return {w + self.WRITERS * k: str(60 + w) for w in range(self.WRITERS) for k in range(self.SAMPLES)}

    def race(self, server, url):
        self.use_series()
        folders = [self.prepare(w, url) for w in range(self.WRITERS)]
        done = self.run_all(folders)
        said = [log.read_text() for log, _ in done]
        self.assertEqual([code for _, code in done], [0] * self.WRITERS, said)
        ended = [json.loads(text.splitlines()[-1]) for text in said]
        self.assertEqual([e["dead_lettered"] for e in ended], [0] * self.WRITERS, said)
        self.assertEqual(self.samples(server), self.expected())
        (observation,) = server.all("Observation")
        print(f"\n  {self.id().split('.')[-1]}: {self.WRITERS} writers, {self.WRITERS * self.SAMPLES} samples, {observation['meta']['versionId']} versions, "
              f"{server.counts['conflict']} conflicts, lost 0", end="")
        self.assertGreater(server.counts["conflict"], 0, "nobody met anybody")

    def test_many_writers_on_a_server(self):
        with FhirServer() as server:
            self.race(server, server.url)

    def test_many_writers_on_a_server_that_does_not_answer_each(self):
        with FhirServer() as server, FaultProxy(server.port, {"reset_after": 0.2}) as proxy:
            self.race(server, proxy.url)

    def test_many_writers_on_a_server_whose_index_lags(self):
        with FhirServer(index_delay=3600) as server:
            self.race(server, server.url)

    def test_many_writers_on_an_embedded_store(self):
        """One run has the file at a time; the others are refused and come again."""
        self.use_series()
        waiting = [self.prepare(w) for w in range(self.WRITERS)]
        refused = 0
        deadline = time.monotonic() + 100
        while waiting and time.monotonic() < deadline:
            done = self.run_all(waiting)
            for log, code in done:
                self.assertIn(code, (0, 4), log.read_text())
                self.assertTrue(code == 0 or "store" in log.read_text(), log.read_text())
            waiting = [log.parent for log, code in done if code == 4]
            refused += len(waiting)
        self.assertEqual(waiting, [])
        (observation,) = self.stored()
        data = observation["valueSampledData"]["data"].split(" ")
        self.assertEqual({i: text for i, text in enumerate(data) if text not in ("E", "")}, self.expected())
        print(f"\n  {self.id().split('.')[-1]}: {self.WRITERS} writers, {self.WRITERS * self.SAMPLES} samples, refused {refused} times, lost 0", end="")
