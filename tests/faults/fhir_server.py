"""A small, strict FHIR R4 server in memory, with switches for what servers do differently. Standard library only.

    with FhirServer(bundles=("batch",)) as server:
        ... server.url ...
        server.all("Observation")
"""
import copy
import dataclasses
import gzip
import json
import re
import threading
import time
import urllib.parse
import uuid

from loopback import Handler, Loopback

ID = re.compile(r"[A-Za-z0-9\-.]{1,64}")
TYPES = ("Observation", "Device", "Patient", "Encounter", "DeviceMetric", "DiagnosticReport", "RiskAssessment", "Flag")
REQUIRED = {"DeviceMetric": ("type", "category"), "DiagnosticReport": ("status", "code"), "RiskAssessment": ("status", "subject"),
            "Flag": ("status", "code", "subject")}
STATUSES = {"DiagnosticReport": ("preliminary", "final", "amended"), "RiskAssessment": ("preliminary", "final", "amended"),
            "Flag": ("active", "inactive")}
REASONS = {200: "OK", 201: "Created", 400: "Bad Request", 401: "Unauthorized", 404: "Not Found", 405: "Method Not Allowed", 409: "Conflict",
           412: "Precondition Failed", 413: "Content Too Large", 415: "Unsupported Media Type", 422: "Unprocessable Content",
           500: "Internal Server Error"}


@dataclasses.dataclass
class Switches:
    bundles: tuple = ("batch", "transaction")  # as the CapabilityStatement says and the server does
    metadata: bool = True
    if_match: bool = True  # False: takes any write, whatever was expected
    if_none_match: bool = True
    client_ids: bool = True  # False: PUT to an id that is not there is refused
    search: bool = True
    if_none_exist: bool = True
    index_delay: float = 0.0  # seconds until a search finds what was written
    page_size: int = 1000
    errors: str = "outcome"  # outcome, text or html
    authorize: object = None  # a function of the Authorization header; falsy: 401
    reject: object = None  # a function of a resource; a status, or 0: it is taken
    fhir_version: str = "4.0.1"
    gzip: bool = False  # answers those compressed who take it


class Refused(Exception):
    def __init__(self, status, text):
        super().__init__(text)
        self.status, self.text = status, text


