"""Marked names and values go everywhere that messages go, and nowhere else: no log, no metric, no answer, no process tells them.

Whoever asks for messages by name (`deadletter show`, `deadletter export`, `store export`) gets them; nobody else does."""
import json
import os
import pathlib
import signal
import subprocess
import sys
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "integration"))

from http_support import HttpCase
from loopback import Handler, Loopback
from support import DEVICE, FHIR

MARK = "Qxzvcanary"
NUMBER = "77317731"
MARKS = (MARK, MARK.lower(), NUMBER)

EXPRESSIONS = {
    "plain": "$.hr",
    "string function": "join(',', to_array(hr))",
    "arithmetic": "multiply(hr, `2`)",
    "arithmetic of text": "add(hr, who)",
    "insertion": "insertString(who, 'x', `900`)",
    "date": "fromUnixTimestamp(who)",
    "date in ms": "fromUnixTimestampMs(hr)",
}


def marked(minute, **more):
    return json.dumps({"device": f"{MARK}-device", "patient": f"{MARK}-patient", "at": f"2026-11-22T06:{minute:02}:00Z", "hr": int(NUMBER), "who": f"{MARK} Doe", **more})


def calculated(name, expression):
    return {"templateType": "CalculatedContent", "template": {
        "typeName": name, "typeMatchExpression": f"$..[?(@.kind == '{name}')]",
        "deviceIdExpression": "$.matchedToken.device", "timestampExpression": "$.matchedToken.at", "patientIdExpression": "$.matchedToken.patient",
        "values": [{"required": True, "valueName": "hr", "valueExpression": {"value": expression, "language": "JsonPath" if expression.startswith("$") else "JmesPath"}}]}}


BAD = [
    "{" + MARK, f'{{"a": "{MARK}', f'["{MARK}"]', f'"{MARK}"', f'{{"{MARK}": }}', f'{{"hr": {NUMBER}.{MARK}}}', f'{{"hr": {NUMBER}e99999}}', f"{MARK}\x00\x01",
    "[" * 70 + f'"{MARK}"' + "]" * 70, f'{{"nothing": "{MARK}"}}', marked(1, at=MARK), marked(1, at=f"99999-{MARK}"), marked(1, at=None), marked(1, device=None),
    marked(1, device=[MARK]), marked(1, device={MARK: MARK}), marked(1, hr=MARK), marked(1, hr=[MARK, NUMBER]), marked(1, hr={MARK: NUMBER}), marked(1, hr=None),
    marked(1, hr="9" * 400 + NUMBER), marked(1, at="0001-01-01T00:00:00+14:00"), marked(1, at="9999-12-31T23:59:59-14:00"), marked(1, patient=None), marked(1, patient=""),
] + [marked(2, kind=name, **more) for name in EXPRESSIONS for more in ({}, {"hr": f"{MARK}"}, {"hr": {MARK: 1}}, {"who": None}, {"hr": 1e308})]


