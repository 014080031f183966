"""What the documentation says is what the project has: links lead somewhere, generated pages and shown files are current, reasons are explained."""
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

AORTA = os.environ["AORTA"]
SOURCE = pathlib.Path(os.environ["AORTA_SOURCE"])
SKIPPED = {"build", "install", ".git", "__pycache__", "node_modules", "var"}
BLOCK = re.compile(r"```(\w*)\n(.*?)```", re.S)
FILE = re.compile(r"<!-- file: (\S+) -->\n```\w*\n(.*?)```", re.S)
SHOWN_FILE = re.compile(r"<!-- same as: (\S+) -->\n```\w*\n(.*?)```", re.S)
LINK = re.compile(r"\]\(([^)\s]+)\)")
LITERAL = re.compile(r'"((?:(?:source|normalize|observation|resource|sink|device-metric|diagnostic-report|risk-assessment)/)?[a-z]+(?:-[a-z0-9]+)+|conflict)"')
REASON_PLACES = [
    "core/document", "core/expr", "core/mapping", "core/group", "core/fhir", "core/journal", "core/pipeline", "core/plugin", "core/sqlite", "sdk/include", "plugins"]
# Names that are spelled like reasons.
NO_REASONS = {"fhir-observation", "fhir-device-metric", "fhir-diagnostic-report", "fhir-risk-assessment", "x-aorta-format", "x-aorta-content", "x-aorta-reads",
              "dead-letters", "no-version", "aorta-worker", "plugin-worker"}
# Codes of FHIR, and names of extensions.
NO_REASONS |= {"vital-signs", "entered-in-error", "two-point", "not-calibrated", "calibration-required", "as-of", "value-range"}
# Told of a mapping at load, where validate shows them with line and column.
LOAD_ONLY = {"value-type"}
# Names of header fields; and where senders are told reasons, in a page of their own.
NO_REASONS |= {"content-type", "idempotency-key"}
SENDERS = {"plugins/sources/http": "docs/guide/http-source.md"}
# Of the conformance cases' own questions; and told as expression-failed.
NOT_OF_MESSAGES = {"partition-key-overflow", "bad-pattern"}

# A good pipeline by its keys; its files are those of the guide; those of the examples are there too.
WHOLE = {
    "version": "version: 1\n",
    "name": "name: whole\n",
    "stores": "stores: { local: { type: sqlite, path: store.db } }\n",
    "sources": "sources: { in: { plugin: file, config: { path: readings.ndjson } } }\n",
    "normalize": "normalize: { mapping: thermometer.device.json, unmatched: dead_letter }\n",
    "sinks": "sinks: { out: { plugin: fhir-observation, store: local, config: { mapping: thermometer.fhir.json } } }\n",
}


def guide_files():
    return dict(FILE.findall((SOURCE / "docs/guide/first-pipeline.md").read_text()))


def project_files():
    for folder, folders, files in os.walk(SOURCE):
        folders[:] = [name for name in folders if name not in SKIPPED]
        for name in sorted(set(files) - SKIPPED):
            yield pathlib.Path(folder, name)


def pages():
    return [path for path in project_files() if path.suffix == ".md"]


def anchors(text):
    titles = re.findall(r"^#+ (.+)$", re.sub(r"```.*?```", "", text, flags=re.S), re.M)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


def reasons_in_code():
    found = {}
    for place in REASON_PLACES:
        for path in sorted((SOURCE / place).rglob("*.?pp")):
            for line in path.read_text().splitlines():
                for reason in LITERAL.findall(line.split("//")[0]):
                    found.setdefault(reason, str(path.relative_to(SOURCE)))
    owned = SOURCE / "core/sqlite/owned_file.cpp"  # where the kind of a file comes before the reason
    for suffix in re.findall(r'"(-[a-z-]+)"', owned.read_text()):
        found.update({kind + suffix: str(owned.relative_to(SOURCE)) for kind in ("store", "dead-letters", "state")})
    return {
        reason: path for reason, path in found.items()
        if reason not in NO_REASONS | LOAD_ONLY | NOT_OF_MESSAGES and not any(path.startswith(place) for place in SENDERS)}