class Store:
    """Versions of resources; every write goes through put()."""

    def __init__(self, switches):
        self.switches = switches
        self.lock = threading.RLock()
        self.versions = {}  # (type, id): list of resources, the newest last
        self.taken = []  # all that clients wrote, Bundles too
        self.asked = []  # addresses, as clients spelled them
        self.by_value = {}  # (type, value of an identifier): keys of versions that carry it, or did
        self.seen_at = {}  # (type, id): when a search begins to find it
        self.counts = {"create": 0, "update": 0, "read": 0, "search": 0, "bundle": 0, "conflict": 0, "single": 0, "compressed": 0}

    def current(self, kind, id):
        found = self.versions.get((kind, id))
        return found[-1] if found else None

    def check(self, kind, resource):
        if not isinstance(resource, dict) or resource.get("resourceType") != kind:
            raise Refused(400, f"the body is no {kind}")
        if kind == "Observation":
            if resource.get("status") not in ("final", "amended") or "code" not in resource:
                raise Refused(422, "Observation.status and code are required")
            periods = resource.get("effectivePeriod")
            if periods is not None and not periods.get("start", "").endswith("Z"):
                raise Refused(422, "effectivePeriod.start is no dateTime")
        if any(name not in resource for name in REQUIRED.get(kind, ())):
            raise Refused(422, f"{kind} needs {' and '.join(REQUIRED[kind])}")
        if kind in STATUSES and resource["status"] not in STATUSES[kind]:
            raise Refused(422, f"{kind}.status is none of its codes")
        if self.switches.reject and (status := self.switches.reject(resource)):
            raise Refused(status, f"this {kind} is not wanted here")

    def put(self, kind, id, resource, if_match, if_none_match):
        with self.lock:
            if not ID.fullmatch(id):
                raise Refused(400, "the id is not valid")
            self.check(kind, resource)
            if resource.get("id") != id:
                raise Refused(400, "the id in the body is not that of the address")
            there = self.current(kind, id)
            if self.switches.if_match and if_match is not None:
                if not re.fullmatch(r'W/"[^"]+"', if_match):
                    raise Refused(400, "If-Match is no ETag")
                if there is None or if_match != etag(there):
                    self.counts["conflict"] += 1
                    raise Refused(412, "another version is stored")
            if self.switches.if_none_match and if_none_match == "*" and there is not None:
                self.counts["conflict"] += 1
                raise Refused(412, "it is there already")
            if there is None and not self.switches.client_ids:
                raise Refused(405, "ids are given by the server")
            return self.write(kind, id, resource)

    def post(self, kind, resource, if_none_exist):
        with self.lock:
            self.check(kind, resource)
            if "id" in resource:
                raise Refused(400, "a resource that is created has no id")
            if if_none_exist and self.switches.if_none_exist:
                found = self.search(kind, if_none_exist)
                if len(found) > 1:
                    raise Refused(412, "several match")
                if found:
                    return 200, found[0]
            return self.write(kind, str(uuid.uuid4()), resource)

    def write(self, kind, id, resource):
        versions = self.versions.setdefault((kind, id), [])
        stored = copy.deepcopy(resource)
        stored["id"] = id
        stored["meta"] = {**resource.get("meta", {}), "versionId": str(len(versions) + 1), "lastUpdated": "2026-01-01T00:00:00Z"}
        versions.append(stored)
        for identifier in stored.get("identifier", []):
            self.by_value.setdefault((kind, identifier.get("value")), {})[kind, id] = True
        self.taken.append(stored)
        self.counts["update" if len(versions) > 1 else "create"] += 1
        self.seen_at.setdefault((kind, id), time.monotonic() + self.switches.index_delay)
        return (200 if len(versions) > 1 else 201), stored

    def read(self, kind, id):
        with self.lock:
            self.counts["read"] += 1
            found = self.current(kind, id)
            if found is None:
                raise Refused(404, f"there is no {kind} with this id")
            return found

    def read_version(self, kind, id, version):
        with self.lock:
            self.counts["read"] += 1
            for one in self.versions.get((kind, id), []):
                if one["meta"]["versionId"] == version:
                    return one
            raise Refused(404, f"there is no such version of this {kind}")

    def search(self, kind, query):
        with self.lock:
            self.counts["search"] += 1
            if not self.switches.search:
                raise Refused(404, "nothing is searched here")
            parameters = urllib.parse.parse_qsl(query, keep_blank_values=True, strict_parsing=True)
            wanted = [value for name, value in parameters if name == "identifier"]
            if len(wanted) != 1 or any(name not in ("identifier", "_offset") for name, _ in parameters):
                raise Refused(400, "search by identifier only")
            system, value = split_token(wanted[0])
            now = time.monotonic()
            there = [(key, self.current(*key)) for key in self.by_value.get((kind, value), ())]
            return [found for key, found in there if found and self.seen_at[key] <= now and carries(found, system, value)]


def split_token(text):
    """system|value, with \\ before |, comma, $ and \\ that mean themselves; a comma would be a list."""
    parts, part, escaped = [], "", False
    for c in text:
        if escaped:
            part, escaped = part + c, False
        elif c == "\\":
            escaped = True
        elif c == "|":
            parts.append(part)
            part = ""
        elif c in ",$":
            raise Refused(400, f"{c} is not escaped")
        else:
            part += c
    parts.append(part)
    if len(parts) > 2:
        raise Refused(400, "| is not escaped")
    return (parts[0], parts[1]) if len(parts) == 2 else (None, parts[0])