class Watched(HttpCase):
    def setUp(self):
        super().setUp()
        device = json.loads(json.dumps(DEVICE))
        device["template"] += [calculated(name, expression) for name, expression in EXPRESSIONS.items()]
        fhir = json.loads(json.dumps(FHIR))
        for name in list(EXPRESSIONS)[1:]:
            fhir["template"].append(json.loads(json.dumps(fhir["template"][0]).replace("heartrate", name)))
        self.write("device.json", json.dumps(device))
        self.write("fhir.json", json.dumps(fhir))
        self.heard = {}

    def hear(self, where, *texts):
        self.heard[where] = self.heard.get(where, "") + "".join(map(str, texts))

    def nothing_was_heard(self, *needed):
        for where in needed:
            self.assertTrue(self.heard.get(where), f"{where} said nothing at all")
        hits = [f"{where}: …{text[max(0, text.find(mark) - 200):][:300]}…" for where, text in self.heard.items() for mark in MARKS if mark in text]
        self.assertEqual(hits, [])

    def look_at(self, intake):
        """What is told of a process that runs."""
        for path in ("/metrics", "/readyz", "/healthz"):
            self.hear(path, intake.send("", path=path, method="GET"))
        for process in (str(intake.process.pid), *self.children(intake.process.pid)):
            for file in ("cmdline", "comm", "environ"):
                self.hear("processes", pathlib.Path(f"/proc/{process}/{file}").read_bytes().decode(errors="replace"))
            for thread in pathlib.Path(f"/proc/{process}/task").iterdir():
                self.hear("processes", (thread / "comm").read_text())
        self.hear("names of files", *(f"{path}\n" for path in self.folder.rglob("*")))

    @staticmethod
    def children(process):
        found = subprocess.run(["ps", "-o", "pid=", "--ppid", str(process)], capture_output=True, text=True)
        return found.stdout.split()

    def send_all(self, intake):
        for body in BAD:
            self.hear("answers", intake.send(body))
        for fields in ({"Content_Encoding": "gzip"}, {"Content_Encoding": MARK}, {"Content_Type": f"text/{MARK}"}, {"Idempotency_Key": MARK * 100}, {"path": f"/{MARK}"},
                       {"method": "PUT"}, {"Content_Type": "application/json"}):
            self.hear("answers", intake.send(f'[{marked(3)}, {{"{MARK}"', **fields))
        self.hear("answers", intake.send(marked(4), Idempotency_Key="k"), intake.send(marked(5), Idempotency_Key="k"))

    def carry(self, *words, between=lambda intake: None):
        intake = self.start("--listen", "127.0.0.1:0", *words)
        self.send_all(intake)
        between(intake)
        time.sleep(1)  # for the window
        self.look_at(intake)
        intake.process.terminate()
        self.hear("events", intake.process.stdout.read())
        intake.process.wait(timeout=60)
        intake.reader.join()
        self.hear("log", intake.log())

    def reasons(self):
        listed = self.aorta("deadletter", "list", "dead-letters.db", "--format", "json")
        self.hear("deadletter list", listed.stdout, self.aorta("deadletter", "list", "dead-letters.db").stdout,
                  self.aorta("deadletter", "list", "dead-letters.db", "--each", "--limit", "1000").stdout)
        return {group["reason"] for group in json.loads(listed.stdout)["reasons"]}


class Canary(Watched):
    def test_messages_that_fail_in_every_way(self):
        self.carry()
        self.assertGreaterEqual(len(self.reasons()), 7, self.reasons())
        self.assertIn(MARK, self.aorta("deadletter", "export", "dead-letters.db").stdout)
        self.nothing_was_heard("log", "events", "answers", "/metrics", "processes", "deadletter list")

    def test_json_events_and_plugins_in_processes_of_their_own(self):
        self.change("pipeline.yaml", "mapping: device.json", "mapping: device.json\n  isolation: process")
        self.carry("--format", "json")
        self.nothing_was_heard("log", "events", "answers", "/metrics", "processes")

    def test_reloads_and_mistakes_in_them(self):
        def reload(intake):
            for text in ("{", json.dumps(FHIR)):
                self.write("fhir.json", text)
                done = self.aorta("reload", "pipeline.yaml")
                self.hear("reload", done.stdout, done.stderr)
                intake.process.send_signal(signal.SIGHUP)
                time.sleep(0.5)
                intake.send(marked(7))
        self.carry(between=reload)
        self.assertIn("fhir.json", self.heard["log"])
        self.nothing_was_heard("log", "answers", "reload")

    def test_a_crash_and_what_it_leaves(self):
        intake = self.start()
        self.send_all(intake)
        intake.process.send_signal(signal.SIGABRT)
        intake.process.wait()
        intake.reader.join()
        self.hear("log", intake.log())
        self.carry()
        self.hear("names of files", *pathlib.Path(pathlib.Path("/proc/sys/kernel/core_pattern").read_text().strip().lstrip("|")).parent.glob("*core*"))
        self.nothing_was_heard("log", "names of files")

    def test_a_replay_and_checks_of_the_files(self):
        self.carry()
        for words in (["deadletter", "replay", "pipeline.yaml"], ["validate", "pipeline.yaml"], ["deadletter", "purge", "pipeline.yaml", "--older-than", "1ms"]):
            done = self.aorta(*words)
            self.hear(words[0], done.stdout, done.stderr)
        self.nothing_was_heard("deadletter", "validate", "log")

    def test_a_mapping_with_a_message_in_it_is_shown_only_by_its_place(self):
        self.write("messages.ndjson", "\n".join(BAD) + "\n")
        self.change("pipeline.yaml", "in: { plugin: http }", "in: { plugin: file, config: { path: messages.ndjson } }")
        for unmatched in ("dead_letter", "fail", "filter"):
            text = (self.folder / "pipeline.yaml").read_text()
            self.write("pipeline.yaml", text.replace("unmatched: dead_letter", f"unmatched: {unmatched}"))
            for words in ([], ["--format", "json"]):
                done = self.aorta("run", "pipeline.yaml", *words)
                self.hear("log", done.stdout, done.stderr)
            self.write("pipeline.yaml", text)
        self.nothing_was_heard("log")