class DocsCheck(unittest.TestCase):
    def test_links_lead_to_something(self):
        broken = []
        for page in pages():
            for link in LINK.findall(re.sub(r"```.*?```|`[^`\n]*`", "", page.read_text(), flags=re.S)):
                if re.match(r"[a-z]+:", link):
                    continue
                path, _, anchor = link.partition("#")
                target = (page.parent / path) if path else page
                if not target.exists() or anchor and anchor not in anchors(target.read_text()):
                    broken.append(f"{page.relative_to(SOURCE)}: {link}")
        self.assertEqual(broken, [])

    def test_pages_that_comments_name_exist(self):
        named = re.compile(r"\bdocs/[\w/.-]+\.md\b")
        missing = []
        for path in project_files():
            if path.suffix in {".hpp", ".cpp", ".h", ".cmake", ".py", ".yaml"} and "tests" not in path.relative_to(SOURCE).parts:
                missing += [f"{path.relative_to(SOURCE)}: {page}" for page in named.findall(path.read_text()) if not (SOURCE / page).exists()]
        self.assertEqual(missing, [])

    def test_no_file_knows_the_machine_it_was_written_on(self):
        # Put together here, so that this file is not found itself.
        machine = re.compile(rb"(?<![\w.])/(?:wo" + rb"rk|ro" + rb"ot|ho" + rb"me/\w+)/")
        registry = re.compile(rb"(?:registry\.np" + rb"mjs|pypi\.o" + rb"rg|crates\.i" + rb"o|proxy\.gol" + rb"ang)")
        telling = []
        for path in project_files():
            content = path.read_bytes()
            if machine.search(content) or registry.search(content):
                telling.append(str(path.relative_to(SOURCE)))
        self.assertEqual(telling, [])

    def test_shown_files_are_the_files(self):
        for page in pages():
            for name, text in SHOWN_FILE.findall(page.read_text()):
                self.assertEqual(text, (SOURCE / name).read_text(), f"{page.name} shows {name}")

    def test_what_senders_are_told_is_explained(self):
        for place, page in SENDERS.items():
            text = (SOURCE / page).read_text()
            told = {reason for path in (SOURCE / place).glob("*.?pp") for reason in re.findall(r'refusal\(\d+, "([a-z-]+)"', path.read_text())}
            self.assertGreater(len(told), 5)
            self.assertEqual([reason for reason in sorted(told) if f"`{reason}`" not in text], [], page)

    def test_generated_pages_are_current(self):
        with tempfile.TemporaryDirectory() as folder:
            made = subprocess.run(
                [sys.executable, "-B", SOURCE / "docs/reference/generate.py", AORTA, folder], capture_output=True, text=True,
                env={key: value for key, value in os.environ.items() if key != "AORTA_PLUGIN_PATH"})
            self.assertEqual(made.returncode, 0, made.stderr)
            names = sorted(path.name for path in pathlib.Path(folder).iterdir())
            self.assertIn("cli.md", names)
            for name in names:
                self.assertEqual(
                    (SOURCE / "docs/reference" / name).read_text(), (pathlib.Path(folder) / name).read_text(),
                    f"docs/reference/{name} has drifted; run docs/reference/generate.py build/PRESET/bin/aorta")

    def test_every_reason_is_explained(self):
        text = (SOURCE / "docs/guide/operating.md").read_text()
        explained = set()
        for reason in re.findall(r"`([a-z/-]+)`", text):
            explained |= {reason, reason.split("/")[-1]}
        reasons = reasons_in_code()
        self.assertGreater(len(reasons), 50)
        missing = [f"{reason} ({path})" for reason, path in reasons.items() if reason not in explained]
        self.assertEqual(missing, [], "docs/guide/operating.md does not say what to do about these (or they belong into NO_REASONS)")

    def test_explained_reasons_exist(self):
        rows = re.findall(r"^\| (`(?:source|normalize|identity|observation|sink)/.*?) \|", (SOURCE / "docs/guide/operating.md").read_text(), re.M)
        known = set(reasons_in_code())
        explained = [reason for row in rows for reason in re.findall(r"`([a-z/-]+)`", row)]
        self.assertGreater(len(explained), 40)
        self.assertEqual([r for r in explained if r not in known and r.split("/")[1] not in known], [])

    def test_shown_pipelines_are_valid(self):
        checked = 0
        for page in pages():
            text = page.read_text()
            validated = set(re.findall(r"^\$ aorta validate (\S+)$", text, re.M))
            files = dict(FILE.findall(text))
            done_by_guide = {files[name] for name in validated if name in files}
            for kind, shown in BLOCK.findall(text):
                if kind == "yaml" and shown not in done_by_guide:
                    self.assert_valid(shown, page.name, files)
                    checked += 1
        self.assertGreater(checked, 0)

    def assert_valid(self, shown, page, files):
        """A part of a pipeline file takes the place of that part in one that is good."""
        keys = set(re.findall(r"^(\w+):", shown, re.M))
        rest = "".join(part for key, part in WHOLE.items() if key not in keys)
        with tempfile.TemporaryDirectory() as folder:
            for part in ("mappings", "data"):
                shutil.copytree(SOURCE / "pipelines" / part, pathlib.Path(folder) / part)
            for name, content in {**guide_files(), **files}.items():
                (pathlib.Path(folder) / name).write_text(content)
            (pathlib.Path(folder) / "token").write_text("a-token\n")
            pipeline = pathlib.Path(folder) / "shown.yaml"
            pipeline.write_text(shown + rest)
            done = subprocess.run([AORTA, "validate", pipeline], capture_output=True, text=True, timeout=60)
            self.assertEqual(done.returncode, 0, f"{page}:\n{shown}{done.stdout}{done.stderr}")
