"""Resources, and what three validators of FHIR R4 say of them."""
import collections
import re

from peer_support import findings
from support import Case


def shape(finding):
    """Alike for the same fault in another place of a list, or with other numbers."""
    return finding["by"], re.sub(r"\d+", "N", finding["text"])


class ValidCase(Case):
    maxDiff = None

    def assert_valid(self, resources):
        self.assertGreater(len(resources), 0)
        wrong = collections.Counter(
            (resource["resourceType"], *shape(one)) for resource, found in zip(resources, findings(resources), strict=True) for one in found)
        self.assertEqual(wrong, {}, f"of {len(resources)} resources")
        print(f"\n  {self.id().split('.')[-1]}: {len(resources)} resources, all valid", end="")