def carries(resource, system, value):
    return any(i.get("value") == value and (system is None or i.get("system", "") == system) for i in resource.get("identifier", []))


def etag(resource):
    return f'W/"{resource["meta"]["versionId"]}"'


class FhirServer(Loopback):
    made = []  # all of them

    def __init__(self, port=0, tls=None, **switches):
        super().__init__(FhirHandler, "/fhir", port, tls)
        FhirServer.made.append(self)
        self.switches = Switches(**switches)
        self.store = Store(self.switches)

    def all(self, kind):
        with self.store.lock:
            return [copy.deepcopy(versions[-1]) for (k, _), versions in self.store.versions.items() if k == kind]

    def add(self, resource):
        """As if it had been there before."""
        with self.store.lock:
            added = self.store.write(resource["resourceType"], resource["id"], resource)[1]
            self.store.taken.remove(added)
            return added

    @property
    def counts(self):
        return self.store.counts

    def capabilities(self):
        said = {"resourceType": "CapabilityStatement", "status": "active", "kind": "instance", "fhirVersion": self.switches.fhir_version,
                "format": ["json"], "rest": [{"mode": "server", "interaction": [{"code": code} for code in self.switches.bundles], "resource": []}]}
        for kind in TYPES:
            said["rest"][0]["resource"].append({
                "type": kind, "versioning": "versioned-update" if self.switches.if_match else "no-version", "updateCreate": self.switches.client_ids,
                "searchParam": [{"name": "identifier" if self.switches.search else "_id", "type": "token"}]})
        return said

    def interact(self, method, target, body, headers):
        """Status, resource, headers. `headers` have lower-case names."""
        self.store.asked.append(target)
        path, _, query = target.partition("?")
        parts = path.strip("/").split("/")
        kind = urllib.parse.unquote(parts[0])
        if kind not in TYPES:
            raise Refused(404, f"there is no type {kind}")
        if method == "GET" and len(parts) == 1:
            return 200, self.page(kind, query), {}
        if method == "POST" and parts[1:] == ["_search"]:
            return 200, self.page(kind, body.decode()), {}
        if method == "GET" and len(parts) == 2:
            found = self.store.read(kind, urllib.parse.unquote(parts[1]))
            return 200, found, {"ETag": etag(found)}
        if method == "GET" and len(parts) == 4 and parts[2] == "_history":
            return 200, self.store.read_version(kind, urllib.parse.unquote(parts[1]), parts[3]), {}
        if method == "PUT" and len(parts) == 2:
            status, stored = self.store.put(
                kind, urllib.parse.unquote(parts[1]), body, headers.get("if-match"), headers.get("if-none-match"))
        elif method == "POST" and len(parts) == 1:
            status, stored = self.store.post(kind, body, headers.get("if-none-exist"))
        else:
            raise Refused(405, "this is not done here")
        where = f"{self.url}/{kind}/{stored['id']}/_history/{stored['meta']['versionId']}"
        return status, stored, {"ETag": etag(stored), "Location": where}

    def page(self, kind, query):
        parameters = dict(urllib.parse.parse_qsl(query))
        found = self.store.search(kind, query)
        start, size = int(parameters.get("_offset", 0)), self.switches.page_size
        bundle = {"resourceType": "Bundle", "type": "searchset", "total": len(found),
                  "entry": [{"resource": one, "search": {"mode": "match"}} for one in found[start:start + size]]}
        if not bundle["entry"]:
            del bundle["entry"]
        if start + size < len(found):
            next_query = urllib.parse.urlencode({"identifier": parameters["identifier"], "_offset": start + size})
            bundle["link"] = [{"relation": "next", "url": f"{self.url}/{kind}?{next_query}"}]
        return bundle

    def run_bundle(self, bundle):
        if not isinstance(bundle, dict) or bundle.get("resourceType") != "Bundle" or bundle.get("type") not in ("batch", "transaction"):
            raise Refused(400, "the body is no batch and no transaction")
        if bundle["type"] not in self.switches.bundles:
            raise Refused(405, f"no {bundle['type']} is taken here")
        whole = bundle["type"] == "transaction"
        self.counts["bundle"] += 1
        self.store.taken.append(bundle)
        with self.store.lock:
            before = {key: list(versions) for key, versions in self.store.versions.items()} if whole else None
            answers = []
            for entry in bundle.get("entry", []):
                try:
                    answers.append(self.run_entry(entry))
                except Refused as refused:
                    if whole:
                        self.store.versions = before
                        raise
                    answers.append({"response": {"status": f"{refused.status} {REASONS[refused.status]}", "outcome": outcome(refused.text)}})
        return {"resourceType": "Bundle", "type": bundle["type"] + "-response", "entry": answers}

    def run_entry(self, entry):
        request = entry["request"]
        names = {"if-match": "ifMatch", "if-none-match": "ifNoneMatch", "if-none-exist": "ifNoneExist"}
        headers = {name: request[key] for name, key in names.items() if key in request}
        status, resource, said = self.interact(request["method"], request["url"], entry.get("resource"), headers)
        answer = {"response": {"status": f"{status} {REASONS[status]}"}}
        if "ETag" in said:
            answer["response"]["etag"] = said["ETag"]
        if "Location" in said:
            answer["response"]["location"] = said["Location"]
        if request["method"] == "GET":
            answer["resource"] = resource
        return answer


