"""Programs of others that tests run against, for Node.js: a FHIR R4 router, and validators. `./dev test` installs them where it can."""
import json
import shutil
import signal
import subprocess
import unittest
import urllib.request

from support import SOURCE, json_lines

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


def findings(resources, profile=None):
    """For each resource what the validators find wrong: a list of {by, text}."""
    return findings_by_profile([(resource, profile) for resource in resources])


def findings_by_profile(asked):
    """The same for pairs of a resource and the name of a profile. The validators take seconds to start: ask for all at once."""
    lines = "".join(json.dumps({"resource": resource, "profile": profile}) + "\n" for resource, profile in asked)
    done = subprocess.run(["node", str(PEERS / "validate.mjs")], input=lines, capture_output=True, text=True, timeout=350)
    if done.returncode != 0:
        raise AssertionError(f"the validators cannot run: {done.stderr[-500:]}")
    return json_lines(done.stdout)


class FhirRouter:
    """Runs while the `with` block does. `keep`: a file whose resources are there again at the next start."""

    def __init__(self, bundles=("batch", "transaction"), port=0, keep=None):
        self.command = ["node", str(PEERS / "fhir_router.mjs"), "--port", str(port), "--bundles", ",".join(bundles)]
        if keep:
            self.command += ["--keep", str(keep)]

    def __enter__(self):
        self.process = subprocess.Popen(self.command, stdout=subprocess.PIPE, stdin=subprocess.DEVNULL, text=True)
        self.url = self.process.stdout.readline().strip()
        if not self.url:
            raise AssertionError("the router did not start")
        self.port = int(self.url.split(":")[2].split("/")[0])
        return self

    def __exit__(self, *_):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(30)
        self.process.stdout.close()

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
