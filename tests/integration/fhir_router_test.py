"""The store `rest` against a FHIR router that others wrote: what it takes is what R4 asks for, and faults lose and double nothing there either."""
import collections
import socket
import time

from peer_support import FhirRouter, needs_peers
from rest_support import FaultProxy, RestCase, reading

COUNT = 200
WRITERS = 3
GROUP = "{ max_measurements: 40, max_delay: 60s }"


class RouterCase(RestCase):
    def write_readings(self, count=COUNT, step=0):
        self.write("messages.ndjson", "".join(reading(i, 60 + step + i % 40, f"d{i % 5}", f"p{i % 5}") for i in range(count)))

    def lost_and_double(self, router, count):
        expected = collections.Counter(60 + i % 40 for i in range(count))
        there = self.values(router)
        lost = sum((expected - collections.Counter(there.values())).values())
        return lost, len(there) - count + lost

    def assert_all_there(self, router, count=COUNT):
        self.assertEqual(self.lost_and_double(router, count), (0, 0))
        self.assertEqual((len(router.all("Device")), len(router.all("Patient"))), (5, 5))


@needs_peers
class Router(RouterCase):
    def check(self, options="", bundles=("batch",), count=COUNT):
        """Writes, writes the same again, then other values: created, left alone, amended."""
        self.write_readings(count)
        with FhirRouter(bundles) as router:
            self.use(router.url, options, group=GROUP)
            ended, _ = self.run_rest()
            self.assertEqual((ended["written"], ended["dead_lettered"]), (count, 0))
            self.assert_all_there(router, count)
            ended, _ = self.run_rest()
            self.assertEqual(ended["merged"], count)
            self.assertEqual({router.versions(o) for o in router.all("Observation")[:5]}, {1})
            self.write_readings(count, step=100)
            ended, _ = self.run_rest()
            self.assertEqual((ended["merged"], ended["dead_lettered"]), (count, 0))
            after = router.all("Observation")
            self.assertEqual({o["status"] for o in after}, {"amended"})
            self.assertEqual(collections.Counter(self.values(router).values()), collections.Counter(160 + i % 40 for i in range(count)))
            self.assertEqual({router.versions(o) for o in after[:5]}, {2})

    def test_batches(self):
        self.check()

    def test_transactions(self):
        self.check(bundles=("transaction",))

    def test_single_requests(self):
        self.check(bundles=(), count=60)

    def test_conditional_creates_where_the_server_gives_the_ids(self):
        self.check(", ids: server")

    def test_conditional_creates_in_transactions(self):
        self.check(", ids: server", bundles=("transaction",), count=60)

    def test_conditional_creates_one_by_one(self):
        self.check(", ids: server", bundles=(), count=60)

    def test_found_by_id_alone(self):
        self.check(", find_by: id", count=60)

    def test_what_it_refuses_fails_alone(self):
        """A control character in a text is no valid R4."""
        self.change("fhir.json", '"valueType": "Quantity"', '"valueType": "String"')
        self.write("messages.ndjson", "".join(reading(i, "bell\7" if i == 5 else "calm") for i in range(12)))
        for bundles in (("batch",), ("transaction",), ()):
            with self.subTest(bundles=bundles), FhirRouter(bundles) as router:
                self.use(router.url)
                ended, _ = self.run_rest()
                self.assertEqual((ended["written"], ended["dead_letters"]), (11, {"observation/store-rejected": 1}))
                self.assertEqual([o["valueString"] for o in router.all("Observation")], ["calm"] * 11)

    def test_ids_with_every_sign_are_found_again(self):
        odd = ["a b", "a/b", "a|b", "a+b", "a&b=c", "a,b", "a$b", "a\\b", "ä✓", "%41", "../Patient", "?x", "#y", "'\"<>", "d" * 10_000]
        self.write("messages.ndjson", "".join(reading(i, 70, name, f"p-{name}") for i, name in enumerate(odd)))
        with FhirRouter() as router:
            self.use(router.url)
            self.run_rest()
            ended, _ = self.run_rest()
            self.assertEqual(ended["merged"], len(odd))
            self.assertEqual(sorted(d["identifier"][0]["value"] for d in router.all("Device")), sorted(odd))

    def test_it_goes_down_and_comes_back_while_a_run_waits(self):
        with socket.socket() as held:
            held.bind(("127.0.0.1", 0))
            port = held.getsockname()[1]
        self.write_readings(1500)
        kept = self.folder / "router.json"
        self.use(f"http://127.0.0.1:{port}/fhir", group="{ max_measurements: 20, max_delay: 60s }")
        with FhirRouter(port=port, keep=kept) as router:
            run, log = self.start("--format", "json")
            self.wait_until(lambda: router.all("Observation"))
        self.wait_for(log, "cannot be reached")
        self.assertIsNone(run.poll())
        with FhirRouter(port=port, keep=kept) as router:
            self.assertEqual(run.wait(100), 0, log.read_text())
            self.assert_all_there(router, 1500)


