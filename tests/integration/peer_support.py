"""Programs of others that tests run against, for Node.js: a FHIR R4 router, and validators. `./dev test` installs them where it can."""
import atexit
import functools
import json
import shutil
import subprocess
import threading
import unittest
import urllib.request

from support import SOURCE

PEERS = SOURCE / "tests/peers"


def missing():
    """Why they cannot run here; None: they can."""
    if not shutil.which("node"):
        return "Node.js is not there"
    version = subprocess.run(["node", "--version"], capture_output=True, text=True).stdout
    if int(version.strip().lstrip("v").split(".")[0] or 0) < 18:
        return f"Node.js {version.strip()} is older than 18"
    if not (PEERS / "node_modules/.package-lock.json").exists():
        return "the packages of tests/peers are not installed: npm ci --prefix tests/peers"
    return None


needs_peers = unittest.skipIf(missing(), missing())


class Peer:
    """A program of tests/peers that answers each line with a line. It takes seconds to start: one serves all tests of this process."""

    def __init__(self, program):
        self.process = subprocess.Popen(["node", str(PEERS / program)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        atexit.register(self.end)

    def ask(self, lines):
        writer = threading.Thread(target=self.write, args=("".join(line + "\n" for line in lines),), daemon=True)
        writer.start()
        answers = [self.process.stdout.readline().rstrip("\n") for _ in lines]
        if not all(answers):
            raise AssertionError(f"{self.process.args[1]} ended with {self.process.wait(10)}")
        return answers

    def write(self, text):
        self.process.stdin.write(text)
        self.process.stdin.flush()

    def end(self):
        self.process.stdin.close()
        self.process.wait(30)
        self.process.stdout.close()


peer = functools.cache(Peer)


def findings(resources, profile=None):
    """For each resource what the validators find wrong: a list of {by, text}."""
    return findings_by_profile([(resource, profile) for resource in resources])


def findings_by_profile(asked):
    """The same for pairs of a resource and the name of a profile."""
    return [json.loads(found) for found in peer("validate.mjs").ask([json.dumps({"resource": resource, "profile": profile}) for resource, profile in asked])]


class FhirRouter:
    """Runs while the `with` block does. `keep`: a file whose resources are there again when it runs anew."""

    def __init__(self, bundles=("batch", "transaction"), port=0, keep=None):
        self.wish = {"bundles": bundles, "port": port, "keep": keep and str(keep)}

    def __enter__(self):
        self.url = self.tell(open=self.wish)
        self.port = int(self.url.split(":")[2].split("/")[0])
        return self

    def __exit__(self, *_):
        self.tell(close=self.url)

    @staticmethod
    def tell(**wish):
        (answer,) = peer("fhir_router.mjs").ask([json.dumps(wish)])
        return answer

    def all(self, kind):
        return [entry["resource"] for entry in self.get(f"{kind}?_count=100000").get("entry", [])]

    def versions(self, resource):
        """How often it was written."""
        return len(self.get(f"{resource['resourceType']}/{resource['id']}/_history")["entry"])

    def get(self, path):
        with self.ask("GET", path) as answer:
            return json.load(answer)

    def put(self, resource):
        self.ask("PUT", f"{resource['resourceType']}/{resource['id']}", resource).close()

    def ask(self, method, path, resource=None):
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        data = json.dumps(resource).encode() if resource else None
        request = urllib.request.Request(f"{self.url}/{path}", data, {"Content-Type": "application/fhir+json"}, method=method)
        return opener.open(request, timeout=30)