class Echo(Handler):
    """A server that says again whatever it is told, in each of the ways that servers have."""

    def answer(self, method, body):
        if self.path.endswith("/metadata"):
            said = {"resourceType": "CapabilityStatement", "fhirVersion": "4.0.1", "rest": [{"mode": "server", "interaction": [{"code": "batch"}], "resource": []}]}
            return self.send(200, json.dumps(said).encode(), [("Content-Type", "application/fhir+json")])
        status, form = self.owner.says
        text = body.decode(errors="replace") + self.path + f" {MARK} {NUMBER}"
        if form == "outcome":
            text = json.dumps({"resourceType": "OperationOutcome", "issue": [{"severity": "error", "code": MARK, "diagnostics": text, "details": {"text": text}}]})
        if form == "html":
            text = f"<html><title>{MARK} {text}</title></html>"
        if form == "entries":
            try:
                count = len(json.loads(body)["entry"])
            except (ValueError, KeyError, TypeError):
                count = 1
            refused = {"response": {"status": f"422 {MARK}", "outcome": {"resourceType": "OperationOutcome", "issue": [{"severity": "error", "diagnostics": text}]}}}
            text = json.dumps({"resourceType": "Bundle", "type": "batch-response", "entry": [refused] * count})
        self.send(status, text.encode(), [("Content-Type", "application/fhir+json"), ("Retry-After", MARK), ("Location", f"http://{MARK}/{MARK}")])


class CanaryAtAServer(Watched):
    def setUp(self):
        super().setUp()
        self.change("pipeline.yaml", "type: sqlite, path: store.db, identity: { mode: create }", "type: rest, url: 'URL'")

    def refuse(self, status, form):
        with Loopback(Echo, "/fhir") as server:
            server.says = status, form
            self.change("pipeline.yaml", "URL", server.url)
            try:
                self.carry("--drain-timeout", "0s", between=lambda _: time.sleep(1))
            finally:
                self.change("pipeline.yaml", server.url, "URL")

    def test_a_server_that_echoes(self):
        for status, form in [(400, "outcome"), (422, "text"), (200, "text"), (500, "html"), (401, "outcome"), (429, "text"), (302, "text"), (200, "entries"), (200, "outcome")]:
            self.refuse(status, form)
            for file in self.folder.glob("dead-letters*"):
                file.unlink()
        self.nothing_was_heard("log", "events", "answers", "/readyz", "/metrics")


if __name__ == "__main__":
    unittest.main()
