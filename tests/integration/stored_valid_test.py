"""Every resource that the other tests write is valid FHIR R4, in the eyes of three validators."""
import collections
import json
import re

from peer_support import needs_peers
from support import BUILD
from valid_support import ValidCase

OF_EACH = 3  # resources that are alike


def skeleton(resource):
    """The same for resources that differ in ids, digits and samples only; for a Bundle, without its resources: they are kept apart."""
    text = re.sub(r'"data": "[^"]*"', "", json.dumps(without_resources(resource)))
    return re.sub(r"[0-9a-f.-]+", "N", text)


def not_alike_to_the_letter(files):
    """Of hundreds of thousands of lines those that skeleton() may tell apart, and of the others enough; none of them is read for that."""
    met = collections.Counter()
    masked = bytes.maketrans(b"0123456789abcdef.-", b"N" * 18)
    for path in files:
        for line in filter(None, path.read_bytes().split(b"\n")):
            mask = hash(line.translate(masked))
            met[mask] += 1
            if met[mask] <= OF_EACH:
                yield line


def without_resources(resource):
    entries = [{k: v for k, v in entry.items() if k != "resource"} for entry in resource.get("entry", [])]
    return {**resource, "entry": entries[:OF_EACH]} if entries else resource


@needs_peers
class StoredValid(ValidCase):
    def test_what_the_other_tests_wrote(self):
        """Those that ran before in this build folder: into a store of theirs, or to a server, Bundles and all."""
        files = [path for path in sorted((BUILD / "tests/stored").glob("*.ndjson")) if not path.name.startswith("fhir_valid_test")]
        alike = collections.defaultdict(list)
        for line in not_alike_to_the_letter(files):
            resource = json.loads(line)
            alike[skeleton(resource)].append(resource)
        distinct = [resource for all in alike.values() for resource in all[:OF_EACH]]
        if not distinct:
            self.skipTest("no other test ran in this build folder before")
        self.assert_valid(distinct)