@needs_peers
class RouterFaults(RouterCase):
    def carry(self, rates, count=COUNT, bundles=("batch",), seed=1, options="", **proxy_options):
        self.write_readings(count)
        with FhirRouter(bundles) as router, FaultProxy(router.port, rates, seed=seed, **proxy_options) as proxy:
            self.use(proxy.url, options, group="{ max_measurements: 20, max_delay: 60s }")
            ended, _ = self.run_rest()
            lost, double = self.lost_and_double(router, count)
            print(f"\n  {self.id().split('.')[-1]}: requests {proxy.requests}, faults {sum(proxy.faults.values())} {dict(proxy.faults)}, "
                  f"lost {lost}, duplicates {double}", end="")
            self.assertEqual((lost, double), (0, 0))
            self.assert_all_there(router, count)
            self.assertEqual(ended["written"] + ended["merged"], count)
            self.assertGreater(sum(proxy.faults.values()), 0, "nothing was tested")
            return {router.versions(o) for o in router.all("Observation")}

    def test_applied_and_not_answered(self):
        self.assertEqual(self.carry({"reset_after": 0.2}), {1}, "a write that was looked up is not written again")

    def test_throttled(self):
        self.assertEqual(self.carry({"429_ms": 0.1, "503_bare": 0.1, "429_seconds": 0.02, "503_date": 0.02}), {1})

    def test_runs_that_are_killed_half_way(self):
        self.write_readings()
        with FhirRouter() as router, FaultProxy(router.port, {"slow_after": 0.5}, slow=0.05) as proxy:
            self.use(proxy.url, group="{ max_measurements: 10, max_delay: 60s }")
            for pause in (0.3, 0.6):
                run, _ = self.start()
                time.sleep(pause)
                run.kill()
                run.wait()
            self.run_rest()
            self.assert_all_there(router)
            self.assertEqual({router.versions(o) for o in router.all("Observation")}, {1})

    def test_everything_at_once(self):
        rates = dict.fromkeys(
            ("429_ms", "503_bare", "409", "412", "500", "reset_before", "half_after", "garbage_after", "html_200", "html_502", "error_200",
             "missing_entries_after", "slow_after"), 0.03)
        self.carry({**rates, "reset_after": 0.2}, slow=0.2)

    def test_everything_at_once_in_transactions(self):
        rates = dict.fromkeys(("429_ms", "409", "412", "500", "reset_before", "half_after", "garbage_after", "slow_after"), 0.03)
        self.carry({**rates, "reset_after": 0.1}, bundles=("transaction",), seed=4, count=100, slow=0.2)

    def test_everything_at_once_singly(self):
        rates = dict.fromkeys(("429_ms", "409", "412", "500", "reset_before", "half_after", "garbage_after", "html_200", "error_200"), 0.02)
        self.carry({**rates, "reset_after": 0.1}, bundles=(), seed=5, count=80)


@needs_peers
class RouterRaces(RouterCase):
    def test_runs_at_once_on_one_observation(self):
        """Who finds another version than it read merges again: each sample survives."""
        self.use_series()
        with FhirRouter() as router:
            self.write("messages.ndjson", reading(3599, 99))
            self.use(router.url)
            self.run_rest()
            runs = [self.start("--format", "json", folder=self.prepare(writer, router.url)) for writer in range(WRITERS)]
            self.assertEqual([run.wait(110) for run, _ in runs], [0] * WRITERS, [log.read_text() for _, log in runs])
            expected = {w + WRITERS * k: str(60 + w) for w in range(WRITERS) for k in range(30)}
            self.assertEqual(self.samples(router), {**expected, 3599: "99"})
            (observation,) = router.all("Observation")
            print(f"\n  {self.id().split('.')[-1]}: {WRITERS} writers, {len(expected)} samples, {router.versions(observation)} versions, lost 0", end="")

    def prepare(self, writer, url):
        folder = self.folder / f"w{writer}"
        folder.mkdir()
        self.write(f"{folder.name}/messages.ndjson", "".join(reading(writer + WRITERS * k, 60 + writer) for k in range(30)))
        self.use(url, group="{ max_measurements: 2, max_delay: 60s }", name=f"{folder.name}/pipeline.yaml")
        for file in ("device.json", "fhir.json"):
            self.write(f"{folder.name}/{file}", (self.folder / file).read_text())
        return folder