def outcome(text, severity="error"):
    return {"resourceType": "OperationOutcome", "issue": [{"severity": severity, "code": "processing", "diagnostics": text}]}


class FhirHandler(Handler):
    def answer(self, method, raw):
        try:
            status, resource, headers = self.handle_one(method, raw)
        except Refused as refused:
            return self.refuse(refused)
        minimal = method != "GET" and "return=minimal" in self.headers.get("Prefer", "") and resource.get("resourceType") != "Bundle"
        self.reply(status, b"" if minimal else json.dumps(resource).encode(), "application/fhir+json", headers)

    def handle_one(self, method, raw):
        switches = self.owner.switches
        path = self.path.removeprefix("/fhir")
        if path.startswith("/metadata"):
            if not switches.metadata:
                raise Refused(404, "nothing is said of this server")
            return 200, self.owner.capabilities(), {}
        if switches.authorize and not switches.authorize(self.headers.get("Authorization", "")):
            raise Refused(401, "who are you?")
        body = None
        if method != "GET":
            body = raw if "_search" in path else self.read_json(raw)
        if method == "POST" and path in ("", "/"):
            return 200, self.owner.run_bundle(body), {}
        self.owner.counts["single"] += 1
        return self.owner.interact(method, path.lstrip("/"), body, {k.lower(): v for k, v in self.headers.items()})

    def read_json(self, raw):
        if self.headers.get("Content-Type") != "application/fhir+json":
            raise Refused(415, "send application/fhir+json")
        try:
            return json.loads(raw)
        except ValueError:
            raise Refused(400, "the body is no JSON") from None

    def refuse(self, refused):
        kind = self.owner.switches.errors
        if kind == "html":
            text, content = f"<html><head><title>{refused.status} {refused.text}</title></head><body>sorry</body></html>", "text/html"
        elif kind == "text":
            text, content = refused.text, "text/plain"
        else:
            text, content = json.dumps(outcome(refused.text)), "application/fhir+json"
        self.reply(refused.status, text.encode(), content, {})

    def reply(self, status, body, content, headers):
        headers = [("Content-Type", content), *headers.items()]
        if self.owner.switches.gzip and body and "gzip" in self.headers.get("Accept-Encoding", ""):
            body = gzip.compress(body)
            self.owner.counts["compressed"] += 1
            headers.append(("Content-Encoding", "gzip"))
        self.send(status, body, headers)
